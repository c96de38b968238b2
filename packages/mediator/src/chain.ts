import type { Context } from '@ashlar/kernel'
import type { AnyFailure, Result } from '@ashlar/result'
import type { Behaviour } from './behaviour.ts'
import { DeadlineContext } from './behaviours/deadline-context.ts'
import type { AnyMessage, MessageKind } from './message.ts'

/** One stop on a message's way, and all that follow; may throw at once, or return any thenable. */
export type Step = (message: AnyMessage, context: Context) => PromiseLike<Result<unknown, AnyFailure>>

/** A message as the pipeline knows it before there is one; nobody hears a notification without a type. */
export type Expected = { readonly kind: MessageKind; readonly type?: string }

/** Puts the behaviours that want the message around the last step, the first one outermost. */
export function compileChain(
  behaviours: readonly Behaviour<MessageKind, AnyFailure>[],
  { kind, type }: Expected,
  last: Step,
): Step {
  return behaviours
    .filter(({ kinds, types }) => kinds.includes(kind) && (types === undefined || types.has(type ?? '')))
    .reduceRight<Step>(surround, last)
}

/** A function for each message is the cheapest way to know which call is the second. */
function surround(rest: Step, behaviour: Behaviour<MessageKind, AnyFailure>): Step {
  const { name, repeats = false } = behaviour
  return (message, context) => {
    let isCalled = false
    return behaviour.handle(message, context, (passed, handed) => {
      if (isCalled && !repeats) throw new NextCalledTwiceError(name, message.type)
      if (passed !== message) verifyType(name, message, passed)
      isCalled = true
      return DeadlineContext.isAborted(handed)
        ? Promise.reject(handed.signal.reason)
        : settle(rest, passed, handed)
    })
  }
}

/** Apart, because reading the names of many kinds of messages costs more than the rest of a step. */
function verifyType(behaviour: string, message: AnyMessage, passed: AnyMessage): void {
  if (passed.type !== message.type) throw new MessageSwappedError(behaviour, message.type, passed.type)
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

/** A behaviour called `next` a second time for one message, and does not say that it `repeats`. */
export class NextCalledTwiceError extends Error {
  override readonly name = 'NextCalledTwiceError'
  readonly code = 'ASHLAR_MEDIATOR_NEXT_CALLED_TWICE'
  /** The behaviour's name. */
  readonly behaviour: string
  /** The message's name. */
  readonly messageType: string

  constructor(behaviour: string, messageType: string) {
    super(
      `behaviour "${behaviour}" called next twice for ${messageType}: expected one call, or "repeats: true"`,
    )
    this.behaviour = behaviour
    this.messageType = messageType
  }
}

/** A behaviour handed another message on than the one that came in. */
export class MessageSwappedError extends Error {
  override readonly name = 'MessageSwappedError'
  readonly code = 'ASHLAR_MEDIATOR_MESSAGE_SWAPPED'
  /** The behaviour's name. */
  readonly behaviour: string
  /** The name of the message that came in. */
  readonly messageType: string

  constructor(behaviour: string, messageType: string, passedType: string) {
    super(`behaviour "${behaviour}" must hand a message of type "${messageType}" on, found "${passedType}"`)
    this.behaviour = behaviour
    this.messageType = messageType
  }
}
