import type { PluginPolicy, PluginTerms } from '@ashlar/plugins'
import { paymentMethods, points } from '../../application/plugins/shop-api.ts'

/** Whom the shop knows, and what they get; without rights of their own, as everybody else. */
const known: ReadonlyMap<string, PluginTerms> = new Map([
  ['pay-by-points', { isolation: 'process', grants: [{ kind: 'service', id: points.id }] }],
])

/** Whoever else puts a plugin there: no grants, little memory, and no time to waste. */
const stranger: PluginTerms = {
  isolation: 'process',
  limits: { callTimeoutMs: 1_000, drainTimeoutMs: 500, stopTimeoutMs: 500, maxMemoryBytes: 64 * 2 ** 20 },
}

/** Strangers may add to messages, and never take money. */
export const shopPolicy: PluginPolicy = ({ id, contributes }) =>
  known.get(id) ?? (contributes.has(paymentMethods.id) ? undefined : stranger)
