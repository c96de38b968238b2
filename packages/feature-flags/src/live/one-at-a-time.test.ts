import { describe, expect, it } from 'vitest'
import { OneAtATime } from './one-at-a-time.ts'

describe('OneAtATime', () => {
  it('never begins before the one under way has ended, however its callers go on', async () => {
    let running = 0
    let most = 0
    let begun = 0
    const work = new OneAtATime(async () => {
      most = Math.max(most, ++running)
      begun++
      await Promise.resolve()
      running--
      if (begun % 3 === 0) throw new Error('now and then')
    })
    const caller = async (times: number): Promise<void> => {
      for (let time = 0; time < times; time++) await work.run().catch(() => {})
    }

    await Promise.all([1, 2, 3, 5, 8, 13].map(caller))
    await work.idle()

    expect([most, running]).toEqual([1, 0])
    expect(begun).toBeLessThan(32)
  })

  it('begins anew for who asks while it is under way', async () => {
    let begun = 0
    const work = new OneAtATime(async () => ++begun)

    const answers = await Promise.all([work.run(), work.run(), work.run()])

    expect(answers).toEqual([1, 2, 2])
  })

  it('is idle only when nobody waits any more', async () => {
    let ended = 0
    const work = new OneAtATime(async () => {
      await Promise.resolve()
      ended++
    })
    void work.run()
    void work.run()

    await work.idle()

    expect(ended).toBe(2)
  })
})
