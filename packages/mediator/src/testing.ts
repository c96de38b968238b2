/**
 * What every store of idempotency keys keeps to, for those who write one.
 *
 * @packageDocumentation
 */
export { idempotencyStoreContract } from './testing/idempotency-store-contract.ts'
export { idempotencyStoreProbe } from './testing/idempotency-store-probe.ts'
