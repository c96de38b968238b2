import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { currentContext, runWithContext } from './async-context.ts'
import { createContext } from './context.ts'

describe('runWithContext', () => {
  const ada = createContext({ userId: 'ada' })
  const bob = createContext({ userId: 'bob' })

  it('finds the context inside, and none outside', () => {
    expect(runWithContext(ada, currentContext)).toBe(ada)
    expect(currentContext()).toBeUndefined()
  })

  it('finds it after waiting, however deep', async () => {
    const deep = async () => {
      await setImmediate()
      return currentContext()
    }

    expect(await runWithContext(ada, async () => deep())).toBe(ada)
  })

  it('keeps requests that run at the same time apart', async () => {
    const seen = await Promise.all(
      [ada, bob].map((context) =>
        runWithContext(context, async () => {
          await setImmediate()
          return currentContext()
        }),
      ),
    )

    expect(seen).toEqual([ada, bob])
  })

  it('finds the innermost, and the outer one again afterwards', () => {
    runWithContext(ada, () => {
      expect(runWithContext(bob, currentContext)).toBe(bob)
      expect(currentContext()).toBe(ada)
    })
  })

  it('leaves nothing behind when the work throws', () => {
    const bug = new Error('a bug')

    expect(() =>
      runWithContext(ada, () => {
        throw bug
      }),
    ).toThrow(bug)
    expect(currentContext()).toBeUndefined()
  })
})
