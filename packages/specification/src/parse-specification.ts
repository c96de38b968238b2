import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import type { AnyFieldSet, FieldDefinition } from './field-definition.ts'
import { asScalar, bigintOf, expectedOf, isScalar } from './field-value.ts'
import type { FieldKind, Scalar, SpecificationNode } from './node.ts'
import { type InputProblem, InputProblems, show, summary } from './outside-value.ts'
import { deepest, Specification } from './specification.ts'

/** What {@link FieldSet.fromJson} lets pass. */
export interface FromJsonOptions<Name extends string = string> {
  /** The fields that may be asked for; all unless told. */
  readonly fields?: readonly Name[] | undefined
  /** How deeply rules may lie inside each other, 1 to 64; 64 unless told. */
  readonly maxDepth?: number | undefined
  /** Of how many parts a rule may be made; 1,000 unless told. */
  readonly maxNodes?: number | undefined
  /** How many values all lists of `in` may have together; 10,000 unless told. */
  readonly maxValues?: number | undefined
}

/** JSON is no rule of these fields; `problems` has all that is wrong with it, up to 100. */
export type InvalidSpecification = Failure<
  'InvalidSpecification',
  { readonly problems: readonly InputProblem[] }
>

/** Reads what `Specification.toJson` has written, or anything else. */
export function parseSpecification<T>(
  fields: AnyFieldSet<T>,
  json: unknown,
  options: FromJsonOptions,
): Result<Specification<T>, InvalidSpecification> {
  const parser = new Parser(fields, options)
  const node = parser.node('', json, 1)
  const problems = parser.problems.all
  if (node === undefined || problems.length > 0)
    return err(failure('InvalidSpecification', summary('specification', problems), { problems }))
  return ok(Specification.of(fields, node, parser.depth))
}

type Op = SpecificationNode['op']
type Part = 'op' | 'field' | 'value' | 'values' | 'text' | 'args' | 'arg'

const comparison: readonly Part[] = ['op', 'field', 'value', 'text']
const partsOf = new Map<unknown, readonly Part[]>([
  ['eq', comparison],
  ['ne', comparison],
  ['lt', comparison],
  ['le', comparison],
  ['gt', comparison],
  ['ge', comparison],
  ['in', ['op', 'field', 'values', 'text']],
  ['isNull', ['op', 'field']],
  ['contains', comparison],
  ['startsWith', comparison],
  ['endsWith', comparison],
  ['and', ['op', 'args']],
  ['or', ['op', 'args']],
  ['not', ['op', 'arg']],
])
const allParts: readonly Part[] = [...new Set([...partsOf.values()].flat())]
const ops = [...partsOf.keys()].join(', ')
const opsOfText: readonly unknown[] = ['contains', 'startsWith', 'endsWith']
const opsOfOrder: readonly unknown[] = ['lt', 'le', 'gt', 'ge']

class Parser<T> {
  readonly problems: InputProblems = new InputProblems()
  /** Of what was read. */
  depth = 1
  readonly #fields: AnyFieldSet<T>
  readonly #allowed: ReadonlySet<string> | undefined
  readonly #maxDepth: number
  readonly #maxNodes: number
  readonly #maxValues: number
  #nodes = 0
  #values = 0

  constructor(fields: AnyFieldSet<T>, options: FromJsonOptions) {
    this.#fields = fields
    this.#allowed = options.fields && new Set(options.fields)
    this.#maxDepth = Math.min(limit(options.maxDepth, deepest), deepest)
    this.#maxNodes = limit(options.maxNodes, 1_000)
    this.#maxValues = limit(options.maxValues, 10_000)
  }

