import type { Timer } from '@ashlar/kernel'
import type { Instance, InstanceHealth } from '../registry/instance.ts'
import type { Snapshot } from '../registry/snapshot.ts'
import { snapshotOf } from '../registry/snapshot-of.ts'

/** When the loss of many instances at a time is not believed at once. */
export interface MassDropOptions {
  /** The largest share of a service's healthy instances that may leave at a time; 0.5 unless told, from 0 to 1. */
  readonly maxShare?: number
  /** Fewer instances than these are never held back; 3 unless told, from 1. */
  readonly leastInstances?: number
  /** How long those that have left are held back; 60,000 unless told, from 1. */
  readonly holdMs?: number
}

/** With all that was not told. */
export type MassDrops = Required<MassDropOptions>

/**
 * Fills in what was not told.
 *
 * @throws RangeError for a number out of its range
 */
export function massDropsOf({
  maxShare = 0.5,
  leastInstances = 3,
  holdMs = 60_000,
}: MassDropOptions): MassDrops {
  const check = (name: string, value: number, least: number, most: number) => {
    if (!(value >= least && value <= most))
      throw new RangeError(`option ${name}: expected a number from ${least} to ${most}, found ${value}`)
  }
  check('maxShare', maxShare, 0, 1)
  check('leastInstances', leastInstances, 1, 1e9)
  check('holdMs', holdMs, 1, 2 ** 31 - 1)
  return { maxShare, leastInstances, holdMs }
}

/**
 * Holds back the loss of too many instances at a time, which is more often the registry's trouble than theirs.
 *
 * Those that have left, or are told to be critical, stay as they were until their time is over or they are told again; who
 * says of itself that it drains is believed.
 */
export class MassDrop {
  readonly #drops: MassDrops
  readonly #timer: Timer
  readonly #released: () => void
  readonly #held = new Map<string, Held>()
  /** What calls the end of each hold off. */
  readonly #holds = new Set<() => void>()
  #told: Snapshot | undefined
  #shown: Snapshot | undefined

  /** @param released - told when held instances were let go, so that {@link MassDrop.shown} has changed */
  constructor(drops: MassDrops, timer: Timer, released: () => void) {
    this.#drops = drops
    this.#timer = timer
    this.#released = released
  }

  /** What is to be believed. */
  get shown(): Snapshot | undefined {
    return this.#shown
  }

  /** How many instances are held back. */
  get held(): number {
    return this.#held.size
  }

  take(told: Snapshot): Snapshot {
    this.#told = told
    // those that are held already say nothing of the others
    const before = (this.#shown?.instances ?? []).filter(
      (instance) => isHealthy(instance) && !this.#held.has(instance.id),
    )
    const health = new Map<string, InstanceHealth>(
      told.instances.map((instance) => [instance.id, instance.health]),
    )
    const isLost = (id: string) => (health.get(id) ?? 'critical') === 'critical'
    const lost = before.filter(({ id }) => isLost(id))
    // where as many have come, the service was replaced
    const fewer = before.length - told.instances.filter(isHealthy).length
    const isMass =
      before.length >= this.#drops.leastInstances &&
      Math.min(lost.length, fewer) > this.#drops.maxShare * before.length
    for (const id of this.#held.keys()) if (!isLost(id)) this.#held.delete(id)
    if (isMass) this.#hold(lost)
    if (this.#held.size === 0) this.close()
    this.#shown = this.#with(told)
    return this.#shown
  }

  close(): void {
    for (const callOff of this.#holds) callOff()
    this.#holds.clear()
  }

  #hold(lost: readonly Instance[]): void {
    const callOff = this.#timer.after(this.#drops.holdMs, () => this.#letGo(callOff), { idle: true })
    this.#holds.add(callOff)
    for (const instance of lost) this.#held.set(instance.id, { instance, hold: callOff })
  }

  /** Those of one loss; a later one has a time of its own. */
  #letGo(ended: () => void): void {
    this.#holds.delete(ended)
    for (const [id, { hold }] of this.#held) if (hold === ended) this.#held.delete(id)
    if (this.#told === undefined) return
    this.#shown = this.#with(this.#told)
    this.#released()
  }

  #with(told: Snapshot): Snapshot {
    if (this.#held.size === 0) return told
    const others = told.instances.filter(({ id }) => !this.#held.has(id))
    const { asOf, stale, trouble } = told
    const held = [...this.#held.values()].map(({ instance }) => instance)
    const shown = { ...snapshotOf(told.service, [...others, ...held], asOf), stale }
    return Object.freeze(trouble === undefined ? shown : { ...shown, trouble })
  }
}

/** As it was before it left, and the hold that it belongs to. */
type Held = { readonly instance: Instance; readonly hold: () => void }

function isHealthy({ health }: Instance): boolean {
  return health === 'passing' || health === 'warning'
}
