import type { SpecificationNode } from '@ashlar/specification'
import type { Customer } from './customer.ts'

/** What SQL says, written down as plainly as can be: null is unknown. Shares no code with what it judges. */
export function kleene(node: SpecificationNode, customer: Customer): boolean | null {
  switch (node.op) {
    case 'and':
      return node.args.map((arg) => kleene(arg, customer)).reduce(both, true)
    case 'or':
      return negated(node.args.map((arg) => negated(kleene(arg, customer))).reduce(both, true))
    case 'not':
      return negated(kleene(node.arg, customer))
  }
  const value = stored(customer[node.field as keyof Customer])
  if (node.op === 'isNull') return value === null
  if (node.op === 'in' && node.values.length === 0) return false
  if (value === null) return null
  const prepare = (scalar: unknown): Uint8Array | number | bigint =>
    typeof scalar === 'string'
      ? Buffer.from(
          node.text === 'fold' ? scalar.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : scalar,
        )
      : typeof scalar === 'boolean'
        ? Number(scalar)
        : (scalar as number | bigint)
  const found = prepare(value)
  if (node.op === 'in') return node.values.some((wanted) => ordered(found, prepare(wanted)) === 0)
  const wanted = prepare(node.value)
  switch (node.op) {
    case 'eq':
      return ordered(found, wanted) === 0
    case 'ne':
      return ordered(found, wanted) !== 0
    case 'lt':
      return ordered(found, wanted) < 0
    case 'le':
      return ordered(found, wanted) <= 0
    case 'gt':
      return ordered(found, wanted) > 0
    case 'ge':
      return ordered(found, wanted) >= 0
    case 'contains':
      return Buffer.from(found as Uint8Array).includes(Buffer.from(wanted as Uint8Array))
    case 'startsWith':
      return String(found).slice(0, String(wanted).length) === String(wanted)
    case 'endsWith':
      return String(found).slice(Math.max(String(found).length - String(wanted).length, 0)) === String(wanted)
  }
}

function both(one: boolean | null, other: boolean | null): boolean | null {
  if (one === false || other === false) return false
  return one === null || other === null ? null : true
}

function negated(answer: boolean | null): boolean | null {
  return answer === null ? null : !answer
}

function stored(value: Customer[keyof Customer]): string | number | bigint | boolean | null {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' && value !== null ? value.minorUnits : value
}

/** Text as its UTF-8 bytes. */
function ordered(one: Uint8Array | number | bigint, other: Uint8Array | number | bigint): number {
  if (one instanceof Uint8Array) return Buffer.compare(one, other as Uint8Array)
  if (other instanceof Uint8Array) throw new TypeError('kinds differ')
  return one < other ? -1 : one > other ? 1 : 0
}
