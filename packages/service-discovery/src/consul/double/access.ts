import { Refusal } from './refusal.ts'

/** What a token may do: names of services, `*` for all of them. */
export interface TokenRights {
  /** Whose instances it sees; none unless told. */
  readonly read?: readonly string[]
  /** Which services it may register; they are seen, too; none unless told. */
  readonly write?: readonly string[]
}

/** Who may do what; all may do everything where no tokens are told. */
export class Access {
  readonly #rights: Map<string, TokenRights> | undefined

  /** @param tokens - by their secret; that of the empty text is for those without a token */
  constructor(tokens: Readonly<Record<string, TokenRights>> | undefined) {
    this.#rights = tokens === undefined ? undefined : new Map(Object.entries(tokens))
  }

  /** Makes a token unknown. */
  deny(token: string): void {
    this.#rights?.delete(token)
  }

  /** @throws Refusal for a token that nobody knows (C14) */
  mayRead(token: string, service: string): boolean {
    const { read = [], write = [] } = this.#of(token)
    return read.includes('*') || write.includes('*') || read.includes(service) || write.includes(service)
  }

  /** @throws Refusal for a token that nobody knows, or that has too few rights (C14) */
  requireWrite(token: string, service: string): void {
    const { write = [] } = this.#of(token)
    if (write.includes('*') || write.includes(service)) return
    throw new Refusal(403, `Permission denied: token lacks permission 'service:write' on "${service}"`)
  }

  #of(token: string): TokenRights {
    if (this.#rights === undefined) return { read: ['*'], write: ['*'] }
    const rights = this.#rights.get(token)
    if (rights !== undefined) return rights
    if (token === '') return {}
    throw new Refusal(403, 'ACL not found')
  }
}
