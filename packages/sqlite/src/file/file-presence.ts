import { type BigIntStats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { SqliteFileGoneError } from '../sqlite-error.ts'

const checkEveryMs = 250

/** Remembers which file was opened: a path whose file was removed or replaced takes writes that nobody will find. */
export class FilePresence {
  readonly #path: string
  readonly #absolutePath: string
  readonly #opened: BigIntStats | undefined
  #checkedMs: number

  constructor(path: string) {
    this.#path = path
    this.#absolutePath = resolve(path)
    this.#opened = this.#look()
    this.#checkedMs = performance.now()
  }

  /**
   * Looks now and then whether the file is still there.
   *
   * @throws SqliteFileGoneError when it isn't
   */
  check(): void {
    const nowMs = performance.now()
    if (nowMs - this.#checkedMs < checkEveryMs) return
    this.require()
    this.#checkedMs = nowMs
  }

  /**
   * Looks now whether the file is still there.
   *
   * @throws SqliteFileGoneError when it isn't
   */
  require(): void {
    const found = this.#look()
    if (found?.ino !== this.#opened?.ino || found?.dev !== this.#opened?.dev)
      throw new SqliteFileGoneError(this.#path, found === undefined ? 'none' : 'another one')
  }

  #look(): BigIntStats | undefined {
    return statSync(this.#absolutePath, { bigint: true, throwIfNoEntry: false })
  }
}
