import type { Result } from '@ashlar/result'
import * as v from 'valibot'
import {
  type CallFailure,
  objectSource,
  type PluginAnswer,
  type PluginManager,
  type PointInputInvalid,
  provide,
} from './index.ts'
import { definePlugin, extensionPoint, type Remote, service } from './plugin.ts'

declare const manager: PluginManager
declare function expectType<Wanted>(): <Found extends Wanted>(
  found: Found & (Wanted extends Found ? unknown : never),
) => void

const order = v.object({ id: v.string(), lines: v.optional(v.number(), 1) })
const first = extensionPoint('demo.first', { input: order, output: v.number(), mode: 'first' })
const all = extensionPoint('demo.all', { input: order, output: v.number(), mode: 'all' })

// What a call gives follows from the point.
expectType<Result<number, CallFailure>>()(await manager.call(first, { id: 'o-1' }))
expectType<Result<readonly PluginAnswer<number>[], PointInputInvalid>>()(
  await manager.call(all, { id: 'o-1' }),
)
// @ts-expect-error what is given must fit the point
void manager.call(first, { id: 1 })
// @ts-expect-error a failure is looked at before the answer
void (await manager.call(first, { id: 'o-1' })).value

interface Ledger {
  readonly name: string
  balanceOf(customerId: string): number
  close(): Promise<void>
}
const ledger = service<Ledger>('demo.ledger')

definePlugin({
  config: v.object({ rate: v.number() }),
  activate(context) {
    expectType<number>()(context.config.rate)
    context.contribute(first, ({ id, lines }) => id.length + lines)
    // @ts-expect-error an answer must fit the point
    context.contribute(first, () => 'many')
    // @ts-expect-error what schemas complete is not optional any more, and what they do not know is not there
    context.contribute(first, ({ total }) => total)
    // @ts-expect-error the signal of a call is no more than that
    context.contribute(first, (_, call) => call.timeoutMs)

    const remote = context.use(ledger)
    expectType<Remote<Ledger>>()(remote)
    expectType<Promise<number>>()(remote.balanceOf('c-1'))
    expectType<Promise<void>>()(remote.close())
    // @ts-expect-error what is no method does not cross
    void remote.name
    // @ts-expect-error the services of the host know their arguments
    void remote.balanceOf(42)
  },
})

// A literal of the point's schema is one in an answer, too.
const literal = extensionPoint('demo.literal', {
  input: v.string(),
  output: v.object({ status: v.literal('done') }),
  mode: 'first',
})
definePlugin({ activate: (context) => context.contribute(literal, async () => ({ status: 'done' })) })
// @ts-expect-error another literal is not
definePlugin({ activate: (context) => context.contribute(literal, () => ({ status: 'failed' })) })

// @ts-expect-error a plugin must have activate
definePlugin({})
// @ts-expect-error dates are no JSON, so they do not cross
extensionPoint('demo.dates', { input: v.date(), output: v.number(), mode: 'first' })
// @ts-expect-error there are three modes
extensionPoint('demo.modes', { input: order, output: v.number(), mode: 'last' })
// @ts-expect-error what is offered must be the whole service
provide(ledger, { balanceOf: () => 1 })

// A plugin with a configuration of its own is a plugin.
objectSource([
  {
    manifest: {},
    definition: definePlugin({
      config: v.object({ rate: v.number() }),
      activate: ({ config }) => void config.rate,
    }),
  },
])
