import { orThrow } from '@ashlar/result'
import type { ShopPlugins } from '../../../infrastructure/plugins/shop-plugins.ts'
import { chargesOf } from '../../../infrastructure/providers/card-payments.ts'
import type { Act } from '../act.ts'
import type { Narrator } from '../narrator.ts'
import type { PluginDesk } from '../plugin-desk.ts'
import type { Stage } from '../stage.ts'
import type { Checkout } from '../till.ts'
import { meetEvilPlugins } from './evil-plugins.ts'

const plugin = 'pay-by-points'
const tea = { sku: 'TEA-001', quantity: 1 }
/** A point is a penny. */
const teaInPoints = 675
/** Enough for ten, and too few for one more. */
const given = 10 * teaInPoints + 250

export const pointsPlugin: Act = {
  title: 'Points by a plugin that comes and goes, and plugins that are evil',
  async play(stage, narrator) {
    const { pluginDesk: desk, till } = stage
    const customerId = stage.prop('customerId')
    await till.receive({ ...tea, quantity: 100 })
    const first = await checkoutByPoints(stage, 'by-points')
    narrator.refusal(
      'a checkout by points, before anybody offers them',
      await till.tryToPlace(first),
      'PaymentMethodUnavailable',
      'put a plugin there that does; the cart stays as it is',
    )

    await desk.put(plugin)
    await desk.load()
    const { isolation, state, version } = desk.manager.getPlugin(plugin) ?? {}
    narrator.same('it is put there while the shop is open', `${version} ${state}`, '1.0.0 active')
    narrator.same('how far it is kept from the shop', isolation ?? 'not at all', 'process')
    const { points } = pluginsOf(stage)
    points.give(customerId, given, 'earned')
    const charges = chargesOf(stage.shop.ledger).length
    const paid = await till.outcome(await till.place(first))
    narrator.same('the same checkout is', paid.status, 'completed')
    narrator.same('points that are left', points.balanceOf(customerId), given - teaInPoints)

    await replaceWhileOrdersRun(stage, desk, narrator)
    await spendTooMuch(stage, narrator)
    narrator.same('charges to a card, meanwhile', chargesOf(stage.shop.ledger).length - charges, 0)
    await takeAway(stage, desk, narrator)
    await meetEvilPlugins(stage, narrator)
  },
}

async function replaceWhileOrdersRun(stage: Stage, desk: PluginDesk, narrator: Narrator): Promise<void> {
  const { till } = stage
  const checkouts: Checkout[] = []
  for (let number = 1; number <= 8; number++) checkouts.push(await checkoutByPoints(stage, `tea-${number}`))
  const pay = async (checkout: Checkout) => till.outcome(await till.place(checkout))

  const before = checkouts.slice(0, 4).map(pay)
  await desk.put(`${plugin}-next`, plugin)
  const reloading = desk.manager.reload(plugin)
  const outcomes = await Promise.all([...before, ...checkouts.slice(4).map(pay)])
  const { from, to, proof } = (await orThrow(reloading)).value
  narrator.same('it is replaced, among eight orders', `${from} → ${to}`, '1.0.0 → 1.1.0')
  narrator.same('completed', outcomes.filter(({ status }) => status === 'completed').length, 8)
  narrator.same('what is left of the old one', whatIsLeft(await proof), 'nothing')

  await pay(await checkoutByPoints(stage, 'tea-9'))
  const told = stage.shop.ledger.effects('notifications', 'send').at(-1)
  narrator.same('the new one adds', lastLineOf(told?.payload), 'You have 250 points left.')
}

async function spendTooMuch(stage: Stage, narrator: Narrator): Promise<void> {
  const { till } = stage
  const orderId = await till.place(await checkoutByPoints(stage, 'one-too-many'))
  const outcome = await till.outcome(orderId)
  narrator.same('one order too many is', outcome.status, 'compensated')
  const left = pluginsOf(stage).points.balanceOf(stage.prop('customerId'))
  narrator.same('points that are left, as before', left, given - 10 * teaInPoints)
}

async function takeAway(stage: Stage, desk: PluginDesk, narrator: Narrator): Promise<void> {
  const unloaded = (await orThrow(desk.manager.unloadPlugin(plugin))).value
  narrator.same('it is unloaded; problems', unloaded.problems.length, 0)
  narrator.same('what is left of it', whatIsLeft(await unloaded.proof), 'nothing')
  narrator.refusal(
    'a checkout by points, now that it is gone',
    await stage.till.tryToPlace(await checkoutByPoints(stage, 'too-late')),
    'PaymentMethodUnavailable',
    'pay by card',
  )
}

async function checkoutByPoints({ till, prop }: Stage, idempotencyKey: string): Promise<Checkout> {
  const customerId = prop('customerId')
  return { customerId, cartId: await till.fillCart(customerId, tea), idempotencyKey, payment: 'points' }
}

function pluginsOf({ shop: { plugins } }: Stage): ShopPlugins {
  if (plugins === undefined) throw new TypeError('the main shop was opened without a folder of plugins')
  return plugins
}

function whatIsLeft({ leaked }: { readonly leaked: readonly { readonly what: string }[] }): string {
  return leaked.map(({ what }) => what).join(', ') || 'nothing'
}

function lastLineOf(payload = '{"text":""}'): string {
  return JSON.parse(payload).text.split('\n').at(-1)
}
