import { type Context, createContext, type Json } from '@ashlar/kernel'
import type {
  IdempotencyClaim,
  IdempotencyClaimRequest,
  IdempotencyStore,
} from '../idempotency/idempotency-store.ts'

/** The moment of {@link sampleClaim}; milliseconds since 1970. */
export const sampleNow = 1_767_225_600_000

/** Whose keys the contract keeps. */
const contractContext: Context = createContext({ correlationId: 'idempotency-store-contract' })

/** A claim with a lease of 5 seconds, changed where a test wants it. */
export function sampleClaim(
  key: string,
  changes: Partial<IdempotencyClaimRequest> = {},
): IdempotencyClaimRequest {
  return { key, fingerprint: 'input-1', now: sampleNow, leaseUntil: sampleNow + 5_000, ...changes }
}

/** Claims, answers and gives back keys of a store. */
export type GivenKeys = {
  claim(key: string, changes?: Partial<IdempotencyClaimRequest>): Promise<IdempotencyClaim>
  /** Claims a key that is free. */
  hold(key: string, changes?: Partial<IdempotencyClaimRequest>): Promise<number>
  complete(key: string, fence: number, response?: Json, expiresAt?: number): Promise<boolean>
  /** Claims a key and answers it. */
  answer(key: string, response: Json, expiresAt?: number): Promise<void>
  release(key: string, fence: number): Promise<void>
}

/** Makes the keys that the tests of a store begin with. */
export function givenKeys(store: () => IdempotencyStore): GivenKeys {
  const given: GivenKeys = {
    claim: async (key, changes) => store().claim(sampleClaim(key, changes), contractContext),
    async hold(key, changes) {
      const claim = await given.claim(key, changes)
      if (claim.status !== 'claimed') throw new Error(`key "${key}" must be free, found it ${claim.status}`)
      return claim.fence
    },
    complete: async (key, fence, response = 'done', expiresAt = sampleNow + 60_000) =>
      store().complete({ key, fence, response, expiresAt }, contractContext),
    async answer(key, response, expiresAt) {
      const fence = await given.hold(key)
      if (!(await given.complete(key, fence, response, expiresAt)))
        throw new Error(`key "${key}" must take its answer`)
    },
    release: async (key, fence) => store().release({ key, fence }, contractContext),
  }
  return given
}
