import type { Act } from './act.ts'
import { cart } from './acts/cart.ts'
import { changingFlags } from './acts/changing-flags.ts'
import { checkout } from './acts/checkout.ts'
import { customerList } from './acts/customer-list.ts'
import { declinedCard } from './acts/declined-card.ts'
import { killedWorker } from './acts/killed-worker.ts'
import { lastUnit } from './acts/last-unit.ts'
import { pointsPlugin } from './acts/points-plugin.ts'
import { registration } from './acts/registration.ts'
import { sagaSteps } from './acts/saga-steps.ts'
import { services } from './acts/services.ts'
import { silverTier } from './acts/silver-tier.ts'
import { type Line, Narrator } from './narrator.ts'
import type { Stage } from './stage.ts'

export type PlayedAct = { readonly number: number; readonly title: string; readonly lines: readonly Line[] }

const acts: readonly Act[] = [
  registration,
  cart,
  checkout,
  sagaSteps,
  lastUnit,
  declinedCard,
  killedWorker,
  silverTier,
  customerList,
  changingFlags,
  pointsPlugin,
]

/**
 * Plays the acts in their order, each told when it is over.
 *
 * @param isDistributed - whether there is one more, with parts of the shop in processes of their own
 */
export async function* playStory(stage: Stage, isDistributed: boolean): AsyncGenerator<PlayedAct> {
  for (const [index, act] of (isDistributed ? [...acts, services] : acts).entries()) {
    const narrator = new Narrator()
    await act.play(stage, narrator)
    yield { number: index + 1, title: act.title, lines: narrator.lines }
  }
}