  node(path: string, json: unknown, depth: number): SpecificationNode | undefined {
    if (depth > this.#maxDepth)
      return this.problems.say(path, `nested at most ${this.#maxDepth} deep`, 'one more level')
    this.#nodes++
    if (this.#nodes > this.#maxNodes) {
      if (this.#nodes === this.#maxNodes + 1)
        this.problems.say(path, `one of at most ${this.#maxNodes} parts`, 'one more')
      return undefined
    }
    this.depth = Math.max(this.depth, depth)
    const parts = this.problems.properties(path, json, allParts)
    return parts && this.#nodeOf(path, parts, depth)
  }

  #nodeOf(path: string, parts: Partial<Record<Part, unknown>>, depth: number): SpecificationNode | undefined {
    const known = partsOf.get(parts.op)
    if (known === undefined) return this.problems.add(at(path, 'op'), `one of ${ops}`, parts.op)
    const stranger = allParts.find((part) => Object.hasOwn(parts, part) && !known.includes(part))
    if (stranger !== undefined)
      this.problems.say(path, `an object of ${known.join(', ')}`, `the property "${stranger}"`)
    const op = parts.op as Op
    switch (op) {
      case 'and':
      case 'or': {
        const args = this.problems
          .items(at(path, 'args'), parts.args, this.#maxNodes)
          ?.map((arg, index) => this.node(at(path, `args[${index}]`), arg, depth + 1))
        return args && freeze({ op, args: freeze(args as SpecificationNode[]) })
      }
      case 'not': {
        const arg = this.node(at(path, 'arg'), parts.arg, depth + 1)
        return arg && freeze({ op, arg })
      }
    }
    const field = this.#field(at(path, 'field'), parts.field)
    if (field === undefined) return undefined
    if (op === 'isNull') return freeze({ op, field: field.name })
    this.#meetsKind(at(path, 'op'), op, field)
    const mode = this.#mode(at(path, 'text'), parts.text, field)
    if (op === 'in') {
      const values = this.#list(at(path, 'values'), parts.values, field)
      return values && freeze({ op, field: field.name, values: freeze(values), ...mode })
    }
    const value = this.#scalar(at(path, 'value'), parts.value, field.kind)
    return value === undefined
      ? undefined
      : freeze({ op, field: field.name, value, ...mode } as SpecificationNode)
  }

  #field(path: string, name: unknown): FieldDefinition<T> | undefined {
    const field = typeof name === 'string' ? this.#fields.definition(name) : undefined
    if (field === undefined) return this.problems.add(path, 'the name of a field', name)
    if (this.#allowed === undefined || this.#allowed.has(field.name)) return field
    return this.problems.add(path, 'a field that may be asked for', name)
  }

  #meetsKind(path: string, op: Op, { name, kind }: FieldDefinition<T>): void {
    const needs = opsOfText.includes(op)
      ? 'text'
      : opsOfOrder.includes(op) && kind === 'boolean'
        ? 'an order'
        : kind
    if (needs !== kind)
      this.problems.say(
        path,
        `what can be asked of ${show(name)}, a ${kind}`,
        `"${op}", which needs ${needs}`,
      )
  }

  #mode(path: string, text: unknown, { kind }: FieldDefinition<T>): { readonly text?: 'fold' } {
    if (text === undefined || (text === 'exact' && kind === 'text')) return {}
    if (text === 'fold' && kind === 'text') return { text }
    this.problems.add(path, kind === 'text' ? 'exact or fold' : `nothing for a ${kind}`, text)
    return {}
  }

  #list(path: string, json: unknown, { kind }: FieldDefinition<T>): readonly Scalar[] | undefined {
    const items = this.problems.items(path, json, this.#maxValues)
    if (items === undefined) return undefined
    this.#values += items.length
    if (this.#values > this.#maxValues)
      return this.problems.say(
        path,
        `values of which all lists have at most ${this.#maxValues}`,
        `${this.#values} so far`,
      )
    return items.flatMap((item, index) => this.#scalar(`${path}[${index}]`, item, kind) ?? [])
  }

  #scalar(path: string, json: unknown, kind: FieldKind): Scalar | undefined {
    const value = kind === 'bigint' ? bigintOf(json) : asScalar(kind, json)
    if (isScalar(kind, value)) return value
    return this.problems.add(
      path,
      kind === 'bigint' ? 'decimal text of a 64-bit integer' : expectedOf(kind),
      json,
    )
  }
}

/** NaN, such as a number that was read from nowhere, lets nothing pass. */
function limit(told: number | undefined, otherwise: number): number {
  return Number.isNaN(told) ? 0 : (told ?? otherwise)
}

function at(path: string, part: string): string {
  return path === '' ? part : `${path}.${part}`
}

function freeze<Value>(value: Value): Value {
  return Object.freeze(value)
}
