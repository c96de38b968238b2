import type { Clock, Context } from '@ashlar/kernel'

/** Who made and who changed an entity, and when; set by its repository. */
export type AuditFields = {
  /** When it was added; ISO-8601, UTC. */
  readonly createdAt: string
  /** Who added it; absent when the context named no user. */
  readonly createdBy?: string
  /** When it was last changed; ISO-8601, UTC. */
  readonly modifiedAt?: string
  /** Who last changed it; absent when the context named no user. */
  readonly modifiedBy?: string
  /** Removed, but kept. */
  readonly isDeleted: boolean
}

/** What a repository keeps beside an aggregate's state: its version and its audit fields. */
export type AggregateMeta = AuditFields & {
  /** How often it was stored; counts from 1. */
  readonly version: number
}

/** Ways in for repositories alone; symbols of the registry, so that two installed copies of this package agree. */
export const acceptAudit: unique symbol = Symbol.for('@ashlar/domain.acceptAudit')
export const acceptVersion: unique symbol = Symbol.for('@ashlar/domain.acceptVersion')

/**
 * Makes the version and audit fields of an aggregate that is about to be added.
 *
 * For those who write a repository; a test finds it handy to restore an aggregate.
 *
 * @param context - its user is the creator
 * @param clock - tells when
 * @returns version 1, created now
 * @example
 * ```ts
 * import { metaOfAdded, metaOfRemoved, metaOfSaved } from '@ashlar/domain'
 * import { createContext, systemClock } from '@ashlar/kernel'
 *
 * const added = metaOfAdded(createContext({ userId: 'ada' }), systemClock)
 * const saved = metaOfSaved(added, createContext({ userId: 'bob' }), systemClock)
 * console.log(saved.version, saved.createdBy, saved.modifiedBy, metaOfRemoved(saved, createContext(), systemClock))
 * ```
 */
export function metaOfAdded(context: Context, clock: Clock): AggregateMeta {
  const { userId } = context
  return Object.freeze({
    version: 1,
    createdAt: clock.now().toISOString(),
    ...(userId !== undefined && { createdBy: userId }),
    isDeleted: false,
  })
}

/**
 * Makes the version and audit fields of an aggregate that is about to be saved.
 *
 * @param stored - as they are stored now
 * @param context - its user is the modifier
 * @param clock - tells when
 * @returns the next version, modified now; who created it and when stay
 * @example See {@link metaOfAdded}.
 */
export function metaOfSaved(stored: AggregateMeta, context: Context, clock: Clock): AggregateMeta {
  const { modifiedBy: _, ...kept } = stored
  const { userId } = context
  return Object.freeze({
    ...kept,
    version: stored.version + 1,
    modifiedAt: clock.now().toISOString(),
    ...(userId !== undefined && { modifiedBy: userId }),
  })
}

/**
 * Makes the version and audit fields of an aggregate that is about to be removed: saved, and marked as deleted.
 *
 * @param stored - as they are stored now
 * @param context - its user is the modifier
 * @param clock - tells when
 * @returns the next version, modified now, deleted
 * @example See {@link metaOfAdded}.
 */
export function metaOfRemoved(stored: AggregateMeta, context: Context, clock: Clock): AggregateMeta {
  return Object.freeze({ ...metaOfSaved(stored, context, clock), isDeleted: true })
}
