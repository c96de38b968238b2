import type { CallFailure, PluginManager, PluginRefusal } from '@ashlar/plugins'
import { messageLines } from '../../../application/plugins/shop-api.ts'
import type { Narrator } from '../narrator.ts'
import type { Stage } from '../stage.ts'

/** What is refused before any of its code runs. */
const refused = [
  ['evil-climber', 'its code lies outside of its folder', 'ManifestInvalid'],
  ['evil-tampered', 'its code was changed after it was built', 'IntegrityMismatch'],
  ['evil-greedy', 'it asks for points and the network', 'CapabilityDenied'],
  ['evil-cashier', 'nobody knows it, and it takes money', 'IsolationRefused'],
] as const

/** What runs, and is kept away from everything. */
const contained = [
  ['evil-spy', 'it looks for files and secrets', 'PluginCallThrew'],
  ['evil-loop', 'it never answers', 'PluginCallTimedOut'],
  ['evil-hog', 'it takes all the memory', 'PluginGone'],
] as const

const patienceMs = 10_000

/** Strangers who mean no good: each is refused or contained, and the shop goes on. */
export async function meetEvilPlugins(stage: Stage, narrator: Narrator): Promise<void> {
  const { pluginDesk: desk, till } = stage
  const { manager } = desk
  for (const name of ['evil-tampered', 'evil-greedy', 'evil-cashier', ...contained.map(([name]) => name)])
    await desk.put(name)
  await desk.tamper('evil-tampered')
  await desk.smuggle('evil-climber')
  const { refusals } = await desk.load()
  for (const [name, does, type] of refused)
    narrator.same(`${does}: refused`, refusalOf(refusals, name) ?? 'started', type)

  const asking = contained.map(([name]) => ask(manager, name))
  const customerId = stage.prop('customerId')
  const outcome = await till.outcome(
    await till.order(customerId, 'among-thieves', { sku: 'TEA-001', quantity: 1 }),
  )
  for (const [index, failure] of (await Promise.all(asking)).entries()) {
    const [, does, type] = contained[index] ?? []
    narrator.same(`${does}: contained`, failure?.type ?? 'answered', type ?? '')
  }
  narrator.same('an order that was placed meanwhile is', outcome.status, 'completed')
}

function refusalOf(refusals: readonly PluginRefusal[], name: string): string | undefined {
  return refusals.find(({ origin }) => origin.endsWith(`/${name}`))?.failure.type
}

/** What asking it comes to; the one that loops has the time that strangers have. */
async function ask(manager: PluginManager, plugin: string): Promise<CallFailure | undefined> {
  const timeoutMs = plugin === 'evil-loop' ? {} : { timeoutMs: patienceMs }
  const asked = await manager.call(messageLines, { orderId: 'o', customerId: 'c' }, { plugin, ...timeoutMs })
  if (asked.isErr()) return asked.error
  const [answer] = asked.value
  return answer?.result.isErr() ? answer.result.error : undefined
}
