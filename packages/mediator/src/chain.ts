import type { Context } from '@ashlar/kernel'
import type { AnyFailure, Result } from '@ashlar/result'
import type { Behaviour, Next } from './behaviour.ts'
import type { AnyMessage, MessageKind } from './message.ts'

/** One stop on a message's way, and all that follow; may throw at once, or return any thenable. */
export type Step = (message: AnyMessage, context: Context) => PromiseLike<Result<unknown, AnyFailure>>

/** Puts the behaviours of the kind around the last step, the first one outermost. */
export function compileChain(
  behaviours: readonly Behaviour<MessageKind, AnyFailure>[],
  kind: MessageKind,
  last: Step,
): Step {
  return behaviours
    .filter((behaviour) => behaviour.kinds.includes(kind))
    .reduceRight<Step>((rest, behaviour) => {
      const next: Next<unknown, AnyFailure> = (message, context) => settle(rest, message, context)
      return (message, context) => behaviour.handle(message, context, next)
    }, last)
}

/** Takes a step so that nobody has to expect a throw at once or a thenable; a native promise stays as it is. */
export function settle(
  step: Step,
  message: AnyMessage,
  context: Context,
): Promise<Result<unknown, AnyFailure>> {
  try {
    const answer = step(message, context)
    return answer instanceof Promise ? answer : Promise.resolve(answer)
  } catch (thrown) {
    return Promise.reject(thrown)
  }
}
