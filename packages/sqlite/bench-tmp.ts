import { mkdtempSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { createContext } from '@ashlar/kernel'
import { SqliteStorage } from '@ashlar/sqlite'
const dir = mkdtempSync('/tmp/bench-'), ctx = createContext(), acme = createContext({ tenantId: 'acme' })
const path = `${dir}/a.db`
const s = await SqliteStorage.open({ path, synchronous: 'normal' })
const meta = { correlationId: '0192', causationId: 'x', userId: 'ada' }
const data = { sku: 'TEA-1', quantity: 2, price: { amount: '12.50', currency: 'EUR' }, lines: ['a', 'b'] }
for (let i = 0; i < 100; i++) for (const [st, c] of [[s, ctx], [s.forTenant('acme'), acme]] as const)
  await st.events.append({ stream: `cart-${i}`, expected: 'any', events: Array.from({ length: 500 }, (_, k) => ({ type: `T${k % 10}`, data, metadata: meta, ...(k % 5 === 0 && { tags: [`k:${k}`, 'all', `c:${i}`] }) })) }, c)
const orig = DatabaseSync.prototype.prepare
const timed = async (name: string, it: any) => { const t = process.hrtime.bigint(); let k = 0; for await (const _ of it) k++; const us = Number(process.hrtime.bigint() - t) / 1000; console.log(name, k, (us / k).toFixed(2), 'us each', us.toFixed(0)) }
for (const e of [s.events, s.forTenant('acme').events]) {
  await timed('all', e.query('all')); await timed('all', e.query('all'))
  await timed('category', e.query({ category: 'cart' }))
  await timed('types', e.query({ anyOf: [{ types: ['T1'] }] }))
  await timed('tag', e.query({ anyOf: [{ tags: ['all'] }] }))
  await timed('tags', e.query({ anyOf: [{ tags: ['all', 'k:10'] }] }))
  await timed('tags rare first', e.query({ anyOf: [{ tags: ['k:10', 'all'], types: ['T0'] }] }))
  await timed('items', e.query({ anyOf: [{ tags: ['k:10'] }, { tags: ['c:7'] }] }))
  await timed('stream', e.read('cart-7'))
  await timed('stream', e.read('cart-8'))
  await timed('streamback', e.read('cart-8', { direction: 'backwards', limit: 1 }))
  const t = process.hrtime.bigint()
  for (let i = 0; i < 1000; i++) await e.load({ anyOf: [{ tags: ['c:7', 'k:10'] }] }, { initialState: () => 0, evolve: (n) => n + 1 })
  console.log('load', Number(process.hrtime.bigint() - t) / 1e6, 'us')
}
{ const db = new DatabaseSync(path, { readOnly: true }); const st = db.prepare('select * from events where tenant=? and position > ? order by position limit 500'); st.setReturnArrays(true)
  const t = process.hrtime.bigint(); let k = 0, after = 0; for (;;) { const rows = st.all('', after) as any; if (!rows.length) break; for (const r of rows) { JSON.parse(r[7]); JSON.parse(r[9]); k++; after = r[0] } } console.log('raw', k, Number(process.hrtime.bigint() - t) / 1000 / k)
  const st2 = db.prepare('select * from events not indexed where tenant=? and position > ? order by position limit 500'); st2.setReturnArrays(true)
  const t2 = process.hrtime.bigint();  k = 0, after = 0; for (;;) { const rows = st2.all('', after) as any; if (!rows.length) break; for (const r of rows) { JSON.parse(r[7]); JSON.parse(r[9]); k++; after = r[0] } } console.log('raw', k, Number(process.hrtime.bigint() - t2) / 1000 / k) }
await s.close()
