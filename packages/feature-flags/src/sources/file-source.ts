import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pause, systemTimer, type Timer, Wakeup } from '@ashlar/kernel'
import type { FlagSource, FlagSourceOptions, LoadedFlags } from './flag-source.ts'
import { FlagSourceError } from './flag-source-error.ts'
import { requireCount } from './invalid-option-error.ts'
import { reasonOf } from './reason-of.ts'
import { WatchedFolder } from './watched-folder.ts'

/** Options of {@link fileSource}. */
export interface FileSourceOptions {
  /** How large the file may be; 10 MiB unless told. */
  readonly maxBytes?: number
  /** How often `watch` looks by itself, for file systems that tell nothing; 5 000 ms unless told. */
  readonly pollMs?: number
  /** Waits; the machine's timer unless told. */
  readonly timer?: Timer
}

/**
 * Makes a source of a JSON file.
 *
 * `watch` looks at the file's folder, so that it sees a file that is replaced by renaming another one, as editors and
 * deployments do, and one that comes back after it was deleted. Watching keeps no process alive.
 *
 * @param path - of the file; it need not be there yet
 * @param options - limits and times
 * @returns the source
 * @throws {@link InvalidFlagOptionError} for limits that can't be
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { fileSource } from '@ashlar/feature-flags/sources/file'
 *
 * const path = join(await mkdtemp(join(tmpdir(), 'flags-')), 'flags.json')
 * await writeFile(path, '{"version":1,"flags":{}}')
 * const source = fileSource(path)
 * console.log(await source.load()) // { document: { version: 1, flags: {} } }
 * console.log(await source.load()) // unchanged
 * ```
 */
export function fileSource(path: string | URL, options: FileSourceOptions = {}): FlagSource {
  return new FileFlagSource(typeof path === 'string' ? path : fileURLToPath(path), options)
}

const mostReads = 10

class FileFlagSource implements FlagSource {
  readonly name: string
  readonly #path: string
  readonly #options: Required<FileSourceOptions>
  #answered: string | undefined
  #hasFailed = false

  constructor(path: string, { maxBytes, pollMs, timer = systemTimer }: FileSourceOptions) {
    this.name = `file ${path}`
    this.#path = resolve(path)
    this.#options = {
      maxBytes: requireCount('maxBytes', maxBytes ?? 10 * 1024 * 1024),
      pollMs: requireCount('pollMs', pollMs ?? 5_000),
      timer,
    }
  }

  async load({ signal }: FlagSourceOptions = {}): Promise<LoadedFlags> {
    signal?.throwIfAborted()
    try {
      const text = await this.#readWhole(signal)
      const isKnown = text === this.#answered
      const document = isKnown ? undefined : this.#parse(text)
      signal?.throwIfAborted()
      this.#answered = text
      this.#hasFailed = false
      return isKnown ? 'unchanged' : { document }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      this.#hasFailed = true
      throw error instanceof FlagSourceError ? error : new FlagSourceError(this.name, reasonOf(error), error)
    }
  }

  async *watch({ signal }: { readonly signal: AbortSignal }): AsyncGenerator<void, void, undefined> {
    const wakeup = new Wakeup()
    const stop = new AbortController()
    const looking = this.#look(wakeup, stop.signal)
    try {
      yield* wakeup.waits({ signal })
    } finally {
      stop.abort()
      await looking
    }
  }

  /** Reads until it finds the same twice, as half of a file that is being written may be the old and half the new one. */
  async #readWhole(signal: AbortSignal | undefined): Promise<string> {
    let text = await this.#read(signal)
    for (let reads = 1; reads < mostReads && text !== this.#answered; reads++) {
      const before = text
      text = await this.#read(signal)
      if (text === before) return text
    }
    if (text === this.#answered) return text
    throw this.#refusal('it is being written')
  }

  /** Reads no more than is allowed, even of a file that grows meanwhile. */
  async #read(signal: AbortSignal | undefined): Promise<string> {
    const { maxBytes } = this.#options
    if (!(await stat(this.#path)).isFile()) throw this.#refusal('expected a file, found something else')
    const stream = createReadStream(this.#path, { end: maxBytes, ...(signal && { signal }) })
    const parts: Buffer[] = []
    for await (const part of stream) parts.push(part as Buffer)
    const bytes = Buffer.concat(parts)
    if (bytes.length > maxBytes) throw this.#refusal(`expected ${maxBytes} bytes at most, found more`)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch (error) {
      const found = text.trim() === '' ? 'an empty file' : `${text.length} characters`
      throw this.#refusal(`expected a JSON document, found ${found}: ${reasonOf(error)}`, error)
    }
  }

  #refusal(reason: string, cause?: unknown): FlagSourceError {
    return new FlagSourceError(this.name, reason, cause)
  }

  /** Wakes for what the folder tells, and now and then looks whether it has told everything. */
  async #look(wakeup: Wakeup, signal: AbortSignal): Promise<void> {
    const folder = new WatchedFolder(dirname(this.#path), (name) => {
      if (name === undefined || name === basename(this.#path)) wakeup.wake()
      else void check()
    })
    let seen: string | undefined
    const check = async () => {
      const found = await fingerprint(this.#path)
      if (seen !== found || this.#hasFailed) wakeup.wake()
      seen = found
    }
    while (!signal.aborted) {
      await folder.open()
      await check()
      await pause(this.#options.pollMs, this.#options.timer, signal).catch(() => {})
    }
    folder.close()
  }
}

/** What changes when a file does, where its time is exact enough. */
async function fingerprint(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found && `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs}`
}
