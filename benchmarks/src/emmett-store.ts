import { peer } from './peer.ts'

/** What is used of emmett's store, as far as it is used. */
export interface EmmettStore {
  appendToStream(
    stream: string,
    events: readonly { readonly type: string; readonly data: unknown }[],
    options?: { readonly expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' },
  ): Promise<unknown>
}

/** Makes an empty store in memory. */
export async function emmettStore(): Promise<EmmettStore> {
  const { getInMemoryEventStore } = await peer<{ readonly getInMemoryEventStore: () => EmmettStore }>(
    '@event-driven-io/emmett',
  )
  return getInMemoryEventStore()
}
