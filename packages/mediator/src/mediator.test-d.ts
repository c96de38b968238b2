import { type Context, createContext, type Logger, type UnitOfWork } from '@ashlar/kernel'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import * as v from 'valibot'
import type { Behaviour } from './behaviour.ts'
import { logging } from './behaviours/logging.ts'
import { transaction } from './behaviours/transaction.ts'
import { Command } from './command.ts'
import type { Handler, NotificationHandler, StreamHandler } from './handler.ts'
import type { InvalidInput } from './input.ts'
import type { Mediator } from './mediator.ts'
import { MediatorBuilder } from './mediator-builder.ts'
import type { FailsOf, MessageKind, ValueOf } from './message.ts'
import { Notification } from './notification.ts'
import type { NotificationFailed, PublishStrategy } from './publishing.ts'
import { Query } from './query.ts'
import { scoped } from './scoped.ts'
import { StreamQuery } from './stream-query.ts'

type CartNotOpen = Failure<'CartNotOpen', { cartId: string }>
type ProductUnknown = Failure<'ProductUnknown', { sku: string }>
type Forbidden = Failure<'Forbidden', { userId: string }>
type Busy = Failure<'Busy'>

const itemInput = v.strictObject({ cartId: v.string(), sku: v.string() })

class AddItem extends Command<{ items: number }, CartNotOpen | ProductUnknown> {
  static readonly type = 'AddItem'
  static readonly schema = itemInput
  readonly type = 'AddItem'
  readonly cartId: string
  readonly sku: string
  constructor(data: { cartId: string; sku: string }) {
    super()
    this.cartId = data.cartId
    this.sku = data.sku
  }
}

/** Of the same shape as AddItem, but for its name. */
class RemoveItem extends Command<{ items: number }, CartNotOpen | ProductUnknown> {
  static readonly type = 'RemoveItem'
  static readonly schema = itemInput
  readonly type = 'RemoveItem'
  readonly cartId: string
  readonly sku: string
  constructor(data: { cartId: string; sku: string }) {
    super()
    this.cartId = data.cartId
    this.sku = data.sku
  }
}

class CountItems extends Query<number> {
  static readonly type = 'CountItems'
  readonly type = 'CountItems'
}

class ItemAdded extends Notification {
  static readonly type = 'ItemAdded'
  readonly type = 'ItemAdded'
  readonly sku: string
  constructor(data: { sku: string }) {
    super()
    this.sku = data.sku
  }
}

const forbid: Behaviour<'command', Forbidden> = {
  name: 'forbid',
  kinds: ['command'],
  handle: (message, context, next) =>
    context.userId === undefined
      ? Promise.resolve(err(failure('Forbidden', 'sign in', { userId: '' })))
      : next(message, context),
}
const busy: Behaviour<'query' | 'notification', Busy> = {
  name: 'busy',
  kinds: ['query', 'notification'],
  handle: async () => err(failure('Busy', 'come back later')),
}

declare const logger: Logger
declare const storage: UnitOfWork
const context: Context = createContext()
const addItem: Handler<AddItem> = async ({ cartId, sku }) =>
  sku === '' ? err(failure('CartNotOpen', 'cart is closed', { cartId })) : ok({ items: 1 })

const plain = new MediatorBuilder()
  .use(logging(logger))
  .use(transaction(storage))
  .handle(AddItem, addItem)
  .handle(CountItems, async () => ok(3))
  .on(ItemAdded, async ({ sku }) => ok(sku))
  .build()
const guarded = new MediatorBuilder()
  .use(forbid)
  .use(busy)
  .handle(AddItem, addItem)
  .handle(CountItems, async () => ok(3))
  .build()

const command = new AddItem({ cartId: 'c-1', sku: 'TEA-1' })

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

