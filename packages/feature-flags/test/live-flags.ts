import { setImmediate } from 'node:timers/promises'
import type { Logger } from '@ashlar/kernel'
import { manualTimer } from '@ashlar/kernel/testing'
import { flag } from '../src/flags/flag.ts'
import { defineFlags } from '../src/flags/flag-set.ts'
import { LiveFlags, type LiveFlagsOptions } from '../src/live/live-flags.ts'
import type { LiveFlagsEvent } from '../src/live/live-reports.ts'
import type { FlagSource, LoadedFlags } from '../src/sources/flag-source.ts'

export const flags = defineFlags({ banner: flag.boolean(), checkout: flag.boolean() })
export const user = { targetingKey: 'u-1' }
export const bad = { version: 1, flags: { banner: { enabled: 'perhaps' } } }

/** A document that serves these variants, by default the same for both flags. */
export function documentOf(revision: string | undefined, banner: 'on' | 'off', checkout = banner) {
  const told = (defaultVariant: string) => ({
    enabled: true,
    type: 'boolean',
    variants: { on: true, off: false },
    defaultVariant,
  })
  return {
    version: 1,
    ...(revision !== undefined && { revision }),
    flags: { banner: told(banner), checkout: told(checkout) },
  }
}

/** Live flags, with what they tell, log and wait for. */
export async function open(options: LiveFlagsOptions) {
  const timer = manualTimer()
  const events: LiveFlagsEvent[] = []
  const log: string[] = []
  const write = (level: string) => (_: object, message?: string) => void log.push(`${level}: ${message}`)
  const logger: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
  const random = { next: () => 0.5 }
  const live = (await LiveFlags.open(flags, { timer, logger, random, ...options }))._unsafeUnwrap()
  live.onChange((event) => events.push(event))
  const banner = () => live.evaluator.enabled('banner', user)
  return { live, timer, events, log, banner }
}

/** A source without a watch, that answers whatever it is told to. */
export function sourceOf(load: FlagSource['load']): FlagSource {
  return { name: 'the source', load }
}

/** A source that answers, or throws, what stands in the list, then the last of it. */
export function answering(...answers: (LoadedFlags | Error)[]): FlagSource & { readonly asked: number } {
  let asked = 0
  return {
    ...sourceOf(async () => {
      const answer = answers[Math.min(asked++, answers.length - 1)] as LoadedFlags | Error
      if (answer instanceof Error) throw answer
      return answer
    }),
    get asked() {
      return asked
    },
  }
}

/** Lets all that can go on by itself go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate()
}
