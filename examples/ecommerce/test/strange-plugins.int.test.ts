import { appendFileSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@ashlar/kernel'
import { orThrow } from '@ashlar/result'
import { beforeEach, describe, expect, it } from 'vitest'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import { openShop, type Shop } from '../src/composition.ts'
import { checkOut, filledCart } from './filled-cart.ts'
import { context, openedShops } from './opened-shop.ts'
import { newPluginFolder, putPlugins } from './plugin-folder.ts'

const friendly = '../plugins/evil-tampered'

describe('A shop with plugins of strangers', () => {
  const shops = openedShops()
  let pluginFolder = ''
  let warned: string[] = []
  beforeEach(() => {
    pluginFolder = newPluginFolder(shops.folder())
    warned = []
  })
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields) => warned.push(Reflect.get(Object(Reflect.get(fields, 'failure')), 'type')),
    error: () => undefined,
  }
  const open = () => shops.open({ store: 'memory', pluginFolder, logger })

  it('lets them add lines to its messages', async () => {
    await putPlugins(pluginFolder, friendly)
    const shop = await open()

    expect(await messageOf(shop)).toMatch(/is on its way\.\nHave a nice day\.$/)
  })

  it.each(['evil-spy', 'evil-loop', 'evil-hog'])('sends its messages whatever %s does', async (evil) => {
    await putPlugins(pluginFolder, friendly, `../plugins/${evil}`)
    const shop = await open()

    expect(await messageOf(shop)).toMatch(/is on its way\.\nHave a nice day\.$/)
    expect(await messageOf(shop)).toMatch(/is on its way\.\nHave a nice day\.$/)
  })

  it.each<[string, string, (folder: string) => void]>([
    ['evil-greedy', 'CapabilityDenied', () => undefined],
    ['evil-cashier', 'IsolationRefused', () => undefined],
    [
      'evil-tampered',
      'IntegrityMismatch',
      (folder) => appendFileSync(join(folder, 'evil-tampered', 'plugin.cjs'), '//'),
    ],
  ])('does not start %s, and says why: %s', async (evil, type, spoil) => {
    await putPlugins(pluginFolder, `../plugins/${evil}`)
    spoil(pluginFolder)

    const shop = await open()

    expect(warned).toEqual([type])
    expect(shop.plugins?.manager.getAllPlugins()).toEqual([])
    expect((await checkOut(shop, { ...(await filledCart(shop)), payment: 'card' })).isOk()).toBe(true)
  })

  it('does not start one whose code lies outside of its folder', async () => {
    const source = fileURLToPath(new URL('../plugins/evil-climber', import.meta.url))
    cpSync(source, join(pluginFolder, 'evil-climber'), { recursive: true })

    await open()

    expect(warned).toEqual(['ManifestInvalid'])
  })

  it('opens where the folder of plugins is missing, and says so', async () => {
    pluginFolder = join(shops.folder(), 'missing')

    const shop = await open()

    expect(warned).toEqual(['PluginUnreadable'])
    expect(shop.plugins?.offers('points')).toBe(false)
  })

  it.each(['points', 'card', 'constructor', 'valueof'])(
    'without plugins offers cards, asked for %s',
    async (payment) => {
      const shop = await openShop({ store: 'memory', directory: shops.folder() })

      const placed = await checkOut(shop, { ...(await filledCart(shop)), payment })

      expect(placed.isOk()).toBe(payment === 'card')
      if (placed.isErr())
        expect(placed.error).toMatchObject({ type: 'PaymentMethodUnavailable', method: payment })
      await shop.close()
    },
  )
})

/** What a customer is told when an order leaves. */
async function messageOf(shop: Shop): Promise<string> {
  await orThrow(shop.mediator.send(new ReceiveStock({ sku: 'TEA-001', quantity: 5 }), context))
  const { orderId } = (await orThrow(checkOut(shop, await filledCart(shop)))).value
  expect((await shop.sagaOf(orderId).outcome()).status).toBe('completed')
  const sent = shop.ledger.effects('notifications', 'send').at(-1)
  return JSON.parse(sent?.payload ?? '{}').text
}
