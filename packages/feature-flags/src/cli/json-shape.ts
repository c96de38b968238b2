import type { Json } from '@ashlar/kernel'
import { type Code, listOf, prefixed, propertyName, quoted } from './source-text.ts'

/** What some JSON values have in common: one of the shapes, each of another kind or with other fields. */
export type Shapes = ReadonlyMap<string, Shape>

type Shape =
  | { readonly kind: 'null' | 'boolean' | 'number' | 'string' }
  | { readonly kind: 'list'; readonly parts: Shapes }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Shapes> }

/** The shapes of values: texts, numbers and the like by their kind, objects by their fields. */
export function shapesOf(values: readonly Json[]): Shapes {
  const shapes = new Map<string, Shape>()
  for (const [kind, alike] of Map.groupBy(values, kindOf)) shapes.set(kind, shapeOf(alike))
  return shapes
}

/** Objects are of one kind when they have the same fields. */
function kindOf(value: Json): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  if (Array.isArray(value)) return 'list'
  return `object ${JSON.stringify(Object.keys(value).sort())}`
}

function shapeOf(alike: readonly Json[]): Shape {
  const [first] = alike
  if (typeof first === 'string') return { kind: 'string' }
  if (typeof first === 'number') return { kind: 'number' }
  if (typeof first === 'boolean') return { kind: 'boolean' }
  if (first === null || first === undefined) return { kind: 'null' }
  if (Array.isArray(first)) return { kind: 'list', parts: shapesOf((alike as readonly Json[][]).flat()) }
  const names = Object.keys(first)
  const fields = names.map((name) => [name, shapesOf(alike.map((each) => fieldOf(each, name)))] as const)
  return { kind: 'object', fields: new Map(fields) }
}

function fieldOf(value: Json, name: string): Json {
  const field = Object.getOwnPropertyDescriptor(value, name)
  return (field?.value as Json | undefined) ?? null
}

/** The type of the values, as TypeScript. */
export function typeText(shapes: Shapes): string {
  const types = [...shapes.values()].map(typeOfShape)
  return types.length === 0 ? 'never' : types.join(' | ')
}

function typeOfShape(shape: Shape): string {
  if (shape.kind === 'list') {
    const parts = typeText(shape.parts)
    return shape.parts.size > 1 || parts.startsWith('readonly ')
      ? `readonly (${parts})[]`
      : `readonly ${parts}[]`
  }
  if (shape.kind !== 'object') return shape.kind
  const fields = [...shape.fields].map(([name, of]) => `readonly ${propertyName(name)}: ${typeText(of)}`)
  return fields.length === 0 ? '{ readonly [name: string]: never }' : `{ ${fields.join('; ')} }`
}

/** The shapes as data, which {@link shapeChecker} looks through. */
export function shapeData(shapes: Shapes): Code {
  return listOf('[]', [...shapes.values()].map(dataOfShape))
}

function dataOfShape(shape: Shape): Code {
  if (shape.kind === 'list') return listOf('{}', [prefixed('list: ', shapeData(shape.parts))])
  if (shape.kind !== 'object') return quoted(shape.kind)
  const fields = [...shape.fields].map(([name, of]) => listOf('[]', [quoted(name), shapeData(of)]))
  return listOf('{}', [prefixed('fields: ', listOf('[]', fields))])
}

/** The function of a generated module that tells whether a value has one of these shapes. */
export const shapeChecker = `type Shape =
  | 'null'
  | 'boolean'
  | 'number'
  | 'string'
  | { readonly list: readonly Shape[] }
  | { readonly fields: readonly (readonly [name: string, shapes: readonly Shape[]])[] }

function hasShape(value: unknown, shapes: readonly Shape[]): boolean {
  return shapes.some((shape) => {
    if (typeof shape === 'string') return shape === (value === null ? 'null' : typeof value)
    if ('list' in shape) return Array.isArray(value) && value.every((part) => hasShape(part, shape.list))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const found = new Map<string, unknown>(Object.entries(value))
    return shape.fields.every(([name, of]) => hasShape(found.get(name), of))
  })
}
`
