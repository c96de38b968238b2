import { describe, expect, it } from 'vitest'
import { Command } from './command.ts'
import { Notification } from './notification.ts'
import { Query } from './query.ts'

class OpenCart extends Command<void> {
  static readonly type = 'OpenCart'
  readonly type = 'OpenCart'
  readonly cartId: string
  constructor(data: { cartId: string }) {
    super()
    this.cartId = data.cartId
  }
}

class CountCarts extends Query<number> {
  static readonly type = 'CountCarts'
  readonly type = 'CountCarts'
}

class CartOpened extends Notification {
  static readonly type = 'CartOpened'
  readonly type = 'CartOpened'
}

describe('a message', () => {
  it('knows its kind, before and after there is an instance', () => {
    expect(new OpenCart({ cartId: 'c-1' }).kind).toBe('command')
    expect(new CountCarts().kind).toBe('query')
    expect(new CartOpened().kind).toBe('notification')
    expect(OpenCart.prototype.kind).toBe('command')
  })

  it('holds nothing but its name and its data', () => {
    expect(JSON.parse(JSON.stringify(new OpenCart({ cartId: 'c-1' })))).toEqual({
      type: 'OpenCart',
      cartId: 'c-1',
    })
  })
})
