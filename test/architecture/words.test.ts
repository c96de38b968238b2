import { describe, expect, it } from 'vitest'
import { expectEach, textsOf } from './faults.ts'
import { buildHouse, runGuard } from './small-house.ts'

describe('the guard of words', () => {
  const faults = {
    'packages/kernel/src/path.ts': [`export const home = '/${'root'}/ashlar'`, 'names a path'],
    'pnpm-lock.yaml': [`tarball: https://${'registry'}.npmjs.org/x`, 'names a registry'],
    'packages/saga/src/star.ts': ["export * from './step.ts'", 'exports without names'],
    'packages/saga/src/later.ts': [`// ${'TO'}DO later`, 'leaves work for later'],
    'packages/saga/src/only.test.ts': [`it.${'only'}('x', () => {})`, 'runs only some'],
    'packages/saga/src/skip.test.ts': [`describe.${'skip'}('x', () => {})`, 'runs only some'],
    'packages/saga/src/todo.test.ts': [`it.${'todo'}('x')`, 'runs only some'],
    'packages/saga/src/now.ts': ['export const now: Date = new Date()', 'reads the clock'],
    'packages/kernel/src/ms.ts': ['export const ms: number = Date.now()', 'reads the clock'],
    'packages/saga/src/dice.ts': ['export const dice: number = Math.random()', 'throws dice'],
    'packages/saga/src/id.ts': ['export const id: string = crypto.randomUUID()', 'makes an identity'],
    'packages/saga/src/utils.ts': ['export {}', 'drawer'],
    'packages/saga/src/helpers/step.ts': ['export {}', 'drawer'],
  } as const

  it('names each file and its fault', () => {
    const verdict = runGuard('check-words.mjs', buildHouse(textsOf(faults)))

    expectEach(faults, verdict)
  })

  it('passes a sound house, whose clock, tests and examples may read the time', () => {
    const house = buildHouse({
      'packages/saga/src/now.test.ts': 'export const now: Date = new Date()\n',
      'packages/saga/src/doc.ts': '/**\n * console.log(new Date())\n */\nexport {}\n',
    })

    expect(runGuard('check-words.mjs', house)).toMatchObject({ passed: true })
  })
})
