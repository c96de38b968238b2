import type { Notifications } from '../../application/fulfilment/notifications.ts'
import { messageLines } from '../../application/plugins/shop-api.ts'
import type { ShopPlugins } from './shop-plugins.ts'

/** Messages with the lines that plugins add; who fails to add one is left out, and the message goes all the same. */
export function withPluginLines(notifications: Notifications, { manager }: ShopPlugins): Notifications {
  return {
    async send(message, key, signal) {
      const { orderId, customerId, text } = message
      const asked = await manager.call(messageLines, { orderId, customerId }, { signal })
      const answers = asked.isOk() ? asked.value : []
      const lines = answers.flatMap(({ result }) => (result.isOk() ? [result.value] : []))
      return notifications.send({ ...message, text: [text, ...lines].join('\n') }, key, signal)
    },
  }
}
