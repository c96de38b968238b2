import { describe, expect, it } from 'vitest'
import { err, fromPromise, fromThrowable, ok, okAsync } from './index.ts'

/** What we rely on, or must know, of the library whose Result we hand on. */
describe("neverthrow's Result", () => {
  const bug = new Error('a bug in the callback')
  const broken = () => {
    throw bug
  }

  it('throws at once what a callback of map throws', () => {
    expect(() => ok(1).map(broken)).toThrow(bug)
  })

  it('rejects with what a callback of an asynchronous map throws', async () => {
    await expect(okAsync(1).map(broken)).rejects.toBe(bug)
  })

  it('loses in JSON whether it was Ok or Err', () => {
    expect(JSON.stringify(ok(1))).toBe('{"value":1}')
    expect(JSON.stringify(err(1))).toBe('{"error":1}')
  })

  it('turns what throws into a Result where it is told to', async () => {
    expect(fromThrowable(broken, (thrown) => thrown)()._unsafeUnwrapErr()).toBe(bug)
    expect((await fromPromise(Promise.reject(bug), (thrown) => thrown))._unsafeUnwrapErr()).toBe(bug)
  })
})
