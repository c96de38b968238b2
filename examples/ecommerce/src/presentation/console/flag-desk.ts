import { readFile, rename, writeFile } from 'node:fs/promises'
import type { FlagDocument } from '@ashlar/feature-flags'
import { parseFlagDocument } from '@ashlar/feature-flags/document'
import { FailureError } from '@ashlar/result'
import { shopFlags } from '../../application/flags/shop-flags.ts'
import type { Shop } from '../../composition.ts'

/** What is written over the fields of a flag. */
type Edit = { readonly [flag: string]: { readonly [field: string]: unknown } }

/** Where the flag document of a shop is looked at and edited, while the shop is open. */
export class FlagDesk {
  readonly #shop: Shop
  readonly #path: string

  constructor(shop: Shop, path: string) {
    this.#shop = shop
    this.#path = path
  }

  /** What lies in the file, as anybody else would read it. */
  async document(): Promise<FlagDocument> {
    const parsed = parseFlagDocument(await this.#read(), { flags: shopFlags })
    if (parsed.isErr()) throw new FailureError(parsed.error)
    return parsed.value
  }

  /** Replaces the file, and waits until the shop is told by it. */
  async edit(edit: Edit): Promise<void> {
    const document = await this.#read()
    const edited = Object.entries(edit).map(([key, fields]) => [key, { ...document.flags[key], ...fields }])
    const text = JSON.stringify({ ...document, flags: { ...document.flags, ...Object.fromEntries(edited) } })
    await writeFile(`${this.#path}.new`, text)
    await rename(`${this.#path}.new`, this.#path)
    const reloaded = await this.#shop.flags.reload()
    if (reloaded.isErr()) throw new FailureError(reloaded.error)
  }

  async #read(): Promise<{ readonly flags: { readonly [flag: string]: object } }> {
    return JSON.parse(await readFile(this.#path, 'utf8'))
  }
}
