import type { Result } from '@ashlar/result'
import type { LiveFlagsEvent } from '../live/live-reports.ts'
import type { AnyFlagDetails } from './resolution.ts'

/** Tells any flag by its key; a `FeatureFlagEvaluator` does. */
export interface FlagTeller {
  /** The revision that decides; empty before there is one. */
  readonly revision: string
  /** Tells a flag for a context; never throws. */
  evaluate(key: string, context: unknown): AnyFlagDetails
}

/** Flags that are kept in step with a source; `LiveFlags` are. */
export interface FollowedFlags {
  /** Tells the flags. */
  readonly evaluator: FlagTeller
  /** Whether they are up to date. */
  readonly status: 'ready' | 'stale' | 'closed'
  /** Why they are stale. */
  readonly lastFailure: { readonly message: string } | undefined
  /** Tells a listener of what becomes of them; returns what takes it off again. */
  onChange(listener: (event: LiveFlagsEvent) => void): () => void
  /** Ends following. */
  close(): Promise<void>
}

/** Opens flags when a provider is made ready, as `() => LiveFlags.open(flags, options)` does. */
export type OpenFlags = () => Promise<
  Result<FollowedFlags, { readonly type: string; readonly message: string }>
>
