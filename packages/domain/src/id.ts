import { type IdGenerator, uuidv7 } from '@ashlar/kernel'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'

declare const named: unique symbol

/**
 * A text that identifies one kind of thing; an id of another kind does not compile in its place.
 *
 * At run time it is a plain string, so it goes into events, keys and JSON as it is.
 * @see {@link newId} for an example
 */
export type Id<Name extends string = string> = string & { readonly [named]: Name }

/** A text is no id; `expected` and `found` say why. */
export type InvalidId = Failure<'InvalidId', { readonly expected: string; readonly found: string }>

/**
 * Makes a new id.
 *
 * @param ids - the generator; monotonic UUIDv7 unless told
 * @returns an id that was never given before
 * @example
 * ```ts
 * import { type Id, newId } from '@ashlar/domain'
 *
 * type CustomerId = Id<'Customer'>
 *
 * const customerId: CustomerId = newId<'Customer'>()
 * console.log(customerId)
 * ```
 */
export function newId<Name extends string>(ids: IdGenerator = uuidv7): Id<Name> {
  return ids.next() as Id<Name>
}

const maxLength = 128
const unprintable = /[\p{Cc}\p{Cs}]/u

/**
 * Reads an id from outside.
 *
 * @param text - 1 to 128 UTF-16 units, not blank, without control characters and lone surrogates
 * @returns the text as an id, unchanged, or `InvalidId`
 * @example
 * ```ts
 * import { parseId } from '@ashlar/domain'
 *
 * const customerId = parseId<'Customer'>('C-1815')
 * console.log(customerId.isOk() && customerId.value, parseId<'Customer'>('').isErr())
 * ```
 */
export function parseId<Name extends string>(text: unknown): Result<Id<Name>, InvalidId> {
  if (typeof text !== 'string') return refuse('text', text === null ? 'null' : typeof text)
  if (text.trim() === '') return refuse('text that is not blank', `${text.length} characters of white space`)
  if (text.length > maxLength) return refuse(`at most ${maxLength} characters`, `${text.length}`)
  if (unprintable.test(text)) return refuse('text without control characters', JSON.stringify(text))
  return ok(text as Id<Name>)
}

function refuse(expected: string, found: string): Result<never, InvalidId> {
  return err(failure('InvalidId', `an id must be ${expected}, found ${found}`, { expected, found }))
}
