import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixedClock } from '@ashlar/kernel/testing'
import { orThrow } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/temporary-folder.ts'
import { cardPayments, chargesOf } from './card-payments.ts'
import { mailNotifications } from './mail-notifications.ts'
import { parcelShipping } from './parcel-shipping.ts'
import { ProviderUnavailableError } from './provider-call.ts'
import { type Effect, ProviderLedger } from './provider-ledger.ts'

const folder = temporaryFolder()
const { signal } = new AbortController()
const charge = {
  orderId: 'order-1',
  customerId: 'ada',
  amount: { currency: 'GBP', amount: '9.99' },
  method: 'card',
} as const
const refund = { method: 'card', chargeKey: 'key-1', paymentId: undefined } as const
const address = { street: '1', city: 'London', state: 'E', postalCode: 'N1', country: 'UK' }
let ledger: ProviderLedger
beforeEach(() => {
  ledger = open()
})
afterEach(() => ledger.close())

describe('ProviderLedger', () => {
  it('has an effect once per key, and tells what was done first', () => {
    const first = effect('key-1', 'first')

    const told = [first, effect('key-1', 'second'), effect('key-2', 'third')].map((wanted) =>
      ledger.effect(wanted),
    )

    expect(told.map(({ payload }) => payload)).toEqual(['first', 'first', 'third'])
    expect(ledger.effects('payments', 'charge').map(({ payload }) => payload)).toEqual(['first', 'third'])
  })

  it('tells services and operations apart', () => {
    const here = effect('key-1', 'charged')
    ledger.effect(here)

    ledger.effect({ ...here, operation: 'refund', payload: 'refunded' })
    ledger.effect({ ...here, service: 'shipping', payload: 'shipped' })

    expect(ledger.find('payments', 'charge', 'key-1')?.payload).toBe('charged')
    expect(ledger.find('payments', 'refund', 'key-1')?.payload).toBe('refunded')
    expect(ledger.find('shipping', 'charge', 'key-1')?.payload).toBe('shipped')
  })

  it('is the same for two that have it open, and after it was closed', () => {
    const other = open()
    ledger.effect(effect('key-1', 'first'))

    const told = other.effect(effect('key-1', 'second'))
    other.close()
    ledger.close()
    ledger = open()

    expect([told.payload, ledger.find('payments', 'charge', 'key-1')?.payload]).toEqual(['first', 'first'])
  })

  it('counts requests, of all keys and of one', () => {
    ledger.request('payments', 'charge', 'key-1')
    ledger.request('payments', 'charge', 'key-1')
    ledger.request('payments', 'charge', 'key-2')

    expect(ledger.requests('payments', 'charge')).toBe(3)
    expect(ledger.requests('payments', 'charge', 'key-1')).toBe(2)
    expect(ledger.requests('payments', 'refund')).toBe(0)
  })

  it('uses mishaps up in their order, and forgets them when calmed', () => {
    ledger.arrange('payments', 'charge', 'fail-before', 2)
    ledger.arrange('payments', 'charge', 'decline')
    ledger.arrange('payments', 'charge', 'hang-after')

    const met = [1, 2, 3].map(() => ledger.nextMishap('payments', 'charge'))
    ledger.calm()

    expect(met).toEqual(['fail-before', 'fail-before', 'decline'])
    expect(ledger.nextMishap('payments', 'charge')).toBeUndefined()
    expect(ledger.nextMishap('shipping', 'create')).toBeUndefined()
  })

  it('leaves a file alone that is something else', () => {
    const path = join(folder(), 'notes.txt')
    writeFileSync(path, 'not a database '.repeat(100))

    expect(() => new ProviderLedger(path, fixedClock())).toThrow(
      expect.objectContaining({
        code: 'SHOP_PROVIDER_LEDGER',
        message: expect.stringMatching(/notes\.txt.*not a database/),
      }),
    )
    expect(readFileSync(path, 'utf8')).toBe('not a database '.repeat(100))
  })
})

