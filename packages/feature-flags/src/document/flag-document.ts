import type { Json } from '@ashlar/kernel'
import type { FlagMetadata } from '../evaluate/flag-details.ts'
import type { FlagType } from '../flags/flag.ts'

/**
 * A flag document that was checked and brought into one spelling, as JSON: what `parseFlagDocument` of
 * `@ashlar/feature-flags/document` returns, and what an evaluator takes.
 *
 * It may be sent on as it is, to a browser for one; whoever makes one by hand gets no check.
 */
export type FlagDocument = {
  /** The version of the format. */
  readonly version: 1
  /** Names this content: what the author says, or a checksum. */
  readonly revision: string
  /** Conditions by name, for rules and other segments to refer to. */
  readonly segments: { readonly [name: string]: FlagCondition }
  /** Populations by name, of which flags share out slices. */
  readonly layers: { readonly [name: string]: FlagLayer }
  /** Parts of the population by name that see nothing new. */
  readonly holdouts: { readonly [name: string]: FlagHoldout }
  /** The flags by key. */
  readonly flags: { readonly [key: string]: DocumentedFlag }
}

/** Slices of one population that flags share without meeting in one user. */
export type FlagLayer = {
  /** Another salt is another draw. */
  readonly salt: string
  /** The attribute by which users are put into buckets. */
  readonly by: string
}

/** A part of the population that sees nothing new: `weight` parts `of` all. */
export type FlagHoldout = {
  /** How many parts are held out: a whole number from 0 to `of`. */
  readonly weight: number
  /** How many parts there are: a whole number from 1 to 2^31 − 1. */
  readonly of: number
  /** Another salt is another draw. */
  readonly salt: string
  /** The attribute by which users are put into buckets. */
  readonly by: string
}

/** One flag of a {@link FlagDocument}. */
export type DocumentedFlag = {
  /** The kill switch: a flag that is not enabled is off for everybody. */
  readonly enabled: boolean
  /** The kind of all its values. */
  readonly type: FlagType
  /** The values by variant; at least one. */
  readonly variants: { readonly [name: string]: Json }
  /** Served where the flag is switched off, unscheduled, held out or lacks a prerequisite; else the definition's fallback. */
  readonly offVariant?: string
  /** Served where no rule decides; else the definition's fallback. */
  readonly defaultVariant?: string
  /** Variants of single users, by the value of the attribute that is drawn by; they stand before all but the kill switch. */
  readonly overrides?: { readonly [unit: string]: FlagOverride }
  /** When the flag is in force; always unless told. */
  readonly schedule?: FlagSchedule
  /** Other flags that must serve certain variants; all of them. */
  readonly prerequisites?: readonly FlagPrerequisite[]
  /** The name of the holdout whose users the flag is off for. */
  readonly holdout?: string
  /** The slice of a layer outside of which the flag is off. */
  readonly layer?: FlagLayerSlice
  /** How splits, ranges and ramps draw. */
  readonly bucketing: FlagBucketing
  /** The first that matches and serves decides. */
  readonly rules: readonly FlagRule[]
  /** Served where no rule decides, before `defaultVariant`. */
  readonly fallthrough?: FlagServe
  /** Facts that are told with the flag. */
  readonly metadata?: FlagMetadata
}

/** One user's variant, whatever the rules say. */
export type FlagOverride = {
  /** The variant. */
  readonly variant: string
  /** The moment, ISO 8601 in UTC, from which it no longer holds. */
  readonly until?: string
}

/** When a flag is in force; ISO 8601 in UTC, `from` included, `until` not. */
export type FlagSchedule = {
  /** The first moment. */
  readonly from?: string
  /** The moment from which it is off again. */
  readonly until?: string
}

/** Another flag, one of whose variants must be served. */
export type FlagPrerequisite = {
  /** The key of the other flag. */
  readonly flag: string
  /** The variants that will do; at least one. */
  readonly in: readonly string[]
}

/** The flag's slice of a layer: from `range[0]` to below `range[1]`, in parts of 10,000. */
export type FlagLayerSlice = {
  /** The name of the layer. */
  readonly id: string
  /** Where the slice begins and where it no longer is: whole numbers from 0 to 10,000. */
  readonly range: readonly [number, number]
}

/** How users are put into buckets. */
export type FlagBucketing = {
  /** Names the algorithm and its version, so that no new release moves users. */
  readonly algorithm: 'murmur3-utf8/1'
  /** Another salt is another draw; it is the flag's first key unless told. */
  readonly salt: string
  /** The attribute whose value is drawn for. */
  readonly by: string
}

/** Whom a rule is for, and what they get. */
export type FlagRule = {
  /** Names the rule in details; no other rule of the flag has it. */
  readonly id: string
  /** Whom it is for; everybody unless told. */
  readonly when?: FlagCondition
  /** What they get. */
  readonly serve: FlagServe
}

/**
 * What is served; a split, ranges and a ramp draw by the flag's bucketing unless they name a salt or attribute.
 *
 * The shares of a split follow each other in the order of its names, so another order moves users.
 */
export type FlagServe =
  | { readonly variant: string }
  | (FlagDraw & { readonly split: { readonly [variant: string]: number } })
  | (FlagDraw & { readonly ranges: readonly FlagRange[]; readonly of: number })
  | (FlagDraw & { readonly ramp: FlagRamp })

/** How one serve draws, where it differs from the flag. */
export type FlagDraw = {
  /** Another salt is another draw. */
  readonly salt?: string
  /** The attribute whose value is drawn for. */
  readonly by?: string
}

/** From `from` to below `to`, in parts of the serve's `of`; who is in no range goes on to the next rule. */
export type FlagRange = {
  /** The variant of those who are in it. */
  readonly variant: string
  /** The first part. */
  readonly from: number
  /** The first part that no longer belongs to it. */
  readonly to: number
}

/** A share that grows evenly from `from` to `to` percent between two moments; the others get `otherwise`, or go on. */
export type FlagRamp = {
  /** What the share gets. */
  readonly variant: string
  /** What the others get; unless told they go on to the next rule. */
  readonly otherwise?: string
  /** The share before `start`, in percent from 0 to 100. */
  readonly from: number
  /** The share from `end` on, in percent from `from` to 100. */
  readonly to: number
  /** The moment, ISO 8601 in UTC, at which it begins to grow. */
  readonly start: string
  /** The moment, ISO 8601 in UTC, at which it is grown. */
  readonly end: string
}

/** Whom a rule or segment is for; a missing attribute makes it neither true nor false, and `not` of that is no match. */
export type FlagCondition =
  | { readonly all: readonly FlagCondition[] }
  | { readonly any: readonly FlagCondition[] }
  | { readonly not: FlagCondition }
  | { readonly segment: string }
  | AttributeCondition

/** A question about one attribute. */
export type AttributeCondition = {
  /** The name of the attribute. */
  readonly attribute: string
  /** The name of a {@link ConditionOperator}, built in or handed in. */
  readonly operator: string
  /** What an operator that takes one value compares with. */
  readonly value?: string | number | boolean
  /** What an operator that takes a list compares with; at least one. */
  readonly values?: readonly (string | number | boolean)[]
  /** The answer for who lacks the attribute; without it the condition is neither true nor false. */
  readonly onMissing?: boolean
  /** Whether texts are compared in lower case. */
  readonly ignoreCase?: boolean
}
