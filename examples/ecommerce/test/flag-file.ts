import { readFile, rename, writeFile } from 'node:fs/promises'
import type { LiveFlagsEvent } from '@ashlar/feature-flags/live'
import type { Shop } from '../src/composition.ts'
import { shippedFlags } from '../src/infrastructure/flags/flag-file.ts'

/** What a test writes over the fields of flags; undefined takes a flag away. */
export type FlagEdit = { readonly [flag: string]: object | undefined }

export const cardsOff: FlagEdit = { 'pay-by-card': { enabled: false } }
export const allExpress: FlagEdit = { 'express-shipping': { fallthrough: { split: { treatment: 1 } } } }
export const allStandard: FlagEdit = { 'express-shipping': { fallthrough: { split: { control: 1 } } } }

/** Puts the document that comes with the shop, edited, in the place of a file, at once. */
export async function writeFlags(path: string, edit: FlagEdit = {}): Promise<void> {
  const document = JSON.parse(await readFile(shippedFlags, 'utf8'))
  const edited = Object.entries(edit).map(([key, fields]) => [
    key,
    fields && { ...document.flags[key], ...fields },
  ])
  const text = JSON.stringify({ ...document, flags: { ...document.flags, ...Object.fromEntries(edited) } })
  await replaceFile(path, text)
}

export async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

/** Changes something, and waits until the shop has seen it by itself. */
export async function seen(shop: Shop, change: () => Promise<void>): Promise<LiveFlagsEvent['type']> {
  const event = Promise.withResolvers<LiveFlagsEvent>()
  const callOff = shop.flags.onChange(event.resolve)
  await change()
  const { type } = await event.promise
  callOff()
  return type
}
