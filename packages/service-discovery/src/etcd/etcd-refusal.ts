import { factsOf } from './json-facts.ts'

/** A member has answered, and says no; never leaves the adapter. */
export class EtcdRefusal extends Error {
  override readonly name = 'EtcdRefusal'
  readonly #status: number
  /** gRPC's code, or 0 where something else has answered. */
  readonly #code: number

  /**
   * @param status - of HTTP
   * @param text - the answer's, whoever has given it
   */
  constructor(status: number, text: string) {
    const { code, said } = saidBy(text)
    super(said === '' ? `status ${status}` : `status ${status}: ${said}`)
    this.#status = status
    this.#code = code
  }

  /** What was asked for is not there, such as a lease that has ended. */
  get isNotFound(): boolean {
    return this.#code === 5
  }

  /** We have too few rights. */
  get isDenied(): boolean {
    return this.#status === 403 || this.#code === 7
  }

  /** A token is wanted, or another one: they are good for some minutes, and until somebody's rights change. */
  get isTokenRefused(): boolean {
    return (
      this.#status === 401 ||
      this.#code === 16 ||
      (this.#code === 3 && /user name is empty|auth store is old|invalid auth token/i.test(this.message))
    )
  }

  /** Nobody needs a token here. */
  get isWithoutUsers(): boolean {
    return this.#code === 9 && /authentication is not enabled/i.test(this.message)
  }

  /** Another member may do better: this one has no leader, is in trouble, or is no member at all. */
  get isOfMember(): boolean {
    return ofMember.has(this.#code)
  }
}

/** None of gRPC's, canceled, unknown, too late, exhausted, aborted, internal, unavailable. */
const ofMember: ReadonlySet<number> = new Set([0, 1, 2, 4, 8, 10, 13, 14])

/** Within a stream the same stands one level deeper. */
function saidBy(text: string): { readonly code: number; readonly said: string } {
  try {
    const facts = factsOf(JSON.parse(text), '')
    const inner = facts.isText('error') || !facts.has('error') ? facts : facts.object('error')
    const said = inner.optionalText('message') ?? inner.optionalText('error') ?? ''
    return { code: inner.number('code') ?? inner.number('grpc_code') ?? 0, said: lineOf(said) }
  } catch {
    // a proxy has answered
    return { code: 0, said: lineOf(text) }
  }
}

function lineOf(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}
