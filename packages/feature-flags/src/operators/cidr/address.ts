/** Eight groups of 16 bits; an IPv4 address is written as the IPv6 address that stands for it, `::ffff:a.b.c.d`. */
export type Groups = Uint16Array

/** Room for one address. */
export function noAddress(): Groups {
  return new Uint16Array(8)
}

/**
 * Reads an address into the groups, without allocating.
 *
 * IPv4 has four decimal numbers without zeros before them; IPv6 may be shortened and may end in IPv4. Zone ids, blanks
 * and brackets are no part of an address.
 *
 * @returns the family, or undefined for a text that is no address
 */
export function readAddress(text: string, groups: Groups): 4 | 6 | undefined {
  if (text.length > longest) return
  if (readIPv4(text, 0, groups, 6)) {
    groups.fill(0, 0, 5)
    groups[5] = 0xffff
    return 4
  }
  return readIPv6(text, groups) ? 6 : undefined
}

const longest = '0000:0000:0000:0000:0000:ffff:255.255.255.255'.length
const dot = 46
const colon = 58

/** Reads four numbers from `start` to the end into two groups. */
function readIPv4(text: string, start: number, groups: Groups, group: number): boolean {
  let count = 0
  let byte = -1
  for (let at = start; at <= text.length; at++) {
    const code = at === text.length ? dot : text.charCodeAt(at)
    if (code === dot) {
      if (byte < 0 || count === 4) return false
      const place = group + (count >> 1)
      groups[place] = count % 2 === 0 ? byte << 8 : (groups[place] as number) | byte
      count++
      byte = -1
    } else {
      const digit = digitOf(code)
      if (digit < 0 || digit > 9 || byte === 0) return false
      byte = Math.max(byte, 0) * 10 + digit
      if (byte > 255) return false
    }
  }
  return count === 4
}

function readIPv6(text: string, groups: Groups): boolean {
  let count = 0
  let gap = -1
  let at = 0
  if (text.charCodeAt(0) === colon) {
    if (text.charCodeAt(1) !== colon) return false
    gap = 0
    at = 2
  }
  while (at < text.length || gap !== count) {
    const start = at
    let group = 0
    for (let digit = digitOf(text.charCodeAt(at)); digit >= 0; digit = digitOf(text.charCodeAt(at))) {
      if (at++ - start === 4) return false
      group = group * 16 + digit
    }
    if (text.charCodeAt(at) === dot && count <= 6 && readIPv4(text, start, groups, count)) {
      count += 2
      break
    }
    if (at === start || count === 8) return false
    groups[count++] = group
    if (at === text.length) break
    if (text.charCodeAt(at++) !== colon) return false
    if (text.charCodeAt(at) === colon) {
      if (gap >= 0) return false
      gap = count
      at++
    }
  }
  if (gap < 0 || count === 8) return gap < 0 && count === 8
  const end = 8 - (count - gap)
  groups.copyWithin(end, gap, count).fill(0, gap, end)
  return true
}

/** The value of a decimal or hexadecimal digit; below 0 for anything else. */
function digitOf(code: number): number {
  if (code > 47 && code < colon) return code - 48
  const lowered = code | 32
  return lowered > 96 && lowered < 103 ? lowered - 87 : -1
}
