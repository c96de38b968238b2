/** Facts on a span or a measurement, in OpenTelemetry's shape. */
export type Attributes = { readonly [name: string]: string | number | boolean }

/** One piece of work, as OpenTelemetry's `Span` has it. */
export interface Span {
  /** Adds facts that were learnt on the way. */
  setAttributes(attributes: Attributes): unknown
  /** `code` 1 is OK, 2 is ERROR, as in OpenTelemetry's `SpanStatusCode`. */
  setStatus(status: { readonly code: number; readonly message?: string }): unknown
  /** Notes a thrown error. */
  recordException(error: unknown): void
  /** Ends the work now. */
  end(): void
}

/** Starts spans, as OpenTelemetry's `Tracer` does. */
export interface Tracer {
  /** Calls `work` with a new span that is active meanwhile; `work` ends it. */
  startActiveSpan<T>(name: string, options: { readonly attributes?: Attributes }, work: (span: Span) => T): T
}

/** Counts, as OpenTelemetry's `Counter` does. */
export interface Counter {
  /** Adds a number that is not negative. */
  add(value: number, attributes?: Attributes): void
}

/** Records a distribution, as OpenTelemetry's `Histogram` does. */
export interface Histogram {
  /** Records one value in the unit that the histogram was made with. */
  record(value: number, attributes?: Attributes): void
}

/** Makes instruments, as OpenTelemetry's `Meter` does. */
export interface Meter {
  /** A count that only grows. */
  createCounter(name: string, options?: { readonly description?: string; readonly unit?: string }): Counter
  /** A distribution of values. */
  createHistogram(
    name: string,
    options?: { readonly description?: string; readonly unit?: string },
  ): Histogram
}

/** What is handed in for observation; any part may be absent, and then costs nothing. */
export interface Telemetry {
  /** OpenTelemetry's tracer, or anything in its shape. */
  readonly tracer?: Tracer
  /** OpenTelemetry's meter, or anything in its shape. */
  readonly meter?: Meter
}
