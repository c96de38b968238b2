/**
 * MurmurHash3 x86 32 byte by byte from its definition, over the bytes that Node makes of a text; slow and plain, to
 * judge the quick one by.
 */
export function referenceMurmur3(text: string | Uint8Array, seed: number): number {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text
  const modulus = 2n ** 32n
  const times = (one: bigint, other: bigint): bigint => (one * other) % modulus
  const rotated = (word: bigint, by: bigint): bigint => ((word << by) | (word >> (32n - by))) % modulus
  const scrambled = (word: bigint): bigint => times(rotated(times(word, 0xcc9e2d51n), 15n), 0x1b873593n)

  let hash = BigInt(seed >>> 0)
  const tail = bytes.length - (bytes.length % 4)
  for (let at = 0; at < tail; at += 4) {
    hash ^= scrambled(wordOf(bytes.subarray(at, at + 4)))
    hash = (times(rotated(hash, 13n), 5n) + 0xe6546b64n) % modulus
  }
  hash ^= scrambled(wordOf(bytes.subarray(tail)))
  hash ^= BigInt(bytes.length)
  hash = times(hash ^ (hash >> 16n), 0x85ebca6bn)
  hash = times(hash ^ (hash >> 13n), 0xc2b2ae35n)
  return Number(hash ^ (hash >> 16n))
}

function wordOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((word, byte) => word * 256n + BigInt(byte), 0n)
}
