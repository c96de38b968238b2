import { describe, expect, it } from 'vitest'
import { addressProblem, authorityOf } from './address.ts'

describe('a host', () => {
  it.each([
    'localhost',
    'payments.internal',
    'payments.internal.',
    'with_underscore',
    '10.0.0.1',
    '127.0.0.1',
    '::1',
    'fe80::1',
    '2001:DB8::7',
    '::ffff:10.0.0.1',
    'h'.repeat(253),
  ])('can be %s', (host) => {
    expect(addressProblem(host, 80)).toBeUndefined()
  })

  it.each([
    '0.0.0.0',
    '0',
    '0x0',
    '00.0.0.0',
    '0.0',
    '0.0.0.0.',
    '::',
    '0:0::0',
    '0:0:0:0:0:0:0:0',
    '::0.0.0.0',
    '::ffff:0.0.0.0',
    '::ffff:0:0',
  ])('can not be %s, which is every address of a machine', (host) => {
    expect(addressProblem(host, 80)?.found).toContain('which is every address of a machine')
  })

  it.each([
    '',
    ' ',
    ' 10.0.0.1',
    'two words',
    'a\tb',
    'a\u0000b',
    'a\n',
    '.',
    '..',
    '.internal',
    'a..internal',
    'user@host',
    'user:secret@host',
    'host/path',
    'host?query',
    'host#hash',
    'host\\path',
    'host%2fpath',
    'host:80',
    '[::1]',
    '::1%eth0',
    '1::2::3',
    '256.0.0.1',
    'größe.internal',
    '例え.internal',
    '127。0。0。1',
    '𝟏27.0.0.1',
    '\ud800',
    'h'.repeat(254),
    'h'.repeat(10_240),
  ])('can not be %j', (host) => {
    const problem = addressProblem(host, 80)

    expect(problem).toMatchObject({ field: 'host' })
    expect(problem?.found.length).toBeLessThan(300)
  })

  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [7, 'number'],
    [['10.0.0.1'], 'object'],
    [{ toString: () => '10.0.0.1' }, 'object'],
    [Symbol('host'), 'symbol'],
  ])('can not be %s, which is no text', (host, found) => {
    expect(addressProblem(host, 80)).toMatchObject({ field: 'host', found })
  })
})

describe('a port', () => {
  it.each([1, 80, 65_535])('can be %d', (port) => {
    expect(addressProblem('10.0.0.1', port)).toBeUndefined()
  })

  it.each([
    0,
    -0,
    -1,
    65_536,
    70_000,
    80.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '80',
    80n,
    null,
    undefined,
    [80],
  ])('can not be %s', (port) => {
    expect(addressProblem('10.0.0.1', port)).toMatchObject({ field: 'port' })
  })
})

it('stands in a URL with brackets where it is of IPv6', () => {
  expect([authorityOf('10.0.0.1', 80), authorityOf('::1', 80)]).toEqual(['10.0.0.1:80', '[::1]:80'])
})
