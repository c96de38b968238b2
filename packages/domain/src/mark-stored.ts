import { type AggregateMeta, type AuditFields, acceptAudit, acceptVersion } from './aggregate-meta.ts'
import type { AggregateRoot } from './aggregate-root.ts'

/**
 * Tells a live aggregate how it was stored: the one way in which version and audit fields change.
 *
 * For those who write a repository; called after the commit, as is `clearDomainEvents`.
 *
 * @param aggregate - that was stored
 * @param meta - as it was stored
 * @param recorded - the events that were stored with it; those raised meanwhile stay
 * @example
 * ```ts
 * import { AggregateRoot, markStored, metaOfAdded, newId } from '@ashlar/domain'
 * import { createContext, systemClock } from '@ashlar/kernel'
 *
 * class Basket extends AggregateRoot {}
 *
 * const basket = new Basket(newId())
 * markStored(basket, metaOfAdded(createContext({ userId: 'ada' }), systemClock), basket.domainEvents)
 * console.log(basket.version, basket.createdBy)
 * ```
 */
export function markStored(
  aggregate: AggregateRoot,
  meta: AggregateMeta,
  recorded: AggregateRoot['domainEvents'],
): void {
  const { version, ...audit } = meta
  const stored = aggregate as unknown as Storable
  stored[acceptAudit](audit)
  stored[acceptVersion](version)
  aggregate.clearDomainEvents(recorded)
}

type Storable = { [acceptAudit](audit: AuditFields): void; [acceptVersion](version: number): void }
