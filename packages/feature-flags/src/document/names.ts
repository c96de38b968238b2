/** Names that every object has; a program that looks one up in an object finds what nobody wrote. */
const namesOfEveryObject: ReadonlySet<string> = new Set([
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toLocaleString',
  'toString',
  'valueOf',
])

const mostCharacters = 200

/** What a name must be, for a text that can be none; undefined for a good one. */
export function wantedName(name: string): string | undefined {
  return namesOfEveryObject.has(name) ? 'a name that not every object has' : wantedText(name)
}

/** What a text must be that is kept and told; undefined for a good one. */
export function wantedText(text: string): string | undefined {
  const isGood = text !== '' && (text.length <= mostCharacters || characters(text) <= mostCharacters)
  return isGood ? undefined : `a text of 1 to ${mostCharacters} characters`
}

/** What the name of a variant must be: objects put names that look like list indexes first, and the order matters. */
export function wantedVariantName(name: string): string | undefined {
  return listIndex.test(name) ? 'a name that is no number' : wantedName(name)
}

const listIndex = /^(?:0|[1-9]\d{0,9})$/

/** Counted as JSON Schema counts; a text that is far too long is not worth the walk. */
function characters(text: string): number {
  return text.length > 2 * mostCharacters ? text.length : [...text].length
}
