import { describe, expect, it } from 'vitest'
import { compareVersions, isVersion } from './version.ts'

describe('compareVersions', () => {
  it.each([
    ['1.0.0', '2.0.0', '2.1.0', '2.1.1'],
    ['1.0.0-alpha', '1.0.0'],
    [
      ...['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11'],
      ...['1.0.0-rc.1', '1.0.0'],
    ],
    ['1.0.0-0', '1.0.0-9', '1.0.0-10', '1.0.0--', '1.0.0-0a', '1.0.0-A', '1.0.0-Z', '1.0.0-a', '1.0.0-a-b'],
    ['1.9.0', '1.10.0', '1.11.0'],
    ['99999999999999999999999.0.0', '99999999999999999999999.0.1', '100000000000000000000000.0.0'],
  ])('orders the versions %s, %s and those that follow', (...versions) => {
    const pairs = versions.flatMap((left, at) => versions.map((right, other) => ({ left, right, at, other })))

    const orders = pairs.map(({ left, right }) => Math.sign(compareVersions(left, right)))

    expect(orders).toEqual(pairs.map(({ at, other }) => Math.sign(at - other)))
  })

  it.each([
    ['1.0.0+20130313144700', '1.0.0'],
    ['1.0.0-beta+exp.sha.5114f85', '1.0.0-beta+zzz'],
    ['1.0.0+21AF26D3---117B344092BD', '1.0.0+a.b'],
    ['1.0.0-a', '1.0.0-a+1'],
  ])('finds no order between %s and %s, which differ in build metadata', (left, right) => {
    expect(compareVersions(left, right)).toBe(0)
    expect(compareVersions(right, left)).toBe(0)
  })
})

describe('isVersion', () => {
  it.each([
    ...[
      '0.0.4',
      '1.2.3',
      '10.20.30',
      '1.1.2-prerelease+meta',
      '1.1.2+meta',
      '1.1.2+meta-valid',
      '1.0.0-alpha',
    ],
    ...['1.0.0-alpha0.valid', '1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay', '1.0.0-0A.is.legal'],
    ...['1.2.3----RC-SNAPSHOT.12.9.1--.12+788', '1.0.0+0.build.1-rc.10000aaa-kk-0.1', '1.0.0+001', '1.0.0--'],
    '99999999999999999999999.999999999999999999.99999999999999999',
  ])('takes %s', (text) => {
    expect(isVersion(text)).toBe(true)
  })

  it.each([
    ...[
      '',
      '1',
      '1.2',
      '1.2.3-',
      '1.2.3+',
      '1.2.3-0123',
      '1.2.3-0123.0123',
      '1.1.2+.123',
      '+invalid',
      '-invalid',
    ],
    ...[
      'alpha',
      '1.0.0-alpha_beta',
      '1.0.0-alpha..',
      '1.0.0-a..b',
      '01.1.1',
      '1.01.1',
      '1.1.01',
      '1.2.3.DEV',
    ],
    ...[
      '1.2-SNAPSHOT',
      '1.1.2+a+b',
      'v1.2.3',
      'V1.2.3',
      '=1.2.3',
      ' 1.2.3',
      '1.2.3 ',
      '1.2.3\n',
      '1.2.3.4',
      '1..2',
    ],
    ...['-1.0.3-gamma+b7718', '１.0.0', '1.0.0-é', '1.0.0-\u017f', '1.0.0-\u212a'],
  ])('refuses %s', (text) => {
    expect(isVersion(text)).toBe(false)
  })

  it('refuses a text of more than 10,000 characters', () => {
    expect(isVersion(`1.0.0-${'a'.repeat(9_994)}`)).toBe(true)
    expect(isVersion(`1.0.0-${'a'.repeat(9_995)}`)).toBe(false)
  })

  it('refuses what is no text', () => {
    expect([1, null, undefined, {}, ['1.0.0'], new String('1.0.0')].map(isVersion)).not.toContain(true)
  })
})
