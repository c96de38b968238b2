import { appendFile, cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PluginManager } from '@ashlar/plugins'
import { buildPlugin } from '@ashlar/plugins/build'
import { FailureError, orThrow } from '@ashlar/result'
import type { Shop } from '../../composition.ts'

const sources = fileURLToPath(new URL('../../../plugins/', import.meta.url))
/** The shop runs from its sources, and so are its plugins built. */
const conditions = ['@ashlar/source']

/** Where plugins are put into the folder of a shop, while the shop is open. */
export class PluginDesk {
  readonly #shop: Shop
  readonly #folder: string

  constructor(shop: Shop, folder: string) {
    this.#shop = shop
    this.#folder = folder
  }

  get manager(): PluginManager {
    const { plugins } = this.#shop
    if (plugins === undefined) throw new TypeError('the shop was opened without a folder of plugins')
    return plugins.manager
  }

  /** Builds a plugin of `plugins/` into the shop's folder; in the place of an earlier one where that is said. */
  async put(name: string, place = name): Promise<void> {
    const outFolder = join(this.#folder, place)
    const built = await buildPlugin({ folder: join(sources, name), outFolder, conditions })
    if (built.isErr()) throw new FailureError(built.error)
  }

  /** Puts it there unbuilt, as somebody might who goes round the builder. */
  async smuggle(name: string): Promise<void> {
    await mkdir(join(this.#folder, name), { mode: 0o755 })
    await cp(join(sources, name), join(this.#folder, name), { recursive: true })
  }

  /** Adds a line to a plugin's code after it was built. */
  tamper(name: string): Promise<void> {
    return appendFile(join(this.#folder, name, 'plugin.cjs'), 'globalThis.tampered = true\n')
  }

  /** Starts what is new in the folder. */
  async load() {
    return (await orThrow(this.manager.loadPlugins())).value
  }
}
