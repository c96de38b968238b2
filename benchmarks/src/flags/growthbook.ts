import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { peer } from '../peer.ts'
import type { Subject } from './subject.ts'
import { country, fiftyAges, percent, plans, weights } from './workloads.ts'

/** What is used of GrowthBook, as far as it is used. */
type GrowthBook = {
  readonly GrowthBookClient: new () => {
    initSync(options: object): GrowthBookClient
  }
}
type GrowthBookClient = { evalFeature(key: string, context: object): { readonly value: unknown } }
type Esbuild = { buildSync(options: object): unknown }

/**
 * GrowthBook, bundled for production: it reads `process.env.NODE_ENV` at each step, and is up to three times as fast
 * where a bundler has put the answer there.
 */
export async function growthBook(): Promise<Subject> {
  const { GrowthBookClient } = await peer<GrowthBook>(bundled())
  const client = new GrowthBookClient().initSync({ payload: { features } })
  return {
    name: 'growthbook, bundled',
    question: (key, users) => ({
      contexts: users.map((user) => ({ attributes: { ...user } })),
      ask: (context: object) => client.evalFeature(key, context).value,
      waits: false,
    }),
    close() {},
  }
}

function bundled(): string {
  const flags = createRequire(new URL('../../../packages/feature-flags/package.json', import.meta.url))
  const esbuild = flags('esbuild') as Esbuild
  const outfile = fileURLToPath(new URL('../../.cache/growthbook.mjs', import.meta.url))
  esbuild.buildSync({
    stdin: {
      contents: "export { GrowthBookClient } from '@growthbook/growthbook'",
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    format: 'esm',
    target: 'node22',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
    outfile,
  })
  return outfile
}

const features = {
  constant: { defaultValue: true },
  targeted: onFor([condition(undefined)]),
  fifty: onFor(fiftyAges.map(condition)),
  rollout: {
    defaultValue: false,
    rules: [{ force: true, coverage: percent / 100, hashAttribute: 'id', hashVersion: 2, seed: 'rollout' }],
  },
  variants: {
    defaultValue: 'a',
    rules: [
      {
        key: 'variants',
        variations: weights.map(([variant]) => variant),
        weights: weights.map(([, weight]) => weight / 100),
        hashAttribute: 'id',
        hashVersion: 2,
        seed: 'variants',
      },
    ],
  },
}

function onFor(conditions: readonly object[]): object {
  return { defaultValue: false, rules: conditions.map((each) => ({ condition: each, force: true })) }
}

function condition(age: number | undefined): object {
  return { country, plan: { $in: plans }, ...(age !== undefined && { age: { $gt: age } }) }
}
