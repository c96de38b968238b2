import fc from 'fast-check'
import semver from 'semver'
import { describe, expect, it } from 'vitest'
import { compareVersions, isVersion } from './version.ts'

const number = fc.oneof(fc.constantFrom('0', '1', '2', '9', '10', '01'), fc.nat({ max: 999_999 }).map(String))
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'Z', '-', '0', '1'), maxLength: 4 })
const identifiers = fc
  .array(fc.oneof(number, word), { minLength: 1, maxLength: 4 })
  .map((all) => all.join('.'))
const version = fc
  .tuple(
    fc.oneof(fc.constant(['1', '0', '0']), fc.array(number, { minLength: 3, maxLength: 3 })),
    fc.option(identifiers),
    fc.option(identifiers),
  )
  .map(
    ([core, before, build]) =>
      core.join('.') + (before === null ? '' : `-${before}`) + (build === null ? '' : `+${build}`),
  )
const numRuns = 20_000

describe('versions, whatever they are', () => {
  it('are versions where the package semver says so', () => {
    fc.assert(
      fc.property(
        fc.oneof(version, fc.string({ unit: fc.constantFrom('1', '0', '.', '-', '+', 'a', 'v', ' ') })),
        (text) => {
          const isStrict = semver.parse(text) !== null && text.trim() === text && !/^[v=]/i.test(text)

          expect(isVersion(text)).toBe(isStrict)
        },
      ),
      { numRuns },
    )
  })

  it('are in the order in which the package semver has them', () => {
    const valid = version.filter((text) => semver.parse(text) !== null)
    fc.assert(
      fc.property(valid, valid, (left, right) => {
        const order = Math.sign(compareVersions(left, right))

        expect(order).toBe(semver.compare(left, right))
        expect(Math.sign(compareVersions(right, left)) + order).toBe(0)
      }),
      { numRuns },
    )
  })
})
