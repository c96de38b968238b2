import type { AnyFailure } from '@ashlar/result'
import type { Message, MessageKind } from '../message.ts'

/** The class of any message of some kinds, for options that list messages. */
export interface SomeMessageClass<Kind extends MessageKind> {
  /** The message's name. */
  readonly type: string
  /** Tells the kind before there is an instance. */
  readonly prototype: Message<Kind, unknown, AnyFailure>
}

/** The names of messages, for looking them up. */
export function typesOf(classes: readonly SomeMessageClass<MessageKind>[]): ReadonlySet<string> {
  return new Set(classes.map(({ type }) => type))
}
