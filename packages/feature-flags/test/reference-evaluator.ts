import type {
  AttributeCondition,
  DocumentedFlag,
  FlagCondition,
  FlagDocument,
  FlagServe,
} from '@ashlar/feature-flags'
import { referenceMurmur3 } from './reference-murmur3.ts'
import { type Answer, opposites, referenceOperators } from './reference-operators.ts'

/** What the reference tells of a flag. */
export interface ReferenceAnswer {
  readonly reason: string
  readonly variant?: string | undefined
  readonly ruleId?: string | undefined
  readonly failure?: string
}

type Context = { readonly [attribute: string]: unknown }

/**
 * Tells a flag of a document by walking over it as it is written: nothing is prepared, shared or ordered, so that it is
 * as slow and as plain as the rules of evaluation themselves.
 */
export function referenceEvaluate(
  document: FlagDocument,
  key: string,
  context: Context,
  now: Date,
): ReferenceAnswer {
  const moment = context.timestamp instanceof Date ? context.timestamp : now
  return tell(key)

  function tell(flagKey: string): ReferenceAnswer {
    const flag = document.flags[flagKey]
    if (flag === undefined) return { reason: 'ERROR', failure: 'FlagNotFound' }
    return beforeRules(flag) ?? byRules(flag)
  }

  function beforeRules(flag: DocumentedFlag): ReferenceAnswer | undefined {
    const off = (reason: string) => ({ reason, variant: flag.offVariant })
    if (!flag.enabled) return off('DISABLED')

    const override = Object.entries(flag.overrides ?? {}).find(
      ([unit]) => unit === unitOf(flag.bucketing.by),
    )?.[1]
    if (override && (override.until === undefined || moment < new Date(override.until)))
      return { reason: 'OVERRIDE', variant: override.variant }

    const { from, until } = flag.schedule ?? {}
    const hasBegun = from === undefined || moment >= new Date(from)
    const hasNotEnded = until === undefined || moment < new Date(until)
    if (!hasBegun || !hasNotEnded) return off('OUT_OF_SCHEDULE')

    for (const prerequisite of flag.prerequisites ?? []) {
      const { variant } = tell(prerequisite.flag)
      if (variant === undefined || !prerequisite.in.includes(variant)) return off('PREREQUISITE_FAILED')
    }

    const holdout = flag.holdout === undefined ? undefined : document.holdouts[flag.holdout]
    if (holdout) {
      const bucket = bucketOf(holdout.by, holdout.salt, holdout.of)
      if (bucket === undefined) return noUnit
      if (bucket < holdout.weight) return off('HOLDOUT')
    }

    const layer = flag.layer && document.layers[flag.layer.id]
    if (flag.layer && layer) {
      const bucket = bucketOf(layer.by, layer.salt, 10_000)
      if (bucket === undefined) return noUnit
      if (bucket < flag.layer.range[0] || bucket >= flag.layer.range[1]) return off('OTHER_LAYER_SLICE')
    }
    return
  }

  function byRules(flag: DocumentedFlag): ReferenceAnswer {
    for (const rule of flag.rules) {
      if (rule.when && answer(rule.when) !== true) continue
      const served = serve(flag, rule.serve)
      if (served) return { ...served, ruleId: rule.id }
    }
    const { fallthrough } = flag
    const isConstant = isAlwaysAsked(flag) && (fallthrough === undefined || 'variant' in fallthrough)
    const reason = isConstant ? 'STATIC' : 'DEFAULT'
    const served = fallthrough && serve(flag, fallthrough)
    if (served) return served.reason === 'TARGETING_MATCH' ? { ...served, reason } : served
    return { reason, variant: flag.defaultVariant }
  }

  function serve(flag: DocumentedFlag, served: FlagServe): ReferenceAnswer | undefined {
    if ('variant' in served) return { reason: 'TARGETING_MATCH', variant: served.variant }
    const by = served.by ?? flag.bucketing.by
    const salt = served.salt ?? flag.bucketing.salt
    if (unitOf(by) === undefined) return noUnit
    const variant = drawn(served, (whole) => bucketOf(by, salt, whole) as number)
    return variant === undefined ? undefined : { reason: 'SPLIT', variant }
  }

  function drawn(
    served: Exclude<FlagServe, { variant: string }>,
    bucketIn: (whole: number) => number,
  ): string | undefined {
    if ('ramp' in served) {
      const { variant, otherwise, from, to, start, end } = served.ramp
      const grown = (moment.getTime() - Date.parse(start)) / (Date.parse(end) - Date.parse(start))
      const percent = from + (to - from) * Math.min(Math.max(grown, 0), 1)
      return (bucketIn(2 ** 32) * 100) / 2 ** 32 < percent ? variant : otherwise
    }
    if ('ranges' in served) {
      const bucket = bucketIn(served.of)
      return served.ranges.find(({ from, to }) => from <= bucket && bucket < to)?.variant
    }
    const weights = Object.entries(served.split)
    let bucket = bucketIn(weights.reduce((sum, [, weight]) => sum + weight, 0))
    for (const [variant, weight] of weights) {
      if (bucket < weight) return variant
      bucket -= weight
    }
    return
  }

  /** Kleene's logic of three values. */
  function answer(condition: FlagCondition): Answer {
    if ('not' in condition) {
      const inner = answer(condition.not)
      return inner === undefined ? undefined : !inner
    }
    if ('segment' in condition) return answer(document.segments[condition.segment] as FlagCondition)
    if ('all' in condition) {
      const parts = condition.all.map(answer)
      return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true
    }
    if ('any' in condition) {
      const parts = condition.any.map(answer)
      return parts.includes(true) ? true : parts.includes(undefined) ? undefined : false
    }
    return ask(condition)
  }

  function ask({ attribute, operator, value, values, onMissing, ignoreCase }: AttributeCondition): Answer {
    const found = attribute === 'timestamp' ? moment : context[attribute]
    const isMissing = found === undefined || found === null || Number.isNaN(found)
    if (operator === 'exists') return !isMissing
    if (operator === 'not_exists') return isMissing
    if (isMissing) return onMissing
    const operands = values ?? (value === undefined ? [] : [value])
    const name = opposites[operator] ?? operator
    const lower = (text: unknown) => (ignoreCase && typeof text === 'string' ? text.toLowerCase() : text)
    const told = referenceOperators[name]?.(
      Array.isArray(found) ? found.map(lower) : lower(found),
      operands.map(lower) as typeof operands,
    )
    return told === undefined || name === operator ? told : !told
  }

  function unitOf(by: string): string | undefined {
    const unit = context[by]
    const isUnit = (typeof unit === 'string' && unit !== '') || Number.isSafeInteger(unit)
    return isUnit ? `${unit as string}` : undefined
  }

  /** Whole numbers from 0 to below `whole`, all alike often. */
  function bucketOf(by: string, salt: string, whole: number): number | undefined {
    const unit = unitOf(by)
    if (unit === undefined) return
    const hash = referenceMurmur3(unit, referenceMurmur3(`${salt}\0`, 0))
    return Number((BigInt(hash) * BigInt(whole)) >> 32n)
  }
}

const noUnit: ReferenceAnswer = { reason: 'ERROR', failure: 'BucketingKeyMissing' }

/** Whether neither guards nor rules stand before what is served last. */
function isAlwaysAsked({
  overrides,
  schedule,
  prerequisites,
  holdout,
  layer,
  rules,
}: DocumentedFlag): boolean {
  const guards = [schedule, holdout, layer].some((guard) => guard !== undefined)
  return !guards && Object.keys(overrides ?? {}).length + (prerequisites?.length ?? 0) + rules.length === 0
}