export async function answers(): Promise<void> {
  const sent = await plain.send(command, context)
  true satisfies Same<typeof sent, Result<{ items: number }, CartNotOpen | ProductUnknown>>

  const counted = await plain.send(new CountItems(), context)
  true satisfies Same<typeof counted, Result<number, never>>

  const parsedAndSent = await plain.sendInput(AddItem, {}, context)
  true satisfies Same<
    typeof parsedAndSent,
    Result<{ items: number }, CartNotOpen | ProductUnknown | InvalidInput>
  >

  const guardedAnswer = await guarded.send(command, context)
  true satisfies Same<
    typeof guardedAnswer,
    Result<{ items: number }, CartNotOpen | ProductUnknown | Forbidden>
  >

  const guardedQuery = await guarded.send(new CountItems(), context)
  true satisfies Same<typeof guardedQuery, Result<number, Busy>>

  const published = await plain.publish(new ItemAdded({ sku: 'TEA-1' }), context)
  true satisfies Same<typeof published, Result<void, NotificationFailed>>

  const guardedNews = await guarded.publish(new ItemAdded({ sku: 'TEA-1' }), context)
  true satisfies Same<typeof guardedNews, Result<void, NotificationFailed | Busy>>

  const parsed = AddItem.parse({})
  true satisfies Same<typeof parsed, Result<AddItem, InvalidInput>>

  true satisfies Same<ValueOf<AddItem>, { items: number }>
  true satisfies Same<FailsOf<AddItem>, CartNotOpen | ProductUnknown>
}

export async function messagesThatTheMediatorDoesNotTake(): Promise<void> {
  // @ts-expect-error RemoveItem has no handler
  await plain.send(new RemoveItem({ cartId: 'c-1', sku: 'TEA-1' }), context)
  // @ts-expect-error RemoveItem has no handler
  await plain.sendInput(RemoveItem, {}, context)
  // @ts-expect-error a mediator without handlers takes nothing
  await new MediatorBuilder().build().send(command, context)
  // @ts-expect-error a notification is published, not sent
  await plain.send(new ItemAdded({ sku: 'TEA-1' }), context)
  // @ts-expect-error a command is sent, not published
  await plain.publish(command, context)
  // @ts-expect-error a query is sent, not published
  await plain.publish(new CountItems(), context)
  // @ts-expect-error an object of the same data is no message
  await plain.send({ cartId: 'c-1', sku: 'TEA-1' }, context)
  // @ts-expect-error the context is handed on explicitly
  await plain.send(command)
  // @ts-expect-error a context has a signal
  await plain.send(command, { correlationId: 'c-1' })
  // @ts-expect-error CountItems has no schema
  await plain.sendInput(CountItems, {}, context)
}

/** AddItem in name and data, but promising less. */
class FlawlessAddItem extends Command<{ items: number }> {
  static readonly type = 'AddItem'
  static readonly schema = itemInput
  readonly type = 'AddItem'
  readonly cartId = 'c-1'
  readonly sku = 'TEA-1'
}

/** AddItem in name and data, but promising another value. */
class TalkativeAddItem extends Command<{ items: number; total: string }, CartNotOpen | ProductUnknown> {
  static readonly type = 'AddItem'
  readonly type = 'AddItem'
  readonly cartId = 'c-1'
  readonly sku = 'TEA-1'
}

export async function messagesThatPromiseAnotherAnswer(): Promise<void> {
  // @ts-expect-error the one that is handled may fail
  await plain.send(new FlawlessAddItem(), context)
  // @ts-expect-error the same of what is parsed on the way
  await plain.sendInput(FlawlessAddItem, {}, context)
  // @ts-expect-error the one that is handled answers with less
  await plain.send(new TalkativeAddItem(), context)
}

