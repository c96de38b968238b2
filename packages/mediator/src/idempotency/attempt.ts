import { type Context, frozenJson, type Json } from '@ashlar/kernel'
import { type AnyFailure, err, fromJson, type Result, type ResultJson, toJson } from '@ashlar/result'
import type { Next } from '../behaviour.ts'
import type { AnyMessage } from '../message.ts'
import { type IdempotencyFailure, isPassing, keyInFlight, keyReused } from './idempotency-failure.ts'
import type { IdempotencyClaim, IdempotencyEntry, IdempotencyStore } from './idempotency-store.ts'

/** What all attempts of a behaviour have in common. */
export type Terms = {
  readonly now: () => number
  readonly leaseMs: number
  readonly keepMs: number
  readonly isFinal: (failure: AnyFailure) => boolean
}

/** A command that came with a key. */
export type Attempt = {
  readonly message: AnyMessage
  readonly context: Context
  /** As it came from outside. */
  readonly givenKey: string
  /** As the store knows it. */
  readonly key: string
  readonly fingerprint: string
  readonly store: IdempotencyStore
  /** Whether what is kept is part of a transaction that is under way. */
  readonly isInside: boolean
  readonly terms: Terms
}

type Answer<Value, Fails extends AnyFailure> = Result<Value, Fails | IdempotencyFailure>

/** Carries the command out if its key is free, else answers with what is known of the key. */
export function carryOutOnce<Value, Fails extends AnyFailure>(
  attempt: Attempt,
  next: Next<Value, Fails>,
): Promise<Answer<Value, Fails>> {
  const now = attempt.terms.now()
  const claim = claimKey(attempt, now)
  return claim instanceof Promise
    ? claim.then((late) => goOn(attempt, late, now, next))
    : goOn(attempt, claim, now, next)
}

function claimKey(
  { store, key, fingerprint, context, terms }: Attempt,
  now: number,
): IdempotencyClaim | Promise<IdempotencyClaim> {
  return store.claim({ key, fingerprint, now, leaseUntil: now + terms.leaseMs }, context)
}

function goOn<Value, Fails extends AnyFailure>(
  attempt: Attempt,
  claim: IdempotencyClaim,
  now: number,
  next: Next<Value, Fails>,
): Promise<Answer<Value, Fails>> {
  if (claim.status !== 'claimed') return Promise.resolve(answerOf<Value, Fails>(attempt, claim, now))
  const { fence } = claim
  return next(attempt.message, attempt.context).then(
    (result) => conclude(attempt, fence, now, result),
    (thrown) => giveUp(attempt, fence, thrown),
  )
}

function answerOf<Value, Fails extends AnyFailure>(
  { message, givenKey, fingerprint }: Attempt,
  entry: IdempotencyEntry,
  now: number,
): Answer<Value, Fails> {
  if (entry.fingerprint !== fingerprint) return err(keyReused(message.type, givenKey))
  if (entry.status === 'completed') return fromJson(entry.response as ResultJson<Value, Fails>)
  return err(keyInFlight(message.type, givenKey, entry.leaseUntil - now))
}

/** Keeps the answer, or frees the key where the next attempt may be answered otherwise. */
function conclude<Value, Fails extends AnyFailure>(
  attempt: Attempt,
  fence: number,
  claimedAt: number,
  result: Result<Value, Fails>,
): Answer<Value, Fails> | Promise<Answer<Value, Fails>> {
  const { store, key, context, terms } = attempt
  if (result.isErr() && !isKept(attempt, result.error))
    return whenDone(store.release({ key, fence }, context), () => result)
  const answer = { key, fence, response: toJson(result) as Json, expiresAt: claimedAt + terms.keepMs }
  return whenDone(store.complete(answer, context), (isWritten) =>
    isWritten ? result : whatOthersMadeOf(attempt, result),
  )
}

/** An Err rolls a transaction back; where somebody goes on with it in spite of that, nothing of the key may remain. */
function isKept({ isInside, terms }: Attempt, failed: AnyFailure): boolean {
  return !isInside && !isPassing(failed) && terms.isFinal(failed) && isJson(failed)
}

/** A failure with facts that JSON would change, such as a Money, is an answer all the same, if only for this once. */
function isJson(failed: AnyFailure): boolean {
  try {
    frozenJson(failed as unknown as Json)
    return true
  } catch {
    return false
  }
}

/** The lease had ended, and somebody else got the key: all who ask by it get one answer, which is theirs. */
function whatOthersMadeOf<Value, Fails extends AnyFailure>(
  attempt: Attempt,
  result: Result<Value, Fails>,
): Answer<Value, Fails> | Promise<Answer<Value, Fails>> {
  const now = attempt.terms.now()
  return whenDone(claimKey(attempt, now), (claim) =>
    claim.status === 'claimed'
      ? conclude(attempt, claim.fence, now, result)
      : answerOf<Value, Fails>(attempt, claim, now),
  )
}

/** Frees the key and throws what was thrown; that a key could not be freed matters less, as its lease ends. */
async function giveUp({ store, key, context }: Attempt, fence: number, thrown: unknown): Promise<never> {
  try {
    await store.release({ key, fence }, context)
  } catch {}
  throw thrown
}

/** Goes on at once where the store has answered at once. */
function whenDone<Done, Next>(
  done: Done | Promise<Done>,
  goOn: (done: Done) => Next,
): Next | Promise<Awaited<Next>> {
  return done instanceof Promise ? done.then(goOn as never) : goOn(done)
}
