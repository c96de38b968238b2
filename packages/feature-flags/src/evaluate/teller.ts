import type { DocumentedFlag } from '../document/flag-document.ts'
import type { FlagDefinition } from '../flags/flag.ts'
import type { FlagDetails, FlagFailure, FlagReason } from './flag-details.ts'

/** Details of a flag whose type is not known. */
export type AnyDetails = FlagDetails<unknown>

/** Facts of a failure beside the flag, and the rule that it happened in. */
interface FailureFacts {
  readonly ruleId?: string | undefined
  readonly attribute?: string
  readonly found?: string
}

/** Makes all details of one flag, once and for all who ask. */
export interface Teller {
  told(variant: string | undefined, reason: FlagReason, ruleId?: string): AnyDetails
  untold(type: FlagFailure['type'], message: string, facts?: FailureFacts): AnyDetails
}

export function tellerOf(
  flag: string,
  revision: string,
  { fallback, variants }: Partial<FlagDefinition> = {},
  documented?: DocumentedFlag,
): Teller {
  const values = new Map<string | undefined, unknown>(Object.entries(variants ?? documented?.variants ?? {}))
  values.set(undefined, fallback)
  const details = (
    ok: boolean,
    value: unknown,
    variant?: string,
    reason?: string,
    ruleId?: string,
    failure?: object,
  ) =>
    Object.freeze({
      ok,
      value,
      variant,
      reason,
      ruleId,
      revision,
      failure,
      metadata: documented?.metadata,
    }) as AnyDetails
  return {
    told: (variant, reason, ruleId) => details(true, values.get(variant), variant, reason, ruleId),
    untold: (type, message, { ruleId, ...facts } = {}) =>
      details(
        false,
        fallback,
        undefined,
        'ERROR',
        ruleId,
        Object.freeze({ type, message: `flag "${flag}": ${message}`, flag, ...facts }),
      ),
  }
}
