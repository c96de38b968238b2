import {
  type Clock,
  type Context,
  frozenJson,
  type Json,
  type Logger,
  silentLogger,
  systemClock,
} from '@ashlar/kernel'
import { type AnyFailure, ok, type Result } from '@ashlar/result'
import type { Behaviour, Next } from '../behaviour.ts'
import type { AnyMessage } from '../message.ts'
import type { CacheRule, CachingRule, InvalidatingRule } from './cache-rule.ts'
import { ruleByType } from './duplicate-rule-error.ts'
import { requireCount, requireMs } from './invalid-option-error.ts'
import { TaggedEntries } from './tagged-entries.ts'

/** Options of {@link QueryCache}. */
export interface QueryCacheOptions {
  /** How many answers are kept, from 1 to 10 000 000; 1000 unless told. The one that was not used for longest goes first. */
  readonly maxEntries?: number
  /** For how long an answer is given again where its rule says nothing; 60 000 (a minute) unless told. */
  readonly maxAgeMs?: number
  /** Tells how old an answer is; the machine's clock unless told. */
  readonly clock?: Clock
  /** Hears of invalidation rules that throw. */
  readonly logger?: Logger
}

/** The `key` of a {@link cached} rule answered with something that is no text. */
export class InvalidCacheKeyError extends TypeError {
  override readonly name = 'InvalidCacheKeyError'
  readonly code = 'ASHLAR_MEDIATOR_INVALID_CACHE_KEY'
  /** The query's name. */
  readonly messageType: string

  /**
   * @param messageType - the query's name
   * @param found - what the rule answered
   */
  constructor(messageType: string, found: unknown) {
    super(
      `the key of a cached ${messageType} must be a string, found ${found === null ? 'null' : typeof found}`,
    )
    this.messageType = messageType
  }
}

/**
 * Answers of queries, kept in memory until a command changes what they were made of.
 *
 * Kept are frozen JSON copies of Ok answers, for each tenant and user apart; nothing is read or kept inside of a
 * transaction. An answer that was on its way while its tags were invalidated is not kept. Commands invalidate when they
 * have answered Ok; one that takes part in a transaction, when the command that began it has answered Ok (or thrown:
 * then nobody knows). So use it outside of `transaction`, and inside of `authorisation`, whose answer may change.
 *
 * The cache knows of no other process: what is changed there is seen when `maxAgeMs` is over.
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { Command, cached, invalidates, MediatorBuilder, Query, QueryCache } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class GetPrice extends Query<{ cents: number }> {
 *   static readonly type = 'GetPrice'
 *   readonly type = 'GetPrice'
 *   readonly sku = 'TEA-1'
 * }
 *
 * class SetPrice extends Command<void> {
 *   static readonly type = 'SetPrice'
 *   readonly type = 'SetPrice'
 *   readonly sku = 'TEA-1'
 * }
 *
 * const cache = new QueryCache({ maxEntries: 500 })
 * const rules = [
 *   cached(GetPrice, { key: ({ sku }) => sku, tags: ({ sku }) => [`price-${sku}`], sharedByUsers: true }),
 *   invalidates(SetPrice, ({ sku }) => [`price-${sku}`]),
 * ]
 * let cents = 250
 * const mediator = new MediatorBuilder()
 *   .use(cache.caching(rules))
 *   .handle(GetPrice, async () => ok({ cents: cents++ }))
 *   .handle(SetPrice, async () => ok())
 *   .build()
 * const context = createContext()
 * const ask = async () => console.log((await mediator.send(new GetPrice(), context))._unsafeUnwrap().cents)
 * await ask()
 * await ask()
 * console.log((await mediator.send(new SetPrice(), context)).isOk())
 * await ask()
 * ```
 */
export class QueryCache {
  readonly #entries: TaggedEntries
  readonly #maxAgeMs: number
  readonly #clock: Clock
  readonly #logger: Logger
  /** Under which a context carries what is to be invalidated after the commit. */
  readonly #pending = Symbol('ashlar.mediator.pendingTags')

