import { describe, expect, it } from 'vitest'
import { semver } from './semver.ts'

describe('the operators on versions', () => {
  it.each<[string, string, unknown, boolean | undefined]>([
    ['semver_equals', '1.2.3', '1.2.3+build.7', true],
    ['semver_equals', '1.2.3', '1.2.4', false],
    ['semver_gt', '1.2.3', '1.10.0', true],
    ['semver_gt', '1.2.3', '1.2.3-rc.1', false],
    ['semver_gte', '1.2.3', '1.2.3', true],
    ['semver_lt', '1.2.3', '1.2.3-rc.1', true],
    ['semver_lte', '1.2.3', '1.2.3', true],
    ['semver_lte', '1.2.3', 'v1.2.3', undefined],
    ['semver_lte', '1.2.3', '1.2', undefined],
    ['semver_lte', '1.2.3', 1, undefined],
  ])('%s %j of %j is %s', (name, operand, value, answer) => {
    const operator = semver.find((each) => each.name === name)

    expect(operator?.expects(operand)).toBeUndefined()
    expect(operator?.test([operand])(value)).toBe(answer)
  })

  it.each(['v1.0.0', '1.0', 1, ''])('refuse %j, which is no version', (operand) => {
    expect(semver.map(({ expects }) => expects(operand))).toEqual(semver.map(() => 'a version'))
  })
})
