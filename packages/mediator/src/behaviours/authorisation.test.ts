import { createContext } from '@ashlar/kernel'
import { ok } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { Command } from '../command.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { Notification } from '../notification.ts'
import { Query } from '../query.ts'
import { StreamQuery } from '../stream-query.ts'
import {
  type AuthorisationOptions,
  authorisation,
  type Policy,
  policy,
  type Verdict,
} from './authorisation.ts'

class CloseCart extends Command<string> {
  static readonly type = 'CloseCart'
  readonly type = 'CloseCart'
  readonly ownerId: string
  constructor(ownerId: string) {
    super()
    this.ownerId = ownerId
  }
}

class CountCarts extends Query<number> {
  static readonly type = 'CountCarts'
  readonly type = 'CountCarts'
}

class ListCarts extends StreamQuery<number> {
  static readonly type = 'ListCarts'
  readonly type = 'ListCarts'
}

class CartClosed extends Notification {
  static readonly type = 'CartClosed'
  readonly type = 'CartClosed'
}

const ada = createContext({ userId: 'ada' })

describe('authorisation', () => {
  it('asks the policy about the message and the context', async () => {
    const { mediator } = guarded([policy(CloseCart, ({ ownerId }, { userId }) => ownerId === userId)])

    const own = await mediator.send(new CloseCart('ada'), ada)
    const foreign = await mediator.send(new CloseCart('bob'), ada)

    expect(own._unsafeUnwrap()).toBe('closed')
    expect(foreign._unsafeUnwrapErr()).toEqual({
      type: 'Forbidden',
      message: 'CloseCart is forbidden: its policy refuses',
      messageType: 'CloseCart',
      reason: 'its policy refuses',
    })
  })

  it('answers with the reason that a policy gives', async () => {
    const { mediator, handled } = guarded([policy(CloseCart, async () => 'this cart is not yours')])

    const refused = await mediator.send(new CloseCart('bob'), ada)

    expect(refused._unsafeUnwrapErr().reason).toBe('this cart is not yours')
    expect(handled).toEqual([])
  })

  it('refuses messages without a policy, and streams and queries like commands', async () => {
    const { mediator, handled } = guarded([])

    const refused = [
      await mediator.send(new CloseCart('ada'), ada),
      await mediator.send(new CountCarts(), ada),
      await mediator.stream(new ListCarts(), ada),
    ]

    expect(refused.map((result) => result._unsafeUnwrapErr().reason)).toEqual([
      'it has no policy',
      'it has no policy',
      'it has no policy',
    ])
    expect(handled).toEqual([])
  })

  it('lets notifications pass, which nobody sends from outside', async () => {
    const { mediator } = guarded([])

    expect((await mediator.publish(new CartClosed(), ada)).isOk()).toBe(true)
  })

  it('lets messages without a policy pass where that is asked for, and no others', async () => {
    const { mediator, handled } = guarded([policy(CloseCart, () => false)], { otherwise: 'allow' })

    const counted = await mediator.send(new CountCarts(), ada)
    const refused = await mediator.send(new CloseCart('ada'), ada)

    expect(counted._unsafeUnwrap()).toBe(3)
    expect(refused.isErr()).toBe(true)
    expect(handled).toEqual(['CountCarts'])
  })

  it.each([1, 'true', '', null, undefined, {}, [], 'yes'])(
    'takes nothing but true for a yes: %j',
    async (verdict) => {
      const atOnce = guarded([policy(CloseCart, () => verdict as Verdict)])
      const late = guarded([policy(CloseCart, async () => verdict as Verdict)])

      const refused = [
        await atOnce.mediator.send(new CloseCart('ada'), ada),
        await late.mediator.send(new CloseCart('ada'), ada),
      ]

      expect(refused.map((result) => result._unsafeUnwrapErr().type)).toEqual(['Forbidden', 'Forbidden'])
      expect([...atOnce.handled, ...late.handled]).toEqual([])
    },
  )

  it('lets nothing pass when a policy throws or rejects, and rejects with exactly that', async () => {
    const bug = new Error('no such user')
    const atOnce = guarded([
      policy(CloseCart, () => {
        throw bug
      }),
    ])
    const late = guarded([policy(CloseCart, () => Promise.reject(bug))], { otherwise: 'allow' })

    await expect(atOnce.mediator.send(new CloseCart('ada'), ada)).rejects.toBe(bug)
    await expect(late.mediator.send(new CloseCart('ada'), ada)).rejects.toBe(bug)

    expect([...atOnce.handled, ...late.handled]).toEqual([])
  })

  it('waits for a policy that has to', async () => {
    const { mediator } = guarded([policy(CloseCart, async ({ ownerId }) => ownerId === 'ada')])

    expect((await mediator.send(new CloseCart('ada'), ada)).isOk()).toBe(true)
    expect((await mediator.send(new CloseCart('bob'), ada)).isErr()).toBe(true)
  })

  it('does not wait where the policy does not: the handler is called before send returns', () => {
    const { mediator, handled } = guarded([policy(CloseCart, () => true)])

    const sent = mediator.send(new CloseCart('ada'), ada)

    expect(handled).toEqual(['CloseCart'])
    return sent.then((result) => expect(result.isOk()).toBe(true))
  })

  it('refuses two policies for one message when it is made', () => {
    const policies = [policy(CloseCart, () => true), policy(CloseCart, () => false)]

    expect(() => authorisation(policies)).toThrow(
      expect.objectContaining({
        name: 'DuplicateRuleError',
        code: 'ASHLAR_MEDIATOR_DUPLICATE_RULE',
        messageType: 'CloseCart',
        message: 'authorisation has two rules for message "CloseCart": expected one at most',
      }),
    )
  })
})

function guarded(policies: readonly Policy[], options?: AuthorisationOptions) {
  const handled: string[] = []
  const mediator = new MediatorBuilder()
    .use(authorisation(policies, options))
    .handle(CloseCart, async ({ type }) => ok(handled.push(type) > 0 ? 'closed' : ''))
    .handle(CountCarts, async ({ type }) => ok(handled.push(type) + 2))
    .handle(ListCarts, async ({ type }) => ok(toStream(handled.push(type))))
    .build()
  return { mediator, handled }
}

async function* toStream(item: number) {
  yield item
}
