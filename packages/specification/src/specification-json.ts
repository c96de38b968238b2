import type { Comparison, NullTest, Scalar, SpecificationNode, TextMode, TextSearch } from './node.ts'

/** A value as JSON has it: a bigint is decimal text. */
export type ScalarJson = string | number | boolean

/** A rule as JSON; written by {@link Specification.toJson}, read by {@link FieldSet.fromJson}. */
export type SpecificationJson =
  | ComparisonJson
  | MembershipJson
  | NullTest
  | { readonly op: 'and' | 'or'; readonly args: readonly SpecificationJson[] }
  | { readonly op: 'not'; readonly arg: SpecificationJson }

type ComparisonJson = {
  readonly op: Comparison['op'] | TextSearch['op']
  readonly field: string
  readonly value: ScalarJson
  readonly text?: TextMode
}

type MembershipJson = {
  readonly op: 'in'
  readonly field: string
  readonly values: readonly ScalarJson[]
  readonly text?: TextMode
}

export function jsonOf(node: SpecificationNode): SpecificationJson {
  switch (node.op) {
    case 'and':
    case 'or':
      return { op: node.op, args: node.args.map(jsonOf) }
    case 'not':
      return { op: 'not', arg: jsonOf(node.arg) }
    case 'isNull':
      return { ...node }
    case 'in':
      return { ...node, values: node.values.map(scalarJson) }
    default:
      return { ...node, value: scalarJson(node.value) }
  }
}

function scalarJson(value: Scalar): ScalarJson {
  return typeof value === 'bigint' ? String(value) : value
}
