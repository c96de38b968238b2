/**
 * The promises of the repository port, as a test suite for adapters.
 *
 * @packageDocumentation
 */
export {
  type RepositoryProbe,
  type RepositoryProbeOptions,
  repositoryContract,
} from './testing/repository-contract.ts'
