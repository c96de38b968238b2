import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Instance } from './instance.ts'
import { snapshotOf } from './snapshot-of.ts'

const numRuns = process.env.ASHLAR_DEEP ? 20_000 : 500
const word = fc.constantFrom('', 'a', 'b', 'ab', '1', 'a"b', '\u0000', 'ß')
const instance: fc.Arbitrary<Instance> = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    node: fc.constantFrom('', 'n1', 'n2'),
    host: fc.constantFrom('10.0.0.1', '10.0.0.2'),
    port: fc.integer({ min: 1, max: 3 }),
    tags: fc.array(word, { maxLength: 3 }),
    metadata: fc.dictionary(word, word, { maxKeys: 3, noNullPrototype: true }),
    weight: fc.integer({ min: 1, max: 3 }),
    zone: fc.option(word, { nil: undefined }),
    health: fc.constantFrom('passing' as const, 'warning' as const, 'critical' as const, 'draining' as const),
  })
  .map(({ zone, ...facts }) => ({
    service: 'orders',
    ...facts,
    ...(zone === undefined ? {} : { zone }),
  }))
const instances = fc.uniqueArray(instance, { maxLength: 6, selector: ({ node, id }) => `${node} ${id}` })

it('gives equal instances an equal version, whatever their order and that of their fields', () => {
  fc.assert(
    fc.property(
      instances.chain((some) => fc.tuple(fc.constant(some), shuffled(some))),
      ([some, others]) => {
        const reversed = others.map((one) => backwards({ ...one, metadata: backwards(one.metadata) }))

        const one = snapshotOf('orders', some, 1)
        const other = snapshotOf('orders', reversed, 2)

        expect(other.version).toBe(one.version)
        expect(other.instances).toEqual(one.instances)
      },
    ),
    { numRuns },
  )
})

it('gives others another version', () => {
  fc.assert(
    fc.property(instances, instances, (some, others) => {
      const one = snapshotOf('orders', some, 1)
      const other = snapshotOf('orders', others, 1)

      expect(one.version === other.version).toBe(isEqual(one.instances, other.instances))
    }),
    { numRuns },
  )
})

it('gives another version for each field that differs alone', () => {
  fc.assert(
    fc.property(instance, instance, fc.nat(), (one, other, at) => {
      const fields = ['id', 'node', 'host', 'port', 'tags', 'metadata', 'weight', 'health'] as const
      const field = fields[at % fields.length] ?? 'id'
      const changed = { ...one, [field]: other[field] }

      const versions = [one, changed].map((only) => snapshotOf('orders', [only], 1).version)

      expect(versions[0] === versions[1]).toBe(isEqual([one], [changed]))
    }),
    { numRuns },
  )
})

it('has no collision among a hundred thousand addresses', () => {
  const versions = new Set<string>()
  const template: Instance = {
    id: 'a',
    service: 'orders',
    host: '',
    port: 80,
    node: '',
    tags: [],
    metadata: {},
    weight: 1,
    health: 'passing',
  }
  for (let i = 0; i < 100_000; i++)
    versions.add(
      snapshotOf('orders', [{ ...template, host: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` }], 1).version,
    )

  expect(versions.size).toBe(100_000)
})

function shuffled(some: readonly Instance[]): fc.Arbitrary<readonly Instance[]> {
  return fc.shuffledSubarray([...some], { minLength: some.length, maxLength: some.length })
}

function backwards<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).reverse()) as T
}

function isEqual(some: readonly Instance[], others: readonly Instance[]): boolean {
  return isDeepStrictEqual(some, others)
}
