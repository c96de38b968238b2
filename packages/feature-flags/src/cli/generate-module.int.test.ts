import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { builtInOperators } from '../document/built-in-operators.ts'
import type { DocumentedFlag, FlagDocument } from '../document/flag-document.ts'
import { generateModule } from './generate-module.ts'

const repository = fileURLToPath(new URL('../../../..', import.meta.url))
const cache = fileURLToPath(new URL('../../.cache', import.meta.url))
mkdirSync(cache, { recursive: true })
/** Inside of the package, so that the module finds the package by its name. */
const folder = mkdtempSync(join(cache, 'codegen-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('generateModule', () => {
  it('writes flags and attributes, neatly', () => {
    expect(
      moduleOf(shop),
    ).toBe(`// Made by \`flags codegen\` from revision '42': change the document, not this file.
import { defineFlags, flag } from '@ashlar/feature-flags'

/** The flags of the document, and the attributes that its rules ask for. */
export const flags = defineFlags(
  {
    'new-checkout': flag.variants({ off: false, on: true }, { fallback: 'off' }),
    'pay-by-card': flag.variants({ on: true, off: false }, { fallback: 'on' }),
    fresh: flag.variants({ on: true, off: false }, { fallback: 'off' }),
    discount: flag.variants({ control: 0, low: 10, high: 20 }, { fallback: 'control' }),
    greeting: flag.variants(
      {
        formal: 'Good day, and be welcome in our shop',
        short: 'Hi',
        long: 'Good day to you, and to all who came with you',
      },
      { fallback: 'short' },
    ),
  },
  { attributes: { age: 'number', country: 'string', roles: 'strings' } },
)
`)
  })

  it('writes the same for the same document, and needs neither flags nor attributes', () => {
    expect(moduleOf(structuredClone(shop))).toBe(moduleOf(shop))
    expect(moduleOf({ ...shop, flags: {}, segments: {} })).toMatch(/defineFlags\(\{\}\)\n$/)
  })

  it('writes modules that compile and run', () => {
    writeModule('shop', shop)
    writeFileSync(
      join(folder, 'uses-shop.ts'),
      `import { FeatureFlagEvaluator } from '@ashlar/feature-flags'
import { flags } from './shop.ts'

const evaluator = new FeatureFlagEvaluator(flags)
const discount: 0 | 10 | 20 = evaluator.value('discount', { targetingKey: 'u-1', roles: ['a'], age: 3, country: 'KR' })
const on: boolean = evaluator.enabled('pay-by-card', {})
// @ts-expect-error unknown flag
evaluator.value('unknown', {})
// @ts-expect-error age is a number
evaluator.value('discount', { age: 'three' })
// @ts-expect-error not a boolean flag
evaluator.enabled('discount', {})
console.log(JSON.stringify({ discount, on, greeting: evaluator.value('greeting', {}) }))
`,
    )

    expect(compiled()).toEqual({ status: 0, output: '' })
    expect(ran('uses-shop.ts')).toEqual({ discount: 0, on: true, greeting: 'Hi' })
  })

  it('types JSON flags by the shapes of their variants, and refuses others', () => {
    writeModule('json', json)
    writeFileSync(
      join(folder, 'uses-json.ts'),
      `import { FeatureFlagEvaluator, type FlagDocument } from '@ashlar/feature-flags'
import { flags } from './json.ts'

const evaluator = new FeatureFlagEvaluator(flags)
const banner = evaluator.value('banner', {})
const title: string = banner.title
const sizes: readonly number[] = banner.sizes
const link: string | null = banner.link
const mixed: readonly (string | number | { readonly a: boolean })[] = evaluator.value('mixed', {})
const either = evaluator.value('either', {})
const size: number = 'size' in either ? either.size : either.width
// @ts-expect-error no such field
banner.price

const variantsOf = (value: object) => ({ variants: { v: value }, defaultVariant: 'v' })
const documentOf = (value: object) => ({
  version: 1, revision: '2', segments: {}, layers: {}, holdouts: {},
  flags: { banner: {
    enabled: true, type: 'object', rules: [], ...variantsOf(value),
    bucketing: { algorithm: 'murmur3-utf8/1', salt: 's', by: 'targetingKey' },
  } },
}) as FlagDocument
evaluator.use(documentOf({ title: 'New', sizes: [1], link: null, nested: { deep: [[true]] }, more: 'x' }))
const fitting = evaluator.details('banner', {}).value.title
evaluator.use(documentOf({ title: 5, sizes: [1], link: null, nested: { deep: [] } }))
const refused = evaluator.details('banner', {}).failure?.type
evaluator.use(documentOf({ sizes: [1], link: null, nested: { deep: [] } }))
console.log(JSON.stringify({ title, sizes, link, mixed, size, fitting, refused, lacking: evaluator.details('banner', {}).ok }))
`,
    )

    expect(compiled()).toEqual({ status: 0, output: '' })
    expect(ran('uses-json.ts')).toEqual({
      title: 'Welcome',
      sizes: [],
      link: null,
      mixed: ['a', 1, { a: true }],
      size: 1,
      fitting: 'New',
      refused: 'FlagTypeMismatch',
      lacking: false,
    })
  })

  it('quotes hostile keys, variants, values and revisions', () => {
    writeModule('hostile', hostile)
    writeFileSync(
      join(folder, 'uses-hostile.ts'),
      `import { flags } from './hostile.ts'
const found = Object.entries(flags.definitions).map(([key, { variants, fallback }]) => [key, variants, fallback])
console.log(JSON.stringify({ found, attributes: flags.attributes, polluted: 'polluted' in {} }))
`,
    )

    expect(compiled()).toEqual({ status: 0, output: '' })
    expect(ran('uses-hostile.ts')).toEqual(
      JSON.parse(
        JSON.stringify({
          found: Object.entries(hostile.flags).map(([key, { type, variants }]) =>
            type === 'object' ? [key, undefined, variants.json] : [key, variants, Object.values(variants)[0]],
          ),
          attributes: Object.fromEntries(nasty.map((name) => [name, 'string'])),
          polluted: false,
        }),
      ),
    )
  })
})

