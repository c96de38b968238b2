import type { Socket } from 'node:net'
import type { Channel, ChannelListener } from './channel.ts'

const newline = 10
/** So many messages leave without waiting for the end of the turn: the other side works on them meanwhile. */
const mostTogether = 16
/** Kept, since a plugin's own realm has another `process`. */
const { nextTick } = process

/**
 * Lines of text over a socket.
 *
 * What is sent within one turn leaves in a few pieces, the last after all promises of the turn have settled: many calls at
 * a time cost little more than one.
 */
export class SocketChannel implements Channel {
  readonly #socket: Socket
  readonly #maxBytes: () => number
  readonly #listener: ChannelListener
  readonly #begun: Buffer[] = []
  #begunBytes = 0
  #unsent = ''
  #unsentCount = 0

  /** @param maxBytes - the most bytes of one line that comes in */
  constructor(socket: Socket, maxBytes: () => number, listener: ChannelListener) {
    this.#socket = socket
    this.#maxBytes = maxBytes
    this.#listener = listener
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    // A socket that breaks is a plugin or host that has ended, which is told by its own end.
    socket.on('error', () => socket.destroy())
  }

  get backlogBytes(): number {
    return this.#socket.writableLength
  }

  send(text: string): void {
    if (this.#unsent === '') nextTick(() => this.#flush())
    this.#unsent += `${text}\n`
    if (++this.#unsentCount === mostTogether) this.#flush()
  }

  #flush(): void {
    const text = this.#unsent
    if (text === '') return
    this.#unsent = ''
    this.#unsentCount = 0
    if (!this.#socket.destroyed) this.#socket.write(text)
  }

  #take(chunk: Buffer): void {
    const first = chunk.indexOf(newline)
    const bytes = this.#begunBytes + (first < 0 ? chunk.length : first)
    if (bytes > this.#maxBytes()) {
      this.#socket.destroy()
      this.#listener.tooLarge()
    } else if (first < 0) this.#keep(chunk)
    else this.#takeLines(chunk)
  }

  #takeLines(chunk: Buffer): void {
    const end = chunk.lastIndexOf(newline)
    const whole = Buffer.concat([...this.#begun.splice(0), chunk.subarray(0, end)])
    this.#begunBytes = 0
    if (end + 1 < chunk.length) this.#keep(chunk.subarray(end + 1))
    for (const line of whole.toString('utf8').split('\n')) {
      if (this.#socket.destroyed) return
      this.#listener.text(line)
    }
  }

  #keep(begun: Buffer): void {
    this.#begun.push(begun)
    this.#begunBytes += begun.length
  }
}
