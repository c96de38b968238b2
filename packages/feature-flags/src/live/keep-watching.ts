import { pause, type Random, type Timer } from '@ashlar/kernel'
import { backOffMs } from '../sources/back-off.ts'
import { reasonOf } from '../sources/reason-of.ts'
import { roundsOf } from './rounds-of.ts'

/** Who is told of a source that is watched. */
export interface Watcher {
  readonly timer: Timer
  readonly random: Random
  /** Asks the source; never throws. */
  refresh(): Promise<void>
  /** Watching begins, again for one. */
  begun(): void
  /** Watching has failed, and will begin again later; `isNews` where the last failure had another reason. */
  failed(reason: string, isNews: boolean): void
}

/** Watches a source until the signal is aborted; where that fails, asks it by back-off and tries again. Never throws. */
export async function keepWatching(
  watch: (options: { readonly signal: AbortSignal }) => AsyncIterable<void>,
  signal: AbortSignal,
  watcher: Watcher,
): Promise<void> {
  const { timer, random } = watcher
  let failures = 0
  let known: string | undefined
  while (!signal.aborted) {
    watcher.begun()
    let reason = 'it has ended'
    try {
      let isFirst = true
      for await (const _ of roundsOf(watch({ signal }), signal)) {
        // Many come round at once, whether they can go on or not.
        if (!isFirst) [failures, known] = [0, undefined]
        isFirst = false
        await watcher.refresh()
      }
    } catch (error) {
      reason = reasonOf(error)
    }
    if (signal.aborted) return
    watcher.failed(reason, reason !== known)
    known = reason
    await pause(backOffMs(++failures, random), timer, signal).catch(() => {})
    await watcher.refresh()
  }
}
