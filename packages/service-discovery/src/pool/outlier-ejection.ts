import type { Timer } from '@ashlar/kernel'
import type { Outliers } from './outlier-options.ts'
import type { PooledTarget } from './pooled-target.ts'

/** What ejection sees of its pool. */
interface Surroundings {
  /** Those that are healthy by the registry's word. */
  all(): readonly PooledTarget[]
  /** Told when one was ejected or let back. */
  moved(target: PooledTarget): void
}

/** Counts how calls end, ejects what seems broken, and lets it back after a while. */
export class OutlierEjection {
  readonly #outliers: Outliers
  readonly #timer: Timer
  readonly #surroundings: Surroundings
  readonly #returns = new Map<PooledTarget, () => void>()
  #intervalEnds: number

  constructor(outliers: Outliers, timer: Timer, surroundings: Surroundings) {
    this.#outliers = outliers
    this.#timer = timer
    this.#surroundings = surroundings
    this.#intervalEnds = timer.now() + outliers.intervalMs
  }

  count(target: PooledTarget, isFailure: boolean): void {
    if (isFailure) this.#beginInterval()
    target.calls++
    if (!isFailure) {
      target.consecutiveFailures = 0
      return
    }
    target.failures++
    target.consecutiveFailures++
    if (target.isEjected) return
    const { consecutiveFailures } = this.#outliers
    if (target.consecutiveFailures >= consecutiveFailures || this.#failsMoreThanOthers(target))
      this.#eject(target)
  }

  /** An instance that has left is not let back. */
  forget(target: PooledTarget): void {
    this.#returns.get(target)?.()
    this.#returns.delete(target)
    target.isEjected = false
  }

  close(): void {
    for (const callOff of this.#returns.values()) callOff()
    this.#returns.clear()
  }

  /** Looked at with failures only: without one there is nobody to eject. */
  #beginInterval(): void {
    const now = this.#timer.now()
    if (now < this.#intervalEnds) return
    this.#intervalEnds = now + this.#outliers.intervalMs
    for (const target of this.#surroundings.all()) {
      target.calls = 0
      target.failures = 0
    }
  }

  #failsMoreThanOthers(target: PooledTarget): boolean {
    const { failureShare, leastCalls } = this.#outliers
    if (target.calls < leastCalls) return false
    const share = target.failures / target.calls
    if (share < failureShare) return false
    let calls = 0
    let failures = 0
    for (const other of this.#surroundings.all()) {
      if (other === target) continue
      calls += other.calls
      failures += other.failures
    }
    return calls >= leastCalls && failures / calls <= share / 2
  }

  #eject(target: PooledTarget): void {
    const all = this.#surroundings.all()
    if (!all.includes(target)) return
    const ejected = all.filter(({ isEjected }) => isEjected).length
    if (ejected + 1 > Math.floor(this.#outliers.maxEjectedShare * all.length)) return
    const { ejectionMs, maxEjectionMs, intervalMs } = this.#outliers
    // each interval without ejection makes one forgotten
    const forgotten = Math.floor((this.#timer.now() - target.returnedAtMs) / intervalMs)
    target.isEjected = true
    target.ejections = Math.max(0, target.ejections - forgotten) + 1
    const restMs = Math.min(maxEjectionMs, ejectionMs * target.ejections)
    this.#returns.set(
      target,
      this.#timer.after(restMs, () => this.#letBack(target), { idle: true }),
    )
    this.#surroundings.moved(target)
  }

  #letBack(target: PooledTarget): void {
    this.#returns.delete(target)
    target.isEjected = false
    target.returnedAtMs = this.#timer.now()
    target.consecutiveFailures = 0
    target.calls = 0
    target.failures = 0
    this.#surroundings.moved(target)
  }
}
