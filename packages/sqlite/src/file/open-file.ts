import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  named,
  SqliteForeignFileError,
  SqliteMemoryPathError,
  SqliteOpenError,
  SqliteReadOnlyError,
  SqliteSchemaTooNewError,
} from '../sqlite-error.ts'
import { Connection } from './connection.ts'
import { applicationId, migrate, namesAfter, schemaVersion } from './migrations.ts'
import { type Patience, patiently } from './patience.ts'

/** How to open a file. */
export interface OpenFileOptions extends Patience {
  /** When a commit is safe. */
  readonly synchronous: 'full' | 'normal'
}

/** The two connections to a file: one that writes, one that reads what was committed. */
export interface OpenFile {
  readonly writer: Connection
  readonly reader: Connection
}

/** A reader is only ever blocked for moments, when another process opens or closes the file. */
const readerBusyTimeoutMs = 20

/** What is kept of a log that one large transaction has made grow. */
const maxIdleLogBytes = 16 * 1024 * 1024

/**
 * Opens a file with the newest schema, and leaves a file alone that isn't ours.
 *
 * @throws the errors of `sqlite-error.ts`; nothing stays open then
 */
export async function openFile({ synchronous, ...patience }: OpenFileOptions): Promise<OpenFile> {
  const { path } = patience
  await checkPath(path)
  const opened: Connection[] = []
  try {
    const writer = connect(path, { readOnly: false, timeout: 0 })
    opened.push(writer)
    const version = await patiently(() => writer.snapshot(() => refuseForeign(path, writer)), patience)
    await patiently(() => turnLogOn(path, writer), patience)
    writer.row(`pragma synchronous = ${synchronous}`)
    writer.row(`pragma journal_size_limit = ${maxIdleLogBytes}`)
    if (version < schemaVersion) {
      await patiently(() => writer.begin(), patience)
      migrate(writer)
      writer.commit()
    }
    const reader = connect(path, { readOnly: true, timeout: readerBusyTimeoutMs })
    opened.push(reader)
    return { writer, reader }
  } catch (error) {
    for (const connection of opened) connection.close()
    throw named(path, error)
  }
}

function connect(
  path: string,
  options: { readonly readOnly: boolean; readonly timeout: number },
): Connection {
  return new Connection(new DatabaseSync(path, options))
}

async function checkPath(path: string): Promise<void> {
  if (path === '' || path === ':memory:' || path.startsWith('file:')) throw new SqliteMemoryPathError(path)
  const folder = dirname(resolve(path))
  const file = await stat(path).catch(() => undefined)
  if (file?.isDirectory() === true) throw new SqliteOpenError(path, 'it is a folder')
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new SqliteOpenError(path, `folder "${folder}" is missing`)
  for (const needed of file === undefined ? [folder] : [path, folder])
    await access(needed, constants.W_OK).catch((error: unknown) => {
      throw new SqliteReadOnlyError(path, error)
    })
}

/** Returns the schema version that the file has. */
function refuseForeign(path: string, file: Connection): number {
  const owner = file.row('pragma application_id')?.[0] as number
  const version = file.row('pragma user_version')?.[0] as number
  if (owner !== applicationId && (owner !== 0 || version !== 0))
    throw new SqliteForeignFileError(path, `application_id ${owner} and user_version ${version}`)
  const taken = takenName(file, namesAfter(version))
  if (taken !== undefined) throw new SqliteForeignFileError(path, `a "${taken}" that isn't Ashlar's`)
  if (version > schemaVersion) throw new SqliteSchemaTooNewError(path, schemaVersion, version)
  return version
}

/** A name that is still to be given by the schema, and that something of the application has. */
function takenName(file: Connection, needed: readonly string[]): string | undefined {
  const names = needed.map(() => '?').join(', ')
  const sql = `select name from sqlite_master where lower(name) in (${names}) order by name`
  return file.row(sql, ...needed)?.[0] as string | undefined
}

function turnLogOn(path: string, file: Connection): void {
  const mode = file.row('pragma journal_mode = wal')?.[0]
  if (mode !== 'wal') throw new SqliteOpenError(path, `journal mode must be wal, found ${mode}`)
}
