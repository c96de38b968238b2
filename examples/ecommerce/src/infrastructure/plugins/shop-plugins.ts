import { join } from 'node:path'
import type { Clock, Logger } from '@ashlar/kernel'
import { directorySource, PluginLoader, PluginManager, type PluginPolicy } from '@ashlar/plugins'
import { orThrow } from '@ashlar/result'
import type { PaymentMethods } from '../../application/orders/payment-method.ts'
import { messageLines, paymentMethods, shopApi } from '../../application/plugins/shop-api.ts'
import { card, type PaymentMethod } from '../../domain/orders/payment-method.ts'
import { PointsLedger } from './points-ledger.ts'
import { pointsService } from './points-service.ts'
import { shopPolicy } from './shop-policy.ts'

/** The shop's version, as plugins see it. */
const engine = '1.0.0'

type ShopPluginsOptions = {
  /** Where plugins lie, each in a folder of its own. */
  readonly folder: string
  /** Where the points' file lies. */
  readonly directory: string
  readonly clock: Clock
  readonly logger: Logger
  readonly policy?: PluginPolicy | undefined
}

/** The plugins of a shop, and the points that one of them needs. */
export class ShopPlugins implements PaymentMethods {
  readonly manager: PluginManager
  readonly points: PointsLedger

  private constructor({ folder, directory, clock, logger, policy = shopPolicy }: ShopPluginsOptions) {
    this.points = new PointsLedger(join(directory, 'points.db'))
    this.manager = new PluginManager({
      loader: new PluginLoader({ sources: [directorySource(folder)] }),
      engine,
      apis: [shopApi],
      points: [paymentMethods, messageLines],
      services: [pointsService(this.points)],
      policy,
      clock,
      logger,
    })
  }

  /** Starts what lies in the folder; what can't start is told to the log, and stops nobody else. */
  static async open(options: ShopPluginsOptions): Promise<ShopPlugins> {
    const plugins = new ShopPlugins(options)
    try {
      const { refusals, problems } = (await orThrow(plugins.manager.loadPlugins())).value
      for (const failure of [...refusals.map((refusal) => refusal.failure), ...problems])
        options.logger.warn({ failure }, 'a plugin was not started')
      return plugins
    } catch (error) {
      await plugins.close()
      throw error
    }
  }

  offers(method: PaymentMethod): boolean {
    return this.pluginFor(method) !== undefined
  }

  /** Which active plugin a method is charged by; of several the one that was started first. */
  pluginFor(method: PaymentMethod): string | undefined {
    if (method === card) return undefined
    const active = this.manager.getAllPlugins().filter(({ state }) => state === 'active')
    return active.find(({ manifest }) => methodOf(manifest.contributes.get(paymentMethods.id)) === method)?.id
  }

  async close(): Promise<void> {
    await this.manager.dispose()
    this.points.close()
  }
}

function methodOf(contribution: unknown): unknown {
  return typeof contribution === 'object' && contribution !== null && 'method' in contribution
    ? contribution.method
    : undefined
}
