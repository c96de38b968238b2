import { type Clock, pause, type Random, type Timer, untilAborted } from '@ashlar/kernel'
import { err, FailureError, ok, type Result } from '@ashlar/result'
import { backOffMs } from './back-off.ts'
import type { Instance } from './instance.ts'
import { type RegistryFailure, registryUnavailable } from './registry-failure.ts'
import type { Snapshot } from './snapshot.ts'
import { snapshotOf } from './snapshot-of.ts'

/** What an adapter hands in to be followed. */
export interface Followed {
  /** The registry's name, for messages. */
  readonly registry: string
  readonly service: string
  /**
   * Tells the instances at once, then whenever they may have changed; begins anew after each failure.
   *
   * It throws a `FailureError` of a registry's failure, or anything else for a registry that is not available. What it
   * tells twice is dropped.
   */
  rounds(signal: AbortSignal): AsyncIterable<readonly Instance[]>
  readonly clock: Clock
  readonly timer: Timer
  readonly random: Random
}

/**
 * Makes a `watch` of what an adapter tells: equal answers once, the last one again as stale while there are failures, and
 * rests between attempts.
 */
export async function* follow(
  followed: Followed,
  signal: AbortSignal,
): AsyncGenerator<Result<Snapshot, RegistryFailure>, void, undefined> {
  const { registry, service, clock, timer, random } = followed
  let last: Snapshot | undefined
  let told: RegistryFailure['type'] | undefined
  let failures = 0
  for (;;) {
    try {
      for await (const instances of eachUntilAborted(followed, signal)) {
        const snapshot = snapshotOf(service, instances, clock.now().getTime())
        const isNews = snapshot.version !== last?.version || told !== undefined
        failures = 0
        told = undefined
        last = snapshot
        if (isNews) yield ok(snapshot)
      }
      signal.throwIfAborted()
      throw new Error('the registry ended its answer')
    } catch (error) {
      signal.throwIfAborted()
      const failure = failureOf(registry, error)
      const isNews = failure.type !== told
      told = failure.type
      failures++
      if (isNews) yield last === undefined ? err(failure) : ok(staleOf(last, failure))
    }
    await pause(backOffMs(failures, random), timer, signal)
  }
}

/** An adapter that hangs is left where it is. */
async function* eachUntilAborted(
  followed: Followed,
  signal: AbortSignal,
): AsyncGenerator<readonly Instance[], void, undefined> {
  signal.throwIfAborted()
  const telling = followed.rounds(signal)[Symbol.asyncIterator]()
  let isWaiting = false
  try {
    for (;;) {
      isWaiting = true
      const next = await untilAborted(telling.next(), signal)
      isWaiting = false
      if (next.done === true) return
      yield next.value
    }
  } finally {
    const ending = telling.return?.()
    if (isWaiting) ending?.catch(() => {})
    else await ending
  }
}

/** What went wrong with a registry, in its own words. */
export function failureOf(registry: string, error: unknown): RegistryFailure {
  if (error instanceof FailureError && isRegistryFailure(error.failure)) return error.failure
  return registryUnavailable(registry, reasonOf(error), error)
}

/** What a thrown thing says, with what `fetch` hides in its cause. */
export function reasonOf(error: unknown): string {
  try {
    return textOf(error)
  } catch {
    return 'what was thrown can not be looked at'
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error))
    // an object need not have a text
    return typeof error === 'object' && error !== null ? 'an object was thrown' : String(error)
  const { cause } = error
  if (cause instanceof Error)
    return `${error.message}: ${cause.message || ('code' in cause ? cause.code : cause.name)}`
  return error.message
}

function staleOf(snapshot: Snapshot, trouble: RegistryFailure): Snapshot {
  return Object.freeze({ ...snapshot, stale: true, trouble })
}

function isRegistryFailure(failure: { readonly type: string }): failure is RegistryFailure {
  switch (failure.type) {
    case 'RegistryUnavailable':
    case 'RegistryDenied':
    case 'RegistryFiltered':
    case 'ServiceNameInvalid':
      return true
    default:
      return false
  }
}
