import { createContext, portOf, type UnitOfWork } from '@ashlar/kernel'
import { err, type Failure, failure, ok, orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { Command } from '../command.ts'
import type { Handler } from '../handler.ts'
import type { Mediator } from '../mediator.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { Notification } from '../notification.ts'
import { Query } from '../query.ts'
import { transaction } from './transaction.ts'

type Refused = Failure<'Refused'>

class Put extends Command<void, Refused> {
  static readonly type = 'Put'
  readonly type = 'Put'
  readonly text: string
  constructor(text: string) {
    super()
    this.text = text
  }
}

class PutTwice extends Command<void, Refused> {
  static readonly type = 'PutTwice'
  readonly type = 'PutTwice'
}

class CountShelves extends Query<number> {
  static readonly type = 'CountShelves'
  readonly type = 'CountShelves'
}

class ShelfFull extends Notification {
  static readonly type = 'ShelfFull'
  readonly type = 'ShelfFull'
}

/** A storage as small as they come: a list of texts, replaced by the transaction's copy on commit. */
class Shelf implements UnitOfWork<{ readonly texts: string[] }> {
  texts: string[] = []
  begun = 0

  async transaction(...[work, options]: Parameters<UnitOfWork<{ readonly texts: string[] }>['transaction']>) {
    options?.signal?.throwIfAborted()
    this.begun++
    const tx = { texts: [...this.texts] }
    const result = await work(tx)
    if (result.isOk()) this.texts = tx.texts
    return result as never
  }
}

class Library extends Shelf {
  readonly shelves = new Map<string, Shelf>()

  forTenant(tenantId: string): Shelf {
    const shelf = this.shelves.get(tenantId) ?? new Shelf()
    this.shelves.set(tenantId, shelf)
    return shelf
  }
}

/** Writes first and decides then, so that only a rollback takes the text away again. */
function put(shelf: Shelf): Handler<Put> {
  return async ({ text }, context) => {
    portOf(context, 'texts', shelf.texts).push(text)
    if (text === 'bug') throw null
    return text === 'bad' ? err(failure('Refused', 'text is bad')) : ok()
  }
}

const context = createContext({ correlationId: 'c-1' })

describe('transaction', () => {
  it('commits what an Ok command wrote', async () => {
    const { shelf, mediator } = mediatorWithShelf()

    await orThrow(mediator.send(new Put('tea'), context))

    expect(shelf.texts).toEqual(['tea'])
  })

  it('rolls back on Err, and returns it', async () => {
    const { shelf, mediator } = mediatorWithShelf()

    const refused = await mediator.send(new Put('bad'), context)

    expect(refused._unsafeUnwrapErr().type).toBe('Refused')
    expect(shelf).toMatchObject({ begun: 1, texts: [] })
  })

  it('rolls back on a throw, and rejects with it', async () => {
    const { shelf, mediator } = mediatorWithShelf()

    await expect(mediator.send(new Put('bug'), context)).rejects.toBe(null)

    expect(shelf).toMatchObject({ begun: 1, texts: [] })
  })

  it('is joined by a command that is sent inside of it', async () => {
    const shelf = new Shelf()
    const inner = new MediatorBuilder().use(transaction(shelf)).handle(Put, put(shelf)).build()
    const mediator = new MediatorBuilder()
      .use(transaction(shelf))
      .handle(PutTwice, async (_, given) => {
        await orThrow(inner.send(new Put('tea'), given))
        return inner.send(new Put('bad'), given)
      })
      .build()

    const refused = await mediator.send(new PutTwice(), context)

    expect(refused.isErr()).toBe(true)
    expect(shelf).toMatchObject({ begun: 1, texts: [] })
  })

  it('is not opened for queries and notifications', async () => {
    const seen: unknown[] = []
    const shelf = new Shelf()
    const mediator = new MediatorBuilder()
      .use(transaction(shelf))
      .handle(CountShelves, async (_, given) => ok(seen.push(given)))
      .on(ShelfFull, async (_, given) => ok(seen.push(given)))
      .build()

    await orThrow(mediator.send(new CountShelves(), context))
    await orThrow(mediator.publish(new ShelfFull(), context))

    expect(seen).toEqual([context, context])
    expect(seen[0]).toBe(context)
    expect(shelf.begun).toBe(0)
  })

  it('is not opened for commands that are excepted, which take part in one that is open', async () => {
    const shelf = new Shelf()
    const mediator = new MediatorBuilder()
      .use(transaction(shelf, { except: [Put] }))
      .handle(Put, put(shelf))
      .handle(PutTwice, async (_, given) => mediator.send(new Put('ink'), given))
      .build() as Mediator<Put | PutTwice>

    await orThrow(mediator.send(new Put('tea'), context))
    const begunByPut = shelf.begun
    await orThrow(mediator.send(new PutTwice(), context))

    expect(begunByPut).toBe(0)
    expect(shelf).toMatchObject({ begun: 1, texts: ['tea', 'ink'] })
  })

  it('leaves the context of the caller as it was, and adds only the storage to the inner one', async () => {
    let inner: object = {}
    const mediator = new MediatorBuilder()
      .use(transaction(new Shelf()))
      .handle(Put, async (_, given) => {
        inner = given
        return ok()
      })
      .build()

    await orThrow(mediator.send(new Put('tea'), context))

    expect(context.storage).toBeUndefined()
    expect(inner).toEqual({ ...context, storage: { texts: [] } })
  })

  it("opens the storage of the context's tenant", async () => {
    const library = new Library()
    const mediator = new MediatorBuilder().use(transaction(library)).handle(Put, put(library)).build()

    await orThrow(mediator.send(new Put('tea'), createContext({ tenantId: 'acme' })))
    await orThrow(mediator.send(new Put('ink'), context))

    expect(library.shelves.get('acme')?.texts).toEqual(['tea'])
    expect(library.texts).toEqual(['ink'])
  })

  it('opens the one storage that there is where there are no tenants', async () => {
    const { shelf, mediator } = mediatorWithShelf()

    await orThrow(mediator.send(new Put('tea'), createContext({ tenantId: 'acme' })))

    expect(shelf.texts).toEqual(['tea'])
  })

  it('hands the signal to the storage, which may have to wait', async () => {
    const controller = new AbortController()
    const shelf = new Shelf()
    const mediator = new MediatorBuilder()
      .use({
        name: 'abortsMeanwhile',
        kinds: ['command'],
        handle(message, given, next) {
          controller.abort('too late')
          return next(message, given)
        },
      })
      .use(transaction(shelf))
      .handle(Put, put(shelf))
      .build()

    await expect(mediator.send(new Put('tea'), createContext({ signal: controller.signal }))).rejects.toBe(
      'too late',
    )
    expect(shelf).toMatchObject({ begun: 0, texts: [] })
  })
})

function mediatorWithShelf() {
  const shelf = new Shelf()
  const mediator = new MediatorBuilder().use(transaction(shelf)).handle(Put, put(shelf)).build()
  return { shelf, mediator }
}