export async function answersUsedWrongly(): Promise<void> {
  // @ts-expect-error the value is { items: number }
  const wrongValue: Result<string, CartNotOpen | ProductUnknown> = await plain.send(command, context)
  // @ts-expect-error ProductUnknown is missing
  const tooFew: Result<{ items: number }, CartNotOpen> = await plain.send(command, context)
  // @ts-expect-error the behaviour's Forbidden is missing
  const unguarded: Result<{ items: number }, CartNotOpen | ProductUnknown> = await guarded.send(
    command,
    context,
  )
  // @ts-expect-error InvalidInput is missing
  const unparsed: Result<{ items: number }, CartNotOpen | ProductUnknown> = await plain.sendInput(
    AddItem,
    {},
    context,
  )
  // @ts-expect-error NotificationFailed is missing
  const surely: Result<void, never> = await plain.publish(new ItemAdded({ sku: '' }), context)

  const result = await guarded.send(command, context)
  result.mapErr((failed) => {
    switch (failed.type) {
      case 'CartNotOpen':
        return failed.cartId
      case 'ProductUnknown':
        return failed.sku
      default:
        // @ts-expect-error Forbidden is not handled
        return failed satisfies never
    }
  })
  const counted = await guarded.send(new CountItems(), context)
  counted.mapErr((failed) => {
    // @ts-expect-error queries are not met by a behaviour of commands
    if (failed.type === 'Forbidden') return 'never'
    return failed.type satisfies 'Busy'
  })
  void [wrongValue, tooFew, unguarded, unparsed, surely]
}

class Nameless extends Command<void> {
  static readonly type: string = 'Nameless'
  readonly type: string = 'Nameless'
}

class TwoNames extends Command<void> {
  static readonly type = 'OneName'
  readonly type = 'AnotherName'
}

class OneOfTwo extends Command<void> {
  static readonly type: 'OneOfTwo' | 'TwoOfTwo' = 'OneOfTwo'
  readonly type: 'OneOfTwo' | 'TwoOfTwo' = 'TwoOfTwo'
}

class Numbered extends Command<void> {
  static readonly type: `Numbered${number}` = 'Numbered1'
  readonly type: `Numbered${number}` = 'Numbered2'
}

export function handlersThatDoNotFit(): void {
  const builder = new MediatorBuilder()
  // @ts-expect-error the handler returns a failure that the message does not declare
  builder.handle(RemoveItem, async () => err(failure('Other', 'not declared')))
  // @ts-expect-error the handler returns another value
  builder.handle(RemoveItem, async () => ok({ items: 'one' }))
  // @ts-expect-error the handler returns no Result
  builder.handle(RemoveItem, async () => ({ items: 1 }))
  // @ts-expect-error the handler is of another message of the same shape
  builder.handle(RemoveItem, addItem)
  // @ts-expect-error a query that declares no failure can't fail
  builder.handle(CountItems, async () => err(failure('Busy', 'come back later')))
  // @ts-expect-error notifications are heard, not handled
  builder.handle(ItemAdded, async () => ok())
  // @ts-expect-error commands are handled, not heard
  builder.on(AddItem, async () => ok())
  // @ts-expect-error somebody must hear it
  builder.on(ItemAdded)
  // @ts-expect-error a handler of notifications returns a Result, too
  builder.on(ItemAdded, async () => undefined)
  // @ts-expect-error a type that is no literal tells no messages apart
  builder.handle(Nameless, async () => ok())
  // @ts-expect-error nor do two literals
  builder.handle(OneOfTwo, async () => ok())
  // @ts-expect-error nor does a template
  builder.handle(Numbered, async () => ok())
  // @ts-expect-error class and instance bear different names
  builder.handle(TwoNames, async () => ok())
  // @ts-expect-error an instance is no class
  builder.handle(command, addItem)
}

class WithoutMatch extends Command<void> {
  static readonly type = 'WithoutMatch'
  static readonly schema = v.object({ cartId: v.number() })
  readonly type = 'WithoutMatch'
  readonly cartId: string
  constructor(data: { cartId: string }) {
    super()
    this.cartId = data.cartId
  }
}

class Converted extends Command<void> {
  static readonly type = 'Converted'
  static readonly schema = v.object({
    quantity: v.pipe(
      v.string(),
      v.transform((text) => Number(text)),
    ),
  })
  readonly type = 'Converted'
  readonly quantity: number
  constructor(data: { quantity: number }) {
    super()
    this.quantity = data.quantity
  }
}

