/**
 * When an instance that seems broken gets no calls for a while, after gRPC's outlier detection.
 *
 * @see https://github.com/grpc/proposal/blob/master/A50-xds-outlier-detection.md
 */
export interface OutlierOptions {
  /** So many failures in a row eject; 5 unless told, from 1. */
  readonly consecutiveFailures?: number
  /** A share of failures that ejects, where the others' is at most half of it; 0.5 unless told, from 0 to 1. */
  readonly failureShare?: number
  /** How many calls to an instance within one interval its share wants; 20 unless told, from 1. */
  readonly leastCalls?: number
  /** How long an interval is; 10,000 unless told. */
  readonly intervalMs?: number
  /** How long the first ejection lasts, each following one as much longer; 30,000 unless told. */
  readonly ejectionMs?: number
  /** The longest ejection; 300,000 unless told. */
  readonly maxEjectionMs?: number
  /** The most instances that are ejected at a time, as a share rounded down; 0.5 unless told, from 0 to 1. */
  readonly maxEjectedShare?: number
  /**
   * Where a smaller share of the healthy instances is left than this, ejection is wrong about something, and all of them
   * get calls; 0.3 unless told, from 0 to 1. 0 is never: a client without an instance then says `AllEjected`.
   */
  readonly panicShare?: number
}

/** With all that was not told. */
export type Outliers = Required<OutlierOptions>

/**
 * Fills in what was not told.
 *
 * @throws RangeError for a number out of its range
 */
export function outliersOf(options: OutlierOptions): Outliers {
  return {
    consecutiveFailures: within('consecutiveFailures', options.consecutiveFailures ?? 5, 1, 1e9),
    failureShare: within('failureShare', options.failureShare ?? 0.5, 0, 1),
    leastCalls: within('leastCalls', options.leastCalls ?? 20, 1, 1e9),
    intervalMs: within('intervalMs', options.intervalMs ?? 10_000, 1, longest),
    ejectionMs: within('ejectionMs', options.ejectionMs ?? 30_000, 1, longest),
    maxEjectionMs: within('maxEjectionMs', options.maxEjectionMs ?? 300_000, 1, longest),
    maxEjectedShare: within('maxEjectedShare', options.maxEjectedShare ?? 0.5, 0, 1),
    panicShare: within('panicShare', options.panicShare ?? 0.3, 0, 1),
  }
}

/** What timers can wait. */
const longest = 2 ** 31 - 1

function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value
  throw new RangeError(`option ${name}: expected a number from ${least} to ${most}, found ${value}`)
}
