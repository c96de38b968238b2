/** Tells accidents from what was written: 64 bits in hex, made of two FNV-1a of 32 bits. No protection against intent. */
export function checksum(text: string): string {
  let one = 0x811c9dc5
  let other = 0xcbf29ce4
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    one = Math.imul(one ^ unit, 0x01000193)
    other = Math.imul(other ^ (unit + index), 0x5bd1e995)
  }
  return hex(one ^ (one >>> 15)) + hex(other ^ (other >>> 13))
}

function hex(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, '0')
}
