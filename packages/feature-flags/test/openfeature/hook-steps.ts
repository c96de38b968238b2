import { expect } from 'vitest'
import type { StepDefinitions } from './feature.ts'
import { suiteValue } from './suite-value.ts'
import type { World } from './world.ts'

/** The sentences about hooks. */
export const hookSteps: StepDefinitions<World> = [
  [
    /^a client with added hook$/,
    (world) => {
      world.client.addHooks(world.hook('added'))
    },
  ],
  [
    /^the "(\w+)" hook should have been executed$/,
    ({ hookCalls }, [stage]) => expect(hookCalls.map((call) => call.stage)).toContain(stage),
  ],
  [
    /^the "(.*)" hooks should be called with evaluation details$/,
    ({ hookCalls }, [stages = ''], [, ...rows]) => {
      const expected = Object.fromEntries(
        rows.map(([kind = '', key = '', value = '']) => [detailOf(key), wanted(kind, value)]),
      )
      for (const stage of stages.split(', ')) {
        const call = hookCalls.find((each) => each.stage === stage)
        const { flagKey, value, variant, reason, errorCode } = call?.details ?? {}
        expect({ flagKey, value, variant, reason, errorCode }, stage).toEqual(expected)
      }
    },
  ],
  [
    /^evaluation options containing specific hooks$/,
    (world) => {
      world.hooks = [world.hook('first'), world.hook('second')]
    },
  ],
  [/^the flag was evaluated with details using the evaluation options$/, (world) => world.evaluate()],
  [
    /^the specified hooks should execute during evaluation$/,
    ({ hookCalls }) =>
      expect(new Set(hookCalls.map(({ hook }) => hook))).toEqual(new Set(['first', 'second'])),
  ],
  [
    /^the hook order should be maintained$/,
    ({ hookCalls }) =>
      expect(hookCalls.map(({ hook, stage }) => `${stage} ${hook}`)).toEqual([
        'before first',
        'before second',
        'after second',
        'after first',
        'finally second',
        'finally first',
      ]),
  ],
]

/** The suite writes the names of details in snake case, and `null` for what is missing. */
function detailOf(key: string): string {
  return key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}

function wanted(kind: string, value: string) {
  return value === 'null' ? undefined : suiteValue(kind, value)
}
