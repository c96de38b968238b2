/** An object of an answer, whose fields are read with their types; names from outside touch no prototype. */
export class JsonFacts {
  readonly #fields: ReadonlyMap<string, unknown>
  readonly #at: string

  constructor(fields: ReadonlyMap<string, unknown>, at: string) {
    this.#fields = fields
    this.#at = at
  }

  has(name: string): boolean {
    return this.#fields.has(name)
  }

  isText(name: string): boolean {
    return typeof this.#fields.get(name) === 'string'
  }

  /** Nothing is false. @throws Error for anything but true or false */
  boolean(name: string): boolean {
    const value = this.#fields.get(name) ?? false
    return typeof value === 'boolean' ? value : this.#refuse(name, 'true or false')
  }

  /** @throws Error for anything but a text */
  text(name: string): string {
    return this.optionalText(name) ?? this.#refuse(name, 'a text')
  }

  /** @throws Error for anything but a text or nothing */
  optionalText(name: string): string | undefined {
    const value = this.#fields.get(name)
    return value === undefined || typeof value === 'string' ? value : this.#refuse(name, 'a text')
  }

  /** @throws Error for anything but a number or nothing */
  number(name: string): number | undefined {
    const value = this.#fields.get(name)
    return value === undefined || typeof value === 'number' ? value : this.#refuse(name, 'a number')
  }

  /** Whole numbers of 64 bits come as texts. @throws Error for anything else, but nothing is 0 */
  int64(name: string): bigint {
    const value = this.#fields.get(name)
    if (value === undefined) return 0n
    if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value)
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
    return this.#refuse(name, 'a whole number')
  }

  /** @throws Error for anything but an object */
  object(name: string): JsonFacts {
    return factsOf(this.#fields.get(name), this.#path(name))
  }

  /** Nothing is an empty list. @throws Error for anything but a list */
  list(name: string): readonly unknown[] {
    const value = this.#fields.get(name)
    if (value === undefined || value === null) return []
    return Array.isArray(value) ? value : this.#refuse(name, 'a list')
  }

  /** Nothing is no entry. @throws Error for anything but an object of texts */
  texts(name: string): Readonly<Record<string, string>> {
    const texts: Record<string, string> = Object.create(null)
    if (!this.#fields.has(name)) return texts
    const facts = this.object(name)
    for (const key of facts.#fields.keys()) texts[key] = facts.text(key)
    return texts
  }

  #refuse(name: string, expected: string): never {
    const value = this.#fields.get(name)
    const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value
    throw new Error(`expected ${expected} as ${this.#path(name)}, found ${found}`)
  }

  #path(name: string): string {
    return this.#at === '' ? name.slice(0, 40) : `${this.#at}.${name.slice(0, 40)}`
  }
}

/** Reads an object of an answer. @throws Error for anything else */
export function factsOf(value: unknown, at: string): JsonFacts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value
    throw new Error(`expected an object${at === '' ? '' : ` as ${at}`}, found ${found}`)
  }
  return new JsonFacts(new Map(Object.entries(value)), at)
}
