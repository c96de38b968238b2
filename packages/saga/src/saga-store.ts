import type { Context, Json, JsonObject } from '@ashlar/kernel'

/**
 * Where a saga stands.
 *
 * `running` and `compensating` are under way; `needs-attention` waits for a person; the others are final.
 */
export type SagaStatus =
  | 'running'
  | 'compensating'
  | 'needs-attention'
  | 'completed'
  | 'compensated'
  | 'cancelled'
  | 'abandoned'

/** Why a saga turned back or stopped; kept from the first time on, never overwritten. */
export type SagaCause = {
  /** The step that said no or broke. */
  readonly step: string
  /** Whether it was being run or undone. */
  readonly phase: SagaPhase
  /** A failure that the step returned, or the text of what it threw. */
  readonly failure: JsonObject & { readonly type: string; readonly message: string }
}

/** Whether a step is run or undone. */
export type SagaPhase = 'run' | 'undo'

/** Whose request started a saga; its steps get a Context that is rebuilt from it. */
export type SagaOrigin = {
  /** The request's. */
  readonly correlationId: string
  /** The message or event that started the saga. */
  readonly causationId?: string
  /** Who acted. */
  readonly userId?: string
  /** Whose data. */
  readonly tenantId?: string
}

/** A saga as a store keeps it. */
export interface SagaRecord {
  /** Given by the one who started it; the same id is the same saga. */
  readonly id: string
  /** The definition's name. */
  readonly name: string
  /** The definition's version; workers that don't know it leave the saga alone. */
  readonly version: number
  /** Where it stands. */
  readonly status: SagaStatus
  /** The step that is next, run or undone; counts from 0. */
  readonly step: number
  /** How often the present step was tried and threw. */
  readonly attempt: number
  /** What it was started with. */
  readonly input: Json
  /** The outputs of the steps that ran, by step; a step without output is `null`. */
  readonly outputs: JsonObject
  /** Why it turned back or stopped. */
  readonly cause: SagaCause | undefined
  /** Whose request started it. */
  readonly origin: SagaOrigin
  /** Raised at each claim; a write with an old fence is refused. */
  readonly fence: number
  /** Who works on it, until `dueAt`. */
  readonly owner: string | undefined
  /** When it may be claimed: the end of a lease, or the next attempt; milliseconds since 1970, undefined for never. */
  readonly dueAt: number | undefined
  /** When it was started; ISO-8601, UTC. */
  readonly startedAt: string
  /** When it was last written; ISO-8601, UTC. */
  readonly updatedAt: string
}

/** One line of a saga's log. */
export interface SagaLogEntry {
  /** Its number in the saga; counts from 1. */
  readonly sequence: number
  /** The step's name. */
  readonly step: string
  /** Run or undone. */
  readonly phase: SagaPhase
  /** Which attempt it was; counts from 1. */
  readonly attempt: number
  /** How it ended: `ok`, `failed` (it said no), or `thrown`. */
  readonly outcome: 'ok' | 'failed' | 'thrown'
  /** The output, or the failure. */
  readonly payload: Json
  /** When; ISO-8601, UTC. */
  readonly at: string
}

/** What a store needs to know to hand out sagas. */
export interface SagaClaim {
  /** Who will work on them. */
  readonly owner: string
  /** The definitions that the worker knows, each as `name@version`. */
  readonly definitions: readonly string[]
  /** How many at most; from 1. */
  readonly limit: number
  /** The present moment; milliseconds since 1970. */
  readonly now: number
  /** When the lease ends unless it is renewed; milliseconds since 1970. */
  readonly leaseUntil: number
}

/**
 * Keeps sagas, so that any worker can go on with them.
 *
 * Every write of a worker carries the fence that it was given at its claim; a write with an older fence changes nothing.
 * The contract is `sagaStoreContract` of `@ashlar/saga/testing`.
 */
export interface SagaStore {
  /**
   * Keeps a new saga, or finds the one that has its id.
   *
   * @returns the stored saga: `isNew` tells whether it is the one that was handed in
   * @throws TenantMismatchError for a context of another tenant; the signal's reason when it is aborted;
   * InvalidSagaError for a `dueAt` that is no whole number of milliseconds
   */
  insert(saga: SagaRecord, context: Context): Promise<{ readonly saga: SagaRecord; readonly isNew: boolean }>

  /**
   * Hands out sagas that are due, oldest due first, each with a raised fence, the new owner, and the lease as `dueAt`.
   *
   * Only those that are `running` or `compensating`, and whose `dueAt` is not after `now`. Of those that are due at the
   * same moment, the one that was inserted first comes first. Sagas of other definitions cost nothing, however many wait.
   * @throws InvalidSagaError for a `leaseUntil` that is no whole number of milliseconds
   */
  claim(claim: SagaClaim): Promise<readonly SagaRecord[]>

  /**
   * Writes what a worker did, and its line in the log, in one commit.
   *
   * What a saga was started with (id, name, version, input, origin, startedAt) stays as it is. A line with the step,
   * phase, attempt and time of the last one is that one, and is not added again: the worker did not hear of its commit.
   * @param saga - the new state, with the fence of the claim
   * @param entry - the line to add; its `sequence` is given by the store
   * @returns false, and nothing is written, when the fence is old or the saga unknown
   * @throws InvalidSagaError for a `dueAt` that is no whole number of milliseconds
   */
  save(saga: SagaRecord, entry: Omit<SagaLogEntry, 'sequence'> | undefined): Promise<boolean>

  /**
   * Extends the leases of sagas that still have this fence and an owner.
   *
   * @returns the ids of the others, which stay as they are
   * @throws InvalidSagaError for a `leaseUntil` that is no whole number of milliseconds
   */
  renew(
    held: readonly { readonly id: string; readonly fence: number }[],
    leaseUntil: number,
  ): Promise<readonly string[]>

  /** Finds a saga, or undefined. */
  find(id: string): Promise<SagaRecord | undefined>

  /** Tells a saga's log, oldest first; empty for an unknown saga. */
  log(id: string): Promise<readonly SagaLogEntry[]>

  /** Tells when the next saga of these definitions is due; milliseconds since 1970, undefined for never. */
  nextDue(definitions: readonly string[]): Promise<number | undefined>

  /**
   * Comes round at once, then whenever sagas may have changed; several changes may be told as one.
   *
   * Ends when the store is closed meanwhile.
   * @throws SagaStoreClosedError when it was closed before; the signal's reason when it is aborted
   */
  watch(options: { readonly signal: AbortSignal }): AsyncIterable<void>

  /** Refuses all further work by SagaStoreClosedError; closing again does nothing. */
  close(): Promise<void>
}
