import type { StandardSchemaV1 } from '@standard-schema/spec'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { Command } from './command.ts'
import { AsyncSchemaError } from './input.ts'
import { Notification } from './notification.ts'
import { Query } from './query.ts'

const line = v.strictObject({
  sku: v.pipe(v.string(), v.minLength(1)),
  quantity: v.pipe(v.number(), v.minValue(1)),
})
const placeOrderInput = v.strictObject({ customerId: v.pipe(v.string(), v.trim()), lines: v.array(line) })

class PlaceOrder extends Command<void> {
  static readonly type = 'PlaceOrder'
  static readonly schema = placeOrderInput
  readonly type = 'PlaceOrder'
  readonly customerId: string
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
  constructor(data: v.InferOutput<typeof placeOrderInput>) {
    super()
    this.customerId = data.customerId
    this.lines = data.lines
  }
}

/** A message whose schema is a function, for everything that a well-behaved library would not do. */
function messageWith(validate: StandardSchemaV1<unknown, string>['~standard']['validate']) {
  return class Odd extends Query<string> {
    static readonly type = 'Odd'
    static readonly schema: StandardSchemaV1<unknown, string> = {
      '~standard': { version: 1, vendor: 'test', validate },
    }
    readonly type = 'Odd'
    readonly text: string
    constructor(text: string) {
      super()
      this.text = text
    }
  }
}

describe('parse', () => {
  it('makes the message from what the schema puts out', () => {
    const parsed = PlaceOrder.parse({ customerId: ' ada ', lines: [{ sku: 'TEA-1', quantity: 2 }] })

    const order = parsed._unsafeUnwrap()
    expect(order).toBeInstanceOf(PlaceOrder)
    expect(order).toMatchObject({
      type: 'PlaceOrder',
      customerId: 'ada',
      lines: [{ sku: 'TEA-1', quantity: 2 }],
    })
  })

  it('lists every issue with its path', () => {
    const parsed = PlaceOrder.parse({
      customerId: 7,
      lines: [
        { sku: 'TEA-1', quantity: 0 },
        { sku: '', quantity: 1 },
      ],
    })

    const failed = parsed._unsafeUnwrapErr()
    expect(failed).toMatchObject({ type: 'InvalidInput', messageType: 'PlaceOrder' })
    expect(failed.issues.map(({ path }) => path)).toEqual(['customerId', 'lines[0].quantity', 'lines[1].sku'])
    expect(failed.message).toContain('input of PlaceOrder has 3 issues, the first at customerId: ')
  })

  it('names the input as a whole by an empty path', () => {
    const failed = PlaceOrder.parse(null)._unsafeUnwrapErr()

    expect(failed.issues.map(({ path }) => path)).toEqual([''])
    expect(failed.message).toMatch(/^input of PlaceOrder has an issue: /)
  })

  it('refuses keys that a strict schema does not know', () => {
    const failed = PlaceOrder.parse({ customerId: 'ada', lines: [], isAdmin: true })._unsafeUnwrapErr()

    expect(failed.issues.map(({ path }) => path)).toEqual(['isAdmin'])
  })

  it('takes no harm from the key __proto__', () => {
    class Loose extends Command<void> {
      static readonly type = 'Loose'
      static readonly schema = v.looseObject({ cartId: v.string() })
      readonly type = 'Loose'
      readonly data: object
      constructor(data: { cartId: string }) {
        super()
        this.data = data
      }
    }
    const input: unknown = JSON.parse('{ "cartId": "c-1", "__proto__": { "isAdmin": true } }')

    const parsed = Loose.parse(input)._unsafeUnwrap()

    expect(Object.getPrototypeOf(parsed.data)).toBe(Object.prototype)
    expect('isAdmin' in parsed.data).toBe(false)
    expect('isAdmin' in {}).toBe(false)
  })

  it('reports a path that is called __proto__ as text', () => {
    const Odd = messageWith(() => ({
      issues: [{ message: 'no', path: ['__proto__', { key: Symbol('s') }, 3] }],
    }))

    const failed = Odd.parse({})._unsafeUnwrapErr()

    expect(failed.issues).toEqual([{ path: '__proto__.Symbol(s)[3]', message: 'no' }])
  })

  it('parses an input of a megabyte, and quotes no megabyte of it', () => {
    const text = 'x'.repeat(1_000_000)

    const accepted = PlaceOrder.parse({ customerId: text, lines: [] })
    const refused = PlaceOrder.parse({ customerId: 'ada', lines: text, [text]: 1 })

    expect(accepted._unsafeUnwrap().customerId).toHaveLength(1_000_000)
    expect(JSON.stringify(refused._unsafeUnwrapErr()).length).toBeLessThan(3_000)
  })

  it('lists as many issues as there are', () => {
    const lines = Array.from({ length: 10_000 }, () => ({ sku: 'TEA-1', quantity: 0 }))

    const failed = PlaceOrder.parse({ customerId: 'ada', lines })._unsafeUnwrapErr()

    expect(failed.issues).toHaveLength(10_000)
    expect(failed.issues.at(-1)?.path).toBe('lines[9999].quantity')
  })

  it('lets through what the schema throws, because that is a bug of the schema', () => {
    const bug = new RangeError('schema is broken')
    const Odd = messageWith(() => {
      throw bug
    })

    expect(() => Odd.parse('x')).toThrow(bug)
  })

  it('says that a schema which answers with a promise wants parseAsync', () => {
    const Odd = messageWith(async () => ({ value: 'x' }))

    expect(() => Odd.parse('x')).toThrow(AsyncSchemaError)
    expect(() => Odd.parse('x')).toThrow('the schema of Odd answers with a promise: use parseAsync')
  })

  it('leaves no rejection behind when the promise that nobody wanted rejects', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    const Odd = messageWith(() => Promise.reject(new Error('late')))

    expect(() => Odd.parse('x')).toThrow(AsyncSchemaError)
    await new Promise((resolve) => setImmediate(resolve))

    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  it('takes an empty list of issues as a refusal', () => {
    const Odd = messageWith(() => ({ issues: [] }))

    expect(Odd.parse('x')._unsafeUnwrapErr().message).toBe('input of Odd has 0 issues, the first: unnamed')
  })

  it('makes notifications, too', () => {
    class OrderPlaced extends Notification {
      static readonly type = 'OrderPlaced'
      static readonly schema = v.object({ orderId: v.string() })
      readonly type = 'OrderPlaced'
      readonly orderId: string
      constructor(data: { orderId: string }) {
        super()
        this.orderId = data.orderId
      }
    }

    expect(OrderPlaced.parse({ orderId: 'o-1' })._unsafeUnwrap().orderId).toBe('o-1')
  })
})

describe('parseAsync', () => {
  it('waits for the schema', async () => {
    const Odd = messageWith(async (input) => ({ value: `checked ${input}` }))

    expect((await Odd.parseAsync('x'))._unsafeUnwrap().text).toBe('checked x')
  })

  it('takes a schema that answers at once', async () => {
    expect(
      (await PlaceOrder.parseAsync({ customerId: 1, lines: [] }))._unsafeUnwrapErr().issues,
    ).toHaveLength(1)
  })

  it('rejects with what the schema rejects with', async () => {
    const Odd = messageWith(() => Promise.reject(null))

    await expect(Odd.parseAsync('x')).rejects.toBe(null)
  })
})
