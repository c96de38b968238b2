import { fileURLToPath } from 'node:url'
import type { FlagSource } from '@ashlar/feature-flags'
import { parseFlagDocument } from '@ashlar/feature-flags/document'
import { LiveFlags, type ReloadFailure } from '@ashlar/feature-flags/live'
import { fileSource } from '@ashlar/feature-flags/sources/file'
import type { Clock, Logger } from '@ashlar/kernel'
import { type ShopFlags, shopFlags } from '../../application/flags/shop-flags.ts'

export type FlagFileOptions = {
  /** The document to follow; the one that comes with the shop unless told. */
  readonly file?: string | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** The document that comes with the shop. */
export const shippedFlags: string = fileURLToPath(new URL('../../../flags.json', import.meta.url))

/**
 * Tells flags by a document in a file, and follows its edits.
 *
 * While the file is missing or can't be read, the document that comes with the shop stands in. One that is wrong stops the
 * start; later it leaves the last good one in force.
 */
export async function openFlags({
  file = shippedFlags,
  clock,
  logger,
}: FlagFileOptions): Promise<LiveFlags<ShopFlags>> {
  const bootstrap = await documentOf(fileSource(shippedFlags))
  const checked = parseFlagDocument(bootstrap, { flags: shopFlags })
  if (checked.isErr()) throw new FlagDocumentError(shippedFlags, checked.error)
  const opened = await LiveFlags.open(shopFlags, { source: fileSource(file), bootstrap, clock, logger })
  if (opened.isErr()) throw new FlagDocumentError(shippedFlags, opened.error)
  const { lastFailure } = opened.value
  if (lastFailure === undefined || lastFailure.type === 'FlagSourceUnavailable') return opened.value
  await opened.value.close()
  throw new FlagDocumentError(file, lastFailure)
}

async function documentOf(source: FlagSource): Promise<unknown> {
  const loaded = await source.load()
  return loaded === 'unchanged' ? undefined : loaded.document
}

/** A flag document can't be used; tells all that was found in it. */
class FlagDocumentError extends Error {
  override readonly name = 'FlagDocumentError'
  readonly code = 'SHOP_FLAG_DOCUMENT'

  constructor(path: string, failure: ReloadFailure) {
    super(`"${path}" must be a flag document of the shop (SHOP_FLAG_DOCUMENT): ${problemOf(failure)}`, {
      cause: failure,
    })
  }
}

function problemOf(failure: ReloadFailure): string {
  if (failure.type !== 'InvalidFlagDocument') return failure.message
  const lines = failure.findings.map(
    ({ path, expected, found }) => `  ${path || 'the document'}: expected ${expected}, found ${found}`,
  )
  const more = failure.more > 0 ? [`  and ${failure.more} more`] : []
  return ['it has findings', ...lines, ...more].join('\n')
}
