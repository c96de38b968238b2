type Terminal = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown }

const redrawMs = 200
const usualColumns = 80
const clearLine = '\r\x1b[K'

/** One line that tells how far a long work is, redrawn in its place; nothing where nobody watches. */
export class Progress {
  readonly #total: number
  readonly #terminal: Terminal
  readonly #nowMs: () => number
  readonly #startMs: number
  #drawnMs: number
  #done = 0

  constructor(total: number, terminal: Terminal, nowMs: () => number) {
    this.#total = total
    this.#terminal = terminal
    this.#nowMs = nowMs
    this.#startMs = nowMs()
    this.#drawnMs = this.#startMs
  }

  step(): void {
    this.#done++
    if (this.#terminal.isTTY !== true) return
    const now = this.#nowMs()
    if (now - this.#drawnMs < redrawMs) return
    this.#drawnMs = now
    const perSecond = (this.#done * 1_000) / (now - this.#startMs)
    const left = Math.ceil((this.#total - this.#done) / perSecond)
    const told = `${this.#done} of ${this.#total} lines, ${Math.round(perSecond)} a second, ${left} s left`
    this.#terminal.write(clearLine + told.slice(0, this.#room))
  }

  end(): void {
    if (this.#terminal.isTTY === true) this.#terminal.write(clearLine)
  }

  /** A line that fills the last column may wrap, and could not be taken away. */
  get #room(): number {
    return (this.#terminal.columns || usualColumns) - 1
  }
}
