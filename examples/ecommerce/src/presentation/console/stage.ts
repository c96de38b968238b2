import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { IdGenerator, Random } from '@ashlar/kernel'
import { openShop, type Shop, type ShopOptions, type StoreKind } from '../../composition.ts'
import type { CartId } from '../../domain/carts/shopping-cart.ts'
import type { CustomerId } from '../../domain/customers/customer.ts'
import type { OrderId } from '../../domain/orders/order.ts'
import { shippedFlags } from '../../infrastructure/flags/flag-file.ts'
import { type Cast, castOf } from './cast.ts'
import { FlagDesk } from './flag-desk.ts'
import { PluginDesk } from './plugin-desk.ts'
import { seededIds, seededRandom } from './seeded.ts'
import { Till } from './till.ts'

export type StageOptions = { readonly store: StoreKind; readonly seed: number; readonly directory: string }

/** What one act leaves to the next. */
type Props = { customerId?: CustomerId; cartId?: CartId; orderId?: OrderId }

/** Where the story happens: the main shop with its worker, and whatever shops an act opens beside it. */
export class Stage {
  readonly random: Random
  readonly cast: Cast
  readonly props: Props = {}
  /** What an earlier act has left here. */
  readonly prop: <Name extends keyof Props>(name: Name) => NonNullable<Props[Name]> = (name) => {
    const found = this.props[name]
    if (found === undefined) throw new TypeError(`no act before this one has left its "${name}"`)
    return found
  }
  readonly #options: StageOptions
  readonly #ids: IdGenerator
  readonly #shops: Shop[] = []
  readonly #stop = new AbortController()
  #till: Till | undefined
  #working: Promise<void> | undefined

  private constructor(options: StageOptions) {
    this.#options = options
    this.random = seededRandom(options.seed)
    this.#ids = seededIds(seededRandom(~options.seed))
    this.cast = castOf(this.random)
  }

  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage(options)
    await mkdir(stage.#pluginFolder, { recursive: true, mode: 0o755 })
    const main = await stage.openShop('main', options.store, { pluginFolder: stage.#pluginFolder })
    stage.#till = main
    stage.#working = main.shop.orchestrator.run({ signal: stage.#stop.signal })
    return stage
  }

  get store(): StoreKind {
    return this.#options.store
  }

  get till(): Till {
    if (this.#till === undefined) throw new TypeError('the main shop is not open')
    return this.#till
  }

  get shop(): Shop {
    return this.till.shop
  }

  /** Where the main shop's flags are edited. */
  get flagDesk(): FlagDesk {
    return new FlagDesk(this.shop, this.#flagFileOf('main'))
  }

  /** Where plugins are put into the main shop. */
  get pluginDesk(): PluginDesk {
    return new PluginDesk(this.shop, this.#pluginFolder)
  }

  /** All shops of the story. */
  get shops(): readonly Shop[] {
    return this.#shops
  }

  /** Where the files of a shop lie. */
  directoryOf(name: string): string {
    return join(this.#options.directory, name)
  }

  /** Opens a shop in a folder of its own, with its own copy of the flags, and without a worker. */
  async openShop(
    name: string,
    store: StoreKind,
    options: Pick<ShopOptions, 'pluginFolder' | 'services'> = {},
  ): Promise<Till> {
    const directory = this.directoryOf(name)
    await mkdir(directory, { recursive: true })
    const flagFile = this.#flagFileOf(name)
    await copyFile(shippedFlags, flagFile)
    const shop = await openShop({ store, directory, flagFile, ids: this.#ids, ...options })
    this.#shops.push(shop)
    return new Till(shop, this.#ids)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#working
    for (const shop of this.#shops) await shop.close()
  }

  get #pluginFolder(): string {
    return join(this.directoryOf('main'), 'plugins')
  }

  #flagFileOf(name: string): string {
    return join(this.directoryOf(name), 'flags.json')
  }
}
