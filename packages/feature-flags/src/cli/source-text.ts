import type { Json } from '@ashlar/kernel'

/** Source code: a text, or a list or an arrow function that is broken into lines where it is too long for one. */
export type Code = string | CodeList | CodeArrow

/** An arrow function; its body has lines of its own where it is long. */
interface CodeArrow {
  readonly before: string
  readonly body: Code
}

/** Parts in brackets, such as an object or the arguments of a call. */
export interface CodeList {
  /** What stands before the list on its line. */
  readonly before: string
  readonly brackets: '{}' | '[]' | '()'
  readonly parts: readonly Code[]
  /** Whether each part has a line of its own, however short it is. */
  readonly tall: boolean
}

const maxColumns = 110

export function listOf(brackets: CodeList['brackets'], parts: readonly Code[], before = ''): CodeList {
  return { before, brackets, parts, tall: false }
}

/** Puts something before code, such as a property's name. */
export function prefixed(prefix: string, code: Code): Code {
  return typeof code === 'string' ? prefix + code : { ...code, before: prefix + code.before }
}

/** Prints code from a column on; lines after the first are indented. */
export function printed(code: Code, indent = 0): string {
  const line = inOneLine(code)
  if (typeof code === 'string') return line
  if (!isTall(code) && indent + line.length < maxColumns) return line
  if ('body' in code) return `${code.before} =>\n${' '.repeat(indent + 2)}${printed(code.body, indent + 2)}`
  const { before, brackets, parts } = code
  const [only] = parts
  const [open, close] = [brackets[0], brackets[1]]
  if (brackets === '()' && parts.length === 1 && typeof only === 'object')
    return `${before}(${printed(only, indent)})`
  const margin = ' '.repeat(indent + 2)
  const lines = parts.map((part) => `${margin}${printed(part, indent + 2)},\n`)
  return `${before}${open}\n${lines.join('')}${' '.repeat(indent)}${close}`
}

function isTall(code: Code): boolean {
  if (typeof code === 'string') return false
  if ('body' in code) return isTall(code.body)
  return code.parts.length > 0 && (code.tall || code.parts.some(isTall))
}

function inOneLine(code: Code): string {
  if (typeof code === 'string') return code
  if ('body' in code) return `${code.before} => ${inOneLine(code.body)}`
  const { before, brackets, parts } = code
  const inner = parts.map(inOneLine).join(', ')
  const space = brackets === '{}' && parts.length > 0 ? ' ' : ''
  return `${before}${brackets[0]}${space}${inner}${space}${brackets[1]}`
}

/** A text as a literal that is safe in any place, a comment included, and shows what it holds. */
export function quoted(text: string): string {
  return `'${escaped(text.replace(/['\\]/g, '\\$&'))}'`
}

/** Without what ends a line, is not seen, turns the direction of reading, or is half a character. */
export function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (letter) =>
    Array.from({ length: letter.length }, (_, at) => unit(letter.charCodeAt(at))).join(''),
  )
}

function unit(code: number): string {
  if (code === 10) return '\\n'
  return `\\u${code.toString(16).padStart(4, '0')}`
}

/** The name of a property; in brackets where the literal would mean the prototype. */
export function propertyName(name: string): string {
  if (name === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

/** A JSON value as a literal. */
export function literal(value: Json): Code {
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value !== 'object') return String(value)
  if (isList(value)) return listOf('[]', value.map(literal))
  return listOf(
    '{}',
    Object.entries(value).map(([name, part]) => prefixed(`${propertyName(name)}: `, literal(part ?? null))),
  )
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value)
}
