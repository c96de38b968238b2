import { err, ok, type Result } from '@ashlar/result'
import type { FlagDocument } from '../document/flag-document.ts'
import { parseFlagDocument } from '../document/parse-flag-document.ts'
import type { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import type { FlagSet } from '../flags/flag-set.ts'
import type { ConditionOperator } from '../operators/operator.ts'
import type { LoadedFlags } from '../sources/flag-source.ts'
import { changedFlags } from './changed-flags.ts'
import { isOlder } from './compare-revisions.ts'
import {
  flagRevisionReused,
  flagSourceUnavailable,
  type ReloadFailure,
  staleFlagRevision,
} from './live-failure.ts'
import type { LiveReports } from './live-reports.ts'
import { sameContent } from './same-content.ts'

/** A load that went well. */
export type FlagsReloaded = {
  /** The keys of flags that may be told differently than before, sorted; none where the document is the same. */
  readonly changed: readonly string[]
  /** The revision that is in force now. */
  readonly revision: string
}

/** The part of an evaluator that takes documents, whatever its flags are. */
type DocumentTaker = Pick<FeatureFlagEvaluator<FlagSet>, 'flags' | 'revision' | 'use'>

type Reloaded = Result<FlagsReloaded, ReloadFailure>

/** Puts good documents in force, keeps the last good one, and says so. */
export class DocumentInForce {
  readonly #evaluator: DocumentTaker
  readonly #source: string
  readonly #operators: readonly ConditionOperator[]
  readonly #reports: LiveReports
  #document: FlagDocument | undefined
  #lastFailure: ReloadFailure | undefined
  /** Why the document that the source answered last is not in force. */
  #refusal: ReloadFailure | undefined
  #hasAnswer = false

  constructor(
    evaluator: DocumentTaker,
    bootstrap: FlagDocument | undefined,
    { source, operators }: { readonly source: string; readonly operators: readonly ConditionOperator[] },
    reports: LiveReports,
  ) {
    this.#evaluator = evaluator
    this.#document = bootstrap
    this.#source = source
    this.#operators = operators
    this.#reports = reports
    if (bootstrap !== undefined) this.#warnOfMisfit(bootstrap)
  }

  /** Whether there is a document, be it the one to begin with. */
  get exists(): boolean {
    return this.#document !== undefined
  }

  /** Why the document in force may not be the newest. */
  get lastFailure(): ReloadFailure | undefined {
    return this.#lastFailure
  }

  /**
   * Takes what the source has answered.
   *
   * @throws Error for `'unchanged'` from a source that has answered somebody else
   */
  take(loaded: LoadedFlags): Reloaded {
    if (loaded === 'unchanged') {
      if (this.#hasAnswer) return this.#refusal === undefined ? this.#settle([]) : this.fail(this.#refusal)
      throw new Error(
        '"unchanged" as its first answer, expected a document: each reader needs its own source',
      )
    }
    this.#hasAnswer = true
    try {
      const judged = this.#judge(loaded.document)
      this.#refusal = judged.isErr() ? judged.error : undefined
      return judged.isOk() ? this.#use(judged.value) : this.fail(judged.error)
    } catch (error) {
      this.#refusal = flagSourceUnavailable(this.#source, error)
      return this.fail(this.#refusal)
    }
  }

  /** Keeps to the document in force. */
  fail(failure: ReloadFailure): Reloaded {
    if (!this.exists) return err(failure)
    this.#lastFailure = failure
    const isNews = this.#reports.warnOnce(`flags are stale: ${failure.message}`, { failure })
    if (isNews) this.#reports.tell({ type: 'refused', failure })
    return err(failure)
  }

  #judge(unchecked: unknown): Result<FlagDocument, ReloadFailure> {
    const parsed = parseFlagDocument(unchecked, { operators: this.#operators })
    const current = this.#document
    if (parsed.isErr() || current === undefined) return parsed
    const found = parsed.value
    if (isOlder(found.revision, current.revision))
      return err(staleFlagRevision(this.#source, current.revision, found.revision))
    if (found.revision === current.revision && !sameContent(current, found))
      return err(flagRevisionReused(this.#source, found.revision))
    return parsed
  }

  #use(document: FlagDocument): Reloaded {
    const before = this.#document
    if (before !== undefined && sameContent(before, document)) return this.#settle([])
    this.#evaluator.use(document)
    this.#document = document
    this.#warnOfMisfit(document)
    const changed = changedFlags(before, document)
    const settled = this.#settle(changed)
    this.#reports.tell({ type: 'changed', revision: document.revision, changed })
    return settled
  }

  /**
   * A document that the code's flags do not fit is taken all the same, as old code and new documents meet in every
   * roll-out: who waits for the other flags, a kill switch for one, is told, and the misfit has its fallback.
   */
  #warnOfMisfit(document: FlagDocument): void {
    const fitted = parseFlagDocument(document, { operators: this.#operators, flags: this.#evaluator.flags })
    if (fitted.isOk()) return
    const { findings, more } = fitted.error
    this.#reports.warn(
      { source: this.#source, revision: document.revision, findings, more },
      `flags do not fit the code: ${fitted.error.message}`,
    )
  }

  #settle(changed: readonly string[]): Reloaded {
    const { revision } = this.#evaluator
    const wasStale = this.#lastFailure !== undefined
    this.#lastFailure = undefined
    this.#reports.forget()
    if (wasStale) {
      this.#reports.info({ source: this.#source, revision }, 'flags are up to date again')
      this.#reports.tell({ type: 'recovered' })
    }
    return ok({ changed, revision })
  }
}
