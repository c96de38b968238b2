import { RemoteError } from '../run/remote-error.ts'
import type { Channel } from './channel.ts'
import { isLonger } from './is-longer.ts'

/** What crosses a channel: a question with its number, its answer or failure, the end of interest in it, or a note. */
type Message =
  | readonly ['ask', number, string, unknown]
  | readonly ['answer', number, unknown?]
  | readonly ['failure', number, string]
  | readonly ['cancel', number]
  | readonly ['note', string, unknown]

/** Does what the other side asks for. */
export interface PeerWork {
  /** The most bytes of an answer; instead of a larger one, the other side is told so. */
  readonly maxMessageBytes: number
  /** Answers a question, for as long as there is interest in it. */
  asked(what: string, value: unknown, interest: Interest): unknown
  /** Hears a note. */
  noted(what: string, value: unknown): void
  /** Puts what was thrown into words for the other side. */
  reasonOf(thrown: unknown): string
  /** The other side does not keep to the protocol; told once. */
  broken(detail: string): void
  /** Something has come that was not asked for; false when it is too much. */
  admit?(): boolean
}

/** What this side has asked and not yet heard the end of. */
interface Question {
  readonly resolve: (answer: unknown) => void
  readonly reject: (reason: Error) => void
}

/** A question, by which it can be called off. */
export interface Asked {
  readonly id: number
  readonly answer: Promise<unknown>
}

/** The other side's interest in an answer; it costs nothing where nobody looks at it. */
export class Interest {
  #controller: AbortController | undefined
  #lost: unknown

  /** Aborted when the other side has lost interest. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#lost !== undefined) this.#controller.abort(this.#lost)
    return this.#controller.signal
  }

  lose(reason: Error): void {
    this.#lost ??= reason
    this.#controller?.abort(this.#lost)
  }
}

/** One side of a conversation: asks and is asked, many questions at a time. */
export class Peer {
  readonly #channel: Channel
  readonly #work: PeerWork
  readonly #questions = new Map<number, Question>()
  /** Questions of the other side that can still be called off. */
  readonly #open = new Map<number, Interest>()
  #last = 0
  #ended: Error | undefined

  constructor(channel: Channel, work: PeerWork) {
    this.#channel = channel
    this.#work = work
  }

  /** How many questions the other side owes an answer for, those that were called off included. */
  get owed(): number {
    return this.#questions.size
  }

  /** Asks the other side; the answer rejects with the reason that it gives, and with what `end` was told. */
  ask(what: string, value: unknown): Asked {
    return this.askWith(what, JSON.stringify(value) ?? 'null')
  }

  /** As {@link Peer.ask}, with the value as JSON already. */
  askWith(what: string, json: string): Asked {
    const id = ++this.#last
    const answer = new Promise<unknown>((resolve, reject) => {
      if (this.#ended !== undefined) reject(this.#ended)
      else this.#questions.set(id, { resolve, reject })
    })
    if (this.#ended === undefined) this.#channel.send(`["ask",${id},${JSON.stringify(what)},${json}]`)
    return { id, answer }
  }

  /** Tells the other side that nobody waits for an answer any more; it still has to give one. */
  cancel(id: number): void {
    if (this.#ended === undefined && this.#questions.has(id)) this.#channel.send(`["cancel",${id}]`)
  }

  /** Tells the other side something. */
  note(what: string, value: unknown): void {
    if (this.#ended === undefined) this.#channel.send(JSON.stringify(['note', what, value]))
  }

  /** Rejects all that was asked, and asks, answers and hears nothing more. */
  end(reason: Error): void {
    this.#ended ??= reason
    for (const { reject } of this.#questions.values()) reject(this.#ended)
    this.#questions.clear()
    for (const interest of this.#open.values()) interest.lose(this.#ended)
    this.#open.clear()
  }

  /** Hears a text of the other side. */
  hear(text: string): void {
    if (this.#ended !== undefined) return
    const message = messageIn(text)
    if (message === undefined) this.#break(`it has sent what is no message: ${text.slice(0, 100)}`)
    else this.#take(message)
  }

  #take(message: Message): void {
    switch (message[0]) {
      case 'answer':
        this.#settled(message[1])?.resolve(message[2])
        return
      case 'failure':
        this.#settled(message[1])?.reject(new RemoteError(message[2]))
        return
      default:
        this.#takeUnasked(message)
    }
  }

  #takeUnasked(message: Extract<Message, readonly ['ask' | 'cancel' | 'note', ...unknown[]]>): void {
    if (this.#work.admit?.() === false) return
    if (message[0] === 'note') this.#work.noted(message[1], message[2])
    else if (message[0] === 'cancel')
      this.#open.get(message[1])?.lose(new DOMException('nobody waits for it any more', 'AbortError'))
    else if (this.#open.has(message[1])) this.#break(`it has asked twice by the number ${message[1]}`)
    else void this.#answer(message[1], message[2], message[3])
  }

  async #answer(id: number, what: string, value: unknown): Promise<void> {
    const interest = new Interest()
    this.#open.set(id, interest)
    let reply: string
    try {
      const answer = JSON.stringify(await this.#work.asked(what, value, interest))
      reply = answer === undefined ? `["answer",${id}]` : `["answer",${id},${answer}]`
    } catch (thrown) {
      reply = JSON.stringify(['failure', id, this.#work.reasonOf(thrown)])
    }
    this.#open.delete(id)
    const { maxMessageBytes } = this.#work
    if (isLonger(reply, maxMessageBytes))
      reply = JSON.stringify([
        'failure',
        id,
        `the answer must be at most ${maxMessageBytes} bytes, found more`,
      ])
    if (this.#ended === undefined) this.#channel.send(reply)
  }

  #settled(id: number): Question | undefined {
    const question = this.#questions.get(id)
    if (question === undefined) this.#break(`it has answered number ${id}, which nobody had asked`)
    this.#questions.delete(id)
    return question
  }

  #break(detail: string): void {
    this.#work.broken(detail)
  }
}

function messageIn(text: string): Message | undefined {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return
  }
  return isMessage(message) ? message : undefined
}

function isMessage(message: unknown): message is Message {
  if (!Array.isArray(message)) return false
  const [kind, second, third] = message as readonly unknown[]
  switch (kind) {
    case 'ask':
      return Number.isSafeInteger(second) && typeof third === 'string'
    case 'answer':
    case 'cancel':
      return Number.isSafeInteger(second)
    case 'failure':
      return Number.isSafeInteger(second) && typeof third === 'string'
    case 'note':
      return typeof second === 'string'
    default:
      return false
  }
}
