import type { Json } from '@ashlar/kernel'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import type { Connection } from '../file/connection.ts'
import { frozenText } from '../file/frozen-text.ts'

/** Somebody else has saved the document meanwhile; `found` is 0 where there is none. */
export type FlagRevisionConflict = Failure<
  'FlagRevisionConflict',
  { readonly name: string; readonly expected: number; readonly found: number }
>

/** A document as it is kept. */
export type KeptDocument = { readonly revision: number; readonly text: string }

const find = 'select revision, document from flag_documents where name = ?'

const save = `insert into flag_documents (name, revision, document, saved_at) values (?, 1, ?, ?)
  on conflict (name) do update set
    revision = revision + 1,
    document = excluded.document,
    saved_at = excluded.saved_at
  returning revision`

export function findDocument(file: Connection, name: string): KeptDocument | undefined {
  const row = file.row(find, name) as readonly [number, string] | undefined
  return row && { revision: row[0], text: row[1] }
}

/** Saves the document where the one before is the expected one. */
export function saveDocument(
  file: Connection,
  name: string,
  { text, savedAt, expected }: { text: string; savedAt: string; expected: number | undefined },
): Result<{ readonly revision: number }, FlagRevisionConflict> {
  const found = findDocument(file, name)?.revision ?? 0
  if (expected !== undefined && expected !== found) {
    const message = `flag document "${name}" is at revision ${found}, expected ${expected}`
    return err(failure('FlagRevisionConflict', message, { name, expected, found }))
  }
  const [revision] = file.row(save, name, text, savedAt) as readonly [number]
  return ok({ revision })
}

/**
 * Reads a kept document; one that names no revision gets that of its row.
 *
 * @throws SqliteBrokenRowError when it can't be what was saved
 */
export function documentOf({ revision, text }: KeptDocument, name: string): Json {
  const document = frozenText(text, 'flag document', name)
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document
  if (Object.hasOwn(document, 'revision')) return document
  return Object.freeze({ ...document, revision: String(revision) })
}
