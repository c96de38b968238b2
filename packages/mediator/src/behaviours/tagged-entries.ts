import type { Json } from '@ashlar/kernel'

/** Something that is kept under a key until it is too old, too long unused, or one of its tags is invalidated. */
export interface TaggedEntry {
  readonly value: Json
  readonly tags: readonly string[]
  readonly storedAt: number
  readonly maxAgeMs: number
}

/** Of so many tags it is remembered when they were last invalidated. */
const rememberedTags = 10_000

/** Entries with tags; bounded, and safe against answers that were on their way while their tags were invalidated. */
export class TaggedEntries {
  readonly #maxEntries: number
  /** The one that was not used for the longest time comes first. */
  readonly #entries = new Map<string, TaggedEntry>()
  readonly #keysOfTag = new Map<string, Set<string>>()
  /** Which invalidation was a tag's last one; the one that is longest ago comes first. */
  readonly #lastInvalidation = new Map<string, number>()
  #invalidations = 0
  /** Of invalidations up to this one it is not known any more which tags they concerned. */
  #forgotten = 0

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  /** How many invalidations there were; to be asked for before the work that finds a value. */
  get invalidations(): number {
    return this.#invalidations
  }

  find(key: string, now: number): TaggedEntry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    const age = now - entry.storedAt
    this.#remove(key, entry)
    if (age < 0 || age >= entry.maxAgeMs) return undefined
    this.#add(key, entry)
    return entry
  }

  /** Keeps an entry, unless one of its tags was invalidated since `invalidations` was asked for. */
  keep(key: string, entry: TaggedEntry, invalidations: number): void {
    if (this.#forgotten > invalidations) return
    if (entry.tags.some((tag) => (this.#lastInvalidation.get(tag) ?? 0) > invalidations)) return
    const replaced = this.#entries.get(key)
    if (replaced !== undefined) this.#remove(key, replaced)
    this.#add(key, entry)
    if (this.#entries.size > this.#maxEntries)
      for (const [oldest, old] of this.#entries) return this.#remove(oldest, old)
  }

  invalidate(tags: readonly string[]): void {
    this.#invalidations++
    for (const tag of tags) {
      this.#remember(tag)
      for (const key of this.#keysOfTag.get(tag) ?? []) this.#remove(key, this.#entries.get(key))
    }
  }

  clear(): void {
    this.#forgotten = ++this.#invalidations
    this.#lastInvalidation.clear()
    this.#entries.clear()
    this.#keysOfTag.clear()
  }

  #remember(tag: string): void {
    this.#lastInvalidation.delete(tag)
    this.#lastInvalidation.set(tag, this.#invalidations)
    if (this.#lastInvalidation.size <= rememberedTags) return
    for (const [oldest, invalidation] of this.#lastInvalidation) {
      this.#lastInvalidation.delete(oldest)
      this.#forgotten = invalidation
      return
    }
  }

  #add(key: string, entry: TaggedEntry): void {
    this.#entries.set(key, entry)
    for (const tag of entry.tags) {
      const keys = this.#keysOfTag.get(tag)
      if (keys === undefined) this.#keysOfTag.set(tag, new Set([key]))
      else keys.add(key)
    }
  }

  #remove(key: string, entry: TaggedEntry | undefined): void {
    this.#entries.delete(key)
    for (const tag of entry?.tags ?? []) {
      const keys = this.#keysOfTag.get(tag)
      if (keys?.delete(key) && keys.size === 0) this.#keysOfTag.delete(tag)
    }
  }
}