export function inputThatDoesNotFit(): void {
  Converted.parse({}) satisfies Result<Converted, InvalidInput>
  // @ts-expect-error CountItems has no schema
  CountItems.parse({})
  // @ts-expect-error CountItems has no schema
  CountItems.parseAsync({}).catch(() => undefined)
  // @ts-expect-error the schema puts out a number, the constructor takes a string
  WithoutMatch.parse({})
  const mediator = new MediatorBuilder().handle(WithoutMatch, async () => ok()).build()
  // @ts-expect-error the same of what is parsed on the way
  void mediator.sendInput(WithoutMatch, {}, context)
  // @ts-expect-error an abstract class makes no message
  Command.parse({})
  // @ts-expect-error the message of another class
  AddItem.parse({}) satisfies Result<RemoveItem, InvalidInput>
}

export function behavioursThatLie(): void {
  const undeclared: Behaviour<'command', Forbidden> = {
    name: 'undeclared',
    kinds: ['command'],
    // @ts-expect-error Busy is not declared
    handle: async () => err(failure('Busy', 'come back later')),
  }
  const inventing: Behaviour<'query'> = {
    name: 'inventing',
    kinds: ['query'],
    // @ts-expect-error a behaviour can't know what value a message wants
    handle: async () => ok(42),
  }
  // @ts-expect-error it must say which kinds it is put around
  const everywhere: Behaviour<'command'> = {
    name: 'everywhere',
    handle: (message, given, next) => next(message, given),
  }
  const tooWide: Behaviour<'command'> = {
    name: 'tooWide',
    // @ts-expect-error it says that only commands pass
    kinds: ['command', 'query'],
    handle: (message, given, next) => next(message, given),
  }
  void [undeclared, inventing, everywhere, tooWide]
}

export function partsOfAMediator(): void {
  const adds: Mediator<AddItem> = plain
  // @ts-expect-error this mediator can't remove
  const removes: Mediator<AddItem | RemoveItem> = plain
  // @ts-expect-error this mediator may answer Forbidden, which the type hides
  const hides: Mediator<AddItem> = guarded
  const kinds: readonly MessageKind[] = ['command', 'query', 'stream', 'notification']
  // @ts-expect-error there is no other kind
  const other: MessageKind = 'event'
  void [adds, removes, hides, kinds, other]
}

export async function behavioursWrittenInPlace(): Promise<void> {
  const mediator = new MediatorBuilder()
    .use({ name: 'inPlace', kinds: ['command'], handle: (message, given, next) => next(message, given) })
    .handle(AddItem, addItem)
    .build()
  const sent = await mediator.send(command, context)
  true satisfies Same<typeof sent, Result<{ items: number }, CartNotOpen | ProductUnknown>>

  new MediatorBuilder().use({
    name: 'refusesInPlace',
    kinds: ['command'],
    // @ts-expect-error failures of its own want the annotation Behaviour<'command', Busy>
    handle: async () => err(failure('Busy', 'come back later')),
  })
}

class ListItems extends StreamQuery<{ sku: string }, CartNotOpen> {
  static readonly type = 'ListItems'
  static readonly schema = v.strictObject({ cartId: v.string() })
  readonly type = 'ListItems'
  readonly cartId: string
  constructor(data: { cartId: string }) {
    super()
    this.cartId = data.cartId
  }
}

/** Of the same shape as ListItems, but for its name. */
class ListGifts extends StreamQuery<{ sku: string }, CartNotOpen> {
  static readonly type = 'ListGifts'
  static readonly schema = v.strictObject({ cartId: v.string() })
  readonly type = 'ListGifts'
  readonly cartId: string
  constructor(data: { cartId: string }) {
    super()
    this.cartId = data.cartId
  }
}

/** ListItems in name and data, but promising other items. */
class RichListItems extends StreamQuery<{ sku: string; price: number }, CartNotOpen> {
  static readonly type = 'ListItems'
  readonly type = 'ListItems'
  readonly cartId = 'c-1'
}

