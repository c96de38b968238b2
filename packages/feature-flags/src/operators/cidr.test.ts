import { describe, expect, it } from 'vitest'
import { cidr } from './cidr.ts'

const [inCidr, notInCidr] = cidr

function isIn(blocks: readonly string[], address: unknown) {
  expect(blocks.map((block) => inCidr?.expects(block))).toEqual(blocks.map(() => undefined))
  const answer = inCidr?.test(blocks)(address)
  expect(notInCidr?.test(blocks)(address)).toBe(answer === undefined ? undefined : !answer)
  return answer
}

describe('in_cidr and not_in_cidr', () => {
  it('are operators on texts, with a list of blocks', () => {
    expect(cidr.map(({ name, operand, attributes }) => ({ name, operand, attributes }))).toEqual([
      { name: 'in_cidr', operand: 'values', attributes: ['string'] },
      { name: 'not_in_cidr', operand: 'values', attributes: ['string'] },
    ])
  })

  it.each<[string, string, boolean]>([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.255.255.255/8', true],
    ['192.168.1.127', '192.168.1.0/25', true],
    ['192.168.1.128', '192.168.1.0/25', false],
    ['1.2.3.4', '0.0.0.0/0', true],
    ['1.2.3.4', '1.2.3.4/32', true],
    ['1.2.3.5', '1.2.3.4/32', false],
    ['1.2.3.4', '1.2.3.4', true],
    ['1.2.3.5', '1.2.3.4', false],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:db8:8000::', '2001:db8::/33', false],
    ['::1', '::1', true],
    ['fe80::1', '::/0', true],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['::ffff:a01:203', '10.0.0.0/8', true],
    ['10.1.2.3', '::ffff:10.0.0.0/104', true],
    ['10.1.2.3', '::ffff:0:0/96', true],
    ['::10.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '::/0', false],
    ['64:ff9b::10.1.2.3', '64:ff9b::/96', true],
    ['::1', '0.0.0.0/0', false],
  ])('tells whether %s is in %s', (address, block, answer) => {
    expect(isIn([block], address)).toBe(answer)
    expect(isIn(['203.0.113.0/24', block, '2001:db8:ffff::/48'], address)).toBe(answer)
  })

  it.each([
    ...[
      '',
      ' ',
      '1',
      '1.2.3',
      '1.2.3.4.5',
      '01.2.3.4',
      '1.2.3.04',
      '256.1.1.1',
      '1.2.3.-4',
      '1.2.3.4 ',
      '1..2.3',
    ],
    ...['0x7f.0.0.1', '１.2.3.4', '1.2.3.4/8', ':', ':::', '1:', ':1', '1::2::3', '1:2:3:4:5:6:7', '12345::'],
    ...[
      '1:2:3:4:5:6:7:8:9',
      '1:2:3:4:5:6:7:8::',
      '::1:2:3:4:5:6:7:8',
      'g::',
      '::1.2.3',
      '::1.2.3.4:5',
      '::1.2.3.256',
    ],
    ...[
      '1:2:3:4:5:6:7:1.2.3.4',
      'fe80::1%eth0',
      '[::1]',
      '::1/128',
      '::ffff:01.2.3.4',
      'a'.repeat(1_000_000),
    ],
  ])('can not be asked of %j', (address) => {
    expect(isIn(['0.0.0.0/0', '::/0'], address)).toBeUndefined()
  })

  it.each([[1], [true], [{}], [['10.0.0.1']], [new Date(0)], [null], [undefined]])(
    'can not be asked of %j, which is no text',
    (value) => {
      expect(isIn(['0.0.0.0/0'], value)).toBeUndefined()
    },
  )

  it.each([
    ...[
      '',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/08',
      '10.0.0.0/8 ',
      '10.0.0.0/8/8',
      '10.0.0/8',
      '/8',
    ],
    ...[
      '10.0.0.0/1e1',
      '10.0.0.0/0x8',
      '10.0.0.0/8.0',
      '::/129',
      'fe80::%1/10',
      '::/ 1',
      'localhost',
      5,
      true,
    ],
  ])('refuse the block %j', (block) => {
    expect(cidr.map((operator) => operator.expects(block))).toEqual(['a CIDR block', 'a CIDR block'])
  })

  it('keep nothing of one address for the next one', () => {
    const test = inCidr?.test(['2001:db8::/32'])

    expect(
      ['2001:db8::1', '::', '2001:db8', '2001:db8::2', '10.0.0.1'].map((address) => test?.(address)),
    ).toEqual([true, false, undefined, true, false])
  })
})
