/** What is wrong with one part of an input; never with more than the start of a long value. */
export type InputProblem = {
  /** Where it stands, such as `orderBy[0].field`; empty for the input itself. */
  readonly path: string
  /** What could have stood there. */
  readonly expected: string
  /** What stood there. */
  readonly found: string
}

const mostProblems = 100

/** Looks at what came from outside, and keeps what is wrong with it, up to 100 problems. */
export class InputProblems {
  readonly #problems: InputProblem[] = []

  /** What was found so far. */
  get all(): readonly InputProblem[] {
    return this.#problems
  }

  /** Notes one; `found` is shown as a value unless it is said in words. */
  add(path: string, expected: string, found: unknown): undefined {
    this.say(path, expected, show(found))
  }

  /** Notes one whose `found` is no value but words. */
  say(path: string, expected: string, found: string): undefined {
    if (this.#problems.length < mostProblems) this.#problems.push({ path, expected, found })
  }

  /** Getters and proxies of strangers may throw whatever they like; that is their input's fault, not ours. */
  look<Value>(path: string, read: () => Value): Value | 'unreadable' {
    try {
      return read()
    } catch {
      this.say(path, 'a value that can be read', 'one that throws')
      return 'unreadable'
    }
  }

  /** The own properties of an object that has none but the known ones; undefined when it is no such object. */
  properties<Name extends string>(
    path: string,
    value: unknown,
    known: readonly Name[],
  ): Partial<Record<Name, unknown>> | undefined {
    const expected = `an object of ${known.join(', ')}`
    const entries = this.look(path, () => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
      return Object.keys(value).map((key) => [key, (value as Record<string, unknown>)[key]] as const)
    })
    if (entries === 'unreadable') return undefined
    if (entries === undefined) return this.add(path, expected, value)
    const stranger = entries.find(([key]) => !known.includes(key as Name))
    if (stranger !== undefined) return this.say(path, expected, `the property ${show(stranger[0])}`)
    return Object.fromEntries(entries) as Partial<Record<Name, unknown>>
  }

  /** The items of a list that has at most `most`; undefined when it is no such list. */
  items(path: string, value: unknown, most: number): readonly unknown[] | undefined {
    const items = this.look(path, () => {
      if (!Array.isArray(value)) return undefined
      const { length } = value
      return length > most ? length : Array.from({ length }, (_, index): unknown => value[index])
    })
    if (items === 'unreadable') return undefined
    if (items === undefined) return this.add(path, 'a list', value)
    if (typeof items === 'number') return this.say(path, `at most ${most} entries`, `${items} entries`)
    return items
  }
}

/** Short, and only the start of a long text: failures end up in logs. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `"${shorten(value, 60)}"`
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? String(value) : 'a bigint beyond 64 bits'
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'object':
      return value === null ? 'null' : 'an object'
    case 'function':
      return 'a function'
    case 'symbol':
      return 'a symbol'
  }
}

/** The start of a long text; text of which a letter is cut in half could not be kept everywhere. */
export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text.toWellFormed()
}

/** What is wrong, in one line of bounded length. */
export function summary(thing: string, problems: readonly InputProblem[]): string {
  const [first] = problems
  if (first === undefined) return thing
  const more = problems.length > 1 ? `; and ${problems.length - 1} more` : ''
  const place = first.path === '' ? thing : `${first.path} of ${thing}`
  return `${place} must be ${first.expected}, found ${first.found}${more}`
}
