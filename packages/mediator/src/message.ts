import type { AnyFailure, Result } from '@ashlar/result'
import { type InvalidInput, type ParsableClass, parseInput, parseInputAsync } from './input.ts'

/** What a message is for; behaviours choose by it. */
export type MessageKind = 'command' | 'query' | 'stream' | 'notification'

/**
 * What `Command`, `Query`, `StreamQuery` and `Notification` have in common; extend one of those.
 *
 * `Value` and `Fails` live in types only: they tell the mediator what `send` answers. A class may mark fields for
 * those who write messages down: `static readonly secret = ['password'] as const`, and `personal` likewise. A name
 * that is no field of the message does not compile where the class is registered.
 * @example
 * ```ts
 * import { Command, type Message } from '@ashlar/mediator'
 *
 * class OpenCart extends Command<void> {
 *   static readonly type = 'OpenCart'
 *   readonly type = 'OpenCart'
 * }
 *
 * const message: Message<'command', void, never> = new OpenCart()
 * console.log(message.kind, message.type)
 * ```
 */
export abstract class Message<out Kind extends MessageKind, in out Value, in out Fails extends AnyFailure> {
  /** The message's name, as a literal: it finds the handler, and tells two messages of the same shape apart. */
  abstract readonly type: string
  /** What the message is for; the same for all instances, and no property of their own. */
  abstract readonly kind: Kind
  /** Carries the answer's types; absent at run time. */
  declare readonly '~carries': {
    /** See {@link ValueOf}. */
    readonly value: Value
    /** See {@link FailsOf}. */
    readonly fails: Fails
  }

  /**
   * Makes a message from input that nobody has checked; exists for classes with a `static readonly schema`.
   *
   * @param input - anything, as it came from outside
   * @returns the message, or `InvalidInput` with every issue and its path
   * @throws {@link AsyncSchemaError} when the schema answers with a promise; whatever the schema itself throws
   * @example
   * ```ts
   * import { Command } from '@ashlar/mediator'
   * import * as v from 'valibot'
   *
   * class AddItem extends Command<void> {
   *   static readonly type = 'AddItem'
   *   static readonly schema = v.strictObject({ sku: v.string() })
   *   readonly type = 'AddItem'
   *   readonly sku: string
   *   constructor(data: { sku: string }) {
   *     super()
   *     this.sku = data.sku
   *   }
   * }
   *
   * console.log(AddItem.parse({ sku: 'TEA-1' }).isOk(), AddItem.parse({ sku: 1 }).isOk())
   * ```
   */
  static parse<M, Output>(this: ParsableClass<M, Output>, input: unknown): Result<M, InvalidInput> {
    // biome-ignore lint/complexity/noThisInStatic: the class that is called, not this one
    return parseInput(this, input)
  }

  /**
   * As {@link Message.parse}, for schemas that may have to wait.
   *
   * @param input - anything, as it came from outside
   * @returns the message, or `InvalidInput` with every issue and its path
   * @throws whatever the schema itself throws or rejects with
   * @example
   * ```ts
   * import { Query } from '@ashlar/mediator'
   * import * as v from 'valibot'
   *
   * const sku = v.pipeAsync(v.string(), v.checkAsync(async (text) => text.startsWith('TEA'), 'unknown product'))
   *
   * class GetPrice extends Query<string> {
   *   static readonly type = 'GetPrice'
   *   static readonly schema = v.objectAsync({ sku })
   *   readonly type = 'GetPrice'
   *   readonly sku: string
   *   constructor(data: { sku: string }) {
   *     super()
   *     this.sku = data.sku
   *   }
   * }
   *
   * const parsed = await GetPrice.parseAsync({ sku: 'MUG-1' })
   * console.log(parsed.isErr() && parsed.error.issues)
   * ```
   */
  static parseAsync<M, Output>(
    this: ParsableClass<M, Output>,
    input: unknown,
  ): Promise<Result<M, InvalidInput>> {
    // biome-ignore lint/complexity/noThisInStatic: the class that is called, not this one
    return parseInputAsync(this, input)
  }
}

/** Any message. */
export type AnyMessage = Message<MessageKind, unknown, AnyFailure>

/** A message that has one handler and gets its answer by `send`. */
export type Sendable = Message<'command' | 'query', unknown, AnyFailure>

/** A message that has one handler and gets its items by `stream`. */
export type StreamMessage = Message<'stream', unknown, AnyFailure>

/** A message that has one handler. */
export type Answerable = Message<'command' | 'query' | 'stream', unknown, AnyFailure>

/** The value with which a message is answered. */
export type ValueOf<M extends AnyMessage> = M['~carries']['value']

/** The failures with which a message may be answered. */
export type FailsOf<M extends AnyMessage> = M['~carries']['fails']

/** The class of a message, whose `static readonly type` is the same literal as the `type` of its instances. */
export interface MessageClass<M extends AnyMessage> {
  /** The name under which the handler is found; a type that is not exactly one literal is refused. */
  readonly type: SoleLiteral<M['type']>
  /** Tells the kind before there is an instance. */
  readonly prototype: M
  /** Fields that nobody may read, as a password: `static readonly secret = ['password'] as const`. */
  readonly secret?: readonly FieldOf<M>[]
  /** Fields that tell about a person, as an address: `static readonly personal = ['address'] as const`. */
  readonly personal?: readonly FieldOf<M>[]
}

/** The names of a message's fields. */
type FieldOf<M> = Exclude<keyof M, keyof AnyMessage>

/** `string` and templates may be missing from a record, a literal may not; each part of a union is less than all. */
type SoleLiteral<Name extends string, All = Name> =
  Record<never, unknown> extends Record<Name, unknown>
    ? never
    : Name extends unknown
      ? [All] extends [Name]
        ? Name
        : never
      : never
