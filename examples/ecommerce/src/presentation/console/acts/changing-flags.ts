import { type ContextOf, ExposureRecorder, FeatureFlagEvaluator, type FlagServe } from '@ashlar/feature-flags'
import type { Random } from '@ashlar/kernel'
import { type ShopFlags, shopFlags } from '../../../application/flags/shop-flags.ts'
import { tierNames } from '../../../domain/customers/tier.ts'
import { InMemoryExposures } from '../../../infrastructure/flags/in-memory-exposures.ts'
import type { Act } from '../act.ts'
import type { FlagDesk } from '../flag-desk.ts'
import type { Narrator } from '../narrator.ts'
import { seededIds } from '../seeded.ts'
import type { Stage } from '../stage.ts'

type Visitor = ContextOf<ShopFlags>

const crowdSize = 1_000
/** Far more than chance moves a share of a thousand. */
const leeway = 75

export const changingFlags: Act = {
  title: 'A thousand customers, and flags that change',
  async play(stage, narrator) {
    const crowd = crowdOf(stage.random)
    const desk = stage.flagDesk
    await splitCrowd(crowd, stage, desk, narrator)
    await letMoreIn(crowd, stage, desk, narrator)
    await switchCardsOff(stage, desk, narrator)
  },
}

/** Who gets express parcels, and whether anybody is told otherwise when asked again or elsewhere. */
async function splitCrowd(
  crowd: readonly Visitor[],
  { shop }: Stage,
  desk: FlagDesk,
  narrator: Narrator,
): Promise<void> {
  const sink = new InMemoryExposures()
  const recorder = new ExposureRecorder(shop.flags.evaluator, { sink, attributes: ['tier'] })
  const ask = (from: Pick<typeof recorder, 'value'>) =>
    crowd.map((visitor) => from.value('express-shipping', visitor))
  const told = ask(recorder)
  const express = told.filter((service) => service === 'express').length
  narrator.split('how their parcels would travel', [
    { name: 'standard', count: crowd.length - express },
    { name: 'express', count: express },
  ])

  const document = await desk.document()
  const percent = percentOf(document.flags['express-shipping']?.fallthrough, 'treatment')
  const isFair = Math.abs(express - (percent / 100) * crowd.length) <= leeway
  narrator.fact(`express, where the document says ${percent} %`, isFair, `${express} of ${crowd.length}`)
  const same = (again: readonly string[]) => again.filter((service, index) => service === told[index]).length
  narrator.same('asked once more, told the same', same(ask(recorder)), crowd.length)
  const second = new FeatureFlagEvaluator(shopFlags, { document })
  narrator.same('by a second evaluator of the document, the same', same(ask(second)), crowd.length)
  await recorder.close()
  narrator.same('exposures, though all were asked twice', sink.all.length, crowd.length)
}

/** A ramp: the best customers first, then a tenth of the others, then half of them. */
async function letMoreIn(
  crowd: readonly Visitor[],
  { shop }: Stage,
  desk: FlagDesk,
  narrator: Narrator,
): Promise<void> {
  const letIn = async (percentageRollout: number) => {
    await desk.edit({ 'early-access': { percentageRollout } })
    const inside = crowd.filter((visitor) => shop.flags.evaluator.enabled('early-access', visitor))
    narrator.split(`early access for ${percentageRollout} %, and for Gold and Platinum`, [
      { name: 'in', count: inside.length },
      { name: 'not yet', count: crowd.length - inside.length },
    ])
    return new Set(inside)
  }
  const [before, after] = [await letIn(10), await letIn(50)]
  const best = crowd.filter(({ tier }) => tier === 'Gold' || tier === 'Platinum')
  narrator.same('Gold and Platinum who wait', best.filter((visitor) => !before.has(visitor)).length, 0)
  const isGrown = after.size > before.size
  narrator.fact('half of the others instead of a tenth', isGrown, `${before.size} → ${after.size}`)
  const lost = [...before].filter((visitor) => !after.has(visitor)).length
  narrator.same('had early access, and lost it', lost, 0)
}

/** A kill switch, turned while an order is on its way; the test of express parcels is turned round with it. */
async function switchCardsOff(
  { till, shop, prop }: Stage,
  desk: FlagDesk,
  narrator: Narrator,
): Promise<void> {
  const customerId = prop('customerId')
  const tea = { sku: 'TEA-001', quantity: 1 }
  const orderId = await till.order(customerId, 'on-its-way', tea)
  const { shipping } = await till.orderOf(orderId)
  const { fallthrough } = (await desk.document()).flags['express-shipping'] ?? {}
  const other = shipping === 'express' ? 'control' : 'treatment'
  await desk.edit({ 'pay-by-card': { enabled: false }, 'express-shipping': { fallthrough: other } })

  const checkout = {
    customerId,
    cartId: await till.fillCart(customerId, tea),
    idempotencyKey: 'by-card',
  }
  narrator.refusal(
    'a checkout, while cards are switched off',
    await till.tryToPlace(checkout),
    'PaymentMethodUnavailable',
    'come back later; the cart stays as it is',
  )
  narrator.same('the order that was placed before is', (await till.outcome(orderId)).status, 'completed')
  const parcel = shop.ledger.effects('shipping', 'create').at(-1)
  narrator.same('its parcel travels as promised', JSON.parse(parcel?.payload ?? '{}').service, shipping)

  await desk.edit({ 'pay-by-card': { enabled: true }, 'express-shipping': { fallthrough } })
  const accepted = await till.outcome(await till.place(checkout))
  narrator.same('switched on again, the same checkout is', accepted.status, 'completed')
}

/** Few are of a high tier. */
function crowdOf(random: Random): readonly Visitor[] {
  const ids = seededIds(random)
  return Array.from({ length: crowdSize }, () => ({
    targetingKey: ids.next(),
    tier: tierNames[Math.floor(random.next() ** 3 * tierNames.length)],
  }))
}

function percentOf(serve: FlagServe | undefined, variant: string): number {
  if (serve === undefined || !('split' in serve)) return 0
  const weights = new Map(Object.entries(serve.split))
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0)
  return Math.round(((weights.get(variant) ?? 0) / sum) * 100)
}
