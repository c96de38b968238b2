import { compileRules } from '#compile-rules'
import { unitOf } from '../bucketing/draw.ts'
import type { DocumentedFlag, FlagLayer, FlagSchedule, FlagServe } from '../document/flag-document.ts'
import type { FlagDefinition } from '../flags/flag.ts'
import type { AnyContext, CompileOptions } from './compile-options.ts'
import { compileServe, type Decide, draw, type Slice, sliced } from './compile-serve.ts'
import type { FlagReason } from './flag-details.ts'
import { type AnyDetails, type Teller, tellerOf } from './teller.ts'

/** A flag, ready to be asked. */
export interface CompiledFlag {
  /** Undefined where the answer is always the same. */
  readonly decide: Decide | undefined
  /** The answer where {@link decide} has none. */
  readonly last: AnyDetails
  /** The answer where a context threw. */
  readonly broken: AnyDetails
}

/** The compiled flags, for those that depend on others. */
export type CompiledFlags = ReadonlyMap<string, CompiledFlag>

/** Makes a flag ready: everything that can be known before a context is there is known afterwards. */
export function compileFlag(
  key: string,
  documented: DocumentedFlag,
  definition: FlagDefinition | undefined,
  flags: CompiledFlags,
  options: CompileOptions,
): CompiledFlag {
  const teller = tellerOf(key, options.revision, definition, documented)
  const { enabled, offVariant, bucketing, rules, fallthrough, defaultVariant } = documented
  const off = (reason: FlagReason) => teller.told(offVariant, reason)
  const found = definition && foreignPart(definition, documented)
  if (found)
    return constantFlag(
      teller.untold('FlagTypeMismatch', `expected what the code declares, found ${found}`, { found }),
    )
  if (!enabled) return constantFlag(off('DISABLED'))
  const serve = (each: FlagServe, ruleId?: string) => compileServe(each, bucketing, ruleId, teller, options)
  const [variant, draws] =
    fallthrough === undefined
      ? [defaultVariant, []]
      : 'variant' in fallthrough
        ? [fallthrough.variant, []]
        : [defaultVariant, [serve(fallthrough).decide]]
  const served = rules.map((rule) => ({ when: rule.when, serve: serve(rule.serve, rule.id) }))
  const steps = [
    ...guards(documented, flags, teller, options, off),
    ...compileRules(served, options),
    ...draws,
  ]
  const last = teller.told(variant, steps.length === 0 ? 'STATIC' : 'DEFAULT')
  if (steps.length === 0) return constantFlag(last)
  const broken = teller.untold('InvalidEvaluationContext', 'the context throws when it is read')
  return { decide: firstOf(steps), last, broken }
}

/** A flag that is the same for everybody. */
export function constantFlag(constant: AnyDetails): CompiledFlag {
  return { decide: undefined, last: constant, broken: constant }
}

/** What of a document the code does not know, or would not take. */
function foreignPart(
  { type, variants, accepts }: FlagDefinition,
  documented: DocumentedFlag,
): string | undefined {
  if (type !== documented.type) return `type ${documented.type}`
  for (const [name, value] of Object.entries(documented.variants)) {
    try {
      if (variants ? Object.hasOwn(variants, name) : !accepts || accepts(value)) continue
    } catch {
      // a check that throws has not accepted
    }
    return `variant "${name}"`
  }
  return
}

function firstOf(steps: readonly Decide[]): Decide {
  const [first] = steps
  if (first !== undefined && steps.length === 1) return first
  return (context) => {
    for (const step of steps) {
      const details = step(context)
      if (details !== undefined) return details
    }
    return
  }
}

/** What stands before the rules, in the order in which it decides. */
function guards(
  { overrides, schedule, prerequisites = [], holdout, layer, bucketing }: DocumentedFlag,
  flags: CompiledFlags,
  teller: Teller,
  { layers, holdouts, momentOf }: CompileOptions,
  off: (reason: FlagReason) => AnyDetails,
): Decide[] {
  const steps: Decide[] = []
  if (overrides) {
    const forced = new Map(
      Object.entries(overrides).map(([unit, { variant, until }]) => [
        unit,
        {
          details: teller.told(variant, 'OVERRIDE'),
          holds: until === undefined ? () => true : span({ until }),
        },
      ]),
    )
    steps.push((context) => {
      const override = forced.get(unitOf(context[bucketing.by]) ?? '')
      return override?.holds(context) ? override.details : undefined
    })
  }
  if (schedule) {
    const unscheduled = off('OUT_OF_SCHEDULE')
    const holds = span(schedule)
    steps.push((context) => (holds(context) ? undefined : unscheduled))
  }
  for (const { flag, in: wanted } of prerequisites) {
    const failed = off('PREREQUISITE_FAILED')
    steps.push((context) => {
      const other = flags.get(flag)
      const variant = other && (other.decide?.(context) ?? other.last).variant
      return variant !== undefined && wanted.includes(variant) ? undefined : failed
    })
  }
  const held = holdouts.get(holdout as string)
  if (held) cut(held, [[held.weight, off('HOLDOUT')]], held.of)
  const shared = layer && layers.get(layer.id)
  if (shared) {
    const [from, to] = layer.range
    const others = off('OTHER_LAYER_SLICE')
    const slices: Slice[] = [
      [from, others],
      [to, undefined],
      [parts, others],
    ]
    cut(shared, slices, parts)
  }
  return steps

  function cut({ salt, by }: FlagLayer, slices: readonly Slice[], whole: number): void {
    steps.push(draw(salt, by, teller, sliced(slices, whole)))
  }

  /** Whether a context's moment lies between two; a moment that is none never does. */
  function span({ from, until }: FlagSchedule) {
    const starts = from === undefined ? -Infinity : Date.parse(from)
    const ends = until === undefined ? Infinity : Date.parse(until)
    return (context: AnyContext): boolean => {
      const moment = momentOf(context).getTime()
      return moment >= starts && moment < ends
    }
  }
}

/** Into how many parts a layer is cut. */
const parts = 10_000
