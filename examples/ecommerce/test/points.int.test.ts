import { setTimeout } from 'node:timers/promises'
import { orThrow } from '@ashlar/result'
import { beforeEach, describe, expect, it } from 'vitest'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import { GetOrder } from '../src/application/orders/get-order.ts'
import { openShop, type Shop, type StoreKind } from '../src/composition.ts'
import type { OrderId } from '../src/domain/orders/order.ts'
import type { ShopPlugins } from '../src/infrastructure/plugins/shop-plugins.ts'
import { chargesOf } from '../src/infrastructure/providers/card-payments.ts'
import { checkOut, filledCart } from './filled-cart.ts'
import { context, creditOf, openedShops } from './opened-shop.ts'
import { newPluginFolder, payByPoints, putPlugins } from './plugin-folder.ts'
import { expectRefusal } from './refusal.ts'

const price = 675
const refused = { type: 'PaymentMethodUnavailable', method: 'points' }

describe.each<StoreKind>(['memory', 'sqlite'])('Points, as a plugin takes them, in a shop in %s', (store) => {
  const shops = openedShops()
  let pluginFolder = ''
  beforeEach(() => {
    pluginFolder = newPluginFolder(shops.folder())
  })
  const open = async () => stocked(await shops.open({ store, pluginFolder }))
  const openIdle = async () => stocked(await openShop({ store, directory: shops.folder(), pluginFolder }))

  it('pay an order, and no card does', async () => {
    await putPlugins(pluginFolder, payByPoints)
    const shop = await open()
    const cart = await richCart(shop)

    const order = (await orThrow(checkOut(shop, cart))).value
    const { status } = await shop.sagaOf(order.orderId).outcome()

    expect([order.payment, status]).toEqual(['points', 'completed'])
    expect((await orderOf(shop, order.orderId)).payment).toBe('points')
    const { points } = pluginsOf(shop)
    expect(points.purses()).toEqual([
      { customerId: cart.customerId, given: 1_000, spent: price, left: 1_000 - price },
    ])
    expect(points.forOrders('spent')).toEqual([{ orderId: order.orderId, points: price }])
    expect(chargesOf(shop.ledger)).toEqual([])
    const placed = (await Array.fromAsync(shop.events.query('all'))).find(
      ({ type }) => type === 'OrderPlaced',
    )
    expect(placed?.data).toMatchObject({ payment: 'points' })
  })

  it('are refused while nobody takes them, and taken as soon as somebody does', async () => {
    const shop = await open()
    const cart = await richCart(shop)

    await expectRefusal(shop, () => checkOut(shop, cart), refused)
    await putPlugins(pluginFolder, payByPoints)
    await expectRefusal(shop, () => checkOut(shop, cart), refused)
    await orThrow(pluginsOf(shop).manager.loadPlugins())

    expect((await checkOut(shop, cart)).isOk()).toBe(true)
  })

  it('are not enough: the order is undone, and they are left', async () => {
    await putPlugins(pluginFolder, payByPoints)
    const shop = await open()
    const cart = await richCart(shop, price - 1)

    const { orderId } = (await orThrow(checkOut(shop, cart))).value
    const outcome = await shop.sagaOf(orderId).outcome()

    expect(outcome).toMatchObject({
      status: 'compensated',
      cause: { step: 'payment', failure: { type: 'PaymentDeclined', orderId } },
    })
    expect(pluginsOf(shop).points.balanceOf(cart.customerId)).toBe(price - 1)
    expect((await creditOf(shop, cart.customerId)).open).toBe('0.00')
  })

  it('come back when nobody carries the parcel', async () => {
    await putPlugins(pluginFolder, payByPoints)
    const shop = await open()
    shop.ledger.arrange('shipping', 'create', 'decline')
    const cart = await richCart(shop)

    const { orderId } = (await orThrow(checkOut(shop, cart))).value
    const { status } = await shop.sagaOf(orderId).outcome()

    expect(status).toBe('compensated')
    const { points } = pluginsOf(shop)
    expect([points.balanceOf(cart.customerId), points.forOrders('given-back')]).toEqual([
      1_000,
      [{ orderId, points: price }],
    ])
    expect(shop.ledger.effects('payments', 'refund')).toEqual([])
  })

  it.each(['charge', 'refund'] as const)(
    'are spent and given back once when the plugin dies in the middle of a %s',
    async (action) => {
      await putPlugins(pluginFolder, './dying-plugin')
      const shop = await open()
      shop.ledger.arrange('shipping', 'create', 'decline')
      const { points, manager } = pluginsOf(shop)
      dieOnce(points, `dies-in-${action}`)
      const cart = await richCart(shop)

      const { orderId } = (await orThrow(checkOut(shop, cart))).value
      const { status } = await shop.sagaOf(orderId).outcome()

      expect(status).toBe('compensated')
      expect([points.forOrders('spent'), points.forOrders('given-back')]).toEqual([
        [{ orderId, points: price }],
        [{ orderId, points: price }],
      ])
      expect(points.balanceOf(cart.customerId)).toBe(1_000)
      expect(manager.getPlugin('pay-by-points')?.metrics).toMatchObject({ faults: 1, restarts: 1 })
    },
  )

  it('stay untouched when the plugin goes before they are asked for', async () => {
    await putPlugins(pluginFolder, payByPoints)
    const shop = await openIdle()
    const cart = await richCart(shop)
    const { orderId } = (await orThrow(checkOut(shop, cart))).value

    await orThrow(pluginsOf(shop).manager.unloadPlugin('pay-by-points'))
    const outcome = await worked(shop, () => shop.sagaOf(orderId).outcome())

    expect(outcome).toMatchObject({ status: 'compensated', cause: { step: 'payment' } })
    expect(pluginsOf(shop).points.balanceOf(cart.customerId)).toBe(1_000)
    expect((await orderOf(shop, orderId)).status).toBe('cancelled')
    expect((await creditOf(shop, cart.customerId)).open).toBe('0.00')
    await shop.close()
  })

  it('come back as soon as the plugin does, when it has gone with them', async () => {
    await putPlugins(pluginFolder, payByPoints)
    const shop = await open()
    const cart = await goneAfterCharge(shop)
    const { orderId } = (await orThrow(checkOut(shop, cart))).value

    await soon(async () => (await undone(shop, orderId)).length > 0)
    await orThrow(pluginsOf(shop).manager.loadPlugins())
    const { status } = await shop.sagaOf(orderId).outcome()

    expect(status).toBe('compensated')
    expect(pluginsOf(shop).points.balanceOf(cart.customerId)).toBe(1_000)
  })

  it('wait for a person, and are not forgotten, when the plugin has gone with them for good', async () => {
    await putPlugins(pluginFolder, payByPoints)
    const shop = await open()
    const cart = await goneAfterCharge(shop)

    const { orderId } = (await orThrow(checkOut(shop, cart))).value
    const outcome = await shop.sagaOf(orderId).outcome()

    expect(outcome).toMatchObject({ status: 'needs-attention', step: 'payment', phase: 'undo' })
    expect(pluginsOf(shop).points.purses()).toMatchObject([{ given: 1_000, spent: price }])
    expect((await orderOf(shop, orderId)).status).toBe('placed')
  })

  it('pay each of many orders, while the plugin is replaced again and again', async () => {
    await putPlugins(pluginFolder, payByPoints)
    const shop = await open()
    const { points, manager } = pluginsOf(shop)
    const carts = await Promise.all(Array.from({ length: 12 }, () => richCart(shop)))

    const paying = carts.map(async (cart) => {
      const { orderId } = (await orThrow(checkOut(shop, cart))).value
      return (await shop.sagaOf(orderId).outcome()).status
    })
    for (let time = 1; time <= 3; time++) await orThrow(manager.reload('pay-by-points'))

    expect(new Set(await Promise.all(paying))).toEqual(new Set(['completed']))
    expect(points.forOrders('spent')).toHaveLength(12)
    expect(manager.getPlugin('pay-by-points')?.metrics).toMatchObject({
      reloads: 3,
      failures: 0,
      timeouts: 0,
    })
  })
})