async function* items(): AsyncGenerator<{ sku: string }> {
  yield { sku: 'TEA-1' }
}
const listItems: StreamHandler<ListItems> = async ({ cartId }) =>
  cartId === '' ? err(failure('CartNotOpen', 'cart is closed', { cartId })) : ok(items())
const slow: Behaviour<'stream', Busy> = {
  name: 'slow',
  kinds: ['stream'],
  handle: (message, given, next) => next(message, given),
}
const listing = new MediatorBuilder().handle(ListItems, listItems).handle(AddItem, addItem).build()
const slowListing = new MediatorBuilder()
  .use(slow)
  .use(forbid)
  .handle(ListItems, async ({ cartId }) => ok(cartId === '' ? items() : items()))
  .build()
const question = new ListItems({ cartId: 'c-1' })

export async function streamsThatAreAnswered(): Promise<void> {
  const asked = await listing.stream(question, context)
  true satisfies Same<typeof asked, Result<AsyncIterable<{ sku: string }>, CartNotOpen>>

  const parsedAndAsked = await listing.streamInput(ListItems, {}, context)
  true satisfies Same<
    typeof parsedAndAsked,
    Result<AsyncIterable<{ sku: string }>, CartNotOpen | InvalidInput>
  >

  const slowly = await slowListing.stream(question, context)
  true satisfies Same<typeof slowly, Result<AsyncIterable<{ sku: string }>, CartNotOpen | Busy>>

  true satisfies Same<ValueOf<ListItems>, AsyncIterable<{ sku: string }>>
  true satisfies Same<FailsOf<ListItems>, CartNotOpen>
  ListItems.parse({}) satisfies Result<ListItems, InvalidInput>
  const part: Mediator<ListItems> = listing
  void part
}

export async function streamsThatTheMediatorDoesNotTake(): Promise<void> {
  // @ts-expect-error a stream query is asked by stream, not sent
  await listing.send(question, context)
  // @ts-expect-error a stream query is asked by streamInput, not sent
  await listing.sendInput(ListItems, {}, context)
  // @ts-expect-error a command is sent, not asked for a stream
  await listing.stream(command, context)
  // @ts-expect-error a command is sent, not asked for a stream
  await listing.streamInput(AddItem, {}, context)
  // @ts-expect-error a query is sent, not asked for a stream
  await plain.stream(new CountItems(), context)
  // @ts-expect-error a stream query is not published
  await listing.publish(question, context)
  // @ts-expect-error a notification is published, not asked for a stream
  await listing.stream(new ItemAdded({ sku: 'TEA-1' }), context)
  // @ts-expect-error ListGifts has no handler
  await listing.stream(new ListGifts({ cartId: 'c-1' }), context)
  // @ts-expect-error ListGifts has no handler
  await listing.streamInput(ListGifts, {}, context)
  // @ts-expect-error this mediator has no handler of streams
  await plain.stream(question, context)
  // @ts-expect-error the one that is handled yields less
  await listing.stream(new RichListItems(), context)
  // @ts-expect-error the context is handed on explicitly
  await listing.stream(question)
  // @ts-expect-error RichListItems has no schema
  await listing.streamInput(RichListItems, {}, context)
}

export async function streamsUsedWrongly(): Promise<void> {
  // @ts-expect-error the items are { sku: string }
  const wrongItems: Result<AsyncIterable<string>, CartNotOpen> = await listing.stream(question, context)
  // @ts-expect-error CartNotOpen is missing
  const surely: Result<AsyncIterable<{ sku: string }>, never> = await listing.stream(question, context)
  // @ts-expect-error the behaviour's Busy is missing
  const quickly: Result<AsyncIterable<{ sku: string }>, CartNotOpen> = await slowListing.stream(
    question,
    context,
  )
  // @ts-expect-error InvalidInput is missing
  const unparsed: Result<AsyncIterable<{ sku: string }>, CartNotOpen> = await listing.streamInput(
    ListItems,
    {},
    context,
  )
  const asked = await slowListing.stream(question, context)
  // @ts-expect-error streams are not met by a behaviour of commands
  asked.mapErr((failed) => failed.type === 'Forbidden')
  // @ts-expect-error items are awaited
  for (const item of asked._unsafeUnwrap()) void item
  void [wrongItems, surely, quickly, unparsed]
}

