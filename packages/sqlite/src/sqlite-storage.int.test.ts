import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventStoreContract, eventStoreProbe } from '@ashlar/event-store/testing'
import { storageContract } from '@ashlar/kernel/testing'
import { idempotencyStoreContract, idempotencyStoreProbe } from '@ashlar/mediator/testing'
import { sagaOrchestratorContract, sagaStoreContract, sagaStoreProbe } from '@ashlar/saga/testing'
import { afterAll } from 'vitest'
import { SqliteStorage } from './sqlite-storage.ts'

const folder = mkdtempSync(join(tmpdir(), 'ashlar-sqlite-contracts-'))
let files = 0
const open = () => SqliteStorage.open({ path: join(folder, `${++files}.db`), synchronous: 'normal' })

afterAll(() => rmSync(folder, { recursive: true }))

eventStoreContract('sqlite', open)
sagaStoreContract('sqlite', open)
idempotencyStoreContract('sqlite', open)
sagaOrchestratorContract('sqlite', open)
storageContract('sqlite', open, [eventStoreProbe, sagaStoreProbe, idempotencyStoreProbe])
