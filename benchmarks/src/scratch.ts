import { InMemoryEventStore } from '@ashlar/event-store'
import { createContext } from '@ashlar/kernel'
import { emmettStore } from './emmett-store.ts'
import { RawMemoryStore } from './raw-memory-store.ts'
const context = createContext()
const itemAdded = (quantity: number) => ({
  type: 'ItemAdded',
  data: { lineId: 'line-1', sku: 'TEA-1', quantity, unitPrice: '19.99', note: 'an event of ordinary size' },
})
const cases: Record<string, (n: number) => Promise<void>> = {
  raw: async (n) => { const s = new RawMemoryStore(); for (let i = 0; i < n; i++) await s.append(`cart-${i}`, itemAdded(i)) },
  rawGrow: async (n) => { const s = new RawMemoryStore(); for (let i = 0; i < n; i++) await s.append(`cart-1`, itemAdded(i)) },
  ours: async (n) => { const s = new InMemoryEventStore(); for (let i = 0; i < n; i++) await s.append({ stream: `cart-${i}`, expected: 'none', events: [itemAdded(i)] }, context) },
  oursGrow: async (n) => { const s = new InMemoryEventStore(); for (let i = 0; i < n; i++) await s.append({ stream: `cart-1`, expected: 'any', events: [itemAdded(i)] }, context) },
}
const em: Record<string, (n: number) => Promise<void>> = {
  em: async (n) => { const s = await emmettStore(); for (let i = 0; i < n; i++) await s.appendToStream(`cart-${i}`, [itemAdded(i)], { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' }) },
  emGrow: async (n) => { const s = await emmettStore(); for (let i = 0; i < n; i++) await s.appendToStream(`cart-1`, [itemAdded(i)]) },
}
const only = process.argv[2]
for (const N of [1000, 5000, 20000]) {
  const all = N > 5000 ? { ...cases } : { ...cases, ...em }
  const res: Record<string, number[]> = {}
  for (let r = 0; r < 12; r++) for (const [k, f] of Object.entries(all)) { if (only && only !== k) continue; const t = performance.now(); await f(N); if (r > 2) (res[k] ??= []).push((performance.now() - t) * 1e6 / N) }
  for (const [k, v] of Object.entries(res)) console.log(N, k.padEnd(12), v.sort((a, b) => a - b)[4]!.toFixed(0), 'ns', v[0]!.toFixed(0), v.at(-1)!.toFixed(0))
}
