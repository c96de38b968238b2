import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RegisterCustomer } from '../src/application/customers/register-customer.ts'
import type { Shop, StoreKind } from '../src/composition.ts'
import { context, newCustomer, openedShops, registration } from './opened-shop.ts'
import { expectAlive, expectRefusal, invalidInput, withKey } from './refusal.ts'

describe.each<StoreKind>(['memory', 'sqlite'])('A shop in %s', (store) => {
  const shops = openedShops()
  let shop: Shop
  beforeEach(async () => {
    shop = await shops.open({ store, isFulfilling: false })
  })
  afterEach(() => expectAlive(shop))

  describe('asked to register', () => {
    const guardFailed = { type: 'GuardFailed', path: 'name' }

    it.each<[string, object, object]>([
      ['an empty e-mail address', { email: '' }, { type: 'InvalidEmail' }],
      [
        'an e-mail address of 300 characters',
        { email: `${'a'.repeat(288)}@example.com` },
        { type: 'InvalidEmail' },
      ],
      ['an e-mail address of 50,000 dots', { email: `a@${'.'.repeat(50_000)}` }, { type: 'InvalidEmail' }],
      ['an e-mail address with a header', { email: 'ada@example.com\r\nBcc: all' }, { type: 'InvalidEmail' }],
      ['an e-mail address with a look-alike', { email: 'ada@ex\u0430mple.com' }, { type: 'InvalidEmail' }],
      ['an e-mail address with an umlaut', { email: 'ada@m\u00fcnchen.example' }, { type: 'InvalidEmail' }],
      ['an e-mail address that is a number', { email: 42 }, invalidInput('email')],
      ['an e-mail address that is a list', { email: ['ada@example.com'] }, invalidInput('email')],
      ['a phone number of 2 digits', { phone: '12' }, { type: 'InvalidPhoneNumber' }],
      ['a phone number of 28 digits', { phone: '1'.repeat(28) }, { type: 'InvalidPhoneNumber' }],
      ['a phone number of letters', { phone: 'call me' }, { type: 'InvalidPhoneNumber' }],
      [
        'a phone number of a million digits',
        { phone: '1'.repeat(1_000_000) },
        { type: 'InvalidPhoneNumber' },
      ],
      ['a blank name', { name: ' \t ' }, guardFailed],
      ['a name of 101 characters', { name: 'x'.repeat(101) }, guardFailed],
      ['a name of a million characters', { name: 'x'.repeat(1_000_000) }, guardFailed],
      ['a name with a header', { name: 'Ada\r\nBcc: all' }, guardFailed],
      ['a name with U+0000', { name: 'Ada\0' }, guardFailed],
      ['a name with half a surrogate pair', { name: 'Ada\ud800' }, guardFailed],
      ['no name', { name: undefined }, invalidInput('name')],
      [
        'an address without a street',
        { address: { ...registration.address, street: '' } },
        { type: 'InvalidAddress' },
      ],
      [
        'an address with one line more',
        { address: { ...registration.address, planet: 'Mars' } },
        invalidInput('address.planet'),
      ],
      ['an address that is a text', { address: 'London' }, invalidInput('address')],
      ['a tier of its own choice', { tier: 'Platinum' }, invalidInput('tier')],
      ['a credit limit of its own choice', { creditLimit: '50000.00' }, invalidInput('creditLimit')],
      ['an id of its own choice', { id: 'me' }, invalidInput('id')],
      ['a key of 10,000 characters', { ['x'.repeat(10_000)]: 1 }, { type: 'InvalidInput' }],
    ])('refuses %s', async (_, change, expected) => {
      await expectRefusal(
        shop,
        () => shop.mediator.sendInput(RegisterCustomer, { ...registration, ...change }, context),
        expected,
      )
    })

    it.each(['__proto__', 'constructor', 'prototype', 'toString'])(
      'refuses a key "%s", and names it',
      async (key) => {
        const input = withKey(registration, key, { tier: 'Platinum' })

        await expectRefusal(
          shop,
          () => shop.mediator.sendInput(RegisterCustomer, input, context),
          invalidInput(key),
        )

        expect(Reflect.get({}, 'tier')).toBeUndefined()
      },
    )

    it.each([undefined, null, 42, 'ada', true, [], {}, () => registration])('refuses %j', async (input) => {
      await expectRefusal(shop, () => shop.mediator.sendInput(RegisterCustomer, input, context), {
        type: 'InvalidInput',
      })
    })

    it('refuses an address of e-mail that somebody has in another spelling', async () => {
      await newCustomer(shop, 'Ada@Example.com')

      await expectRefusal(
        shop,
        () =>
          shop.mediator.sendInput(RegisterCustomer, { ...registration, email: 'aDA@example.COM' }, context),
        { type: 'EmailTaken', email: 'aDA@example.com' },
      )
    })
  })
})
