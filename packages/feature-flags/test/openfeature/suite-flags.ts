import type { FlagDocument } from '@ashlar/feature-flags'
import { parseFlagDocument } from '@ashlar/feature-flags/document'
import type { Json } from '@ashlar/kernel'
import { typeOf } from '../../src/flags/flag.ts'

/** A flag of the suite's `test-flags.json`. */
export type SuiteFlag = {
  readonly variants: { readonly [name: string]: Json }
  readonly disabled?: boolean
  readonly defaultVariant?: string | null
  readonly contextEvaluator?: string
  readonly flagMetadata?: { readonly [name: string]: string | number | boolean } | null
}

const isBallmer = { attribute: 'email', operator: 'equals', value: 'ballmer@macrosoft.com' }

/** The two sentences of the suite in the Common Expression Language, as our rules. */
const rules = new Map<string, Json>([
  ["email == 'ballmer@macrosoft.com' ? 'zero' : ''", { id: 'ballmer', when: isBallmer, serve: 'zero' }],
  [
    "!customer && email == 'ballmer@macrosoft.com' && age > 10 ? 'internal' : ''",
    {
      id: 'insider',
      when: {
        all: [
          { not: { attribute: 'customer', operator: 'equals', value: true } },
          isBallmer,
          { attribute: 'age', operator: 'gt', value: 10 },
        ],
      },
      serve: 'internal',
    },
  ],
])

/** The deprecated feature asks for a flag that `test-flags.json` no longer has. */
const contextAware = {
  enabled: true,
  type: 'string',
  variants: { internal: 'INTERNAL', external: 'EXTERNAL' },
  defaultVariant: 'external',
  rules: [
    {
      id: 'colleague',
      when: {
        all: [
          { attribute: 'fn', operator: 'equals', value: 'Sulisław' },
          { attribute: 'ln', operator: 'equals', value: 'Świętopełk' },
          { attribute: 'age', operator: 'equals', value: 29 },
          { attribute: 'customer', operator: 'equals', value: false },
        ],
      },
      serve: 'internal',
    },
  ],
} satisfies Json

/** Says the suite's flags in a flag document of ours, which is checked as any other. */
export function suiteDocument(flags: { readonly [key: string]: SuiteFlag }): FlagDocument {
  return parseFlagDocument({
    version: 1,
    revision: 'suite',
    flags: {
      'context-aware': contextAware,
      ...Object.fromEntries(Object.entries(flags).map(([key, each]) => [key, ours(key, each)])),
    },
  })._unsafeUnwrap()
}

function ours(key: string, { variants, ...suite }: SuiteFlag): Json {
  const rule = suite.contextEvaluator === undefined ? undefined : rules.get(suite.contextEvaluator)
  if (suite.contextEvaluator !== undefined && rule === undefined)
    throw new Error(`flag "${key}": no rule for ${suite.contextEvaluator}`)
  return {
    enabled: suite.disabled !== true,
    type: typeOf(Object.values(variants)[0]),
    variants,
    ...(typeof suite.defaultVariant === 'string' && { defaultVariant: suite.defaultVariant }),
    ...(suite.flagMetadata && { metadata: suite.flagMetadata }),
    ...(rule !== undefined && { rules: [rule] }),
  }
}
