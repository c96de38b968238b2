import { describe, expect, it } from 'vitest'
import { InvalidPluginOptionError } from './invalid-plugin-option-error.ts'
import { provide, service } from './service.ts'

class Ledger {
  readonly #balances = new Map([['c-1', 40]])
  balanceOf(customerId: string): number {
    return this.#balances.get(customerId) ?? 0
  }
}

class AuditedLedger extends Ledger {
  readonly rate = 2
  audit(): string {
    return 'audited'
  }
}

describe('provide', () => {
  it('offers own and inherited methods, bound, and nothing else', () => {
    const offered = provide(service<AuditedLedger>('shop.ledger'), new AuditedLedger())

    expect([...offered.methods.keys()].sort()).toEqual(['audit', 'balanceOf'])
    expect(offered.methods.get('balanceOf')?.('c-1')).toBe(40)
  })

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    'does not offer %s, which every object has',
    (name) => {
      const offered = provide(service<Ledger>('shop.ledger'), new Ledger())

      expect(offered.methods.has(name)).toBe(false)
    },
  )

  it('offers the nearest of two methods of one name', () => {
    class Newer extends Ledger {
      override balanceOf(): number {
        return -1
      }
    }

    const offered = provide(service<Ledger>('shop.ledger'), new Newer())

    expect(offered.methods.get('balanceOf')?.('c-1')).toBe(-1)
  })

  it('offers methods of an object without a prototype', () => {
    const bare = Object.assign(Object.create(null) as object, { ping: () => 'pong' })

    expect([...provide(service<{ ping(): string }>('a'), bare as never).methods.keys()]).toEqual(['ping'])
  })
})

describe('service', () => {
  it.each([
    '',
    'Shop',
    'a b',
    '-a',
    'a..b',
    'a_b',
    '1a',
    'ä',
    '__proto__',
    'a'.repeat(101),
    undefined,
    null,
    {},
  ])('refuses the id %j', (id) => {
    expect(() => service(id as string)).toThrow(InvalidPluginOptionError)
  })

  it.each(['a', 'shop.points', 'shop.pay-by-points', 'a1.b2-c3', 'a'.repeat(100)])(
    'takes the id %j',
    (id) => {
      expect(service(id)).toEqual({ id })
    },
  )
})