  /**
   * @param options - `maxEntries`, `maxAgeMs`, `clock` and `logger`
   * @throws {@link InvalidOptionError} for numbers out of range
   */
  constructor(options: QueryCacheOptions = {}) {
    this.#entries = new TaggedEntries(
      requireCount('QueryCache.maxEntries', options.maxEntries ?? 1000, 10_000_000),
    )
    this.#maxAgeMs = requireMs('QueryCache.maxAgeMs', options.maxAgeMs ?? 60_000)
    this.#clock = options.clock ?? systemClock
    this.#logger = options.logger ?? silentLogger
  }

  /**
   * Makes the behaviour that reads and fills this cache; several mediators may share one.
   *
   * A rule for the answers of a query that throws rejects `send`. One for what a command changed is asked after the
   * commit, when an answer must not get lost any more: when it throws, everything is forgotten and the logger told.
   *
   * @param rules - made by {@link cached} and {@link invalidates}; other messages pass
   * @returns a behaviour for commands and queries that adds no failure
   * @throws {@link DuplicateRuleError} when a message has two rules; later `send` rejects with
   *   {@link InvalidCacheKeyError}, and with `InvalidJsonError` for a value that is no JSON
   * @example See {@link QueryCache}.
   */
  caching(rules: readonly CacheRule[]): Behaviour<'command' | 'query'> {
    const cachingRules = ruleByType(
      'caching',
      rules.filter((rule) => rule.does === 'cache'),
    )
    const invalidatingRules = ruleByType(
      'caching',
      rules.filter((rule) => rule.does === 'invalidate'),
    )
    return {
      name: 'caching',
      kinds: ['command', 'query'],
      ...(invalidatingRules.size === 0 && { types: new Set(cachingRules.keys()) }),
      handle: (message, context, next) => {
        const rule = cachingRules.get(message.type)
        if (rule !== undefined && context.storage === undefined)
          return this.#answer(rule, message, context, next)
        if (message.kind === 'query') return next(message, context)
        return this.#follow(invalidatingRules.get(message.type), message, context, next)
      },
    }
  }

  /**
   * Forgets the answers that have one of these tags, also those that are on their way.
   *
   * @param tags - for all tenants
   */
  invalidate(tags: readonly string[]): void {
    this.#entries.invalidate(tags)
  }

  /** Forgets everything, also answers that are on their way. */
  clear(): void {
    this.#entries.clear()
  }

  #answer<Value, Fails extends AnyFailure>(
    rule: CachingRule,
    query: AnyMessage,
    context: Context,
    next: Next<Value, Fails>,
  ): Promise<Result<Value, Fails>> {
    const key = keyOf(rule, query, context)
    const found = this.#entries.find(key, this.#now())
    if (found !== undefined) return Promise.resolve(ok(found.value as Value))
    const { invalidations } = this.#entries
    return next(query, context).then((result) => {
      if (result.isErr()) return result
      const value = frozenJson(result.value as Json)
      const tags = [...rule.tags(query, value)]
      const { maxAgeMs = this.#maxAgeMs } = rule
      this.#entries.keep(key, { value, tags, storedAt: this.#now(), maxAgeMs }, invalidations)
      return ok(value as Value)
    })
  }

  #follow<Value, Fails extends AnyFailure>(
    rule: InvalidatingRule | undefined,
    command: AnyMessage,
    context: Context,
    next: Next<Value, Fails>,
  ): Promise<Result<Value, Fails>> {
    const joined = context.storage === undefined ? undefined : this.#pendingOf(context)
    if (joined !== undefined && rule === undefined) return next(command, context)
    const pending = joined ?? { tags: new Set(), isEverything: false }
    const collect = (result: Result<Value, Fails>) => {
      if (result.isOk() && rule !== undefined) this.#collect(rule, command, result.value, pending)
      return result
    }
    if (joined !== undefined) return next(command, context).then(collect)
    return next(command, { ...context, [this.#pending]: pending } as Context).then(
      (result) => {
        if (collect(result).isOk()) this.#flush(pending)
        return result
      },
      (thrown) => {
        this.#flush(pending)
        throw thrown
      },
    )
  }

  #collect(rule: InvalidatingRule, command: AnyMessage, value: unknown, pending: Pending): void {
    try {
      for (const tag of rule.tags(command, value)) pending.tags.add(tag)
    } catch (thrown) {
      pending.isEverything = true
      const fields = { err: thrown, messageType: command.type }
      this.#logger.error(fields, `what ${command.type} changed is unknown: all cached answers are forgotten`)
    }
  }

  #flush({ tags, isEverything }: Pending): void {
    if (isEverything) this.clear()
    else if (tags.size > 0) this.invalidate([...tags])
  }

  #pendingOf(context: Context): Pending | undefined {
    return (context as Context & { readonly [name: symbol]: Pending | undefined })[this.#pending]
  }

  #now(): number {
    return this.#clock.now().getTime()
  }
}

/** What commands inside of a transaction have changed, if it is committed. */
type Pending = { readonly tags: Set<string>; isEverything: boolean }

/** Lengths stand before texts, so that no text can pretend to be the next one. */
function keyOf(rule: CachingRule, query: AnyMessage, { tenantId, userId }: Context): string {
  const key = rule.key(query)
  if (typeof key !== 'string') throw new InvalidCacheKeyError(query.type, key)
  return `${measured(query.type)}${measured(tenantId)}${rule.sharedByUsers ? '*' : measured(userId)}${key}`
}

function measured(text: string | undefined): string {
  return text === undefined ? '-' : `${text.length}:${text}`
}
