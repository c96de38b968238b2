/**
 * What every saga store keeps to, for those who write one.
 *
 * @packageDocumentation
 */
export { sagaOrchestratorContract } from './testing/saga-orchestrator-contract.ts'
export { sagaStoreContract } from './testing/saga-store-contract.ts'
export { sagaStoreProbe } from './testing/saga-store-probe.ts'
