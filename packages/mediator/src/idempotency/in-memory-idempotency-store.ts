import {
  type Context,
  frozenJson,
  type Json,
  TransactionEndedError,
  verifyTenant,
  type WriteTurns,
} from '@ashlar/kernel'
import { DeadlineContext } from '../behaviours/deadline-context.ts'
import { checkClaimRequest, checkExpiry, checkPruneOptions } from './check-request.ts'
import type {
  IdempotencyClaim,
  IdempotencyClaimRequest,
  IdempotencyEntry,
  IdempotencyStore,
} from './idempotency-store.ts'
import { type IdempotencyRow, IdempotencyTable } from './idempotency-table.ts'

/** Options of {@link InMemoryIdempotencyStore}. */
export interface InMemoryIdempotencyStoreOptions {
  /** Whose keys; contexts of another tenant are refused. */
  readonly tenantId?: string
}

/** Writes that nobody else sees before they are committed; dropping it rolls them back. */
export interface IdempotencyStoreFork {
  /** The store as the transaction sees it. */
  readonly port: IdempotencyStore
  /** Makes the writes part of the store. */
  commit(): void
  /** Makes the port refuse all work, after the commit or instead of it. */
  end(): void
}

/** What the handles of one store have in common, and how the writes of one wait. */
type Inner = { readonly table: IdempotencyTable; readonly turns?: WriteTurns }

/**
 * Keys and responses in memory: the reference for what the port means.
 *
 * It answers at once, without promises, unless its writes wait for the turns of a storage. Each claim forgets a little
 * of what has expired, so nobody has to prune.
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { InMemoryIdempotencyStore } from '@ashlar/mediator'
 *
 * const store = new InMemoryIdempotencyStore()
 * const context = createContext()
 * const now = 1_767_225_600_000
 * const request = { key: 'OpenCart:1', fingerprint: 'a', now, leaseUntil: now + 30_000 }
 * const claim = await store.claim(request, context)
 * if (claim.status === 'claimed') {
 *   const answer = { key: request.key, fence: claim.fence, response: 'c-1', expiresAt: now + 86_400_000 }
 *   console.log(await store.complete(answer, context), await store.claim(request, context))
 * }
 * ```
 */
export class InMemoryIdempotencyStore implements IdempotencyStore {
  /** The methods that change the store; `InMemoryStorage` lets each wait for its turn. */
  readonly writes: readonly ['claim', 'complete', 'release', 'prune'] = [
    'claim',
    'complete',
    'release',
    'prune',
  ]
  readonly #tenantId: string | undefined
  readonly #table: IdempotencyTable
  readonly #turns: WriteTurns | undefined
  #hasEnded = false

  constructor(options?: InMemoryIdempotencyStoreOptions)
  /** @internal */
  constructor(options: InMemoryIdempotencyStoreOptions, inner: Inner)
  constructor(
    options: InMemoryIdempotencyStoreOptions = {},
    { table, turns }: Inner = { table: new IdempotencyTable() },
  ) {
    this.#tenantId = options.tenantId
    this.#table = table
    this.#turns = turns
  }

