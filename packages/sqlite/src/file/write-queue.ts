import type { Logger } from '@ashlar/kernel'
import { named } from '../sqlite-error.ts'
import { breath } from './breath.ts'
import type { Connection } from './connection.ts'
import { type Patience, patiently } from './patience.ts'

type Job = {
  readonly work: (file: Connection) => unknown
  readonly signal: AbortSignal | undefined
  readonly resolve: (value: never) => void
  readonly reject: (reason: unknown) => void
}

/** What the queue needs of a file. */
type WrittenFile = {
  readonly writer: Connection
  begin(): void
  settle(ended: { readonly committed: boolean }): void
}

/** Ends when the one whose turn it is has left. */
type Turn = () => Promise<void>

const maxJobsPerCommit = 256

/**
 * Lets writers in one at a time, first come, first served.
 *
 * Small jobs that wait behind each other share one transaction. A job checks and writes in one go, and has written
 * nothing when it answers with a refusal; one that throws is alone in what it loses.
 */
export class WriteQueue {
  readonly #file: WrittenFile
  readonly #patience: Patience & { readonly logger: Logger }
  readonly #waiting: (Job | Turn)[] = []
  readonly #listening = new Map<Job | Turn, () => void>()
  #turns = 0
  #isRunning = false

  constructor(file: WrittenFile, patience: Patience & { readonly logger: Logger }) {
    this.#file = file
    this.#patience = patience
  }

  /**
   * Runs a job in a transaction, shared with others.
   *
   * @param work - may be run again when the transaction had to be rolled back
   * @param signal - gives up while the job waits
   */
  run<T>(work: (file: Connection) => T, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const job: Job = { work, signal, resolve, reject }
      this.#enter(job)
      if (signal !== undefined && this.#turns > 0) this.#withdrawOnAbort(job, signal, reject)
    })
  }

  /**
   * Waits to be the only writer.
   *
   * @returns what must be called to let the next one in
   * @throws the signal's reason when it is aborted before
   */
  turn(signal?: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const turn: Turn = async () => {
        await new Promise<void>((leave) => resolve(leave))
        this.#turns--
      }
      this.#turns++
      this.#enter(turn)
      if (signal !== undefined)
        this.#withdrawOnAbort(turn, signal, (reason) => {
          this.#turns--
          reject(reason)
        })
    })
  }

  #enter(entry: Job | Turn): void {
    this.#waiting.push(entry)
    if (this.#isRunning) return
    this.#isRunning = true
    void this.#work()
  }

  #withdrawOnAbort(entry: Job | Turn, signal: AbortSignal, give: (reason: unknown) => void): void {
    const withdraw = () => {
      this.#waiting.splice(this.#waiting.indexOf(entry), 1)
      this.#stopListening(entry)
      give(signal.reason)
    }
    signal.addEventListener('abort', withdraw)
    this.#listening.set(entry, () => signal.removeEventListener('abort', withdraw))
  }

  #stopListening(entry: Job | Turn): void {
    this.#listening.get(entry)?.()
    this.#listening.delete(entry)
  }

  /** Each round waits until all callers of this moment have come, and lets timers and sockets have their turn. */
  async #work(): Promise<void> {
    for (;;) {
      await breath()
      const [next] = this.#waiting
      if (next === undefined) break
      if (typeof next === 'function') {
        this.#waiting.shift()
        this.#stopListening(next)
        await next()
      } else {
        const jobs = this.#takeJobs()
        await this.#runTogether(jobs).catch((error: unknown) => rejectAll(jobs, error))
      }
    }
    this.#isRunning = false
  }

  #takeJobs(): Job[] {
    const turn = this.#waiting.findIndex((entry) => typeof entry === 'function')
    const jobs = turn < 0 ? this.#waiting.length : turn
    const taken = this.#waiting.splice(0, Math.min(jobs, maxJobsPerCommit)) as Job[]
    if (this.#listening.size > 0) for (const job of taken) this.#stopListening(job)
    return taken
  }

  async #runTogether(taken: readonly Job[]): Promise<void> {
    let jobs = stillWanted(taken)
    if (jobs.length === 0) return
    try {
      await patiently(
        () => this.#file.begin(),
        this.#patience,
        () => {
          jobs = stillWanted(jobs)
          this.#dropAborted()
        },
      )
    } catch (error) {
      rejectAll(jobs, named(this.#patience.path, error))
      return
    }
    let answers: unknown[]
    try {
      answers = jobs.map(({ work }) => work(this.#file.writer))
      this.#file.writer.commit()
    } catch (error) {
      this.#file.settle({ committed: false })
      await this.#runApart(jobs, error)
      return
    }
    this.#file.settle({ committed: true })
    for (const [index, { resolve }] of jobs.entries()) resolve(answers[index] as never)
  }

  /** Looks for the one that breaks in halves, which costs few commits where one of many does. */
  async #runApart(jobs: readonly Job[], error: unknown): Promise<void> {
    try {
      this.#file.writer.rollback()
    } catch (rollbackError) {
      rejectAll(jobs, named(this.#patience.path, rollbackError))
      return
    }
    if (jobs.length === 1) return rejectAll(jobs, named(this.#patience.path, error))
    this.#warn({ jobs: jobs.length, error }, 'a write failed, its neighbours run again')
    const half = jobs.length >>> 1
    for (const part of [jobs.slice(0, half), jobs.slice(half)]) {
      await breath()
      await this.#runTogether(part)
    }
  }

  /** Those who wait behind a batch that waits for the lock don't wait for its end. */
  #dropAborted(): void {
    if (!this.#waiting.some(isAbortedJob)) return
    const aborted = this.#waiting.filter(isAbortedJob)
    this.#waiting.splice(0, Infinity, ...this.#waiting.filter((entry) => !isAbortedJob(entry)))
    for (const { reject, signal } of aborted) reject(signal?.reason)
  }

  /** A logger that breaks must not cost anybody a write. */
  #warn(facts: object, message: string): void {
    try {
      this.#patience.logger.warn(facts, message)
    } catch {}
  }
}

function isAbortedJob(entry: Job | Turn): entry is Job {
  return typeof entry === 'object' && entry.signal?.aborted === true
}

function rejectAll(jobs: readonly Job[], reason: unknown): void {
  for (const { reject } of jobs) reject(reason)
}

function stillWanted(jobs: readonly Job[]): readonly Job[] {
  if (!jobs.some(({ signal }) => signal?.aborted)) return jobs
  for (const { signal, reject } of jobs) if (signal?.aborted) reject(signal.reason)
  return jobs.filter(({ signal }) => signal?.aborted !== true)
}
