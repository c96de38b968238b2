import type { Channel, ChannelListener } from './channel.ts'
import { isLonger } from './is-longer.ts'

/** The part of a MessagePort or Worker that a channel uses. */
interface Port {
  postMessage(text: string): void
  on(event: 'message', listener: (text: unknown) => void): unknown
}

/** Texts as messages between threads. */
export class PortChannel implements Channel {
  /** Messages leave at once. */
  readonly backlogBytes = 0
  readonly #port: Port
  #hasEnded = false

  /** @param maxBytes - the most bytes of one text that comes in */
  constructor(port: Port, maxBytes: () => number, listener: ChannelListener) {
    this.#port = port
    port.on('message', (text) => {
      if (this.#hasEnded) return
      if (typeof text === 'string' && !isLonger(text, maxBytes())) {
        listener.text(text)
        return
      }
      this.#hasEnded = true
      if (typeof text === 'string') listener.tooLarge()
      else listener.text('')
    })
  }

  send(text: string): void {
    if (!this.#hasEnded) this.#port.postMessage(text)
  }
}