describe('Card payments', () => {
  it('charge once per key, however often they are asked', async () => {
    const payments = cardPayments(ledger)

    const answers = await Promise.all([1, 2, 3].map(() => payments.charge(charge, 'key-1', signal)))

    expect(answers.map((answer) => answer._unsafeUnwrap())).toEqual(
      [1, 2, 3].map(() => ({ paymentId: 'pay-key-1' })),
    )
    expect(chargesOf(ledger)).toHaveLength(1)
    expect(ledger.requests('payments', 'charge', 'key-1')).toBe(3)
  })

  it('charge nothing more when their key comes again with another amount', async () => {
    const payments = cardPayments(ledger)
    await orThrow(payments.charge(charge, 'key-1', signal))

    const other = { ...charge, amount: { amount: '99.00', currency: 'GBP' as const } }
    const refused = await payments.charge(other, 'key-1', signal)

    expect(refused._unsafeUnwrapErr()).toMatchObject({
      type: 'PaymentDeclined',
      reason: 'its key belongs to another charge',
    })
    expect(chargesOf(ledger)).toHaveLength(1)
  })

  it('say no without an effect, and may say yes when asked again', async () => {
    const payments = cardPayments(ledger)
    ledger.arrange('payments', 'charge', 'decline')

    const declined = await payments.charge(charge, 'key-1', signal)

    expect(declined._unsafeUnwrapErr()).toMatchObject({
      type: 'PaymentDeclined',
      orderId: 'order-1',
      reason: 'declined',
    })
    expect(chargesOf(ledger)).toEqual([])
    expect((await payments.charge(charge, 'key-1', signal)).isOk()).toBe(true)
  })

  it('do not say no any more once they have charged', async () => {
    const payments = cardPayments(ledger)
    await orThrow(payments.charge(charge, 'key-1', signal))
    ledger.arrange('payments', 'charge', 'decline')

    const again = await payments.charge(charge, 'key-1', signal)

    expect(again._unsafeUnwrap()).toEqual({ paymentId: 'pay-key-1' })
  })

  it.each([
    ['fail-before', 0],
    ['fail-after', 1],
  ] as const)(
    'throw at "%s", having charged %d times, and charge once in the end',
    async (mishap, charges) => {
      const payments = cardPayments(ledger)
      ledger.arrange('payments', 'charge', mishap)

      await expect(payments.charge(charge, 'key-1', signal)).rejects.toThrow(ProviderUnavailableError)

      expect(chargesOf(ledger)).toHaveLength(charges)
      expect((await payments.charge(charge, 'key-1', signal)).isOk()).toBe(true)
      expect(chargesOf(ledger)).toHaveLength(1)
    },
  )

  it.each([
    ['hang-before', 0],
    ['hang-after', 1],
  ] as const)(
    'wait at "%s" until nobody waits for them, having charged %d times',
    async (mishap, charges) => {
      const payments = cardPayments(ledger)
      const patience = new AbortController()
      const reason = new Error('it takes too long')
      ledger.arrange('payments', 'charge', mishap)

      const charging = payments.charge(charge, 'key-1', patience.signal)
      patience.abort(reason)

      await expect(charging).rejects.toBe(reason)
      expect(chargesOf(ledger)).toHaveLength(charges)
    },
  )

  it.each(['pay-key-1', undefined])('give back once what was charged, named as %s', async (paymentId) => {
    const payments = cardPayments(ledger)
    await orThrow(payments.charge(charge, 'key-1', signal))

    await orThrow(payments.refund({ ...refund, paymentId }, 'undo-1', signal))
    await orThrow(payments.refund({ ...refund, paymentId }, 'undo-1', signal))

    expect(ledger.effects('payments', 'refund')).toMatchObject([{ key: 'undo-1', reference: 'pay-key-1' }])
    expect(chargesOf(ledger)).toHaveLength(1)
  })

  it('have a refund forestall the charge that comes late', async () => {
    const payments = cardPayments(ledger)

    await orThrow(payments.refund(refund, 'undo-1', signal))
    const late = await payments.charge(charge, 'key-1', signal)

    expect(late._unsafeUnwrapErr()).toMatchObject({
      type: 'PaymentDeclined',
      reason: 'refunded before it was charged',
    })
    expect(chargesOf(ledger)).toEqual([])
    expect(ledger.effects('payments', 'refund')).toEqual([])
  })

  it('may be asked twice to give back what was never charged', async () => {
    const payments = cardPayments(ledger)

    await orThrow(payments.refund(refund, 'undo-1', signal))
    await orThrow(payments.refund(refund, 'undo-1', signal))

    expect([chargesOf(ledger), ledger.effects('payments', 'refund')]).toEqual([[], []])
  })

  it.each(['fail-before', 'fail-after'] as const)(
    'give back once, although a refund meets "%s"',
    async (mishap) => {
      const payments = cardPayments(ledger)
      await orThrow(payments.charge(charge, 'key-1', signal))
      ledger.arrange('payments', 'refund', mishap)

      await expect(payments.refund(refund, 'undo-1', signal)).rejects.toThrow('payments.refund broke off')
      await orThrow(payments.refund(refund, 'undo-1', signal))

      expect(ledger.effects('payments', 'refund')).toHaveLength(1)
    },
  )

  it('say it when a refund is declined, and may give back when asked again', async () => {
    const payments = cardPayments(ledger)
    await orThrow(payments.charge(charge, 'key-1', signal))
    ledger.arrange('payments', 'refund', 'decline')

    const declined = await payments.refund(refund, 'undo-1', signal)

    expect(declined._unsafeUnwrapErr()).toMatchObject({
      type: 'RefundDeclined',
      payment: 'pay-key-1',
      reason: 'declined',
    })
    expect(ledger.effects('payments', 'refund')).toEqual([])
    expect((await payments.refund(refund, 'undo-1', signal)).isOk()).toBe(true)
    expect(ledger.effects('payments', 'refund')).toHaveLength(1)
  })

  it('do not decline a refund any more once they have given back', async () => {
    const payments = cardPayments(ledger)
    await orThrow(payments.charge(charge, 'key-1', signal))
    await orThrow(payments.refund(refund, 'undo-1', signal))
    ledger.arrange('payments', 'refund', 'decline')

    const again = await payments.refund(refund, 'undo-1', signal)

    expect(again.isOk()).toBe(true)
  })
})

