import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressProblem } from '../registry/address.ts'
import { instancesOf } from './health-answer.ts'

const text = fc.oneof(fc.string(), fc.constantFrom('', 'passing', 'warning', 'critical', '10.0.0.1', '::1'))
const oddity = fc.oneof(fc.jsonValue(), fc.constant(undefined))
const record = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [
        name,
        fc.oneof({ weight: 9, arbitrary: field }, { weight: 1, arbitrary: oddity }),
      ]),
    ),
  )
const nearly = fc.array(
  record({
    Node: record({ Node: text, Address: text, Meta: fc.dictionary(text, text) }),
    Service: record({
      ID: text,
      Address: text,
      Port: fc.integer({ min: -1, max: 70_000 }),
      Tags: fc.array(text),
      Meta: fc.dictionary(text, text),
      Weights: record({ Passing: fc.double(), Warning: fc.integer() }),
    }),
    Checks: fc.array(record({ CheckID: text, Status: fc.constantFrom('passing', 'warning', 'critical') })),
  }),
  { maxLength: 3 },
)

describe('instancesOf', () => {
  it('makes whole instances of any answer, or says what is wrong with it', () => {
    fc.assert(
      fc.property(fc.oneof(nearly, fc.jsonValue()), (answer) => {
        let instances: ReturnType<typeof instancesOf> = []
        try {
          instances = instancesOf('orders', answer, () => {})
        } catch (error) {
          // a TypeError would be our own fault
          expect(error).toMatchObject({
            name: 'Error',
            message: expect.stringMatching(/^expected .+, found /s),
          })
        }

        for (const { host, port, weight, tags, id } of instances) {
          expect(addressProblem(host, port)).toBeUndefined()
          expect(Number.isInteger(weight) && weight >= 1 && weight <= 65_535).toBe(true)
          expect(tags.every((tag) => typeof tag === 'string') && id !== '').toBe(true)
        }
      }),
    )
  })

  it('gives no two instances the same id', () => {
    const id = fc.constantFrom('a', 'b', 'a@m')
    const entry = fc.record({ id, node: fc.constantFrom('m', 'n', 'o') }).map(({ id, node }) => ({
      Node: { Node: node, Address: '10.0.0.1' },
      Service: { ID: id, Port: 1 },
      Checks: [],
    }))
    fc.assert(
      fc.property(fc.array(entry), (answer) => {
        const ids = instancesOf('orders', answer, () => {}).map((instance) => instance.id)

        expect(new Set(ids).size).toBe(ids.length)
      }),
    )
  })
})
