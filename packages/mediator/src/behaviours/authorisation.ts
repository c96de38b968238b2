import type { Context } from '@ashlar/kernel'
import { type AnyFailure, err, type Failure, failure, type Result } from '@ashlar/result'
import type { Behaviour } from '../behaviour.ts'
import type { Message, MessageClass } from '../message.ts'
import { ruleByType } from './duplicate-rule-error.ts'

/**
 * The one who acts may not send this message.
 *
 * @see {@link authorisation} for an example
 */
export type Forbidden = Failure<
  'Forbidden',
  {
    /** The message that was refused. */
    readonly messageType: string
    /** Why, in the words of the policy if it gave some. */
    readonly reason: string
  }
>

/** What a policy says: `true` allows; `false` or a text, the reason, forbids. */
export type Verdict = boolean | string

/** A policy for one message; made by {@link policy}. */
export interface Policy {
  /** The name of the message that it decides about. */
  readonly messageType: string
  /**
   * Decides.
   *
   * @param message - of this name
   * @param context - of the call
   * @returns whether the message may pass
   */
  decide(message: Message<GuardedKind, unknown, AnyFailure>, context: Context): Verdict | PromiseLike<Verdict>
}

/** Options of {@link authorisation}. */
export interface AuthorisationOptions {
  /** What becomes of messages without a policy; they are refused unless told. */
  readonly otherwise?: 'allow' | 'refuse'
}

type GuardedKind = 'command' | 'query' | 'stream'

/**
 * Says who may send a message.
 *
 * @param message - the message's class
 * @param decide - `true` allows; `false` or a text, the reason, forbids; one that answers at once costs no wait
 * @returns a policy for {@link authorisation}
 * @example See {@link authorisation}.
 */
export function policy<M extends Message<GuardedKind, unknown, AnyFailure>>(
  message: MessageClass<M>,
  decide: (message: M, context: Context) => Verdict | PromiseLike<Verdict>,
): Policy {
  return { messageType: message.type, decide: decide as Policy['decide'] }
}

/**
 * Makes a behaviour that lets a message pass only where its policy says so.
 *
 * Whatever is not exactly `true` forbids. A policy that throws or rejects makes `send` reject, and nothing passes.
 * Messages that a handler sends are asked about, too.
 *
 * @param policies - one per message at most
 * @param options - `otherwise: 'allow'` lets messages without a policy pass; they are refused unless told
 * @returns a behaviour for commands, queries and streams that adds `Forbidden`
 * @throws {@link DuplicateRuleError} when a message has two policies
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { authorisation, Command, MediatorBuilder, policy } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class CloseCart extends Command<void> {
 *   static readonly type = 'CloseCart'
 *   readonly type = 'CloseCart'
 *   readonly ownerId = 'ada'
 * }
 *
 * const policies = [policy(CloseCart, ({ ownerId }, { userId }) => userId === ownerId || 'this cart is not yours')]
 * const mediator = new MediatorBuilder()
 *   .use(authorisation(policies))
 *   .handle(CloseCart, async () => ok())
 *   .build()
 * const result = await mediator.send(new CloseCart(), createContext({ userId: 'bob' }))
 * console.log(result.isErr() && result.error.reason)
 * ```
 */
export function authorisation(
  policies: readonly Policy[],
  options: AuthorisationOptions = {},
): Behaviour<GuardedKind, Forbidden> {
  const byType = ruleByType('authorisation', policies)
  return {
    name: 'authorisation',
    kinds: ['command', 'query', 'stream'],
    ...(options.otherwise === 'allow' && { types: new Set(byType.keys()) }),
    handle(message, context, next) {
      const decider = byType.get(message.type)
      if (decider === undefined) return Promise.resolve(err(forbidden(message.type, 'it has no policy')))
      const verdict = decider.decide(message, context)
      if (verdict === true) return next(message, context)
      if (!isThenable(verdict)) return Promise.resolve(err(forbidden(message.type, verdict)))
      return whenDecided(message.type, verdict, () => next(message, context))
    },
  }
}

async function whenDecided<Answer>(
  messageType: string,
  verdict: PromiseLike<Verdict>,
  goOn: () => Promise<Answer>,
): Promise<Answer | Result<never, Forbidden>> {
  const late = await verdict
  return late === true ? goOn() : err(forbidden(messageType, late))
}

function forbidden(messageType: string, verdict: unknown): Forbidden {
  const reason = typeof verdict === 'string' && verdict !== '' ? verdict : 'its policy refuses'
  return failure('Forbidden', `${messageType} is forbidden: ${reason}`, { messageType, reason })
}

function isThenable(verdict: unknown): verdict is PromiseLike<Verdict> {
  return typeof verdict === 'object' && verdict !== null && 'then' in verdict
}
