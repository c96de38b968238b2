import type { Result } from '@ashlar/result'
import type { DocumentedFlag, FlagDocument } from '../document/flag-document.ts'
import type { ConditionOperator } from '../operators/operator.ts'
import { type AttributeKind, type ConflictingAttributeUse, inferAttributes } from './infer-attributes.ts'
import { shapeChecker, shapeData, shapesOf, typeText } from './json-shape.ts'
import { type Code, listOf, literal, prefixed, printed, propertyName, quoted } from './source-text.ts'

/** Options of {@link generateModule}. */
export interface ModuleOptions {
  /** What the set is called; a good name of a constant. */
  readonly name: string
  /** The operators that conditions may name. */
  readonly operators: readonly ConditionOperator[]
}

/**
 * Writes the module that defines a document's flags, ready to be asked for by type.
 *
 * Variants of booleans, texts and numbers are fixed with their values, so a document that adds one wants a new module;
 * those of JSON flags stay the document's, checked by the shape that they have now. The fallback is the variant that
 * `metadata.fallback` names, else `offVariant`, else `defaultVariant`, else one that is
 * `false`, else the first.
 */
export function generateModule(
  document: FlagDocument,
  { name, operators }: ModuleOptions,
): Result<string, ConflictingAttributeUse> {
  return inferAttributes(document, operators).map((attributes) => {
    const flags = Object.entries(document.flags).map(([key, flag]) =>
      prefixed(`${propertyName(key)}: `, definitionOf(flag)),
    )
    const set = { ...listOf('{}', flags), tall: true }
    const kinds = attributesOf(attributes)
    const call = listOf(
      '()',
      attributes.size === 0 ? [set] : [set, kinds],
      `export const ${name} = defineFlags`,
    )
    const hasJson = Object.values(document.flags).some(({ type }) => type === 'object')
    return [
      `// Made by \`flags codegen\` from revision ${quoted(document.revision)}: change the document, not this file.`,
      `import { defineFlags${flags.length > 0 ? ', flag' : ''} } from '@ashlar/feature-flags'`,
      '',
      '/** The flags of the document, and the attributes that its rules ask for. */',
      printed(call),
      ...(hasJson ? ['', shapeChecker] : ['']),
    ].join('\n')
  })
}

function attributesOf(attributes: ReadonlyMap<string, AttributeKind>): Code {
  const kinds = [...attributes].map(([name, kind]) => `${propertyName(name)}: ${quoted(kind)}`)
  return listOf('{}', [prefixed('attributes: ', listOf('{}', kinds))])
}

function definitionOf(flag: DocumentedFlag): Code {
  const fallback = fallbackOf(flag)
  if (flag.type !== 'object')
    return listOf(
      '()',
      [literal(flag.variants), listOf('{}', [`fallback: ${quoted(fallback)}`])],
      'flag.variants',
    )
  const shapes = shapesOf(Object.values(flag.variants))
  const check = listOf('()', ['value', shapeData(shapes)], 'hasShape')
  const value = new Map(Object.entries(flag.variants)).get(fallback) ?? null
  return listOf(
    '()',
    [
      { before: `(value): value is ${typeText(shapes)}`, body: check },
      listOf('{}', [prefixed('fallback: ', literal(value))]),
    ],
    'flag.json',
  )
}

function fallbackOf({ variants, metadata, offVariant, defaultVariant }: DocumentedFlag): string {
  const named = new Map(Object.entries(metadata ?? {})).get('fallback')
  if (typeof named === 'string' && Object.hasOwn(variants, named)) return named
  const [first = ''] = Object.keys(variants)
  const off = Object.entries(variants).find(([, value]) => value === false)?.[0]
  return offVariant ?? defaultVariant ?? off ?? first
}
