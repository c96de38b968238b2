import { type Clock, type Context, type Json, portOf, systemClock } from '@ashlar/kernel'
import { type AnyFailure, err } from '@ashlar/result'
import type { Behaviour } from '../behaviour.ts'
import { ruleByType } from '../behaviours/duplicate-rule-error.ts'
import { requireCount } from '../behaviours/invalid-option-error.ts'
import type { AnyMessage, Message, MessageClass, ValueOf } from '../message.ts'
import { type Attempt, carryOutOnce, type Terms } from './attempt.ts'
import { fingerprintOf } from './fingerprint.ts'
import { type IdempotencyFailure, invalidKey } from './idempotency-failure.ts'
import type { IdempotencyStore } from './idempotency-store.ts'
import { isStorable, storedKey } from './stored-key.ts'
import { TransactionWithoutKeysError } from './transaction-without-keys-error.ts'

/** Options of {@link idempotency}. */
export interface IdempotencyOptions {
  /** Tells when leases begin and responses expire; the machine's clock unless told. */
  readonly clock?: Clock
  /**
   * Outside of transactions: after how long a key of somebody who died is free again, from 1; 30,000 unless told. Must
   * be longer than the command takes, else it may be carried out twice.
   */
  readonly leaseMs?: number
  /** How long responses are kept, counted from when the command came, from 1; 86,400,000 (a day) unless told. */
  readonly keepMs?: number
  /**
   * Tells whether a failure will be the same the next time, and is kept as the response; yes unless told. It isn't
   * asked about `VersionConflict`, `BoundaryConflict`, `OutcomeUnknown`, `TimedOut` and `IdempotencyKeyInFlight`, which
   * never are.
   */
  readonly isFinal?: (failure: AnyFailure) => boolean
}

/**
 * Which command is idempotent, and by which key; made by {@link idempotent}.
 */
export interface IdempotencyRule {
  /** The command's name. */
  readonly messageType: string
  /** Finds the key. */
  readonly key: (command: AnyMessage, context: Context) => string | undefined
}

type AnyCommand = Message<'command', unknown, AnyFailure>

/**
 * Says by which key a command is carried out only once.
 *
 * Its value is kept as JSON, so a command whose value is neither {@link Json} nor void does not compile.
 * @param command - the command's class
 * @param key - of 1 to 200 characters, as the client gave it; undefined where this command is not idempotent
 * @returns a rule for {@link idempotency}
 * @example See {@link idempotency}.
 */
export function idempotent<M extends AnyCommand>(
  command: MessageClass<M> & ([Exclude<ValueOf<M>, void>] extends [Json] ? unknown : never),
  key: (command: M, context: Context) => string | undefined,
): IdempotencyRule {
  return { messageType: command.type, key: key as IdempotencyRule['key'] }
}

