import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'

/** Tells what happens in a folder, for as long as the folder is the same one. */
export class WatchedFolder {
  readonly #path: string
  readonly #tell: (name: string | undefined) => void
  #watcher: FSWatcher | undefined
  #opened: string | undefined

  constructor(path: string, tell: (name: string | undefined) => void) {
    this.#path = path
    this.#tell = tell
  }

  /** Begins to watch, or begins again where the folder is another one; one that is missing is tried again later. */
  async open(): Promise<void> {
    const found = await identity(this.#path)
    if (found === this.#opened && this.#watcher !== undefined) return
    this.close()
    this.#opened = found
    try {
      this.#watcher = watch(this.#path, { persistent: false }, (_, name) => this.#tell(name ?? undefined))
      this.#watcher.on('error', () => this.close())
    } catch {}
  }

  close(): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }
}

/** With its time of birth, as a new folder may get the number of one that was removed. */
async function identity(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found && `${found.dev} ${found.ino} ${found.birthtimeNs}`
}
