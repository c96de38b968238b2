import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { script, temporaryFolder } from '../../test/temporary.ts'
import { SqliteStorage } from '../sqlite-storage.ts'

const orders = process.env.ASHLAR_DEEP ? 1_000 : 300
const kills = process.env.ASHLAR_DEEP ? 25 : 3
const points = ['claimed', 'appended', 'completed', 'committed'] as const

/** An order, as an event or an answer tells of it. */
type Placed = { readonly requestId: string; readonly orderId: string }

describe('an idempotent command whose process is killed', () => {
  const folder = temporaryFolder()

  it.each(points)(
    'has left its effect and its response, or neither, when killed after it was %s',
    async (point) => {
      const path = join(folder(), 'a.db')
      const deadly = 'request-9'

      const acknowledged = await placeOrders(path, [deadly, point])

      const { effects, responses } = await whatIsIn(path)
      expect(responses).toEqual(effects)
      expect(acknowledged.has(deadly)).toBe(false)
      expect(effects.has(deadly)).toBe(point === 'committed')
      expect(subset(acknowledged, effects)).toBe(true)
      await expectOneEffectEach(path, effects)
    },
  )

  it('has left both or neither wherever it was killed, and each key has one effect in the end', async () => {
    const path = join(folder(), 'a.db')
    const known = new Map<string, string>()

    for (let kill = 1; kill <= kills; kill++) {
      const acknowledged = await placeOrders(path, [], Math.floor((kill * orders) / (2 * kills)))
      for (const [requestId, orderId] of acknowledged) known.set(requestId, orderId)

      const { effects, responses } = await whatIsIn(path)
      expect(responses).toEqual(effects)
      expect(subset(known, effects)).toBe(true)
    }

    await expectOneEffectEach(path, known)
  })
})

/** Sends all commands once more, to the end: those that were answered before are answered in the same way. */
async function expectOneEffectEach(path: string, before: ReadonlyMap<string, string>): Promise<void> {
  const answered = await placeOrders(path)

  const { effects, responses } = await whatIsIn(path)
  expect(answered.size).toBe(orders)
  expect(subset(before, answered)).toBe(true)
  expect(effects).toEqual(answered)
  expect(responses).toEqual(answered)
}

/** Runs the process, to its end or until it is killed, by itself or after so many answers; gives the answers. */
async function placeOrders(
  path: string,
  deadly: readonly string[] = [],
  killAfter = Number.POSITIVE_INFINITY,
): Promise<ReadonlyMap<string, string>> {
  const [file, parameters] = script('place-orders.ts', [path, String(orders), ...deadly])
  const placing = spawn(file, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
  const hasEnded = once(placing, 'exit')
  const answered = new Map<string, string>()
  for await (const line of createInterface(placing.stdout)) {
    const { requestId, orderId } = JSON.parse(line) as Placed
    answered.set(requestId, orderId)
    if (answered.size === killAfter) placing.kill('SIGKILL')
  }
  const [code, signal] = await hasEnded
  const isDeadly = deadly.length > 0 || killAfter < orders
  expect([code, signal]).toEqual(isDeadly ? [null, 'SIGKILL'] : [0, null])
  return answered
}

/** The order ids by request, as events and as responses; a request with two events, or without a response, throws. */
async function whatIsIn(
  path: string,
): Promise<{ readonly effects: Map<string, string>; readonly responses: Map<string, string> }> {
  const storage = await SqliteStorage.open({ path })
  const effects = new Map<string, string>()
  for await (const { data } of storage.events.read('orders-1')) {
    const { requestId, orderId } = data as Placed
    if (effects.has(requestId)) throw new Error(`${requestId} was carried out twice`)
    effects.set(requestId, orderId)
  }
  const rows = storage.connection.prepare('select key, response from idempotency_keys').all([])
  const responses = (rows as { readonly key: string; readonly response: string }[]).map(
    ({ key, response }): [string, string] => [
      key.slice(key.lastIndexOf(':') + 1),
      (JSON.parse(response) as { readonly value: Placed }).value.orderId,
    ],
  )
  await storage.close()
  return { effects, responses: new Map(responses) }
}

function subset(part: ReadonlyMap<string, string>, whole: ReadonlyMap<string, string>): boolean {
  return [...part].every(([requestId, orderId]) => whole.get(requestId) === orderId)
}
