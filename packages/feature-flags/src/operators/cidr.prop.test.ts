import { BlockList, isIP, isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidr } from './cidr.ts'

const numRuns = 20_000
const [inCidr] = cidr

const byte = fc.oneof(fc.constantFrom(0, 1, 10, 127, 255), fc.nat({ max: 255 }))
const ipv4 = fc.array(byte, { minLength: 4, maxLength: 4 }).map((bytes) => bytes.join('.'))
const group = fc
  .oneof(fc.constantFrom(0, 0, 0, 1, 0xffff, 0xdb8), fc.nat({ max: 0xffff }))
  .map((value) => value.toString(16))
const ipv6 = fc
  .tuple(
    fc.array(group, { minLength: 8, maxLength: 8 }),
    fc.nat({ max: 7 }),
    fc.nat({ max: 7 }),
    fc.option(ipv4),
  )
  .map(([groups, from, length, embedded]) => {
    const all = embedded === null ? groups : [...groups.slice(0, 6), embedded]
    const [before, after] = [all.slice(0, from), all.slice(from + length)]
    return length === 0 || from + length > all.length
      ? all.join(':')
      : `${before.join(':')}::${after.join(':')}`
  })
const mapped = ipv4.map((address) => `::ffff:${address}`)
const address = fc.oneof(ipv4, ipv6, mapped)
const almost = fc
  .tuple(address, fc.nat(), fc.constantFrom('', ':', '.', '0', 'f', 'g', '%', ' ', '::'))
  .map(([text, at, other]) => {
    const place = at % (text.length + 1)
    return text.slice(0, place) + other + text.slice(place + (at % 2))
  })

describe('in_cidr, whatever the addresses', () => {
  it('takes for an address what Node.js takes for one, but for zone ids', () => {
    const test = inCidr?.test(['0.0.0.0/0', '::/0'])
    fc.assert(
      fc.property(fc.oneof(address, almost), (text) => {
        expect(test?.(text)).toBe(isIP(text) !== 0 && !text.includes('%') ? true : undefined)
      }),
      { numRuns },
    )
  })

  it('tells what the BlockList of Node.js tells', () => {
    const ofOneFamily = fc.oneof(fc.tuple(ipv4, ipv4), fc.tuple(ipv6, ipv6), fc.tuple(mapped, ipv4))
    const pair = ofOneFamily.filter(([left, right]) => isIP(left) !== 0 && isIP(right) !== 0)
    fc.assert(
      fc.property(pair, fc.nat({ max: 128 }), fc.boolean(), ([asked, other], size, isNear) => {
        const base = isNear && isIPv6(asked) === isIPv6(other) ? asked : other
        const bits = isIPv6(base) ? size : size % 33
        const list = new BlockList()
        list.addSubnet(base, bits, isIPv6(base) ? 'ipv6' : 'ipv4')

        expect(inCidr?.test([`${base}/${bits}`])(asked)).toBe(
          list.check(asked, isIPv6(asked) ? 'ipv6' : 'ipv4'),
        )
      }),
      { numRuns },
    )
  })
})
