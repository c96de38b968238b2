import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Cart, Total } from './bench-host.ts'

/** Something that answers, with no more between than the channel itself. */
export interface Bare {
  ask(cart: Cart): Promise<Total>
  close(): unknown
}

/** Questions that wait for their answers, by number. */
function questions() {
  const open = new Map<number, (total: Total) => void>()
  let last = 0
  return {
    answered: ([id, total]: readonly [number, Total]) => {
      open.get(id)?.(total)
      open.delete(id)
    },
    ask: (send: (message: readonly [number, Cart]) => void, cart: Cart) =>
      new Promise<Total>((resolve) => {
        open.set(++last, resolve)
        send([last, cart])
      }),
  }
}

/** A thread that is asked by messages. */
export function bareWorker(): Bare {
  const { ask, answered } = questions()
  const worker = new Worker(new URL('./bare-worker.cjs', import.meta.url))
  worker.on('message', answered)
  return {
    ask: (cart) => ask((message) => worker.postMessage(message), cart),
    close: () => worker.terminate(),
  }
}

/** A process that is asked by lines of JSON over an inherited socket. */
export function bareProcess(): Bare {
  const { ask, answered } = questions()
  const child = spawn(process.execPath, [fileURLToPath(new URL('./bare-process.cjs', import.meta.url))], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const socket = child.stdio[3] as Socket
  let begun = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    begun += text
    for (let end = begun.indexOf('\n'); end >= 0; end = begun.indexOf('\n')) {
      answered(JSON.parse(begun.slice(0, end)))
      begun = begun.slice(end + 1)
    }
  })
  return {
    ask: (cart) => ask((message) => socket.write(`${JSON.stringify(message)}\n`), cart),
    close: () => child.kill(),
  }
}
