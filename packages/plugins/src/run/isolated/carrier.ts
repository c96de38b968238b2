import type { Channel, ChannelListener } from '../../rpc/channel.ts'
import type { CrashCause } from '../run-failure.ts'

/** How a thread or process has ended. */
export interface CarrierEnd {
  readonly cause: CrashCause
  /** In words, with the last that it has written. */
  readonly detail: string
}

/** A thread or process that can run one plugin. */
export interface Carrier {
  readonly channel: Channel
  /** Resolves when it has ended, by itself or by `end`. */
  readonly ended: Promise<CarrierEnd>
  /** Ends it, by force if need be; resolves to false when that did not succeed. */
  end(): Promise<boolean>
  /** Whether it keeps the host alive. */
  hold(isHeld: boolean): void
}

/** How much a carrier may use, and what it may reach. */
export interface CarrierTerms {
  readonly maxMemoryBytes: number
  readonly readPaths: readonly string[]
  readonly writePaths: readonly string[]
  readonly network: boolean
}

/** Starts a thread or process. */
export type Launch = (
  terms: CarrierTerms,
  maxMessageBytes: () => number,
  listener: ChannelListener,
) => Carrier

/** The last that a thread or process has written, for whoever has to find out why it ended. */
export class LastWords {
  #text = ''

  /** Reads all that comes, so that nothing waits, and keeps the end of it. */
  listenTo(stream: NodeJS.ReadableStream | null): void {
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      this.#text = (this.#text + text).slice(-mostKept)
    })
    stream?.on('error', () => {})
  }

  /** Whether something was said. */
  has(words: string): boolean {
    return this.#text.includes(words)
  }

  /** The last line, or nothing. */
  get lastLine(): string {
    const line = this.#text.trimEnd().split('\n').at(-1) ?? ''
    return line === '' ? '' : `: ${line.slice(-500)}`
  }
}

const mostKept = 65_536
