import type { FieldKind, Scalar } from '@ashlar/specification'

/** What a driver gave for a field, as its kind keeps it: drivers differ in booleans, whole numbers and times. */
export function scalarOf(kind: FieldKind, raw: unknown): Scalar | null {
  if (raw === null || raw === undefined) return null
  switch (kind) {
    case 'text':
      return raw as string
    case 'number':
      return positiveZero(Number(raw))
    case 'bigint':
      return BigInt(raw as string)
    case 'boolean':
      return Boolean(raw)
    case 'timestamp':
      return isoOf(raw as string | Date)
  }
}

/** Memory knows one zero, and a cursor has one text. */
function positiveZero(value: number): number {
  return value + 0
}

function isoOf(raw: string | Date): string {
  if (raw instanceof Date) return raw.toISOString()
  if (raw.length === 24 && raw.endsWith('Z')) return raw
  return new Date(raw).toISOString()
}
