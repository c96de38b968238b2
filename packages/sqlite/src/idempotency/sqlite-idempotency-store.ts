import { StoreClosedError } from '@ashlar/event-store'
import { type Context, frozenJson, type Json, verifyTenant } from '@ashlar/kernel'
import {
  checkClaimRequest,
  checkExpiry,
  checkPruneOptions,
  type IdempotencyClaim,
  type IdempotencyClaimRequest,
  type IdempotencyEntry,
  type IdempotencyStore,
} from '@ashlar/mediator'
import type { Lane } from '../file/lane.ts'
import { claimKey, completeKey, findKey, pruneKeys, releaseKey } from './write-keys.ts'

/** The keys and responses of one tenant, or of none, in a file. */
export class SqliteIdempotencyStore implements IdempotencyStore {
  readonly #lane: Lane
  readonly #tenantId: string | undefined
  readonly #tenant: string
  readonly #isClosed: () => boolean

  /** @param isClosed - whether the storage that offers this port was closed */
  constructor(lane: Lane, tenantId: string | undefined, isClosed: () => boolean) {
    this.#lane = lane
    this.#tenantId = tenantId
    this.#tenant = tenantId ?? ''
    this.#isClosed = isClosed
  }

  async claim(request: IdempotencyClaimRequest, context: Context): Promise<IdempotencyClaim> {
    this.#admitWrite('claim')
    verifyTenant(this.#tenantId, context)
    context.signal.throwIfAborted()
    checkClaimRequest(request)
    const kept = { ...request }
    return this.#lane.write((file) => claimKey(file, this.#tenant, kept), context.signal)
  }

  async complete(
    answer: {
      readonly key: string
      readonly fence: number
      readonly response: Json
      readonly expiresAt: number
    },
    context: Context,
  ): Promise<boolean> {
    this.#admitWrite('complete')
    verifyTenant(this.#tenantId, context)
    const { key, fence, expiresAt } = answer
    checkExpiry(expiresAt)
    const response = JSON.stringify(frozenJson(answer.response))
    return this.#lane.write((file) => completeKey(file, this.#tenant, { key, fence, response, expiresAt }))
  }

  async release(
    { key, fence }: { readonly key: string; readonly fence: number },
    context: Context,
  ): Promise<void> {
    this.#admitWrite('release')
    verifyTenant(this.#tenantId, context)
    return this.#lane.write((file) => releaseKey(file, this.#tenant, key, fence))
  }

  async find({
    key,
    now,
  }: {
    readonly key: string
    readonly now: number
  }): Promise<IdempotencyEntry | undefined> {
    return this.#lane.read((file) => {
      this.#refuseWhenClosed('find')
      return findKey(file, this.#tenant, key, now)
    })
  }

  async prune(options: { readonly before: number; readonly limit?: number }): Promise<number> {
    this.#admitWrite('prune')
    const { before, limit } = checkPruneOptions(options)
    return this.#lane.write((file) => pruneKeys(file, this.#tenant, before, limit))
  }

  #admitWrite(operation: string): void {
    this.#refuseWhenClosed(operation)
    this.#lane.admitWrite(`idempotency.${operation}`)
  }

  #refuseWhenClosed(operation: string): void {
    this.#lane.admit(`idempotency.${operation}`)
    if (this.#isClosed() || this.#lane.isClosed) throw new StoreClosedError(`idempotency.${operation}`)
  }
}
