import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectEach, textsOf } from './faults.ts'
import { buildHouse, findingsAbout, runGuard } from './small-house.ts'

/** Each breaks one rule and only that one; the file's path is its key. */
const faults = {
  'packages/domain/src/sideways.ts': ["import '@ashlar/event-store'", 'arrows-of-domain'],
  'packages/domain/src/sideways-by-type.ts': [
    "import type { failure } from '@ashlar/event-store'\nexport type F = typeof failure",
    'arrows-of-domain',
  ],
  'packages/kernel/src/upwards.ts': ["import '@ashlar/domain'", 'arrows-of-kernel'],
  'packages/result/src/upwards.ts': ["import type {} from '@ashlar/kernel'", 'arrows-of-result'],
  'packages/saga/src/upwards.ts': ["import '@ashlar/memory'", 'arrows-of-saga'],
  'packages/memory/src/not-listed.ts': ["import '@ashlar/event-sourcing'", 'arrows-of-memory'],
  'packages/event-sourcing/src/not-listed.ts': ["import '@ashlar/saga'", 'arrows-of-event-sourcing'],
  'packages/kernel/src/result-at-run-time.ts': [
    "import '@ashlar/result'",
    'kernel-takes-types-only-from-result',
  ],
  'packages/feature-flags/src/evaluate/result-at-run-time.ts': [
    "import '@ashlar/result'",
    'evaluator-takes-types-only-from-result',
  ],
  'packages/plugins/src/isolated/result-at-run-time.ts': [
    "import '@ashlar/result'",
    'isolated-side-stays-in-its-folder',
  ],
  'packages/plugins/src/contract/node.ts': ["import 'node:fs'", 'plugin-contract-is-light'],
  'packages/saga/src/saga.test.ts': ["import '@ashlar/memory'", 'arrows-of-tests-of-saga'],
  'packages/saga/src/port.test.ts': ["import '@ashlar/domain'", 'arrows-of-tests-of-saga'],
  'packages/domain/src/deep.ts': ["import '../../kernel/src/clock.ts'", 'packages-by-name'],
  'packages/domain/src/deep-index.ts': ["import '../../kernel/src/index.ts'", 'packages-by-name'],
  'packages/domain/src/deep-by-name.ts': ["import '@ashlar/kernel/src/clock.ts'", 'resolvable'],
  'test/integration/deep.test.ts': [
    "import '../../packages/kernel/src/clock.ts'",
    'packages-by-name-from-outside',
  ],
  'packages/saga/src/shop.ts': [
    "import '../../../examples/ecommerce/src/domain/cart.ts'",
    'packages-know-no-application',
  ],
  'packages/sqlite/src/server.ts': [
    "import '../../../test/postgres/postgres-server.ts'",
    'servers-only-for-tests',
  ],
  'packages/kernel/src/own-index.ts': ["import './index.ts'", 'not-through-own-index'],
  'packages/saga/src/vitest.ts': ["import 'vitest'", 'no-testing-in-production'],
  'packages/memory/src/contract.ts': ["import '@ashlar/event-store/testing'", 'no-testing-in-production'],
  'packages/kernel/src/testing/imports-test.ts': ["import '../clock.test.ts'", 'contracts-import-no-tests'],
  'packages/kernel/src/clock.test.ts': ["import './nowhere.ts'", 'resolvable'],
  'examples/ecommerce/src/domain/node.ts': ["import 'node:crypto'", 'shop-domain-is-pure'],
  'examples/ecommerce/src/domain/outwards.ts': [
    "import '../application/open-cart.ts'",
    'shop-domain-knows-no-outer-layer',
  ],
  'examples/ecommerce/src/domain/adapter.ts': ["import '@ashlar/memory'", 'shop-domain-is-pure'],
  'examples/ecommerce/src/application/outwards.ts': [
    "import '../infrastructure/gateway.ts'",
    'shop-application-knows-no-outer-layer',
  ],
  'examples/ecommerce/src/application/presented.ts': [
    "import '../presentation/cli.ts'",
    'shop-application-knows-no-outer-layer',
  ],
  'examples/ecommerce/src/presentation/adapter.ts': [
    "import '@ashlar/memory'",
    'shop-adapters-only-in-composition',
  ],
  'examples/ecommerce/src/presentation/main.ts': ["import '../main.ts'", 'main-is-imported-by-nobody'],
} as const

