import { AsyncLocalStorage } from 'node:async_hooks'
import { createContext, type Logger, silentLogger, type Telemetry } from '@ashlar/kernel'
import { err, failure, ok } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { defineSaga } from './define-saga.ts'
import { InMemorySagaStore } from './memory/in-memory-saga-store.ts'
import { SagaOrchestrator } from './saga-orchestrator.ts'
import { sagaOrchestratorContract } from './testing/saga-orchestrator-contract.ts'
import { interceptedStore } from './testing/store-wrappers.ts'

sagaOrchestratorContract('InMemorySagaStore', async () => {
  const sagas = new InMemorySagaStore()
  return { sagas, close: () => sagas.close() }
})
