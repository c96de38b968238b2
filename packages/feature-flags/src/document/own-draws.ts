import type { DocumentedFlag, FlagHoldout, FlagLayer } from './flag-document.ts'
import type { Parsing } from './parsing.ts'
import { field, quoted, type Trail } from './trail.ts'

/** What flags share, by name. */
export interface SharedDraws {
  readonly layers: ReadonlyMap<string, FlagLayer>
  readonly holdouts: ReadonlyMap<string, FlagHoldout>
}

/**
 * Refuses a flag that draws as its layer or holdout does: those would leave it users of some of its variants, and few or
 * none of the others.
 */
export function checkDraws(
  { layer, holdout, bucketing, rules, fallthrough }: DocumentedFlag,
  { layers, holdouts }: SharedDraws,
  at: Trail,
  { findings }: Parsing,
): void {
  const serves = [...rules.map(({ serve }) => serve), ...(fallthrough ? [fallthrough] : [])]
  check('layer', layer && layers.get(layer.id))
  check('holdout', holdout === undefined ? undefined : holdouts.get(holdout))

  function check(name: 'layer' | 'holdout', shared: FlagLayer | undefined): void {
    if (shared && serves.some((serve) => !('variant' in serve) && isAlike(serve, shared)))
      findings.tell(
        field(at, name),
        `a ${name} whose salt the flag does not draw by`,
        () => `the salt ${quoted(shared.salt)} of both`,
      )
  }

  function isAlike({ salt, by }: Partial<FlagLayer>, shared: FlagLayer): boolean {
    return (salt ?? bucketing.salt) === shared.salt && (by ?? bucketing.by) === shared.by
  }
}
