import type { FieldKind, Scalar } from './node.ts'
import { show } from './outside-value.ts'

/** A field was compared with what it can't hold; a programmer's mistake, since input from outside is parsed first. */
export class InvalidOperandError extends TypeError {
  override readonly name = 'InvalidOperandError'
  readonly code = 'ASHLAR_SPECIFICATION_INVALID_OPERAND'

  constructor(field: string, expected: string, found: unknown) {
    super(`field "${field}" is compared with ${expected}, found ${show(found)}`)
  }
}

/** A candidate has a value that its field can't hold: NaN, an invalid Date, null where none was announced. */
export class InvalidFieldValueError extends TypeError {
  override readonly name = 'InvalidFieldValueError'
  readonly code = 'ASHLAR_SPECIFICATION_INVALID_FIELD_VALUE'

  constructor(field: string, expected: string, found: unknown) {
    super(`field "${field}" of a candidate must be ${expected}, found ${show(found)}`)
  }
}

/** What a field is called and holds. */
type Named = { readonly name: string; readonly kind: FieldKind }

/** A value as its kind keeps it: a Date becomes text, −0 becomes 0. */
export function asScalar(kind: FieldKind, value: unknown): unknown {
  if (kind === 'timestamp' && value instanceof Date && !Number.isNaN(value.getTime()))
    return value.toISOString()
  if (kind === 'number' && value === 0) return 0
  return value
}

/** Throws for what the field can't be compared with. */
export function checkedScalar(field: Named, value: unknown): Scalar {
  if (isScalar(field.kind, value)) return value
  throw new InvalidOperandError(field.name, expectedOf(field.kind), value)
}

/** Whether every store keeps the text as it is; short texts are looked through at a third of the cost of two calls. */
function isKept(text: string): boolean {
  const { length } = text
  if (length > longestLookedThrough) return text.isWellFormed() && !text.includes('\0')
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index)
    if (unit === 0) return false
    if (unit >= 0xd800 && unit <= 0xdfff) return text.isWellFormed() && !text.includes('\0')
  }
  return true
}

const longestLookedThrough = 32
const leastBigint = -(2n ** 63n)
const greatestBigint = 2n ** 63n - 1n

/** Whether the kind can hold it; text that no store keeps is none. */
export function isScalar(kind: FieldKind, value: unknown): value is Scalar {
  switch (kind) {
    case 'text':
      return typeof value === 'string' && isKept(value)
    case 'number':
      return Number.isFinite(value)
    case 'bigint':
      return typeof value === 'bigint' && value >= leastBigint && value <= greatestBigint
    case 'boolean':
      return typeof value === 'boolean'
    case 'timestamp':
      return typeof value === 'string' && isTimestamp(value)
  }
}

/** What a value of the kind must be, in words. */
export function expectedOf(kind: FieldKind): string {
  switch (kind) {
    case 'text':
      return 'well-formed text without U+0000'
    case 'number':
      return 'a finite number'
    case 'bigint':
      return 'a bigint of 64 bits'
    case 'boolean':
      return 'true or false'
    case 'timestamp':
      return 'an ISO-8601 time in UTC with milliseconds, such as 2026-01-31T12:00:00.000Z'
  }
}

/** Reads the one decimal text of an integer; its length is bounded, as long ones take long. */
export function bigintOf(json: unknown): bigint | undefined {
  return typeof json === 'string' && json.length <= 20 && /^(?:0|-?[1-9]\d*)$/.test(json)
    ? BigInt(json)
    : undefined
}

const timestampForm =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

/** PostgreSQL knows no year 0. A day that its month may not have is asked of Date, which is slow. */
function isTimestamp(text: string): boolean {
  if (text.length !== 24 || !timestampForm.test(text)) return false
  if (text.slice(8, 10) <= '28') return true
  const time = new Date(text)
  return !Number.isNaN(time.getTime()) && time.toISOString() === text
}
