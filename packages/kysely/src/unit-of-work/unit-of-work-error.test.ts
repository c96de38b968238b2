import { describe, expect, it } from 'vitest'
import { isSqliteError, namedError, sqlStateOf } from './unit-of-work-error.ts'

describe('an error of a driver', () => {
  it.each(['40001', '23505', 'P0001', 'XX000', 'HV00A', '0LP01'])('has the SQLSTATE %s', (code) => {
    expect(sqlStateOf(Object.assign(new Error(), { code }))).toBe(code)
  })

  it.each(['EPIPE', 'EPERM', 'ECONNRESET', '', '4000', 40001, undefined])(
    'has none with the code %s, which no server gave',
    (code) => {
      expect(sqlStateOf(Object.assign(new Error(), { code }))).toBeUndefined()
    },
  )

  it.each([null, undefined, 'EPIPE', 5])('may be no error at all: %s', (thrown) => {
    expect([sqlStateOf(thrown), isSqliteError(thrown), namedError(thrown)]).toEqual([
      undefined,
      false,
      thrown,
    ])
  })
})
