import { type Groups, noAddress, readAddress } from './address.ts'

/** The addresses that share their first bits with one. */
export interface Block {
  readonly groups: Groups
  /** How many bits are shared, 0 to 128; an IPv4 block shares the 96 before its own. */
  readonly bits: number
}

/** Reads `10.0.0.0/8`, `2001:db8::/32`, or an address alone for a block of one; undefined for anything else. */
export function blockOf(text: string): Block | undefined {
  const slash = text.indexOf('/')
  const groups = noAddress()
  const family = readAddress(slash < 0 ? text : text.slice(0, slash), groups)
  if (family === undefined) return
  if (slash < 0) return { groups, bits: 128 }
  const size = text.slice(slash + 1)
  const bits = Number(size) + (family === 4 ? 96 : 0)
  return wholeNumber.test(size) && bits <= 128 ? { groups, bits } : undefined
}

const wholeNumber = /^(0|[1-9]\d{0,2})$/

/** An IPv4 address is in no IPv6 block but those that stand for IPv4 ones; an IPv6 address that stands for one is in both. */
export function isInBlock({ groups, bits }: Block, address: Groups, family: 4 | 6): boolean {
  if (family === 4 && bits < 96) return false
  const whole = bits >> 4
  for (let group = 0; group < whole; group++) if (groups[group] !== address[group]) return false
  const differing = (groups[whole] ?? 0) ^ (address[whole] ?? 0)
  return differing >> (16 - (bits & 15)) === 0
}
