/**
 * The contract that every registry keeps, and what tests of clients need.
 *
 * @packageDocumentation
 */
export { registryContract } from './testing/registry-contract.ts'
export type { RegistryProbe } from './testing/registry-probe.ts'
export { type ScriptedInstance, ScriptedRegistry } from './testing/scripted-registry.ts'
