import { provide } from '@ashlar/plugins'
import { openPluginHost } from '@ashlar/plugins/testing'
import { describe, expect, it } from 'vitest'
import payByPoints from '../plugins/pay-by-points/main.ts'
import payByPointsNext from '../plugins/pay-by-points-next/main.ts'
import { messageLines, type Points, paymentMethods, points } from '../src/application/plugins/shop-api.ts'

type Request = Parameters<Points['spend']>[0]

const charge = {
  action: 'charge',
  key: 'key-1',
  orderId: 'order-1',
  customerId: 'ada',
  amount: { currency: 'GBP', amount: '13.5' },
} as const

describe('The plugin pay-by-points', () => {
  it.each([
    ['13.50', 1_350],
    ['0.07', 7],
    ['1200', 120_000],
    ['90071992547409.91', 9_007_199_254_740_991],
  ])('takes a point for each penny of %s', async (amount, pence) => {
    const { host, asked } = await hostOf(payByPoints)

    const paid = await host.call(paymentMethods, { ...charge, amount: { currency: 'GBP', amount } })

    expect(paid._unsafeUnwrap()).toEqual({ status: 'done', paymentId: 'points-key-1' })
    expect(asked).toEqual([{ customerId: 'ada', orderId: 'order-1', points: pence, key: 'key-1' }])
    await host[Symbol.asyncDispose]()
  })

  it('takes none for another currency', async () => {
    const { host, asked } = await hostOf(payByPoints)

    const paid = await host.call(paymentMethods, { ...charge, amount: { currency: 'EUR', amount: '1.00' } })

    expect(paid._unsafeUnwrap()).toMatchObject({ status: 'declined' })
    expect(asked).toEqual([])
    await host[Symbol.asyncDispose]()
  })

  it('says why the shop declines', async () => {
    const { host } = await hostOf(payByPoints, { isSpent: false, reason: 'there are none' })

    const paid = await host.call(paymentMethods, charge)

    expect(paid._unsafeUnwrap()).toEqual({ status: 'declined', reason: 'there are none' })
    await host[Symbol.asyncDispose]()
  })

  it.each([undefined, 'points-key-1'])(
    'gives back by the key of the charge, named as %s',
    async (paymentId) => {
      const { host, asked } = await hostOf(payByPoints)

      const refund = { action: 'refund', key: 'undo-1', chargeKey: 'key-1' } as const
      const paid = await host.call(
        paymentMethods,
        paymentId === undefined ? refund : { ...refund, paymentId },
      )

      expect(paid._unsafeUnwrap().status).toBe('done')
      expect(asked).toEqual(['key-1'])
      await host[Symbol.asyncDispose]()
    },
  )

  it('tells in its next version what is left', async () => {
    const { host } = await hostOf(payByPointsNext)

    const lines = await host.call(messageLines, { orderId: 'order-1', customerId: 'ada' })

    expect(lines._unsafeUnwrap().map(({ result }) => result._unsafeUnwrap())).toEqual([
      'You have 3 points left.',
    ])
    await host[Symbol.asyncDispose]()
  })
})

async function hostOf(plugin: typeof payByPoints, answer: ReturnType<Points['spend']> = { isSpent: true }) {
  const asked: (Request | string)[] = []
  const service = provide(points, {
    balanceOf: ({ length }) => length,
    spend(request) {
      asked.push(request)
      return answer
    },
    giveBack(key) {
      asked.push(key)
    },
  })
  const contributed = plugin === payByPointsNext ? [paymentMethods, messageLines] : [paymentMethods]
  return { host: await openPluginHost({ plugin, points: contributed, services: [service] }), asked }
}