/** The packages that there are, layer by layer, with the packages that each may import. */
const layers: readonly Readonly<Record<string, readonly string[]>>[] = [
  { result: [] },
  { kernel: ['result'] },
  {
    specification: ['kernel', 'result'],
    domain: ['kernel', 'result'],
    mediator: ['kernel', 'result'],
    'event-store': ['kernel', 'result'],
    saga: ['kernel', 'result'],
    'service-discovery': ['kernel', 'result'],
    plugins: ['kernel', 'result'],
    'feature-flags': ['kernel', 'result'],
  },
  {
    'event-sourcing': ['kernel', 'result', 'domain', 'event-store'],
    kysely: ['kernel', 'result', 'domain', 'specification'],
  },
  {
    memory: ['kernel', 'result', 'mediator', 'event-store', 'saga'],
    sqlite: ['kernel', 'result', 'mediator', 'event-store', 'saga'],
  },
]
const packages = layers.flatMap((layer) => Object.keys(layer))

/** For every package, an import of every other one: those that the table does not allow, and those that it does. */
const arrows = layers.flatMap((layer, height) =>
  Object.entries(layer).flatMap(([from, allowed]) =>
    packages
      .filter((to) => to !== from)
      .flatMap((to) => {
        const lower = layers.slice(0, height).some((each) => Object.hasOwn(each, to))
        const text = `import type {} from '@ashlar/${to}'`
        return [
          {
            file: `packages/${from}/src/to-${to}.ts`,
            text,
            allowed: allowed.includes(to),
            rule: `arrows-of-${from}`,
          },
          {
            file: `packages/${from}/src/to-${to}.test.ts`,
            text,
            allowed: lower,
            rule: `arrows-of-tests-of-${from}`,
          },
        ]
      }),
  ),
)

describe('the guard of layers', () => {
  it('lets each package import what the table lists, and names each other arrow', () => {
    const planted = Object.fromEntries(arrows.map(({ file, text }) => [file, `${text}\n`]))

    const verdict = runGuard('check-layers.mjs', buildHouse(planted))

    expect(packages.toSorted()).toEqual(readdirSync(new URL('../../packages', import.meta.url)).toSorted())
    for (const { file, allowed, rule } of arrows)
      expect.soft(findingsAbout(file, verdict), file).toMatch(allowed ? /^$/ : new RegExp(`: ${rule}$`))
  })

  it('passes a sound house', () => {
    const verdict = runGuard('check-layers.mjs', buildHouse())

    expect(verdict).toMatchObject({ passed: true, output: expect.stringContaining('0 findings') })
  })

  it('names each file that breaks a rule, and the rule', () => {
    const verdict = runGuard('check-layers.mjs', buildHouse(textsOf(faults)))

    expectEach(faults, verdict)
  })

  it('finds a circle of types', () => {
    const verdict = runGuard(
      'check-layers.mjs',
      buildHouse({
        'packages/saga/src/circle-a.ts': "import type { B } from './circle-b.ts'\nexport type A = B | 1\n",
        'packages/saga/src/circle-b.ts': "import type { A } from './circle-a.ts'\nexport type B = A | 2\n",
      }),
    )

    expect(verdict.output).toMatch(/circle-[ab]\.ts → .*circle-[ab]\.ts: no-circular/)
  })

  it('finds a node: module however far behind the index', () => {
    const verdict = runGuard(
      'check-layers.mjs',
      buildHouse({
        'packages/domain/src/index.ts': "export { current } from './far.ts'\n",
        'packages/domain/src/far.ts': "export { current } from './farther.ts'\n",
        'packages/domain/src/farther.ts':
          "import type { Stats } from 'node:fs'\n\nexport const current: Stats | undefined = undefined\n",
      }),
    )

    expect(findingsAbout('packages/domain/src/index.ts', verdict)).toContain('no-node-behind-index')
  })
})
