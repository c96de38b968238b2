import { murmur3 } from '../bucketing/murmur3.ts'

/**
 * Names a content: 64 bits in hex, which tell one document from the next, and protect from no intent.
 *
 * It begins with a letter, since revisions that are whole numbers have an order.
 */
export function checksumOf(content: unknown): string {
  const text = JSON.stringify(content)
  return `c${hex(murmur3(text, 0))}${hex(murmur3(text, 0x9747b28c))}`
}

function hex(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, '0')
}
