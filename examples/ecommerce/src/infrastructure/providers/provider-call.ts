import type { Effect, Mishap, ProviderLedger } from './provider-ledger.ts'

/** The provider could not be reached, or its answer was lost: nobody knows whether it did what was asked. */
export class ProviderUnavailableError extends Error {
  override readonly name = 'ProviderUnavailableError'
  readonly code = 'SHOP_PROVIDER_UNAVAILABLE'
}

/** One request to a provider, with whatever goes wrong on the way; undefined when it says no. */
export async function callProvider(
  ledger: ProviderLedger,
  wanted: Effect,
  signal: AbortSignal,
): Promise<Effect | undefined> {
  const { service, operation, key } = wanted
  ledger.request(service, operation, key)
  const known = ledger.find(service, operation, key)
  const mishap = ledger.nextMishap(service, operation)
  if (mishap === 'decline' && known === undefined) return undefined
  await meet(mishap, 'before', wanted, signal)
  const done = ledger.effect(wanted)
  await meet(mishap, 'after', wanted, signal)
  return done
}

async function meet(
  mishap: Mishap | undefined,
  when: 'before' | 'after',
  { service, operation }: Effect,
  signal: AbortSignal,
): Promise<void> {
  if (mishap === `fail-${when}`) throw new ProviderUnavailableError(`${service}.${operation} broke off`)
  if (mishap === `hang-${when}`) await untilAborted(signal)
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    if (signal.aborted) reject(signal.reason)
  })
}
