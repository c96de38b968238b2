import type { EventStore } from '../event-store.ts'

/** What the contract needs: a store, the stores of tenants beside it, and a way to close them all. */
export interface EventStorage {
  /** The store of no tenant. */
  readonly events: EventStore
  /** The store of one tenant. */
  forTenant(tenantId: string): { readonly events: EventStore }
  /** Closes all stores. */
  close(): Promise<void>
}
