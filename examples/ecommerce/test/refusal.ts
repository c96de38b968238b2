import type { Json } from '@ashlar/kernel'
import type { AnyFailure, Result } from '@ashlar/result'
import { expect } from 'vitest'
import { GetCustomer } from '../src/application/customers/get-customer.ts'
import type { Shop } from '../src/composition.ts'
import { context, newCustomer } from './opened-shop.ts'

/** More levels than a recursive walk survives. */
export const deep = 5_000

/** The failure of an input that its schema refuses, at a path. */
export const invalidInput = (path: string) => ({
  type: 'InvalidInput',
  issues: expect.arrayContaining([expect.objectContaining({ path })]),
  message: expect.stringContaining(path),
})

/** Expects a failure that is clear and short, and nothing stored. */
export async function expectRefusal(
  shop: Shop,
  act: () => Promise<Result<unknown, AnyFailure>>,
  expected: object,
): Promise<void> {
  const before = await shop.events.safePosition()

  const refused = (await act())._unsafeUnwrapErr()

  expect(refused).toMatchObject(expected)
  expect(refused.message).not.toBe('')
  expect(JSON.stringify(refused).length).toBeLessThan(2_500)
  expect(await shop.events.safePosition()).toBe(before)
}

/** Expects that the shop goes on. */
export async function expectAlive(shop: Shop): Promise<void> {
  const customerId = await newCustomer(shop)
  expect((await shop.mediator.send(new GetCustomer({ customerId }), context)).isOk()).toBe(true)
}

/** An own key, as JSON.parse makes it even of a name that a literal gives another meaning. */
export function withKey(input: object, key: string, value: Json): unknown {
  const text = JSON.stringify(input)
  return JSON.parse(`${text.slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(value)}}`)
}

/** An object in an object, so many levels deep. */
export function nested(depth: number): Json {
  let value: Json = {}
  for (let level = 1; level < depth; level++) value = { inner: value }
  return value
}