describe('An order by points that lies in a file', () => {
  const shops = openedShops()
  const placed = async () => {
    const pluginFolder = newPluginFolder(shops.folder())
    await putPlugins(pluginFolder, payByPoints)
    const shop = await stocked(await openShop({ store: 'sqlite', directory: shops.folder(), pluginFolder }))
    const { orderId } = (await orThrow(checkOut(shop, await richCart(shop)))).value
    await shop.close()
    return { orderId, pluginFolder }
  }

  it('is paid after a restart', async () => {
    const { orderId, pluginFolder } = await placed()

    const shop = await shops.open({ store: 'sqlite', pluginFolder })

    expect((await shop.sagaOf(orderId).outcome()).status).toBe('completed')
    expect(pluginsOf(shop).points.purses()).toMatchObject([{ given: 1_000, spent: price, left: 325 }])
  })

  it('is never charged to a card, not even by a shop without plugins', async () => {
    const { orderId } = await placed()

    const shop = await shops.open({ store: 'sqlite' })

    expect((await shop.sagaOf(orderId).outcome()).status).toBe('compensated')
    expect(chargesOf(shop.ledger)).toEqual([])
  })
})

async function stocked(shop: Shop): Promise<Shop> {
  await orThrow(shop.mediator.send(new ReceiveStock({ sku: 'TEA-001', quantity: 50 }), context))
  return shop
}

