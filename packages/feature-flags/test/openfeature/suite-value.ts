import type { FlagValue } from '@openfeature/server-sdk'

/** Reads a value as the suite writes it: by the name of its type, in quotes, with quotes inside escaped. */
export function suiteValue(type: string, text: string): FlagValue {
  switch (type.toLowerCase()) {
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw new Error(`"${text}" is no boolean`)
      return text === 'true'
    case 'string':
      return text
    case 'integer':
    case 'float':
      return Number(text)
    case 'object':
      return JSON.parse(text.replaceAll('\\"', '"'))
    default:
      throw new Error(`the suite has no type "${type}"`)
  }
}
