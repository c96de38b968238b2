import { describe, expect, it } from 'vitest'
import type { IdempotencyStore } from '../idempotency/idempotency-store.ts'
import { givenKeys, sampleNow } from './sample-claim.ts'

const hostile: readonly string[] = [
  '__proto__',
  'constructor',
  "'; drop table idempotency_keys; --",
  '"%_\\',
  '💥 ü\u0301',
  ' ',
  'a'.repeat(1_000),
]

/** Declares that keys are what they are, whoever wrote them. */
export function declareKeyTests(store: () => IdempotencyStore): void {
  const { claim, hold, complete } = givenKeys(store)
  const find = async (key: string) => store().find({ key, now: sampleNow })

  describe('keys', () => {
    it.each(hostile)('keeps %s like any other', async (key) => {
      const fence = await hold(key)

      expect(await complete(key, fence, { key })).toBe(true)
      expect(await claim(key)).toMatchObject({ status: 'completed', response: { key } })
    })

    it('are apart when they only look alike', async () => {
      const keys = ['k', 'K', 'k ', ' k', 'ü', 'u\u0308', 'ＫＫ', 'kk', ...hostile]

      const claims = await Promise.all(keys.map((key) => claim(key)))

      expect(claims.map(({ status }) => status)).toEqual(keys.map(() => 'claimed'))
    })

    it('are not found before they were claimed', async () => {
      await hold('k-1')

      expect(await Promise.all(['k-2', 'K-1', '', ...hostile].map(find))).toEqual(
        ['k-2', 'K-1', '', ...hostile].map(() => undefined),
      )
    })

    it.each(['', 'a\0b', '\ud800', 'b\udc00'])(
      'are refused, and fingerprints, too, where no database keeps them: %j',
      async (key) => {
        const invalid = { code: 'ASHLAR_MEDIATOR_INVALID_IDEMPOTENCY' }

        await expect(claim(key)).rejects.toMatchObject(invalid)
        await expect(claim('k-1', { fingerprint: key })).rejects.toMatchObject(invalid)
      },
    )
  })
}