describe('Parcels and mails', () => {
  it('go out once per key', async () => {
    const shipping = parcelShipping(ledger)
    const mail = mailNotifications(ledger)
    const message = { customerId: 'ada', orderId: 'order-1', text: 'hello' }

    for (const _ of [1, 2]) {
      expect(
        (await shipping.create({ orderId: 'order-1', address, service: 'standard' }, 'key-1', signal)).isOk(),
      ).toBe(true)
      expect((await mail.send(message, 'key-1', signal)).isOk()).toBe(true)
    }

    expect(ledger.effects('shipping', 'create')).toHaveLength(1)
    expect(ledger.effects('notifications', 'send')).toHaveLength(1)
  })

  it('say no by a failure, and leave nothing behind', async () => {
    ledger.arrange('shipping', 'create', 'decline')
    ledger.arrange('notifications', 'send', 'decline')

    const parcel = await parcelShipping(ledger).create(
      { orderId: 'order-1', address, service: 'standard' },
      'key-1',
      signal,
    )
    const mail = await mailNotifications(ledger).send(
      { customerId: 'ada', orderId: 'order-1', text: 'hello' },
      'key-1',
      signal,
    )

    expect(parcel._unsafeUnwrapErr()).toMatchObject({ type: 'ShipmentRefused', orderId: 'order-1' })
    expect(mail._unsafeUnwrapErr()).toMatchObject({ type: 'NotificationRefused' })
    expect([ledger.effects('shipping', 'create'), ledger.effects('notifications', 'send')]).toEqual([[], []])
  })
})

function open(): ProviderLedger {
  return new ProviderLedger(join(folder(), 'providers.db'), fixedClock())
}

function effect(key: string, payload: string): Effect {
  return { service: 'payments', operation: 'charge', key, reference: `pay-${key}`, payload }
}
