/** The way from a part up to the document, as a linked list: a path is only spelled out when something is found. */
export interface Trail {
  /** A field of the format, a place in a list, or a name that the author gave. */
  readonly step: string | number
  readonly isGiven: boolean
  readonly up: Trail | undefined
}

/** The way to a field of the format. */
export function field(up: Trail | undefined, step: string): Trail {
  return { step, isGiven: false, up }
}

/** The way to what an author gave a name. */
export function named(up: Trail | undefined, step: string): Trail {
  return { step, isGiven: true, up }
}

/** The way to an item of a list. */
export function item(up: Trail | undefined, step: number): Trail {
  return { step, isGiven: false, up }
}

/** Whether a key can be spelled behind a dot. */
export function isWord(key: string): boolean {
  return word.test(key)
}

const word = /^[A-Za-z_$][\w$]{0,59}$/

/** Spells a way out, such as `flags["new-checkout"].rules[2].when.all[0].operator`; empty for the document itself. */
export function pathOf(trail: Trail | undefined): string {
  const steps: string[] = []
  for (let at = trail; at !== undefined; at = at.up) steps.push(spelled(at))
  const path = steps.reverse().join('')
  return path.startsWith('.') ? path.slice(1) : path
}

function spelled({ step, isGiven }: Trail): string {
  if (typeof step === 'number') return `[${step}]`
  return isGiven ? `[${quoted(step)}]` : `.${step}`
}

const mostShown = 60

/** A text in quotes, on one line; of a long one only the start. */
export function quoted(text: string): string {
  return text.length > mostShown
    ? `${JSON.stringify(text.slice(0, mostShown)).slice(0, -1)}…"`
    : JSON.stringify(text)
}
