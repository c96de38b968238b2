import { valid, validRange } from 'semver'
import { longestName, namePattern } from '../contract/name.ts'

/** What a text of a manifest must look like. */
export interface TextRule {
  /** What is expected, in words. */
  readonly expected: string
  /** The most characters. */
  readonly longest: number
  /** What it looks like, as `plugin.schema.json` says it, too. */
  readonly pattern: RegExp
  /** What no pattern can say. */
  readonly isRight?: (text: string) => boolean
}

export const nameRule: TextRule = {
  expected: `lower-case words joined by "." and "-", at most ${longestName} characters`,
  longest: longestName,
  pattern: namePattern,
}

export const versionRule: TextRule = {
  expected: 'a version by semver, such as 1.4.0',
  longest: 100,
  pattern:
    /^(?:(?:0|[1-9]\d{0,14})\.){2}(?:0|[1-9]\d{0,14})(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/,
  isRight: (text) => valid(text) !== null,
}

export const rangeRule: TextRule = {
  expected: 'a range of versions by semver, such as ^1.4.0',
  longest: 200,
  pattern: /^[ -~]*[!-~][ -~]*$/,
  isRight: (text) => validRange(text) !== null,
}

export const apiRule: TextRule = {
  expected: 'the name of an interface of the host, such as shop/1, at most 100 characters without spaces',
  longest: 100,
  pattern: /^[!-~]+$/,
}

/** Neither `..` nor a drive, a backslash or a control character, so that it stays below the folder on every system. */
export const entryRule: TextRule = {
  expected: 'a file .cjs or .mjs of the plugin’s own folder, its path with "/" and without ".."',
  longest: 200,
  pattern: /^(?:\.\/)?(?:(?!\.{1,2}\/)[^\p{Cc}"*/:<>?\\|]+\/)*[^\p{Cc}"*/:<>?\\|]+\.[cm]js$/u,
}

/** Neither `,` nor `*`, in which Node's permissions would see more paths than one. */
export const pathRule: TextRule = {
  expected: 'an absolute path without "*", "?" and ",", at most 1000 characters',
  longest: 1_000,
  pattern: /^(?:\/|[A-Za-z]:[\\/])[^\p{Cc}*,?]*$/u,
}

export const environmentRule: TextRule = {
  expected: 'a name of letters, digits and "_", at most 100 characters',
  longest: 100,
  pattern: /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/,
}

export const integrityRule: TextRule = {
  expected: '"sha256-" and the 43 or 44 characters of a hash in base64',
  longest: 51,
  pattern: /^sha256-[A-Za-z0-9+/]{43}=?$/,
}

export const signatureRule: TextRule = {
  expected: '"ed25519-" and the 86 or 88 characters of a signature in base64',
  longest: 96,
  pattern: /^ed25519-[A-Za-z0-9+/]{86}(?:==)?$/,
}

export function follows(rule: TextRule, value: unknown): value is string {
  if (typeof value !== 'string' || value.length > rule.longest || !rule.pattern.test(value)) return false
  return rule.isRight === undefined || rule.isRight(value)
}