/** A cart to be paid by points, of a customer who has some. */
async function richCart(shop: Shop, points = 1_000) {
  const cart = await filledCart(shop)
  pluginsOf(shop).points.give(cart.customerId, points, `gift-${cart.customerId}`)
  return { ...cart, payment: 'points' }
}

/** Lets the plugin go once it has charged, and the parcel be refused. */
async function goneAfterCharge(shop: Shop) {
  const { points, manager } = pluginsOf(shop)
  shop.ledger.arrange('shipping', 'create', 'decline')
  const gone = Promise.withResolvers<unknown>()
  const spend = points.spend.bind(points)
  points.spend = (request) => {
    gone.resolve(manager.unloadPlugin('pay-by-points'))
    return spend(request)
  }
  return richCart(shop)
}

/** Lets the plugin find one reason to die. */
function dieOnce(points: ShopPlugins['points'], reason: string): void {
  const balanceOf = points.balanceOf.bind(points)
  let lives = 1
  points.balanceOf = (id) => (id === reason ? lives-- : balanceOf(id))
}

async function worked<Value>(shop: Shop, work: () => Promise<Value>): Promise<Value> {
  const stop = new AbortController()
  const running = shop.orchestrator.run({ signal: stop.signal })
  const value = await work()
  stop.abort()
  await running
  return value
}

async function undone(shop: Shop, orderId: OrderId) {
  return ((await shop.inspectSaga(orderId))?.log ?? []).filter(({ phase }) => phase === 'undo')
}

/** Looks again and again, for nobody tells of attempts that are tried again. */
async function soon(holds: () => Promise<boolean>): Promise<void> {
  const signal = AbortSignal.timeout(30_000)
  while (!(await holds())) await setTimeout(5, undefined, { signal })
}

async function orderOf(shop: Shop, orderId: OrderId) {
  return (await orThrow(shop.mediator.send(new GetOrder({ orderId }), context))).value
}

function pluginsOf({ plugins }: Shop): ShopPlugins {
  if (plugins === undefined) throw new TypeError('the shop was opened without a folder of plugins')
  return plugins
}
