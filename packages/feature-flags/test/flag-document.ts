import type { DocumentedFlag, FlagDocument, FlagRule, FlagServe } from '@ashlar/feature-flags'

/** A document of these flags, by hand and in one spelling. */
export function documentOf(
  flags: { readonly [key: string]: DocumentedFlag },
  rest: Partial<FlagDocument> = {},
): FlagDocument {
  return { version: 1, revision: 'r1', segments: {}, layers: {}, holdouts: {}, ...rest, flags }
}

/** A boolean flag that is on and off, and off unless told. */
export function onOff(rest: Partial<DocumentedFlag> = {}): DocumentedFlag {
  return {
    enabled: true,
    type: 'boolean',
    variants: { on: true, off: false },
    offVariant: 'off',
    defaultVariant: 'off',
    bucketing: bucketing('salt'),
    rules: [],
    ...rest,
  }
}

/** A rule for everybody. */
export function everybody(serve: FlagServe, id = 'rule-1'): FlagRule {
  return { id, serve }
}

/** Users are drawn for by their targeting key, under a salt. */
export function bucketing(salt: string): DocumentedFlag['bucketing'] {
  return { algorithm: 'murmur3-utf8/1', salt, by: 'targetingKey' }
}
