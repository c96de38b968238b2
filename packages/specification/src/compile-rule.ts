import { invariant } from '@ashlar/result'
import { compareScalars, foldText, isFoldedAt } from './compare-scalars.ts'
import type { AnyFieldSet, FieldDefinition } from './field-definition.ts'
import { isScalar } from './field-value.ts'
import type { Comparison, Membership, Scalar, SpecificationNode, TextSearch } from './node.ts'

/** Says yes or no of a candidate. */
export type Predicate<T> = (candidate: T) => boolean

type Test = (value: Scalar) => boolean

/**
 * Turns a rule into closures.
 *
 * Logic of three values needs none of them here: it asks "is it true?", or beneath a `not` "is it false?", and unknown is
 * a no to both. What a field holds is checked only after it was found to differ.
 *
 * @param fields - to which the rule belongs
 * @param node - the rule
 * @param wanted - whether to ask if it is true, or if it is false
 */
export function compileRule<T>(
  fields: AnyFieldSet<T>,
  node: SpecificationNode,
  wanted: boolean,
): Predicate<T> {
  switch (node.op) {
    case 'and':
    case 'or': {
      const parts = node.args.map((arg) => compileRule(fields, arg, wanted))
      return (node.op === 'and') === wanted ? every(parts) : some(parts)
    }
    case 'not':
      return compileRule(fields, node.arg, !wanted)
    case 'isNull': {
      const { kind, rawIn, valueIn } = definitionOf(fields, node.field)
      // whatever a text says, it is not null
      return (candidate) => {
        const raw = rawIn(candidate)
        if (kind === 'text' ? typeof raw === 'string' : isScalar(kind, raw)) return !wanted
        return (valueIn(candidate) === null) === wanted
      }
    }
    case 'eq':
    case 'ne':
      return node.text === 'fold'
        ? tested(definitionOf(fields, node.field), comparison(node, wanted))
        : same(definitionOf(fields, node.field), node.value, (node.op === 'eq') === wanted)
    case 'in':
      return membership(definitionOf(fields, node.field), node, wanted)
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return tested(definitionOf(fields, node.field), comparison(node, wanted))
    case 'contains':
    case 'startsWith':
    case 'endsWith': {
      const found = search(node)
      return tested(definitionOf(fields, node.field), wanted ? found : (value) => !found(value))
    }
  }
}

function definitionOf<T>(fields: AnyFieldSet<T>, name: string): FieldDefinition<T> {
  const definition = fields.definition(name)
  invariant(definition, `a rule asks for fields of its own set, found "${name}"`)
  return definition
}

/** Lists of up to 16 are unrolled: a call of its own for each part takes two thirds of the time of a loop. */
const longestUnrolled = 16

function every<T>(parts: readonly Predicate<T>[]): Predicate<T> {
  const [one, two, three, ...others] = parts
  if (parts.length > longestUnrolled) return (candidate) => parts.every((part) => part(candidate))
  if (one === undefined) return () => true
  if (two === undefined) return one
  if (three === undefined) return (candidate) => one(candidate) && two(candidate)
  if (others.length === 0) return (candidate) => one(candidate) && two(candidate) && three(candidate)
  const rest = every(others)
  return (candidate) => one(candidate) && two(candidate) && three(candidate) && rest(candidate)
}

function some<T>(parts: readonly Predicate<T>[]): Predicate<T> {
  const [one, two, three, ...others] = parts
  if (parts.length > longestUnrolled) return (candidate) => parts.some((part) => part(candidate))
  if (one === undefined) return () => false
  if (two === undefined) return one
  if (three === undefined) return (candidate) => one(candidate) || two(candidate)
  if (others.length === 0) return (candidate) => one(candidate) || two(candidate) || three(candidate)
  const rest = some(others)
  return (candidate) => one(candidate) || two(candidate) || three(candidate) || rest(candidate)
}

function same<T>(
  { kind, rawIn, valueIn }: FieldDefinition<T>,
  wanted: Scalar,
  answer: boolean,
): Predicate<T> {
  return (candidate) => {
    const raw = rawIn(candidate)
    if (raw === wanted) return answer
    if (isScalar(kind, raw)) return !answer
    const value = valueIn(candidate)
    return value !== null && (value === wanted) === answer
  }
}

function membership<T>(definition: FieldDefinition<T>, node: Membership, wanted: boolean): Predicate<T> {
  if (node.values.length === 0) return () => !wanted
  if (node.text === 'fold') {
    const values = new Set(node.values.map((value) => foldText(value as string)))
    return tested(definition, (value) => values.has(foldText(value as string)) === wanted)
  }
  const { values } = node
  const set = new Set<unknown>(values)
  const has =
    values.length <= 8
      ? (value: unknown) => values.includes(value as Scalar)
      : (value: unknown) => set.has(value)
  const { kind, rawIn, valueIn } = definition
  return (candidate) => {
    const raw = rawIn(candidate)
    if (has(raw)) return wanted
    if (isScalar(kind, raw)) return !wanted
    const value = valueIn(candidate)
    return value !== null && has(value) === wanted
  }
}

function tested<T>({ kind, rawIn, valueIn }: FieldDefinition<T>, test: Test): Predicate<T> {
  return (candidate) => {
    const raw = rawIn(candidate)
    if (isScalar(kind, raw)) return test(raw)
    const value = valueIn(candidate)
    return value !== null && test(value)
  }
}

const opposites = { eq: 'ne', ne: 'eq', lt: 'ge', ge: 'lt', gt: 'le', le: 'gt' } as const

function comparison({ op, value, text }: Comparison, wanted: boolean): Test {
  if (typeof value === 'string') {
    const folded = text === 'fold'
    const other = folded ? foldText(value) : value
    const compare = folded
      ? (found: Scalar) => compareScalars(foldText(found as string), other)
      : (found: Scalar) => compareScalars(found, other)
    switch (wanted ? op : opposites[op]) {
      case 'eq':
        return (found) => (found as string).length === other.length && isFoldedAt(found as string, other, 0)
      case 'ne':
        return (found) => (found as string).length !== other.length || !isFoldedAt(found as string, other, 0)
      case 'lt':
        return (found) => compare(found) < 0
      case 'le':
        return (found) => compare(found) <= 0
      case 'gt':
        return (found) => compare(found) > 0
      case 'ge':
        return (found) => compare(found) >= 0
    }
  }
  switch (wanted ? op : opposites[op]) {
    case 'eq':
      return (found) => found === value
    case 'ne':
      return (found) => found !== value
    case 'lt':
      return (found) => found < value
    case 'le':
      return (found) => found <= value
    case 'gt':
      return (found) => found > value
    case 'ge':
      return (found) => found >= value
  }
}

function search({ op, value, text }: TextSearch): Test {
  if (text === 'fold') {
    const folded = foldText(value)
    switch (op) {
      case 'contains':
        return (found) => foldText(found as string).includes(folded)
      case 'startsWith':
        return (found) => isFoldedAt(found as string, folded, 0)
      case 'endsWith':
        return (found) => isFoldedAt(found as string, folded, (found as string).length - folded.length)
    }
  }
  switch (op) {
    case 'contains':
      return (found) => (found as string).includes(value)
    case 'startsWith':
      return (found) => (found as string).startsWith(value)
    case 'endsWith':
      return (found) => (found as string).endsWith(value)
  }
}
