import type { SpecificationNode } from './node.ts'
import { shorten, show } from './outside-value.ts'

const signs = {
  eq: '=',
  ne: '≠',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  contains: 'contains',
  startsWith: 'starts with',
  endsWith: 'ends with',
} as const

const longest = 200

/** A rule for people, at most about 200 characters of it. */
export function ruleText(node: SpecificationNode): string {
  return shorten(wholeText(node), longest)
}

function wholeText(node: SpecificationNode): string {
  switch (node.op) {
    case 'and':
      return node.args.length === 0 ? 'anything' : listed(node.args, partText, ' and ')
    case 'or':
      return node.args.length === 0 ? 'nothing' : listed(node.args, partText, ' or ')
    case 'not':
      return `not (${ruleText(node.arg)})`
    case 'isNull':
      return `${node.field} is null`
    case 'in':
      return node.values.length === 0
        ? `${node.field} is one of none`
        : `${node.field} is one of ${listed(node.values, show, ', ')}${modeText(node)}`
    default:
      return `${node.field} ${signs[node.op]} ${show(node.value)}${modeText(node)}`
  }
}

function partText(node: SpecificationNode): string {
  const isJunction = node.op === 'and' || node.op === 'or'
  return isJunction && node.args.length > 0 ? `(${ruleText(node)})` : ruleText(node)
}

function modeText({ text }: { readonly text?: string }): string {
  return text === 'fold' ? ', A to Z as a to z' : ''
}

/** Stops when there is enough, however many parts there are. */
function listed<Part>(parts: readonly Part[], write: (part: Part) => string, separator: string): string {
  let text = ''
  for (const part of parts) {
    if (text.length > longest) return text
    text += text === '' ? write(part) : separator + write(part)
  }
  return text
}
