import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { contextSteps } from '../../test/openfeature/context-steps.ts'
import { deprecatedSteps, evaluationSteps } from '../../test/openfeature/evaluation-steps.ts'
import { parseScenarios, play, readScenarios, type Scenario } from '../../test/openfeature/feature.ts'
import { hookSteps } from '../../test/openfeature/hook-steps.ts'
import { suiteDocument } from '../../test/openfeature/suite-flags.ts'
import { World } from '../../test/openfeature/world.ts'

const steps = [...evaluationSteps, ...hookSteps, ...contextSteps]
const suites = process.env.ASHLAR_SUITES

describe('A scenario', () => {
  const scenarioOf = (...sentences: string[]) =>
    parseScenarios(
      ['Feature: f', 'Scenario: s', ...sentences.map((each) => `Given ${each}`)].join('\n'),
      'f',
    )[0]

  it.each([
    ['a sentence that nothing knows', [], 0],
    ['a sentence that is known twice', [/^it is said$/, /it/], 2],
  ])('is red for %s', async (_, patterns, found) => {
    const known = patterns.map((pattern) => [pattern, () => {}] as const)

    await expect(play(scenarioOf('it is said') as Scenario, {}, known)).rejects.toThrow(`found ${found}`)
  })

  it('is red where a sentence is not true', async () => {
    const known = [
      [/^it is (.*)$/, (_: object, [word]: readonly string[]) => expect(word).toBe('true')],
    ] as const

    await expect(play(scenarioOf('it is true', 'it is false') as Scenario, {}, known)).rejects.toThrow(
      'false',
    )
  })
})

if (suites === undefined)
  if (process.env.CI)
    it('has the scenarios of OpenFeature', () => {
      expect(suites, 'ASHLAR_SUITES').toBeDefined()
    })
  else console.warn('ASHLAR_SUITES is not set: the scenarios of OpenFeature were not played')
else {
  const folder = join(suites, 'openfeature')
  const document = suiteDocument(JSON.parse(readFileSync(join(folder, 'test-flags.json'), 'utf8')))
  const features = readdirSync(folder).filter((file) => file.endsWith('.feature'))

  let world: World | undefined
  afterEach(() => world?.end())

  describe('The scenarios of OpenFeature', () => {
    it('are there', () => {
      expect(features.sort()).toEqual([
        'contextMerging.feature',
        'evaluation.feature',
        'evaluation_v2.feature',
        'hooks.feature',
        'metadata.feature',
      ])
    })

    it.each(['null-default-flag', 'undefined-default-flag'])(
      "leave the caller's default for the %s that none of them asks for",
      async (key) => {
        world = new World(document, false)
        await world.provide('stable')
        world.asked = { type: 'boolean', key, fallback: true }

        await world.evaluate()

        expect(world.evaluated).toEqual({ flagKey: key, value: true, reason: 'STATIC', flagMetadata: {} })
      },
    )
  })

  describe.each(features)('%s', (file) => {
    it.each(readScenarios(join(folder, file)).map((scenario) => [scenario.name, scenario] as const))(
      '%s',
      async (_, scenario) => {
        expect.hasAssertions()
        world = new World(document, scenario.tags.includes('@reason-codes-cached'))
        await play(
          scenario,
          world,
          scenario.tags.includes('@deprecated') ? [...deprecatedSteps, ...steps] : steps,
        )
      },
    )
  })
}