export function handlersOfStreamsThatDoNotFit(): void {
  const builder = new MediatorBuilder()
  // @ts-expect-error the handler answers with one item instead of a stream of them
  builder.handle(ListGifts, async () => ok({ sku: 'TEA-1' }))
  // @ts-expect-error the handler answers with a list
  builder.handle(ListGifts, async () => ok([{ sku: 'TEA-1' }]))
  // @ts-expect-error the handler's items are others
  builder.handle(ListGifts, async () => ok(numbers()))
  // @ts-expect-error the handler returns its items without a Result
  builder.handle(ListGifts, items)
  // @ts-expect-error the handler returns a failure that the query does not declare
  builder.handle(ListGifts, async () => err(failure('Other', 'not declared')))
  // @ts-expect-error the handler is of another query of the same shape
  builder.handle(ListGifts, listItems)
  // @ts-expect-error stream queries are handled, not heard
  builder.on(ListGifts, async () => ok())
  // @ts-expect-error a command has no stream handler
  const ofCommand: StreamHandler<AddItem> = addItem
  void ofCommand
}

async function* numbers(): AsyncGenerator<number> {
  yield 1
}

export async function strategies(): Promise<void> {
  const news = new ItemAdded({ sku: 'TEA-1' })
  const strategy: PublishStrategy = { order: 'parallel', onFailure: 'stop' }
  const published = await plain.publish(news, context, strategy)
  true satisfies Same<typeof published, Result<void, NotificationFailed>>
  published.mapErr(({ skipped }) => skipped satisfies readonly string[])
  new MediatorBuilder({ publish: { onFailure: 'stop' } })

  // @ts-expect-error there is no such order
  await plain.publish(news, context, { order: 'random' })
  // @ts-expect-error there is no such way to fail
  await plain.publish(news, context, { onFailure: 'ignore' })
  // @ts-expect-error a strategy is an object
  await plain.publish(news, context, 'parallel')
  // @ts-expect-error a strategy is an object
  new MediatorBuilder({ publish: 'parallel' })
  // @ts-expect-error there is no such option
  new MediatorBuilder({ publish: { parallel: true } })
}

export async function scopes(): Promise<void> {
  const scopedMediator = new MediatorBuilder()
    .handle(
      AddItem,
      scoped(() => addItem),
    )
    .handle(
      CountItems,
      scoped(
        async ({ tenantId }) =>
          async () =>
            ok(tenantId === undefined ? 0 : 1),
      ),
    )
    .handle(
      ListItems,
      scoped(() => ({ handle: listItems, [Symbol.asyncDispose]: async () => undefined })),
    )
    .on(
      ItemAdded,
      scoped(() => ({ handle: async ({ sku }) => ok(sku), [Symbol.dispose]: () => undefined })),
    )
    .build()
  const sent = await scopedMediator.send(command, context)
  true satisfies Same<typeof sent, Result<{ items: number }, CartNotOpen | ProductUnknown>>
  const asked = await scopedMediator.stream(question, context)
  true satisfies Same<typeof asked, Result<AsyncIterable<{ sku: string }>, CartNotOpen>>

  const builder = new MediatorBuilder()
  builder.handle(
    // @ts-expect-error the scope's handler is of another message
    RemoveItem,
    scoped(() => addItem),
  )
  builder.handle(
    RemoveItem,
    // @ts-expect-error the scope's handler returns a failure that the message does not declare
    scoped(() => async () => err(failure('Other', 'not declared'))),
  )
  builder.handle(
    CountItems,
    // @ts-expect-error the scope's handler returns another value
    scoped(() => async () => ok('three')),
  )
  builder.handle(
    CountItems,
    // @ts-expect-error a scope has a handler
    scoped(() => ({ [Symbol.dispose]: () => undefined })),
  )
  // @ts-expect-error a scope's handler returns a Result
  scoped(() => async () => 3)
  builder.handle(
    ListItems,
    // @ts-expect-error the scope's handler of a stream returns other items
    scoped(() => async () => ok(numbers())),
  )
  builder.handle(
    AddItem,
    // @ts-expect-error a handler of notifications is none of commands
    scoped((): NotificationHandler<ItemAdded> => async () => ok()),
  )
}