function moduleOf(document: FlagDocument): string {
  return generateModule(document, { name: 'flags', operators: builtInOperators })._unsafeUnwrap()
}

function writeModule(name: string, document: FlagDocument): void {
  writeFileSync(join(folder, `${name}.ts`), moduleOf(document))
}

function compiled() {
  const options = {
    composite: false,
    incremental: false,
    noEmit: true,
    emitDeclarationOnly: false,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    typeRoots: [join(repository, 'node_modules/@types')],
  }
  const config = {
    extends: join(repository, 'tsconfig.base.json'),
    compilerOptions: options,
    include: ['*.ts'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const compiler = join(repository, 'node_modules/typescript-7/bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })
  return { status, output: stdout }
}

function ran(file: string): unknown {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@ashlar/source', join(folder, file)],
    { encoding: 'utf8' },
  )
  return stdout === '' ? stderr : JSON.parse(stdout)
}

function documented(
  type: DocumentedFlag['type'],
  variants: DocumentedFlag['variants'],
  rest: Partial<DocumentedFlag> = {},
): DocumentedFlag {
  const bucketing = { algorithm: 'murmur3-utf8/1', salt: 's', by: 'targetingKey' } as const
  return { enabled: true, type, variants, bucketing, rules: [], ...rest }
}

const onOff = { off: false, on: true }

const shop: FlagDocument = {
  version: 1,
  revision: '42',
  segments: { adults: { attribute: 'age', operator: 'gte', value: 18 } },
  layers: {},
  holdouts: {},
  flags: {
    'new-checkout': documented('boolean', onOff, {
      defaultVariant: 'off',
      rules: [
        {
          id: 'staff',
          when: {
            all: [
              { attribute: 'roles', operator: 'contains', value: 'staff' },
              { attribute: 'country', operator: 'equals', value: 'KR' },
              { segment: 'adults' },
            ],
          },
          serve: { variant: 'on' },
        },
      ],
    }),
    'pay-by-card': documented(
      'boolean',
      { on: true, off: false },
      { offVariant: 'off', metadata: { fallback: 'on' } },
    ),
    fresh: documented('boolean', { on: true, off: false }),
    discount: documented('number', { control: 0, low: 10, high: 20 }),
    greeting: documented(
      'string',
      {
        formal: 'Good day, and be welcome in our shop',
        short: 'Hi',
        long: 'Good day to you, and to all who came with you',
      },
      { defaultVariant: 'short', metadata: { fallback: 'none of them' } },
    ),
  },
}

const json: FlagDocument = {
  ...shop,
  flags: {
    banner: documented('object', {
      plain: { title: 'Welcome', sizes: [], link: null, nested: { deep: [] } },
      rich: { title: 'Sale', sizes: [1, 2], link: 'https://example.org', nested: { deep: [[true]] } },
    }),
    mixed: documented('object', { list: ['a', 1, { a: true }] }),
    either: documented('object', { one: { size: 1 }, two: { width: 2 } }),
    empty: documented('object', { object: {}, list: [] }),
  },
}

const nasty = [
  "quote'",
  'double"',
  'back\\slash',
  '*/ end',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a template would take for an expression
  '${polluted}',
  'new\nline',
  'line\u2028separator',
  '`tick`',
  '새 결제',
  '🙂',
  "'] = process.exit(1) //",
]

const hostile: FlagDocument = {
  version: 1,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a template would take for an expression
  revision: "*/ '\n process.exit(1) // \u2028 ${x}",
  segments: {
    nasty: { all: nasty.map((attribute) => ({ attribute, operator: 'equals', value: 'x' })) },
  },
  layers: {},
  holdouts: {},
  flags: Object.fromEntries([
    ...['12', ...nasty].map((text) => [text, documented('string', { [`v${text}`]: text, other: 'x' })]),
    ['json', documented('object', { json: Object.fromEntries(nasty.map((text) => [text, [text]])) })],
    ['proto', documented('object', { json: JSON.parse('{ "__proto__": { "polluted": true } }') })],
  ]),
}
