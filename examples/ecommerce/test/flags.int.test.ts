import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExposureSink } from '@ashlar/feature-flags'
import { orThrow } from '@ashlar/result'
import { beforeEach, describe, expect, it } from 'vitest'
import { AddItem } from '../src/application/carts/add-item.ts'
import { GetCart } from '../src/application/carts/get-cart.ts'
import { GetCustomer } from '../src/application/customers/get-customer.ts'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import { GetOrder } from '../src/application/orders/get-order.ts'
import { PlaceOrder } from '../src/application/orders/place-order.ts'
import { openShop, type Shop, type ShopOptions, type StoreKind } from '../src/composition.ts'
import type { OrderId } from '../src/domain/orders/order.ts'
import { cartFor, checkOut, filledCart } from './filled-cart.ts'
import { allExpress, allStandard, cardsOff, replaceFile, seen, writeFlags } from './flag-file.ts'
import { context, creditOf, openedShops } from './opened-shop.ts'
import { expectRefusal } from './refusal.ts'

const cardRefused = { type: 'PaymentMethodUnavailable', method: 'card' }

describe.each<StoreKind>(['memory', 'sqlite'])('A shop in %s', (store) => {
  const shops = openedShops()
  let flagFile = ''
  beforeEach(() => {
    flagFile = join(shops.folder(), 'flags.json')
  })
  const open = async (options: Partial<ShopOptions> = {}) => {
    const shop = await shops.open({ store, flagFile, ...options })
    await orThrow(shop.mediator.send(new ReceiveStock({ sku: 'TEA-001', quantity: 20 }), context))
    return shop
  }

  describe('that tries express parcels', () => {
    it('sends an order as it was told, and counts the customer once, by tier alone', async () => {
      await writeFlags(flagFile, {
        'express-shipping': { fallthrough: { split: { control: 0, treatment: 1 } } },
      })
      const shop = await open()
      const cart = await filledCart(shop)

      const placed = (await orThrow(checkOut(shop, cart))).value
      const again = (await orThrow(checkOut(shop, cart))).value
      const next = await cartFor(shop, cart.customerId)
      await orThrow(checkOut(shop, { ...next, idempotencyKey: 'key-2' }))

      expect([placed.shipping, again.shipping]).toEqual(['express', 'express'])
      await shop.sagaOf(placed.orderId).outcome()
      expect(serviceOf(shop, placed.orderId)).toBe('express')
      const { revision } = shop.flags.evaluator
      expect(await shop.exposures()).toEqual([
        {
          flag: 'express-shipping',
          variant: 'treatment',
          unit: cart.customerId,
          reason: 'SPLIT',
          revision,
          at: expect.any(String),
          attributes: { tier: 'Basic' },
        },
      ])
    })

    it('counts nobody whose order is refused', async () => {
      await writeFlags(flagFile, allExpress)
      const shop = await open()
      const cart = await filledCart(shop)
      const desks = { cartId: cart.cartId, sku: 'DESK-003', quantity: 2 }
      await orThrow(shop.mediator.sendInput(AddItem, desks, context))

      const refused = await checkOut(shop, cart)

      expect(refused._unsafeUnwrapErr().type).toBe('CreditLimitExceeded')
      expect(await shop.exposures()).toEqual([])
    })

    it('keeps to what it told when the test is over before the parcel leaves', async () => {
      await writeFlags(flagFile, allExpress)
      const shop = await openShop({ store, directory: shops.folder(), flagFile })
      await orThrow(shop.mediator.send(new ReceiveStock({ sku: 'TEA-001', quantity: 20 }), context))
      const { orderId } = (await orThrow(checkOut(shop, await filledCart(shop)))).value

      await writeFlags(flagFile, allStandard)
      await orThrow(shop.flags.reload())
      const status = await fulfil(shop, orderId)

      expect([status, serviceOf(shop, orderId)]).toEqual(['completed', 'express'])
      expect((await orThrow(shop.mediator.send(new GetOrder({ orderId }), context))).value.shipping).toBe(
        'express',
      )
      expect((await orThrow(checkOut(shop, await filledCart(shop)))).value.shipping).toBe('standard')
      await shop.close()
    })

    it('asks nothing for an order of the past, which is neither refused nor counted', async () => {
      await writeFlags(flagFile, { ...allExpress, ...cardsOff })
      const shop = await open({ isFulfilling: false })
      const { customerId, cartId } = await filledCart(shop)

      const past = new PlaceOrder({ customerId, cartId, idempotencyKey: 'past' }, '2011-12-09T12:50:00.000Z')
      const placed = (await orThrow(shop.mediator.send(past, context))).value

      expect(placed.shipping).toBe('standard')
      expect(await shop.exposures()).toEqual([])
    })

    it.each<[string, ExposureSink['record']]>([
      ['refuses', () => Promise.reject(new Error('no room'))],
      [
        'throws at once',
        () => {
          throw new Error('broken')
        },
      ],
    ])('takes orders as ever when whoever counts %s', async (_, record) => {
      const shop = await open({ overExposures: () => ({ record }) })

      const { orderId } = (await orThrow(checkOut(shop, await filledCart(shop)))).value

      await expect(shop.exposures()).rejects.toMatchObject({ name: 'ExposuresUndeliveredError' })
      expect((await shop.sagaOf(orderId).outcome()).status).toBe('completed')
    })

    it('takes orders as ever while whoever counts does not answer', async () => {
      const answer = Promise.withResolvers<void>()
      const shop = await open({ overExposures: () => ({ record: () => answer.promise }) })

      const delivery = checkOut(shop, await filledCart(shop)).then(() => shop.exposures())
      const { orderId } = (await orThrow(checkOut(shop, await filledCart(shop)))).value
      const { status } = await shop.sagaOf(orderId).outcome()

      expect(status).toBe('completed')
      answer.resolve()
      await delivery
    })

    it('sends by standard where the document knows other variants than the shop', async () => {
      const variants = { control: 'standard', pigeon: 'by air' }
      await writeFlags(flagFile, { 'express-shipping': { variants, fallthrough: 'pigeon' } })
      const shop = await open({ isFulfilling: false })

      const placed = (await orThrow(checkOut(shop, await filledCart(shop)))).value

      expect(placed.shipping).toBe('standard')
      expect(await shop.exposures()).toEqual([])
    })
  })

  describe('whose cards are switched off', () => {
    it('refuses a checkout, changes nothing, and takes the same one when they are back', async () => {
      await writeFlags(flagFile, cardsOff)
      const shop = await open()
      const cart = await filledCart(shop)

      await expectRefusal(shop, () => checkOut(shop, cart), cardRefused)
      const { isOpen } = (await orThrow(shop.mediator.send(new GetCart({ cartId: cart.cartId }), context)))
        .value
      expect([isOpen, (await creditOf(shop, cart.customerId)).open]).toEqual([true, '0.00'])
      expect(await shop.exposures()).toEqual([])

      await writeFlags(flagFile)
      await orThrow(shop.flags.reload())
      const { orderId } = (await orThrow(checkOut(shop, cart))).value

      expect((await shop.sagaOf(orderId).outcome()).status).toBe('completed')
    })

    it('still charges and sends what was ordered before', async () => {
      await writeFlags(flagFile)
      const shop = await openShop({ store, directory: shops.folder(), flagFile })
      await orThrow(shop.mediator.send(new ReceiveStock({ sku: 'TEA-001', quantity: 20 }), context))
      const cart = await filledCart(shop)
      const { orderId } = (await orThrow(checkOut(shop, cart))).value

      await writeFlags(flagFile, cardsOff)
      await orThrow(shop.flags.reload())
      const again = await checkOut(shop, cart)
      const status = await fulfil(shop, orderId)

      expect(again._unsafeUnwrap().orderId).toBe(orderId)
      expect(status).toBe('completed')
      expect(shop.ledger.effects('payments', 'charge')).toHaveLength(1)
      expect((await checkOut(shop, await filledCart(shop)))._unsafeUnwrapErr()).toMatchObject(cardRefused)
      await shop.close()
    })

    it('gives each of many at once an order or a refusal, when the switch is turned meanwhile', async () => {
      await writeFlags(flagFile)
      const shop = await open({ isFulfilling: false })
      const carts = [await filledCart(shop), await filledCart(shop), await filledCart(shop)]

      const placing = carts.map((cart) => checkOut(shop, cart))
      await writeFlags(flagFile, cardsOff)
      await orThrow(shop.flags.reload())
      const results = await Promise.all([...placing, ...carts.map((cart) => checkOut(shop, cart))])

      const placed = results.slice(0, 3).map((result) => result.isOk())
      for (const result of results) if (result.isErr()) expect(result.error).toMatchObject(cardRefused)
      expect(results.slice(3).map((result) => result.isOk())).toEqual(placed)
    })

    it('takes cards where the document has no such flag', async () => {
      await writeFlags(flagFile, {
        'pay-by-card': undefined,
        'no-such': { enabled: true, percentageRollout: 5 },
      })
      const shop = await open({ isFulfilling: false })

      const placed = await checkOut(shop, await filledCart(shop))

      expect(placed.isOk()).toBe(true)
    })
  })

  describe('whose flags are edited', () => {
    it('sees it by itself', async () => {
      await writeFlags(flagFile)
      const shop = await open()

      const event = await seen(shop, () => writeFlags(flagFile, cardsOff))

      expect(event).toBe('changed')
      expect((await checkOut(shop, await filledCart(shop)))._unsafeUnwrapErr()).toMatchObject(cardRefused)
    })

    it.each<[string, (path: string) => Promise<void>]>([
      ['half a document', (path) => replaceFile(path, '{"version":1,"flags":{"pay-by-card":{"enab')],
      ['nothing at all', (path) => unlink(path)],
      ['a page of HTML', (path) => replaceFile(path, '<!doctype html><title>502</title>')],
      ['an unknown field', (path) => writeFlags(path, { 'pay-by-card': { enalbed: true } })],
      ['a share of 101 %', (path) => writeFlags(path, { 'early-access': { percentageRollout: 101 } })],
    ])(
      'keeps to the last good document when there is %s, and goes on with the next good one',
      async (_, spoil) => {
        await writeFlags(flagFile, cardsOff)
        const shop = await open({ isFulfilling: false })
        const cart = await filledCart(shop)

        const refused = await seen(shop, () => spoil(flagFile))

        expect([refused, shop.flags.status]).toEqual(['refused', 'stale'])
        await expectRefusal(shop, () => checkOut(shop, cart), cardRefused)

        await writeFlags(flagFile)
        await orThrow(shop.flags.reload())

        expect(shop.flags.status).toBe('ready')
        expect((await checkOut(shop, cart)).isOk()).toBe(true)
      },
    )

    it('shows new things early to those whom the document names', async () => {
      const rules = (country: string) => [
        { when: { attribute: 'country', operator: 'equals', value: country }, serve: 'on' },
      ]
      const earlyFor = (country: string) => ({
        'early-access': { rules: rules(country), percentageRollout: 0 },
      })
      await writeFlags(flagFile, earlyFor('United Kingdom'))
      const shop = await open({ isFulfilling: false })
      const { customerId } = await filledCart(shop)
      const isEarly = async () =>
        (await orThrow(shop.mediator.send(new GetCustomer({ customerId }), context))).value.hasEarlyAccess

      expect(await isEarly()).toBe(true)
      await writeFlags(flagFile, earlyFor('Chile'))
      await orThrow(shop.flags.reload())
      expect(await isEarly()).toBe(false)
    })
  })
})

/** Works until the order's fulfilment has ended. */
async function fulfil(shop: Shop, orderId: OrderId): Promise<string> {
  const stop = new AbortController()
  const running = shop.orchestrator.run({ signal: stop.signal })
  const { status } = await shop.sagaOf(orderId).outcome()
  stop.abort()
  await running
  return status
}

/** How the parcel of an order was handed over; undefined while there is none. */
function serviceOf({ ledger }: Shop, orderId: OrderId): string | undefined {
  const parcels = ledger.effects('shipping', 'create').map(({ payload }) => JSON.parse(payload))
  return parcels.find((parcel) => parcel.orderId === orderId)?.service
}