class SignUp extends Command<void> {
  static readonly type = 'SignUp'
  static readonly secret = ['password'] as const
  static readonly personal = ['email', 'address'] as const
  readonly type = 'SignUp'
  readonly password = ''
  readonly email = ''
  readonly address = { street: '' }
}

class WronglySecret extends Command<void> {
  static readonly type = 'WronglySecret'
  static readonly secret = ['passwort'] as const
  readonly type = 'WronglySecret'
  readonly password = ''
}

class WronglyPersonal extends StreamQuery<void> {
  static readonly type = 'WronglyPersonal'
  static readonly personal = ['email', 'adress'] as const
  readonly type = 'WronglyPersonal'
  readonly email = ''
  readonly address = ''
}

class LooselySecret extends Query<void> {
  static readonly type = 'LooselySecret'
  static readonly secret = ['password']
  readonly type = 'LooselySecret'
  readonly password = ''
}

class SecretName extends Command<void> {
  static readonly type = 'SecretName'
  static readonly secret = ['type'] as const
  readonly type = 'SecretName'
}

class SingleSecret extends Command<void> {
  static readonly type = 'SingleSecret'
  static readonly secret = 'password'
  readonly type = 'SingleSecret'
  readonly password = ''
}

class WronglyPersonalNews extends Notification {
  static readonly type = 'WronglyPersonalNews'
  static readonly personal = ['mail'] as const
  readonly type = 'WronglyPersonalNews'
  readonly email = ''
}

export async function marks(): Promise<void> {
  const mediator = new MediatorBuilder().handle(SignUp, async ({ email }) => ok(void email)).build()
  const sent = await mediator.send(new SignUp(), context)
  true satisfies Same<typeof sent, Result<void, never>>

  const builder = new MediatorBuilder()
  // @ts-expect-error "passwort" is no field
  builder.handle(WronglySecret, async () => ok())
  // @ts-expect-error "adress" is no field
  builder.handle(WronglyPersonal, async () => ok(nothing()))
  // @ts-expect-error without "as const" nobody knows the names
  builder.handle(LooselySecret, async () => ok())
  // @ts-expect-error the name of a message is no secret
  builder.handle(SecretName, async () => ok())
  // @ts-expect-error a list of names
  builder.handle(SingleSecret, async () => ok())
  // @ts-expect-error "mail" is no field
  builder.on(WronglyPersonalNews, async () => ok())
}

async function* nothing(): AsyncGenerator<void> {}

export function behavioursThatRepeat(): void {
  const again: Behaviour<'command'> = {
    name: 'again',
    kinds: ['command'],
    repeats: true,
    handle: async (message, given, next) => {
      const first = await next(message, given)
      return first.isOk() ? first : next(message, given)
    },
  }
  const wordy: Behaviour<'command'> = {
    name: 'wordy',
    kinds: ['command'],
    // @ts-expect-error it repeats, or it doesn't
    repeats: 'twice',
    handle: (message, given, next) => next(message, given),
  }
  const bare: Behaviour<'query'> = {
    name: 'bare',
    kinds: ['query'],
    // @ts-expect-error next takes the message and the context
    handle: (_message, _given, next) => next(),
  }
  const foreign: Behaviour<'query'> = {
    name: 'foreign',
    kinds: ['query'],
    // @ts-expect-error next takes a message
    handle: (_message, given, next) => next({ sku: 'TEA-1' }, given),
  }
  const streaming: Behaviour<'stream'> = {
    name: 'streaming',
    kinds: ['stream'],
    // @ts-expect-error a behaviour can't invent the items
    handle: async () => ok(items()),
  }
  void [again, wordy, bare, foreign, streaming]
}
