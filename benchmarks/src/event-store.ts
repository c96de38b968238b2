import { mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { InMemoryEventStore, type NewEvent } from '@ashlar/event-store'
import { createContext } from '@ashlar/kernel'
import { SqliteStorage } from '@ashlar/sqlite'
import { Account, type AccountEvent, foldByHand } from './account.ts'
import { emmettStore } from './emmett-store.ts'
import { type Contender, compare } from './harness.ts'
import { mustBeOk } from './must-be-ok.ts'
import { RawMemoryStore } from './raw-memory-store.ts'
import { RawSqliteStore } from './raw-sqlite-store.ts'

const context = createContext()
const itemAdded = (quantity: number) => ({
  type: 'ItemAdded',
  data: { lineId: 'line-1', sku: 'TEA-1', quantity, unitPrice: '19.99', note: 'an event of ordinary size' },
})

await compareMemoryOnDistinctStreams()
await compareMemoryOnOneStream()
await compareSqlite()
await compareFolds()

/** The sizes matter for emmett, which counts all streams and copies the stream at each append. */
async function compareMemoryOnDistinctStreams(): Promise<void> {
  const bench = 'event-store/memory-append'
  const operations = 5_000
  const ours: Contender = () => {
    const store = new InMemoryEventStore()
    return async () => {
      for (let index = 0; index < operations; index++)
        mustBeOk(
          await store.append(
            { stream: `cart-${index}`, expected: 'none', events: [itemAdded(index)] },
            context,
          ),
        )
    }
  }
  const raw: Contender = () => {
    const store = new RawMemoryStore()
    return async () => {
      for (let index = 0; index < operations; index++) await store.append(`cart-${index}`, itemAdded(index))
    }
  }
  const emmett: Contender = async () => {
    const store = await emmettStore()
    return async () => {
      for (let index = 0; index < operations; index++)
        await store.appendToStream(`cart-${index}`, [itemAdded(index)], {
          expectedStreamVersion: 'STREAM_DOES_NOT_EXIST',
        })
    }
  }
  await compare({
    bench,
    baseline: 'Map and push of frozen copies',
    goal: 0.4,
    ours,
    theirs: raw,
    operations,
  })
  await compare({ bench, baseline: 'emmett in memory', goal: 10, ours, theirs: emmett, operations })
}

async function compareMemoryOnOneStream(): Promise<void> {
  const bench = 'event-store/memory-append-grow'
  const operations = 10_000
  const ours: Contender = () => {
    const store = new InMemoryEventStore()
    return async () => {
      for (let index = 0; index < operations; index++)
        mustBeOk(
          await store.append({ stream: 'cart-1', expected: 'any', events: [itemAdded(index)] }, context),
        )
    }
  }
  const raw: Contender = () => {
    const store = new RawMemoryStore()
    return async () => {
      for (let index = 0; index < operations; index++) await store.append('cart-1', itemAdded(index))
    }
  }
  const emmett: Contender = async () => {
    const store = await emmettStore()
    return async () => {
      for (let index = 0; index < operations; index++)
        await store.appendToStream('cart-1', [itemAdded(index)])
    }
  }
  await compare({
    bench,
    baseline: 'Map and push of frozen copies',
    goal: 0.4,
    ours,
    theirs: raw,
    operations,
  })
  await compare({ bench, baseline: 'emmett in memory', goal: 10, ours, theirs: emmett, operations })
}

/** Both write to files of their own in one folder, with the same tables, and both commit to the disk. */
async function compareSqlite(): Promise<void> {
  const folder = fileURLToPath(new URL('../.cache/sqlite/', import.meta.url))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const storage = await SqliteStorage.open({ path: `${folder}ashlar.db` })
  const raw = await RawSqliteStore.open(`${folder}raw.db`)
  let streams = 0
  const append = async (event: NewEvent): Promise<void> => {
    const request = { stream: `cart-${streams++}`, expected: 'none', events: [event] } as const
    mustBeOk(await storage.events.append(request, context))
  }
  try {
    await compare({
      bench: 'event-store/sqlite-append',
      baseline: 'node:sqlite, one commit each',
      goal: 0.8,
      ours: (operations) => async () => {
        for (let index = 0; index < operations; index++) await append(itemAdded(index))
      },
      theirs: (operations) => async () => {
        for (let index = 0; index < operations; index++)
          await raw.append([{ stream: `cart-${streams++}`, ...itemAdded(index) }])
      },
      operations: 100,
    })
    await compare({
      bench: 'event-store/sqlite-append-64',
      baseline: 'node:sqlite, 64 in one commit',
      goal: 0.6,
      ours: (operations) => async () => {
        for (let index = 0; index < operations; index++)
          await Promise.all(Array.from({ length: 64 }, (_, caller) => append(itemAdded(caller))))
      },
      theirs: (operations) => async () => {
        for (let index = 0; index < operations; index++)
          await raw.append(
            Array.from({ length: 64 }, (_, caller) => ({
              stream: `cart-${streams++}`,
              ...itemAdded(caller),
            })),
          )
      },
      operations: 20,
    })
  } finally {
    await storage.close()
    raw.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compareFolds(): Promise<void> {
  const history = Array.from({ length: 1_000_000 }, (_, index): AccountEvent => {
    const amount = index % 100
    return index % 3 === 0
      ? { type: 'MoneyWithdrawn', data: { amount, reason: 'rent' } }
      : { type: 'MoneyDeposited', data: { amount, from: 'ada' } }
  })
  const balance = foldByHand(history).balance
  const check = (found: number): void => {
    if (found !== balance) throw new Error(`balance must be ${balance}, found ${found}`)
  }
  await compare({
    bench: 'event-store/fold-1m',
    baseline: 'loop with the same switch',
    goal: 0.6,
    ours: () => () => {
      const account = new Account('1')
      account.loadFromHistory(history)
      check(account.balance)
    },
    theirs: () => () => check(foldByHand(history).balance),
    operations: 1,
  })
}
