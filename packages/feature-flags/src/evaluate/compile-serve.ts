import { seedOf, shareEnd, unitOf } from '../bucketing/draw.ts'
import { murmur3 } from '../bucketing/murmur3.ts'
import type { FlagBucketing, FlagCondition, FlagRamp, FlagServe } from '../document/flag-document.ts'
import type { AnyContext, CompileOptions } from './compile-options.ts'
import type { AnyDetails, Teller } from './teller.ts'

/** Decides a flag, or leaves it to who comes next. */
export type Decide = (context: AnyContext) => AnyDetails | undefined

/** What a rule serves. */
export interface CompiledServe {
  /** The answer where it is the same for all. */
  readonly constant: AnyDetails | undefined
  readonly decide: Decide
}

/** A rule whose serve is ready and whose condition is not. */
export interface RuleToCompile {
  readonly when: FlagCondition | undefined
  readonly serve: CompiledServe
}

/** Where a slice ends, in parts of a whole, and what is told within; undefined leaves it to who comes next. */
export type Slice = readonly [end: number, details: AnyDetails | undefined]

/** Makes ready what a rule serves to those for whom it is. */
export function compileServe(
  serve: FlagServe,
  bucketing: FlagBucketing,
  ruleId: string | undefined,
  teller: Teller,
  { momentOf }: CompileOptions,
): CompiledServe {
  if ('variant' in serve) {
    const constant = teller.told(serve.variant, 'TARGETING_MATCH', ruleId)
    return { constant, decide: () => constant }
  }
  const { salt = bucketing.salt, by = bucketing.by } = serve
  const decide = draw(salt, by, teller, 'ramp' in serve ? growing(serve.ramp) : shares(serve), ruleId)
  return { constant: undefined, decide }

  function shares(drawn: Exclude<FlagServe, { variant: string } | { ramp: FlagRamp }>): Share {
    if ('ranges' in drawn) {
      const slices = drawn.ranges.flatMap(({ variant, from, to }): Slice[] => [
        [from, undefined],
        [to, split(variant)],
      ])
      return sliced(slices, drawn.of)
    }
    let whole = 0
    const slices = Object.entries(drawn.split).map(([variant, weight]): Slice => {
      whole += weight
      return [whole, split(variant)]
    })
    return sliced(slices, whole)
  }

  function growing({ variant, otherwise, from, to, start, end }: FlagRamp): Share {
    const began = Date.parse(start)
    const perMillisecond = (to - from) / (Date.parse(end) - began)
    const within = split(variant)
    const beyond = otherwise === undefined ? undefined : split(otherwise)
    return (hash, context) => {
      const grown = from + perMillisecond * (momentOf(context).getTime() - began)
      return hash >>> 0 < Math.min(Math.max(grown, from), to) * onePercent ? within : beyond
    }
  }

  function split(variant: string): AnyDetails {
    return teller.told(variant, 'SPLIT', ruleId)
  }
}

const onePercent = 2 ** 32 / 100

/** Chooses by the bits of a hash; a ramp also by the moment. */
type Share = (hash: number, context: AnyContext) => AnyDetails | undefined

/** Draws for a context's unit. */
export function draw(salt: string, by: string, { untold }: Teller, share: Share, ruleId?: string): Decide {
  const seed = seedOf(salt)
  const noUnit = untold('BucketingKeyMissing', `found no text or whole number as "${by}"`, {
    ruleId,
    attribute: by,
  })
  return (context) => {
    const unit = unitOf(context[by])
    return unit === undefined ? noUnit : share(murmur3(unit, seed), context)
  }
}

/** Chooses among slices that follow each other. */
export function sliced(slices: readonly Slice[], whole: number): Share {
  const ends = slices.map(([end]) => shareEnd(end, whole))
  const told = slices.map(([, details]) => details)
  return (hash) => {
    for (let at = 0; at < ends.length; at++) if (hash >>> 0 < (ends[at] as number)) return told[at]
    return
  }
}
