import type { Instance } from '../registry/instance.ts'
import type { ConsulConsistency } from './consul-registry-options.ts'
import type { Pace } from './pace.ts'

/** An answer, with the index that the next question waits on; none where the agent told none. */
export interface Indexed {
  readonly instances: readonly Instance[]
  readonly index: bigint | undefined
}

/** What {@link watchRounds} asks by. */
export interface Rounds {
  /** Asks at once for an index of 0, else waits until there is a greater one, or too long. */
  ask(index: bigint, consistency: ConsulConsistency): Promise<Indexed>
  readonly consistency: ConsulConsistency
  readonly pace: Pace
  readonly signal: AbortSignal
}

/**
 * Asks again and again, each time for what is newer than the last answer.
 *
 * An index that goes back comes from a server that lags behind, or from a cluster that begins anew: the answer is dropped,
 * and the leader is asked instead, whose answer counts.
 */
export async function* watchRounds(rounds: Rounds): AsyncGenerator<readonly Instance[], void, undefined> {
  let index = 0n
  let isInDoubt = false
  for (;;) {
    await rounds.pace.take(rounds.signal)
    const answer = await rounds.ask(index, isInDoubt ? inDoubt(rounds.consistency) : rounds.consistency)
    const next = answer.index === undefined ? 0n : atLeastOne(answer.index)
    isInDoubt = next < index && answer.index !== undefined
    index = isInDoubt ? 0n : next
    if (!isInDoubt) yield answer.instances
  }
}

/** The index of an answer's head; nothing where it has none that makes sense. */
export function indexOf(headers: Headers): bigint | undefined {
  const told = headers.get('x-consul-index') ?? ''
  return /^\d{1,20}$/.test(told) ? BigInt(told) : undefined
}

/** With 0 we would never wait. */
function atLeastOne(index: bigint): bigint {
  return index < 1n ? 1n : index
}

function inDoubt(consistency: ConsulConsistency): ConsulConsistency {
  return consistency === 'stale' ? 'default' : consistency
}
