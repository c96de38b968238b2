import { fileURLToPath } from 'node:url'
import { createContext, runInContext, runInThisContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { fixedClock } from '@ashlar/kernel/testing'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import { seededDice } from '../test/dice.ts'
import { documentOf, everybody, onOff } from '../test/flag-document.ts'
import { randomContext } from '../test/random-context.ts'
import { randomDocument } from '../test/random-document.ts'
import { FeatureFlagEvaluator } from './evaluate/feature-flag-evaluator.ts'
import { defineFlags } from './flags/flag-set.ts'
import { semver } from './operators/semver.ts'

const rounds = process.env.ASHLAR_DEEP ? 50_000 : 2_000

const program = `
  import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
  const flags = defineFlags({ checkout: flag.boolean(), absent: flag.number({ fallback: 7 }) })
  export const tell = (document, contexts) => {
    const evaluator = new FeatureFlagEvaluator(flags, { document: JSON.parse(document) })
    return JSON.stringify(contexts.map((context) => [
      evaluator.enabled('checkout', context),
      evaluator.details('checkout', context).reason,
      evaluator.value('absent', context),
    ]))
  }
`
const document = documentOf({
  checkout: onOff({
    schedule: { from: '2020-01-01T00:00:00.000Z' },
    rules: [
      { id: 'kr', when: { attribute: 'country', operator: 'equals', value: 'KR' }, serve: { variant: 'on' } },
      ...['A', 'B', 'C', 'D'].map((value) => ({
        id: value,
        when: { attribute: 'country', operator: 'contains', value, ignoreCase: true },
        serve: { variant: 'off' },
      })),
      everybody({ split: { on: 100, off: 0 } }),
    ],
  }),
})

function bundled(contents: string, format: 'esm' | 'iife') {
  return build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format,
    globalName: 'flags',
    conditions: ['@ashlar/source'],
  })
}

describe('the evaluator in a browser', () => {
  let code: string
  let files: string[]

  beforeAll(async () => {
    const { outputFiles, metafile } = await bundled(program, 'iife')
    code = outputFiles[0]?.text ?? ''
    files = Object.keys(metafile.inputs)
  })

  it('takes at most 4,096 bytes once it is packed', async () => {
    const { outputFiles } = await bundled(
      `export { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'`,
      'esm',
    )

    expect(gzipSync(outputFiles[0]?.text ?? '', { level: 9 }).length).toBeLessThanOrEqual(4_096)
  })

  it('brings neither a Result nor anything of Node along', () => {
    expect(files.filter((file) => /neverthrow|packages\/result/.test(file))).toEqual([])
    expect(code).not.toMatch(/neverthrow|_unsafeUnwrap|node:|\brequire\b|\bprocess\b|\bBuffer\b/)
  })

  it('makes no code out of texts', () => {
    expect(code).not.toMatch(/\beval\b|new Function|\bFunction\(/)
  })

  it('tells of random documents and contexts what it tells in Node', async () => {
    const { outputFiles } = await bundled(
      `export { defineFlags, FeatureFlagEvaluator } from '@ashlar/feature-flags'`,
      'iife',
    )
    const inBrowser: typeof import('@ashlar/feature-flags') = runInThisContext(`${outputFiles[0]?.text}flags`)
    const dice = seededDice(44)
    const wrong: unknown[] = []

    for (let round = 0; round < rounds; round++) {
      const options = { document: randomDocument(dice), clock: fixedClock(), operators: semver }
      const one = new inBrowser.FeatureFlagEvaluator(inBrowser.defineFlags({}), options)
      const other = new FeatureFlagEvaluator(defineFlags({}), options)
      const context = randomContext(dice)
      for (const key of other.keys()) {
        const [there, here] = [one.evaluate(key, context), other.evaluate(key, context)].map((told) =>
          JSON.stringify(told),
        )
        if (there !== here) wrong.push({ document: options.document, context, there, here })
      }
    }

    expect(inBrowser.FeatureFlagEvaluator).not.toBe(FeatureFlagEvaluator)
    expect(wrong).toEqual([])
  })

  it('tells flags where there is nothing of Node, and texts can not become code', () => {
    const browser = createContext({ TextEncoder }, { codeGeneration: { strings: false, wasm: false } })
    const contexts = [{ targetingKey: '김철수' }, { country: 'KR' }, { country: 'bc', targetingKey: 'u' }, {}]

    const told = runInContext(
      `${code};flags.tell(${JSON.stringify(JSON.stringify(document))}, ${JSON.stringify(contexts)})`,
      browser,
    )

    expect(JSON.parse(told)).toEqual([
      [true, 'SPLIT', 7],
      [true, 'TARGETING_MATCH', 7],
      [false, 'TARGETING_MATCH', 7],
      [false, 'ERROR', 7],
    ])
    expect(() => runInContext('new Function("return 1")', browser)).toThrow(
      'Code generation from strings disallowed',
    )
  })
})