  /** {@inheritDoc IdempotencyStore.claim} */
  claim(request: IdempotencyClaimRequest, context: Context): IdempotencyClaim | Promise<IdempotencyClaim> {
    this.#admitWrite('claim')
    verifyTenant(this.#tenantId, context)
    if (DeadlineContext.isAborted(context)) throw context.signal.reason
    checkClaimRequest(request)
    if (this.#turns === undefined) return this.#claim(request)
    const kept = { ...request }
    return this.#turns.take('claim', async () => this.#claim(kept), context.signal)
  }

  /** {@inheritDoc IdempotencyStore.complete} */
  complete(
    answer: {
      readonly key: string
      readonly fence: number
      readonly response: Json
      readonly expiresAt: number
    },
    context: Context,
  ): boolean | Promise<boolean> {
    this.#admitWrite('complete')
    verifyTenant(this.#tenantId, context)
    const { key, fence, expiresAt } = answer
    checkExpiry(expiresAt)
    const response = frozenJson(answer.response)
    return this.#inTurn('complete', () => {
      const row = this.#held(key, fence)
      if (row === undefined) return false
      this.#table.answer(row, response, expiresAt)
      return true
    })
  }

  /** {@inheritDoc IdempotencyStore.release} */
  release(
    { key, fence }: { readonly key: string; readonly fence: number },
    context: Context,
  ): void | Promise<void> {
    this.#admitWrite('release')
    verifyTenant(this.#tenantId, context)
    return this.#inTurn('release', () => {
      if (this.#held(key, fence) !== undefined) this.#table.delete(key)
    })
  }

  /** {@inheritDoc IdempotencyStore.find} */
  find({ key, now }: { readonly key: string; readonly now: number }): IdempotencyEntry | undefined {
    this.#refuseWhenClosed('find')
    const row = this.#table.find(key)
    return row === undefined || row.until <= now ? undefined : entryOf(row)
  }

  /** {@inheritDoc IdempotencyStore.prune} */
  prune(options: { readonly before: number; readonly limit?: number }): number | Promise<number> {
    this.#admitWrite('prune')
    const { before, limit } = checkPruneOptions(options)
    return this.#inTurn('prune', () => {
      const free = this.#table.freeAt(before).slice(0, limit)
      for (const key of free) this.#table.delete(key)
      return free.length
    })
  }

  /**
   * Gives a handle on this store whose writes wait for their turn.
   *
   * @param turns - of the storage that the store belongs to
   * @returns a store of the same keys
   */
  takingTurns(turns: WriteTurns): IdempotencyStore {
    return new InMemoryIdempotencyStore(this.#options(), { table: this.#table, turns })
  }

  /**
   * Lays a store over this one, for one transaction; only one fork may write at a time.
   *
   * @returns the store as the transaction sees it, and its commit
   */
  fork(): IdempotencyStoreFork {
    const table = new IdempotencyTable(this.#table)
    const port = new InMemoryIdempotencyStore(this.#options(), { table })
    return {
      port,
      commit: () => table.merge(),
      end: () => {
        port.#hasEnded = true
      },
    }
  }

  /** A fence is the moment of its claim, or one more than the last: it rises even where the last was forgotten. */
  #claim({ key, fingerprint, now, leaseUntil }: IdempotencyClaimRequest): IdempotencyClaim {
    const row = this.#table.find(key)
    if (row !== undefined && row.until > now) return entryOf(row)
    const fence = row === undefined || row.fence < now ? now : row.fence + 1
    this.#table.put({ key, fingerprint, fence, until: leaseUntil, response: undefined })
    this.#table.sweep(now)
    return { status: 'claimed', fence }
  }

  /** The row of a key that has this fence, and no response. */
  #held(key: string, fence: number): IdempotencyRow | undefined {
    const row = this.#table.find(key)
    return row?.fence === fence && row.response === undefined ? row : undefined
  }

  #inTurn<T>(operation: string, work: () => T): T | Promise<T> {
    return this.#turns === undefined ? work() : this.#turns.take(operation, async () => work())
  }

  #options(): InMemoryIdempotencyStoreOptions {
    return this.#tenantId === undefined ? {} : { tenantId: this.#tenantId }
  }

  #admitWrite(operation: string): void {
    this.#refuseWhenClosed(operation)
    this.#turns?.admit(operation)
  }

  #refuseWhenClosed(operation: string): void {
    if (this.#hasEnded) throw new TransactionEndedError(`idempotency.${operation}`)
    this.#turns?.refuseWhenClosed(operation)
  }
}

function entryOf({ fingerprint, until, response }: IdempotencyRow): IdempotencyEntry {
  return response === undefined
    ? { status: 'in-flight', fingerprint, leaseUntil: until }
    : { status: 'completed', fingerprint, response }
}
