import { describe, expect, it } from 'vitest'
import { loggableFields } from './loggable-fields.ts'

class Sent {
  readonly type = 'Sent'
}

class SignIn {
  static readonly secret = ['password', 'pin']
  static readonly personal = ['email', 'pin']
  readonly type = 'SignIn'
}

class SignInByKey extends SignIn {
  static override readonly secret = ['key', 'email']
}

class Money {
  readonly #minor: bigint
  readonly currency = 'EUR'
  constructor(minor: bigint) {
    this.#minor = minor
  }
  toString() {
    return `${this.#minor}`
  }
  toJSON() {
    return { minor: `${this.#minor}` }
  }
}

describe('the fields of a message for a log', () => {
  it('are its own data, without its name', () => {
    const fields = describedAs(Sent, {
      sku: 'TEA-1',
      quantity: 2,
      isGift: true,
      note: null,
      lines: [{ n: 1 }],
    })

    expect(fields).toEqual({ sku: 'TEA-1', quantity: 2, isGift: true, note: null, lines: [{ n: 1 }] })
  })

  it('hide what the class calls secret or personal, at any depth', () => {
    const fields = describedAs(SignIn, {
      email: 'ada@example.org',
      password: 'sesame',
      device: { password: ['a', 'b'], list: [{ email: 'x@example.org' }] },
    })

    expect(fields).toEqual({
      email: '[personal]',
      password: '[secret]',
      device: { password: '[secret]', list: [{ email: '[personal]' }] },
    })
  })

  it('hide what a base class calls secret, and call it secret where it is personal, too', () => {
    const fields = describedAs(SignInByKey, {
      key: 'k',
      password: 'sesame',
      pin: '1',
      email: 'e',
      user: 'ada',
    })

    expect(fields).toEqual({
      key: '[secret]',
      password: '[secret]',
      pin: '[secret]',
      email: '[secret]',
      user: 'ada',
    })
  })

  it.each(['password', { 0: 'password' }, 7])('are not shown where the list is no list: %j', (secret) => {
    const Odd = Object.assign(class {}, { secret })

    expect(describedAs(Odd, { password: 'sesame' })).toBe('[unreadable]')
  })

  it('are not shown where there is no class that could call them secret', () => {
    expect(loggableFields({ password: 'sesame' })).toBe('[unclassed]')
    expect(loggableFields(Object.assign(Object.create(null), { password: 'sesame' }))).toBe('[unclassed]')
  })

  it('tell nothing of instances of classes but their name', () => {
    class Anonymous {}
    Object.defineProperty(Anonymous, 'name', { get: () => 'asked' })

    const fields = describedAs(Sent, {
      price: new Money(9_99n),
      sent: new Map([['password', 'sesame']]),
      bytes: new Uint8Array(9),
      odd: new Anonymous(),
      error: new Error('sesame'),
    })

    expect(fields).toEqual({
      price: '[Money]',
      sent: '[Map]',
      bytes: '[Uint8Array]',
      odd: '[object]',
      error: '[Error]',
    })
  })

  it('show dates, bigints, and what JSON can not carry', () => {
    const fields = describedAs(Sent, {
      at: new Date(0),
      never: new Date(Number.NaN),
      minor: 12n,
      huge: 10n ** 1_000n,
      call: () => 1,
      mark: Symbol('s'),
    })

    expect(fields).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      never: '[invalid date]',
      minor: '12',
      huge: '[bigint]',
      call: '[function]',
      mark: '[symbol]',
    })
  })

  it('call nothing of what they show', () => {
    const called: string[] = []
    const call = (name: string) => () => {
      called.push(name)
      throw new Error(name)
    }
    const trap = Object.defineProperty({ toJSON: call('toJSON'), toString: call('toString') }, 'asked', {
      get: call('getter'),
      enumerable: true,
    })
    const date = Object.assign(new Date(0), { toISOString: call('toISOString'), getTime: call('getTime') })

    const fields = describedAs(Sent, { trap, date })

    expect(called).toEqual([])
    expect(fields).toEqual({
      trap: { toJSON: '[function]', toString: '[function]', asked: '[getter]' },
      date: '1970-01-01T00:00:00.000Z',
    })
  })

  it('take no harm from a message that throws at every look', () => {
    const trap = () => {
      throw new Error('do not touch')
    }
    const handler = { get: trap, ownKeys: trap, getOwnPropertyDescriptor: trap, getPrototypeOf: trap }

    expect(describedAs(Sent, { part: new Proxy({}, handler) })).toBe('[unreadable]')
    expect(loggableFields(new Proxy(new Sent(), handler))).toBe('[unreadable]')
  })

  it('end where they lie inside of themselves, or too deep', () => {
    const circle: { self?: object; name: string } = { name: 'c' }
    circle.self = circle
    const shared = { n: 1 }

    const fields = describedAs(Sent, {
      circle,
      twice: [shared, shared],
      deep: { b: { c: { d: { e: 1 }, list: [1] } } },
    })

    expect(fields).toEqual({
      circle: { name: 'c', self: '[circular]' },
      twice: [{ n: 1 }, { n: 1 }],
      deep: { b: { c: { d: '[object]', list: '[list]' } } },
    })
  })

  it('are cut, so that no message makes a log of a megabyte', () => {
    const long = 'x'.repeat(1_000_000)
    const wide = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [`${n}${long.slice(0, 300)}`, long]),
    )
    const list = Array.from({ length: 10_000 }, () => [wide, wide])

    const fields = describedAs(Sent, { long, list, wide })

    expect(fields).toMatchObject({ long: `${'x'.repeat(200)}…` })
    expect(JSON.stringify(fields).length).toBeLessThan(100_000)
    expect(describedAs(Sent, { list: Array.from({ length: 51 }, () => 0) })).toMatchObject({
      list: expect.arrayContaining(['… 1 more']),
    })
    expect(describedAs(Sent, wide)).toMatchObject({ '…': '9950 more' })
  })

  it('keep a field that is called __proto__ a field', () => {
    const fields = describedAs(Sent, { data: JSON.parse('{ "__proto__": { "isAdmin": true } }') })

    expect(JSON.stringify(fields)).toBe('{"data":{"__proto__":{"isAdmin":true}}}')
    expect('isAdmin' in {}).toBe(false)
  })
})

function describedAs(messageClass: new () => object, content: object): unknown {
  return loggableFields(Object.assign(new messageClass(), content))
}