/**
 * Makes a behaviour that carries a command out once per key and user, and answers repetitions with the first answer.
 *
 * Inside of a transaction (used after `transaction`), whose storage must keep keys, key and response are part of the
 * commit: a crash, a throw or an Err leaves neither, and a repetition runs. Elsewhere the key is held by a lease; Ok and
 * final Err that JSON can carry are kept, all else frees the key at once. What is kept of a key are the command's name,
 * the user and the key itself; the command's own fields must be the same each time, as far as they are enumerable. Nobody
 * waits for a key that is in flight.
 *
 * Use `timeout` and `authorisation` outside of it: a handler that works on after `TimedOut` has lost its key, and an
 * answer that was kept is given without asking again who may have it.
 *
 * @param store - outside of transactions: `storage.idempotency`, or a function that finds it for the context's tenant
 * @param rules - one for each idempotent command; others never meet the behaviour
 * @param options - clock, times, and which failures are final
 * @returns a behaviour for commands
 * @throws {@link DuplicateRuleError} when a command has two rules; {@link InvalidOptionError} for times that are no
 *   whole numbers from 1 to 100 years. Later `send` throws InvalidJsonError, with the path, for a value that JSON
 *   would change: a transaction is rolled back, elsewhere the key stays in flight until the lease ends, as the command
 *   was carried out. Before anything is done it throws {@link TransactionWithoutKeysError} in a transaction that keeps no
 *   keys, and InvalidJsonError for a command that is nested more than 64 deep, or holds an instance that shows nothing.
 *   It throws what the store throws, too
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { Command, idempotency, idempotent, InMemoryIdempotencyStore, MediatorBuilder } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class PlaceOrder extends Command<{ orderId: string }> {
 *   static readonly type = 'PlaceOrder'
 *   readonly type = 'PlaceOrder'
 *   readonly requestId: string
 *   readonly sku: string
 *   constructor(data: { requestId: string; sku: string }) {
 *     super()
 *     this.requestId = data.requestId
 *     this.sku = data.sku
 *   }
 * }
 *
 * let orders = 0
 * const rules = [idempotent(PlaceOrder, ({ requestId }) => requestId)]
 * const mediator = new MediatorBuilder()
 *   .use(idempotency(new InMemoryIdempotencyStore(), rules))
 *   .handle(PlaceOrder, async () => ok({ orderId: `o-${++orders}` }))
 *   .build()
 *
 * const context = createContext({ userId: 'ada' })
 * for (const sku of ['TEA-1', 'TEA-1', 'MUG-1'])
 *   (await mediator.send(new PlaceOrder({ requestId: 'click-1', sku }), context)).match(
 *     ({ orderId }) => console.log(orderId), // o-1, and o-1 again
 *     ({ type }) => console.log(type), // IdempotencyKeyReused
 *   )
 * ```
 */
export function idempotency(
  store: IdempotencyStore | ((context: Context) => IdempotencyStore),
  rules: readonly IdempotencyRule[],
  options: IdempotencyOptions = {},
): Behaviour<'command', IdempotencyFailure> {
  const { clock = systemClock, isFinal = always } = options
  const leaseMs = requireCount('idempotency.leaseMs', options.leaseMs ?? 30_000, longestMs)
  const keepMs = requireCount('idempotency.keepMs', options.keepMs ?? 86_400_000, longestMs)
  const byType = ruleByType('idempotency', rules)
  const terms: Terms = { now: () => clock.now().getTime(), leaseMs, keepMs, isFinal }

  return {
    name: 'idempotency',
    kinds: ['command'],
    types: new Set(byType.keys()),
    handle(message, context, next) {
      const givenKey = byType.get(message.type)?.key(message, context)
      if (givenKey === undefined) return next(message, context)
      if (typeof givenKey !== 'string' || givenKey.length === 0 || givenKey.length > maxKeyLength)
        return Promise.resolve(err(invalidKey(message.type, lengths, lengthOf(givenKey))))
      const key = storedKey(message.type, context.userId, givenKey)
      if (!isStorable(key)) return Promise.resolve(err(invalidKey(message.type, storable, 'something else')))
      const isInside = context.storage !== undefined
      if (isInside && !Object.hasOwn(context.storage, 'idempotency'))
        throw new TransactionWithoutKeysError(message.type)
      const outer = typeof store === 'function' ? store(context) : store
      const attempt: Attempt = {
        message,
        context,
        givenKey,
        key,
        fingerprint: fingerprintOf(message),
        store: portOf(context, 'idempotency', outer),
        isInside,
        terms,
      }
      return carryOutOnce(attempt, next)
    },
  }
}

const maxKeyLength = 200
const longestMs = 100 * 366 * 86_400_000
const lengths = `text of 1 to ${maxKeyLength} characters`
const storable = 'well-formed without U+0000, as must be the user'

function lengthOf(key: unknown): string {
  return typeof key === 'string' ? String(key.length) : typeof key
}

function always(): boolean {
  return true
}
