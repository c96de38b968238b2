/** What one plugin may use. */
export interface PluginLimits {
  /** How long it may take to start: code loaded, configuration checked, activated; 10 000 ms unless told. */
  readonly startTimeoutMs: number
  /** How long one call may take unless the caller says less; 5 000 ms unless told. */
  readonly callTimeoutMs: number
  /** How long calls in flight may go on when it is stopped or replaced; 10 000 ms unless told. */
  readonly drainTimeoutMs: number
  /** How long `deactivate` and what it disposes of may take; 5 000 ms unless told. */
  readonly stopTimeoutMs: number
  /** Calls at a time; one more is refused. 1 000 unless told. */
  readonly maxConcurrentCalls: number
  /** Memory of its own, where it runs on its own; 134 217 728 bytes unless told. */
  readonly maxMemoryBytes: number
  /** One message from or to it, where it runs on its own; 1 048 576 bytes unless told. */
  readonly maxMessageBytes: number
  /** Messages a second that nobody asked it for: log lines and calls of services; 1 000 unless told. */
  readonly maxMessagesPerSecond: number
  /** Faults within `faultWindowMs` after which it is not started again; 5 unless told. */
  readonly maxFaults: number
  /** The time within which faults are counted; 60 000 ms unless told. */
  readonly faultWindowMs: number
}

/** The limits of a plugin whose terms name none. */
export const defaultLimits: PluginLimits = Object.freeze({
  startTimeoutMs: 10_000,
  callTimeoutMs: 5_000,
  drainTimeoutMs: 10_000,
  stopTimeoutMs: 5_000,
  maxConcurrentCalls: 1_000,
  maxMemoryBytes: 134_217_728,
  maxMessageBytes: 1_048_576,
  maxMessagesPerSecond: 1_000,
  maxFaults: 5,
  faultWindowMs: 60_000,
})
