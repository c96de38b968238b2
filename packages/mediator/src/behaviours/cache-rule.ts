import type { Json } from '@ashlar/kernel'
import type { AnyFailure } from '@ashlar/result'
import type { AnyMessage, Message, MessageClass, ValueOf } from '../message.ts'
import { requireMs } from './invalid-option-error.ts'

/** A query whose value can be kept as JSON. */
export type JsonQuery = Message<'query', unknown, AnyFailure> & {
  /** Carries the answer's types; absent at run time. */
  readonly '~carries': {
    /** What the query is answered with. */
    readonly value: Json
  }
}

/** How the answers of a query are kept; handed to {@link cached}. */
export interface CachedOptions<Q extends AnyMessage> {
  /** Tells two questions apart; message type, tenant and user are told apart without it. */
  readonly key: (query: Q) => string
  /** What the answer was made of: a command that changes one of these makes it disappear. */
  readonly tags: (query: Q, value: ValueOf<Q>) => readonly string[]
  /** For how long an answer is given again; the cache's own `maxAgeMs` unless told. */
  readonly maxAgeMs?: number
  /** Whether all users of a tenant get the same answer; each has answers of their own unless told. */
  readonly sharedByUsers?: boolean
}

/** What {@link QueryCache.caching} does with one message; made by {@link cached} and {@link invalidates}. */
export type CacheRule = CachingRule | InvalidatingRule

/** A rule that {@link cached} has made. */
export interface CachingRule {
  /** What the rule does. */
  readonly does: 'cache'
  /** The name of the query. */
  readonly messageType: string
  /** See {@link CachedOptions}. */
  readonly key: (query: AnyMessage) => unknown
  /** See {@link CachedOptions}. */
  readonly tags: (query: AnyMessage, value: unknown) => readonly string[]
  /** See {@link CachedOptions}. */
  readonly maxAgeMs: number | undefined
  /** See {@link CachedOptions}. */
  readonly sharedByUsers: boolean
}

/** A rule that {@link invalidates} has made. */
export interface InvalidatingRule {
  /** What the rule does. */
  readonly does: 'invalidate'
  /** The name of the command. */
  readonly messageType: string
  /** Tells what a command has changed that answered Ok. */
  readonly tags: (command: AnyMessage, value: unknown) => readonly string[]
}

/**
 * Says that the answers of a query are kept; only values that are JSON can be.
 *
 * @param query - the query's class
 * @param options - `key` and `tags` of an answer, `maxAgeMs`, `sharedByUsers`
 * @returns a rule for {@link QueryCache.caching}
 * @throws {@link InvalidOptionError} for `maxAgeMs` out of range
 * @example See {@link QueryCache}.
 */
export function cached<Q extends JsonQuery>(query: MessageClass<Q>, options: CachedOptions<Q>): CacheRule {
  const { key, tags, maxAgeMs, sharedByUsers = false } = options
  return {
    does: 'cache',
    messageType: query.type,
    key: key as CachingRule['key'],
    tags: tags as CachingRule['tags'],
    maxAgeMs: maxAgeMs === undefined ? undefined : requireMs('cached.maxAgeMs', maxAgeMs),
    sharedByUsers,
  }
}

/**
 * Says what a command changes, so that answers made of it are not given again.
 *
 * @param command - the command's class
 * @param tags - of what it changed, found out after it answered Ok
 * @returns a rule for {@link QueryCache.caching}
 * @example See {@link QueryCache}.
 */
export function invalidates<C extends Message<'command', unknown, AnyFailure>>(
  command: MessageClass<C>,
  tags: (command: C, value: ValueOf<C>) => readonly string[],
): CacheRule {
  return { does: 'invalidate', messageType: command.type, tags: tags as InvalidatingRule['tags'] }
}
