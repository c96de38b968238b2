import type { CallResult, PluginManager } from '@ashlar/plugins'
import { type Contender, compare } from './harness.ts'
import { type Bare, bareProcess, bareWorker } from './plugins/bare.ts'
import { type Cart, cartOf, isCart, isTotal, started, type Total, totals } from './plugins/bench-host.ts'

const small = cartOf(2)
const large = cartOf(250)

const trusted = await started('trusted')
const direct = async (cart: Cart): Promise<Total> => ({ ok: true, sum: cart.items.length })
const ours = calling(trusted, small)
await compare({
  bench: 'plugins/call-trusted',
  baseline: 'direct async call',
  goal: 0.5,
  ours,
  theirs: awaiting(direct),
})
await compare({
  bench: 'plugins/call-trusted',
  baseline: 'checks and a time limit by hand',
  ours,
  theirs: awaiting(checked),
})
await trusted.dispose()

const [worker, process_] = [await started('worker'), await started('process')]
const [port, socket] = [bareWorker(), bareProcess()]
for (const [name, cart] of [
  ['', small],
  ['-10kb', large],
] as const) {
  const goal = name === '' ? { goal: 0.77 } : {}
  const [toWorker, toProcess] = [calling(worker, cart), calling(process_, cart)]
  await compare({
    bench: `plugins/call-worker${name}`,
    baseline: 'bare MessagePort',
    ...goal,
    ours: toWorker,
    theirs: asking(port, cart),
  })
  await compare({
    bench: `plugins/call-process${name}`,
    baseline: 'bare socket',
    ...goal,
    ours: toProcess,
    theirs: asking(socket, cart),
  })
}
await compare({
  bench: 'plugins/pipelined-process',
  baseline: 'bare MessagePort',
  goal: 1,
  batchMs: 30,
  ours: atOnce(async () => must(await process_.call(totals, small))),
  theirs: atOnce(() => port.ask(small)),
})
await Promise.all([worker.dispose(), process_.dispose(), port.close(), socket.close()])

/** As one would write it: the input and the answer are checked, and a timer limits the call. */
async function checked(cart: Cart): Promise<Total> {
  if (!isCart(cart)) throw new TypeError('no cart')
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too late')), 5_000)
  })
  const total = await Promise.race([direct(cart), late])
  clearTimeout(timer)
  if (!isTotal(total)) throw new TypeError('no total')
  return total
}

function calling(manager: PluginManager, cart: Cart): Contender {
  return (operations) => async () => {
    for (let count = 0; count < operations; count++) must(await manager.call(totals, cart))
  }
}

function awaiting(work: (cart: Cart) => Promise<Total>): Contender {
  return (operations) => async () => {
    for (let count = 0; count < operations; count++) if (!(await work(small)).ok) throw new Error('no total')
  }
}

function asking(bare: Bare, cart: Cart): Contender {
  return (operations) => async () => {
    for (let count = 0; count < operations; count++)
      if (!(await bare.ask(cart)).ok) throw new Error('no total')
  }
}

/** 64 callers, each with one call after the other. */
function atOnce(call: () => Promise<unknown>): Contender {
  return (operations) => async () => {
    let left = operations
    const caller = async () => {
      while (left-- > 0) await call()
    }
    await Promise.all(Array.from({ length: 64 }, caller))
  }
}

function must(called: CallResult<typeof totals>): Total {
  if (called.isErr()) throw new Error(called.error.message)
  return called.value
}
