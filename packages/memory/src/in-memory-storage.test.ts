import { eventStoreContract, eventStoreProbe } from '@ashlar/event-store/testing'
import { storageContract } from '@ashlar/kernel/testing'
import { sagaStoreContract, sagaStoreProbe } from '@ashlar/saga/testing'
import { InMemoryStorage } from './in-memory-storage.ts'

storageContract('InMemoryStorage', async () => new InMemoryStorage(), [eventStoreProbe, sagaStoreProbe])
eventStoreContract('InMemoryStorage', async () => new InMemoryStorage())
sagaStoreContract('InMemoryStorage', async () => new InMemoryStorage())
