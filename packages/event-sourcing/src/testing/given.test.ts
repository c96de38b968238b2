import { describe, expect, it } from 'vitest'
import { Cart, type CartEvent } from '../../test/cart.ts'
import { given } from './given.ts'

const opened: CartEvent = { type: 'CartOpened', data: { customerId: 'ada' } }
const added: CartEvent = { type: 'ItemAdded', data: { sku: 'TEA-1', quantity: 1 } }
const checkedOut: CartEvent = { type: 'CartCheckedOut', data: null }

describe('given', () => {
  it('tells what was raised', () => {
    given(Cart, opened)
      .when((cart) => cart.addItem('TEA-1'))
      .thenRaised(added)
  })

  it('tells what was refused', () => {
    given(Cart, opened, checkedOut)
      .when((cart) => cart.addItem('TEA-1'))
      .thenRefused('CartNotOpen', { cartId: 'given' })
  })

  it('tells that nothing happened', () => {
    given(Cart, opened)
      .when(() => {})
      .thenNothing()
  })

  it('takes a method that answers nothing', () => {
    given(Cart)
      .when((cart) => cart.open('ada'))
      .thenRaised(opened)
  })

  const raising = () => given(Cart, opened).when((cart) => cart.addItem('TEA-1'))
  const refusing = () => given(Cart).when((cart) => cart.addItem('TEA-1'))
  const raisingThenRefusing = () =>
    given(Cart, opened).when((cart) => cart.checkOut().andThen(() => cart.addItem('TEA-1')))
  const idle = () => given(Cart).when(() => {})

  it.each<[string, () => void]>([
    ['another event', () => raising().thenRaised(checkedOut)],
    ['other data', () => raising().thenRaised({ type: 'ItemAdded', data: { sku: 'TEA-1', quantity: 2 } })],
    ['one event more', () => raising().thenRaised(added, checkedOut)],
    ['one event less', () => raising().thenRaised()],
    ['an event where there was a failure', () => refusing().thenRaised(added)],
    ['an event where there was one and a failure', () => raisingThenRefusing().thenRaised(checkedOut)],
    ['a failure where there was an event', () => raising().thenRefused('CartNotOpen')],
    ['a failure where there was one and an event', () => raisingThenRefusing().thenRefused('CartNotOpen')],
    ['a failure where there was nothing', () => idle().thenRefused('CartNotOpen')],
    ['another failure', () => refusing().thenRefused('CartEmpty')],
    ['other facts', () => refusing().thenRefused('CartNotOpen', { cartId: 'other' })],
    ['facts that claim another type', () => refusing().thenRefused('CartEmpty', { type: 'CartNotOpen' })],
    ['nothing where there was an event', () => raising().thenNothing()],
    ['nothing where there was a failure', () => refusing().thenNothing()],
  ])('fails when it expects %s', (_, expectation) => {
    expect(expectation).toThrow(/expected/)
  })

  it('throws what the aggregate throws', () => {
    expect(() =>
      given(Cart, { type: 'CartPainted', data: {} } as never).when((cart) => cart.checkOut()),
    ).toThrow('CartPainted')
  })
})
