import { pause, Wakeup } from '@ashlar/kernel'
import { backOffMs } from '../registry/back-off.ts'
import type { Instance } from '../registry/instance.ts'
import type { EtcdHttp } from './etcd-http.ts'
import type { EtcdListing } from './etcd-listing.ts'
import type { ParsedEtcdOptions } from './etcd-registry-options.ts'
import { factsOf } from './json-facts.ts'
import { jsonLines } from './json-lines.ts'
import { unlessQuiet } from './unless-quiet.ts'

/** What {@link etcdRounds} follows, and by what. */
export interface EtcdRounds {
  readonly listing: EtcdListing
  readonly http: EtcdHttp
  readonly options: ParsedEtcdOptions
}

/**
 * Tells what a service's keys hold, and then each change of them.
 *
 * A stream that ends is begun again at another member, from a new listing: at once for the first time, later after a rest
 * that grows while streams end as soon as they have begun. Only where there is no listing is there trouble.
 */
export async function* etcdRounds(
  rounds: EtcdRounds,
  signal: AbortSignal,
): AsyncGenerator<readonly Instance[], void, undefined> {
  const { listing, http, options } = rounds
  const { quietMs, random, timer } = options
  for (let failures = 0; ; failures++) {
    if (failures > 1) await pause(Math.min(quietMs, backOffMs(failures - 1, random)), timer, signal)
    await listing.load(http, signal)
    const begunAt = timer.now()
    const stop = new AbortController()
    const changed = new Wakeup()
    // read on while a slow reader thinks, so that only the newest waits for it
    const ended = followed(rounds, changed, AbortSignal.any([signal, stop.signal]))
    try {
      for await (const _ of changed.waits({ signal })) yield listing.instances
    } finally {
      stop.abort()
      await ended
    }
    if (timer.now() - begunAt >= longLifeMs) failures = -1
  }
}

/** A stream that lives so long ends by chance, not because there is something wrong with all of them. */
const longLifeMs = 1_000

/** Keeps the listing up to date until the stream ends, whichever way; throws nothing. */
async function followed(
  { listing, http, options }: EtcdRounds,
  changed: Wakeup,
  signal: AbortSignal,
): Promise<void> {
  let { member } = http
  try {
    const stream = await http.stream('v3/watch', listing.watchRequest, signal)
    member = stream.member
    for await (const message of unlessQuiet(jsonLines(stream.body, options.maxBytes), options, signal)) {
      if (message === undefined) {
        // a connection that was cut off without a word is silent too, and so is a member that hangs
        if ((await listing.hasMissed(http, signal)) || http.member !== member) break
        continue
      }
      const result = message.object('result')
      if (result.boolean('canceled')) break
      const events = result.list('events').map((event, at) => factsOf(event, `events[${at}]`))
      listing.apply(events)
      if (events.length > 0) changed.wake()
    }
  } catch (error) {
    if (!signal.aborted) options.logger.debug({ registry: options.name, err: error }, 'a watch has ended')
  }
  http.leave(member)
  changed.close()
}
