import type { Json } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import type { IdempotencyStore } from '../idempotency/idempotency-store.ts'
import { givenKeys, sampleNow } from './sample-claim.ts'

/** Declares that a response is kept once, as it was handed in. */
export function declareResponseTests(store: () => IdempotencyStore): void {
  const { claim, hold, complete, answer } = givenKeys(store)
  const find = async (key: string, now = sampleNow) => store().find({ key, now })

  describe('complete', () => {
    it('keeps the response with the fingerprint, for all who claim the key later', async () => {
      await answer('k-1', { orderId: 'o-1' })

      const entry = { status: 'completed', fingerprint: 'input-1', response: { orderId: 'o-1' } }
      expect(await claim('k-1')).toEqual(entry)
      expect(await claim('k-1', { fingerprint: 'input-2' })).toEqual(entry)
      expect(await find('k-1')).toEqual(entry)
    })

    it('keeps the first response, also against the one who gave it', async () => {
      const fence = await hold('k-1')

      const answers = [await complete('k-1', fence, 'first'), await complete('k-1', fence, 'second')]

      expect(answers).toEqual([true, false])
      expect(await find('k-1')).toMatchObject({ response: 'first' })
    })

    it('keeps nothing for a key that was never claimed, or by a fence that was never given', async () => {
      const fence = await hold('k-1')

      expect([await complete('unknown', fence), await complete('k-1', fence + 1)]).toEqual([false, false])
      expect(await find('unknown')).toBeUndefined()
      expect(await find('k-1')).toMatchObject({ status: 'in-flight' })
    })

    it.each<[string, Json]>([
      ['null', null],
      ['a text', 'tea'],
      ['false', false],
      ['a text with U+0000 and a surrogate pair', 'a\u0000b💥'],
      ['a large number', 9_007_199_254_740_991],
      ['a fraction', 0.1],
      ['nested lists', [[[]], [{ a: [null] }]]],
      ['names of Object.prototype', { constructor: 1, toString: 'x', hasOwnProperty: null }],
    ])('gives back a response that is %s', async (_, response) => {
      await answer('k-1', response)

      expect(await claim('k-1')).toMatchObject({ status: 'completed' })
      expect(await find('k-1')).toEqual({ status: 'completed', fingerprint: 'input-1', response })
    })

    it.each([
      ['the key "__proto__"', JSON.parse('{"a":{"__proto__":{"isAdmin":true}}}'), 'a.__proto__'],
      ['a date', { at: new Date(0) }, 'at'],
      ['NaN', [Number.NaN], '[0]'],
    ])('refuses %s, says where, and leaves the key in flight', async (_, response, path) => {
      const fence = await hold('k-1')

      await expect(complete('k-1', fence, response)).rejects.toMatchObject({
        code: 'ASHLAR_KERNEL_INVALID_JSON',
        path,
      })
      expect(await find('k-1')).toMatchObject({ status: 'in-flight' })
    })

    it('hands out frozen copies that no change to what was handed in reaches', async () => {
      const response = { lines: [{ sku: 'TEA-1' }] }
      await answer('k-1', response)

      response.lines.push({ sku: 'MUG-1' })

      for (const entry of [await claim('k-1'), await find('k-1')]) {
        expect(entry).toMatchObject({ response: { lines: [{ sku: 'TEA-1' }] } })
        const kept = (entry as { readonly response: unknown }).response as typeof response
        expect([kept, kept.lines, kept.lines[0]].map(Object.isFrozen)).toEqual([true, true, true])
      }
    })

    it('keeps the response until it expires; then the key is free', async () => {
      await answer('k-1', 'first', sampleNow + 100)

      expect(await find('k-1', sampleNow + 99)).toMatchObject({ response: 'first' })
      expect(await find('k-1', sampleNow + 100)).toBeUndefined()
      const again = { fingerprint: 'input-2', now: sampleNow + 100 }
      expect(await claim('k-1', again)).toMatchObject({ status: 'claimed' })
      expect(await find('k-1', sampleNow + 100)).toMatchObject({
        status: 'in-flight',
        fingerprint: 'input-2',
      })
    })
  })
}
