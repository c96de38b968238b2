import { OpenFeature } from '@openfeature/server-sdk'
import { expect } from 'vitest'
import type { StepDefinitions } from './feature.ts'
import type { World } from './world.ts'

/** The sentences about contexts of several levels. */
export const contextSteps: StepDefinitions<World> = [
  [/^a stable provider with retrievable context is registered$/, (world) => world.provide('stable')],
  [
    /^A context entry with key "(.*)" and value "(.*)" is added to the "(.*)" level$/,
    (world, [key = '', value = '', level = '']) => addEntry(world, level, key, value),
  ],
  [
    /^A table with levels of increasing precedence$/,
    (world, _, rows) => {
      world.levels = rows.map(([level = '']) => level)
    },
  ],
  [
    /^Context entries for each level from API level down to the "(.*)" level, with key "(.*)" and value "(.*)"$/,
    (world, [last = '', key = '', value = '']) => {
      const through = world.levels.indexOf(last)
      expect(through).toBeGreaterThanOrEqual(0)
      for (const level of world.levels.slice(0, through + 1))
        addEntry(world, level, key, level === last ? value : `overwritten ${level}`)
    },
  ],
  [
    /^Some flag was evaluated$/,
    async (world) => {
      world.asked = { type: 'boolean', key: 'boolean-flag', fallback: false }
      await world.evaluate()
    },
  ],
  [
    /^The merged context contains an entry with key "(.*)" and value "(.*)"$/,
    ({ received }, [key = '', value]) => expect(received).toMatchObject({ [key]: value }),
  ],
]

function addEntry(world: World, level: string, key: string, value: string): void {
  const entry = { [key]: value }
  switch (level) {
    case 'API':
      OpenFeature.setContext({ ...OpenFeature.getContext(), ...entry })
      return
    case 'Transaction':
      world.transactionContext = { ...world.transactionContext, ...entry }
      return
    case 'Client':
      world.client.setContext({ ...world.client.getContext(), ...entry })
      return
    case 'Invocation':
      world.context = { ...world.context, ...entry }
      return
    case 'Before Hooks':
      world.hooks.push({ before: () => entry })
      return
    default:
      throw new Error(`a context has no level "${level}"`)
  }
}
