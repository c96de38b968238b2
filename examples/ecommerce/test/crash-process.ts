/**
 * Places an order on the files of a folder and works until it is fulfilled or undone; or dies at the point that it is given.
 * Whoever it is that comes after a death sends the same order again, as a customer does who got no answer.
 */
import type { Checkout } from '../src/presentation/console/till.ts'
import { type CrashPoint, Fate } from './crash-point.ts'
import { withShop } from './crash-scenarios.ts'

export type CrashTask = {
  readonly directory: string
  readonly checkout: Checkout
  readonly point?: CrashPoint
  readonly flagFile?: string
  readonly pluginFolder?: string
}

const { directory, checkout, point, ...options }: CrashTask = JSON.parse(process.argv[2] ?? '{}')
const fate = new Fate(point)

const report = await withShop(directory, { ...fate.over(), ...options }, async (till) => {
  fate.overLedger(till.shop.ledger)
  const orderId = await till.place(checkout)
  const stop = new AbortController()
  const running = till.shop.orchestrator.run({ signal: stop.signal })
  const { status } = await till.outcome(orderId)
  stop.abort()
  await running
  return { orderId, status, counts: fate.counts }
})
console.log(JSON.stringify(report))
