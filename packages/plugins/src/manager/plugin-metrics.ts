/** What one plugin has done since the manager first started it, over reloads and restarts. */
export interface PluginMetrics {
  /** Calls that have begun. */
  readonly calls: number
  /** Calls in flight now. */
  readonly inFlight: number
  /** Calls that ended in a failure, time-outs included. */
  readonly failures: number
  /** Calls that were not answered in time. */
  readonly timeouts: number
  /** Calls that were refused because as many as it may have were in flight. */
  readonly refused: number
  /** Crashes, time-outs and failed restarts. */
  readonly faults: number
  /** How often it was started again by itself. */
  readonly restarts: number
  /** How often another version took its place while it was running. */
  readonly reloads: number
}

/** The metrics of one plugin while they are counted. */
export class PluginCounts implements PluginMetrics {
  calls = 0
  inFlight = 0
  failures = 0
  timeouts = 0
  refused = 0
  faults = 0
  restarts = 0
  reloads = 0

  /** The counts as they are now. */
  copy(): PluginMetrics {
    return Object.freeze({ ...this })
  }
}
