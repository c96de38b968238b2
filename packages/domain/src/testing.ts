/**
 * The promises of the repository port, as a test suite for adapters.
 *
 * @packageDocumentation
 */
export { repositoryContract } from './testing/repository-contract.ts'
export type { RepositoryProbe, RepositoryProbeOptions } from './testing/repository-probe.ts'
