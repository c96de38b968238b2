import { fromBase64Url, toBase64Url } from './base64url.ts'
import { checksum } from './checksum.ts'
import type { Order, Sign } from './criteria.ts'
import type { FieldDefinition } from './field-definition.ts'
import { bigintOf, checkedScalar, isScalar } from './field-value.ts'
import type { Scalar } from './node.ts'

/** A field sorted by holds a text too long for a cursor: a programmer's mistake, as it should not be sortable. */
export class CursorTooLongError extends RangeError {
  override readonly name = 'CursorTooLongError'
  readonly code = 'ASHLAR_SPECIFICATION_CURSOR_TOO_LONG'

  constructor(fields: readonly string[], length: number) {
    super(`a cursor by ${fields.join(', ')} must have at most ${longest} characters, found ${length}`)
  }
}

/** The `sign` that was handed in gives no signature, but nothing, or a promise. */
export class InvalidSignatureError extends TypeError {
  override readonly name = 'InvalidSignatureError'
  readonly code = 'ASHLAR_SPECIFICATION_INVALID_SIGNATURE'

  constructor(found: unknown) {
    super(`sign must answer with text, found ${found === '' ? 'an empty one' : typeof found}`)
  }
}

/** The values of the fields of an order, at which a page ends. */
export type Keys = readonly (Scalar | null)[]

const version = 1
const longest = 4_096

/** Writes and reads the cursors of one order. */
export class Cursors {
  readonly #fields: readonly FieldDefinition<never>[]
  readonly #order: string
  readonly #sign: Sign

  /**
   * @param orderBy - ends with the id
   * @param fields - the definitions of its fields
   * @param sign - a checksum unless told
   */
  constructor(orderBy: readonly Order[], fields: readonly FieldDefinition<never>[], sign: Sign = checksum) {
    this.#fields = fields
    this.#sign = sign
    this.#order = checksum(
      JSON.stringify(
        orderBy.map(({ field, direction, nulls }, at) => [field, fields[at]?.kind, direction, nulls]),
      ),
    )
  }

  /** The one text of these values. */
  write(keys: Keys): string {
    const checked = this.#fields.map((field, index) => {
      const key = keys[index]
      return key === null && field.isNullable ? null : checkedScalar(field, key)
    })
    const payload = this.#payload(checked)
    const cursor = `${payload}.${this.#signature(payload)}`
    if (cursor.length <= longest) return cursor
    throw new CursorTooLongError(
      this.#fields.map(({ name }) => name),
      cursor.length,
    )
  }

  /** The values, or what the text should have been. */
  read(cursor: unknown): { readonly keys: Keys } | { readonly expected: string } {
    if (typeof cursor !== 'string') return { expected: 'a cursor' }
    if (cursor.length > longest) return { expected: `a cursor of at most ${longest} characters` }
    const end = cursor.indexOf('.')
    const payload = cursor.slice(0, Math.max(end, 0))
    const content = fromBase64Url(payload)
    if (content === undefined) return { expected: 'a cursor' }
    if (!isSame(cursor.slice(end + 1), this.#signature(payload))) return { expected: 'an unedited cursor' }
    const parts = contentOf(content)
    if (parts?.[0] !== version) return { expected: `a cursor of version ${version}` }
    if (parts[1] !== this.#order) return { expected: 'a cursor of this order' }
    const keys = this.#fields.map((field, index) => decoded(field, parts[index + 2]))
    if (keys.includes(undefined) || this.#payload(keys as Keys) !== payload)
      return { expected: 'a cursor as it was written' }
    return { keys: keys as Keys }
  }

  #payload(keys: Keys): string {
    return toBase64Url(
      JSON.stringify([version, this.#order, ...keys], (_key, value) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    )
  }

  #signature(payload: string): string {
    const signature: unknown = this.#sign(payload)
    if (typeof signature === 'string' && signature !== '') return signature
    throw new InvalidSignatureError(signature)
  }
}

function contentOf(text: string): readonly unknown[] | undefined {
  try {
    const content: unknown = JSON.parse(text)
    return Array.isArray(content) ? content : undefined
  } catch {
    return undefined
  }
}

function decoded(field: FieldDefinition<never>, json: unknown): Scalar | null | undefined {
  if (json === null) return field.isNullable ? null : undefined
  const value = field.kind === 'bigint' ? bigintOf(json) : json
  return isScalar(field.kind, value) ? value : undefined
}

/** Takes as long for a wrong text as for the right one, so that nobody finds a signature letter by letter. */
function isSame(found: string, wanted: string): boolean {
  let difference = found.length ^ wanted.length
  for (let index = 0; index < wanted.length; index++)
    difference |= found.charCodeAt(index) ^ wanted.charCodeAt(index)
  return difference === 0
}
