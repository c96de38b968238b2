import { describe, expect, it } from 'vitest'
import { expectEach, textsOf } from './faults.ts'
import { buildHouse, runGuard } from './small-house.ts'

describe('the guard of TSDoc', () => {
  const index = 'packages/saga/src/index.ts'
  const faults = {
    'packages/saga/src/silent.ts': ['export const silent = 1', 'silent has no TSDoc'],
    'packages/saga/src/member.ts': [
      '/** A saga. */\nexport interface Saga {\n  run(): void\n}',
      'Saga.run has no TSDoc',
    ],
    'packages/saga/src/field.ts': [
      '/** A step. @example See {@link saga}. */\nexport class Step {\n  protected name = 1\n}',
      'Step.name has no TSDoc',
    ],
    'packages/saga/src/alias.ts': [
      '/** Options. */\nexport type Options = {\n  limitMs: number\n}',
      'Options.limitMs has no TSDoc',
    ],
    'packages/saga/src/fragment.ts': ['/** the thing */\nexport const fragment = 1', 'no sentence'],
    'packages/saga/src/function.ts': [
      '/** Runs. */\nexport function run(): void {}',
      'run shows no @example',
    ],
    'packages/saga/src/class.ts': ['/** A worker. */\nexport class Worker {}', 'Worker shows no @example'],
    'packages/saga/src/const.ts': [
      '/** Calls. */\nexport const call = (): void => {}',
      'call shows no @example',
    ],
  } as const
  const exported = Object.entries({
    silent: 'silent',
    member: 'type Saga',
    field: 'Step',
    alias: 'type Options',
    fragment: 'fragment',
    function: 'run',
    class: 'Worker',
    const: 'call',
  })
  const table = exported.map(([file, name]) => `export { ${name} } from './${file}.ts'\n`).join('')

  it('names each file and the name in it', () => {
    const verdict = runGuard('check-tsdoc.mjs', buildHouse({ ...textsOf(faults), [index]: table }))

    expectEach(faults, verdict)
  })

  it('looks behind every entry of a package', () => {
    const house = buildHouse({ 'packages/kernel/src/async-context.ts': 'export const current = 1\n' })

    expect(runGuard('check-tsdoc.mjs', house).output).toContain('current has no TSDoc')
  })

  it('passes a sound house, whose errors show no example', () => {
    const house = buildHouse({
      'packages/domain/src/index.ts':
        "/** A stop. */\nexport class StopError extends Error {\n  override readonly name = 'StopError'\n  readonly code = 'ASHLAR_STOP'\n}\n",
    })

    expect(runGuard('check-tsdoc.mjs', house)).toMatchObject({ passed: true })
  })
})
