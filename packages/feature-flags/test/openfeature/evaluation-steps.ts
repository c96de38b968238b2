import type { EvaluationContext } from '@openfeature/server-sdk'
import { expect } from 'vitest'
import type { StepDefinitions } from './feature.ts'
import { suiteValue } from './suite-value.ts'
import type { World } from './world.ts'

const type = '(boolean|string|integer|float|object)'

/** The sentences of the deprecated `evaluation.feature`. */
export const deprecatedSteps: StepDefinitions<World> = [
  [
    new RegExp(`^an? ${type} flag with key "(.*)" is evaluated with default value "?(.*?)"?$`),
    (world, [kind, key, fallback]) => ask(world, kind, key, fallback),
  ],
  [
    new RegExp(`^an? ${type} flag with key "(.*)" is evaluated with details and default value "?(.*?)"?$`),
    (world, [kind, key, fallback]) => ask(world, kind, key, fallback),
  ],
  [
    /^an object flag with key "(.*)" is evaluated with (?:details and )?a null default value$/,
    async (world, [key = '']) => {
      world.asked = { type: 'object', key, fallback: null }
      await world.evaluate()
    },
  ],
  [
    /^a non-existent string flag with key "(.*)" is evaluated with details and a fallback value "(.*)"$/,
    (world, [key, fallback]) => ask(world, 'string', key, fallback),
  ],
  [
    /^a string flag with key "(.*)" is evaluated as an integer, with details and a fallback value (.*)$/,
    (world, [key, fallback]) => ask(world, 'integer', key, fallback),
  ],
  [
    /^a flag with key "(.*)" is evaluated with default value "(.*)"$/,
    (world, [key, fallback]) => ask(world, 'string', key, fallback),
  ],
  [
    /^context contains keys "(.*)", "(.*)", "(.*)", "(.*)" with values "(.*)", "(.*)", (\d+), "(.*)"$/,
    (world, [first = '', second = '', third = '', fourth = '', one = '', two = '', three, four = '']) => {
      world.context = {
        [first]: one,
        [second]: two,
        [third]: Number(three),
        [fourth]: suiteValue('boolean', four) as boolean,
      }
    },
  ],
  [
    /^the resolved (?:boolean|string|integer|float) (?:value|response) should be "?(.*?)"?$/,
    (world, [value = '']) => expect(world.evaluated.value).toBe(suiteValue(world.flag.type, value)),
  ],
  [
    /^the resolved \w+ details value should be "?(.*?)"?, the variant should be "(.*)", and the reason should be "(.*)"$/,
    ({ evaluated, flag }, [value = '', variant, reason]) =>
      expect(evaluated).toMatchObject({ value: suiteValue(flag.type, value), variant, reason }),
  ],
  [
    /^the resolved object (?:details )?value should be contain fields "(.*)", "(.*)", and "(.*)", with values "(.*)", "(.*)" and (\d+), respectively$/,
    ({ evaluated }, [first = '', second = '', third = '', one = '', two, three]) =>
      expect(evaluated.value).toEqual({
        [first]: suiteValue('boolean', one),
        [second]: two,
        [third]: Number(three),
      }),
  ],
  [
    /^the variant should be "(.*)", and the reason should be "(.*)"$/,
    ({ evaluated }, [variant, reason]) => expect(evaluated).toMatchObject({ variant, reason }),
  ],
  [
    /^the resolved flag value is "(.*)" when the context is empty$/,
    async (world, [value]) => {
      world.context = {}
      await world.evaluate()
      expect(world.evaluated.value).toBe(value)
    },
  ],
  [
    /^the default (?:string|integer) value should be returned$/,
    ({ evaluated, flag }) => expect(evaluated.value).toBe(flag.fallback),
  ],
  [
    /^the reason should indicate an error and the error code should indicate an? (?:missing flag|type mismatch) with "(.*)"$/,
    ({ evaluated }, [errorCode]) => expect(evaluated).toMatchObject({ reason: 'ERROR', errorCode }),
  ],
]

/** The sentences of the features that stand: flags, contexts, and what is told. */
export const evaluationSteps: StepDefinitions<World> = [
  [/^a (stable|not ready|error|fatal|stale) provider$/, (world, [state = '']) => world.provide(state)],
  [
    /^a (\w+)-flag with key "(.*)" and a fallback value "(.*)"$/,
    (world, [kind = '', key = '', fallback = '']) => {
      world.asked = { type: kind, key, fallback: suiteValue(kind, fallback) }
    },
  ],
  [
    /^a context containing a key "(.*)", with type "(.*)" and with value "(.*)"$/,
    (world, [key = '', kind = '', value = '']) => {
      world.context = { ...world.context, [key]: suiteValue(kind, value) } as EvaluationContext
    },
  ],
  [
    /^a context containing a key "(.*)" with null value$/,
    (world, [key = '']) => {
      world.context = { ...world.context, [key]: null }
    },
  ],
  [
    /^an evaluation context with modifiable data$/,
    (world) => {
      world.context = { targetingKey: 'u-1', address: { city: 'Seoul' }, roles: ['admin'] }
      world.contextBefore = structuredClone(world.context)
    },
  ],
  [/^the flag was evaluated with details(?: asynchronously)?$/, (world) => world.evaluate()],
  [
    /^the evaluation should complete without blocking$/,
    (world) => {
      expect(world.hadToWait).toBe(true)
      expect(world.evaluated.errorCode).toBeUndefined()
    },
  ],
  [
    /^the resolved details value should be "(.*)"$/,
    ({ evaluated, flag }, [value = '']) => expect(evaluated.value).toEqual(suiteValue(flag.type, value)),
  ],
  [/^the reason should be "([^"]*)"$/, ({ evaluated }, [reason]) => expect(evaluated.reason).toBe(reason)],
  [/^the error-code should be "(.*)"$/, ({ evaluated }, [code]) => expect(evaluated.errorCode).toBe(code)],
  [
    /^the variant should be "([^"]*)"$/,
    ({ evaluated }, [variant]) => expect(evaluated.variant).toBe(variant),
  ],
  [/^the flag key should be "(.*)"$/, ({ evaluated }, [key]) => expect(evaluated.flagKey).toBe(key)],
  [
    /^the provider status should be "(.*)"$/,
    ({ client }, [status]) => expect(client.providerStatus).toBe(status),
  ],
  [
    /^the resolved metadata should contain$/,
    ({ evaluated }, _, [, ...rows]) =>
      expect(evaluated.flagMetadata).toEqual(
        Object.fromEntries(rows.map(([key = '', kind = '', value = '']) => [key, suiteValue(kind, value)])),
      ),
  ],
  [/^the resolved metadata is empty$/, ({ evaluated }) => expect(evaluated.flagMetadata).toEqual({})],
  [
    /^the original evaluation context should remain unmodified$/,
    ({ context, contextBefore }) => {
      expect(contextBefore).toBeDefined()
      expect(context).toEqual(contextBefore)
    },
  ],
  [
    /^the evaluation details should be immutable$/,
    ({ evaluated }) => expect(Object.isFrozen(evaluated.flagMetadata)).toBe(true),
  ],
]

function ask(world: World, kind = '', key = '', fallback = ''): Promise<void> {
  world.asked = { type: kind, key, fallback: suiteValue(kind, fallback) }
  return world.evaluate()
}
