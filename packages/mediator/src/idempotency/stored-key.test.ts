import { describe, expect, it } from 'vitest'
import { storedKey } from './stored-key.ts'

describe('a stored key', () => {
  it('differs wherever type, user or key differ, however they are spelled', () => {
    const parts = ['', 'a', '1', '1:a', ':', '-', '-:a', 'a:1:a', '0::', '10:']
    const keys = parts.flatMap((type) =>
      [undefined, ...parts].flatMap((user) => parts.map((key) => storedKey(type, user, key))),
    )

    expect(new Set(keys).size).toBe(10 * 11 * 10)
  })
})
