import type { StreamId } from '../event.ts'
import { InvalidNameError } from '../store-error.ts'

const maxStreamLength = 500

/** What {@link isStreamId} wants to see, in words. */
export const streamIdRule: string = `"category-id" of at most ${maxStreamLength} characters of well-formed text`

/**
 * Tells whether every store can tell a text from all others: it is well-formed and without U+0000.
 *
 * @param text - a name, a type, a tag
 * @returns false for a text that a database would cut or change
 * @example See {@link requireStreamId}.
 */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/**
 * Tells whether a value is a stream's name that can be stored.
 *
 * @param value - anything
 * @returns false for what no stream is named
 * @example See {@link requireStreamId}.
 */
export function isStreamId(value: unknown): value is StreamId {
  if (typeof value !== 'string' || value.length > maxStreamLength) return false
  const hyphen = value.indexOf('-')
  return hyphen > 0 && hyphen < value.length - 1 && isStorable(value)
}

/**
 * Lets only a stream's name pass that can be stored.
 *
 * @param stream - category, hyphen and id, at most 500 characters of well-formed text
 * @throws InvalidNameError for all else
 * @example
 * ```ts
 * import { isStorable, isStreamId, requireStreamId, requireTenantId } from '@ashlar/event-store/adapter'
 *
 * requireStreamId('cart-42')
 * requireTenantId('acme')
 * console.log(isStreamId('cart'), isStorable('\ud800'))
 * ```
 */
export function requireStreamId(stream: string): asserts stream is StreamId {
  if (!isStreamId(stream)) throw new InvalidNameError('stream', streamIdRule, stream)
}

/**
 * Lets only a tenant's id pass that can be stored.
 *
 * @param tenantId - a character at least of well-formed text
 * @throws InvalidNameError for all else
 * @example See {@link requireStreamId}.
 */
export function requireTenantId(tenantId: string): void {
  if (typeof tenantId !== 'string' || tenantId === '' || !isStorable(tenantId))
    throw new InvalidNameError('tenant', 'a character at least of well-formed text', tenantId)
}
