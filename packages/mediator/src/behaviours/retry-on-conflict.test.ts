import { createContext } from '@ashlar/kernel'
import { err, type Failure, failure, ok } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Command } from '../command.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { type RetryOnConflictOptions, retryOnConflict } from './retry-on-conflict.ts'

type AddItemFailure = Failure<'VersionConflict'> | Failure<'BoundaryConflict'> | Failure<'CartNotOpen'>

class AddItem extends Command<number, AddItemFailure> {
  static readonly type = 'AddItem'
  readonly type = 'AddItem'
}

class OpenCart extends Command<number, AddItemFailure> {
  static readonly type = 'OpenCart'
  readonly type = 'OpenCart'
}

const context = createContext()
const conflict = failure('VersionConflict', 'cart "c-1" is at version 2, expected 1')

describe('retryOnConflict', () => {
  it.each(['VersionConflict', 'BoundaryConflict'] as const)('tries again after %s', async (type) => {
    const { mediator, attempts } = failing(type, type)

    const result = await mediator.send(new AddItem(), context)

    expect(result._unsafeUnwrap()).toBe(3)
    expect(attempts.count).toBe(3)
  })

  it('answers with the failure of the last attempt', async () => {
    const { mediator, attempts } = failing(
      'BoundaryConflict',
      'BoundaryConflict',
      'VersionConflict',
      'CartNotOpen',
    )

    const result = await mediator.send(new AddItem(), context)

    expect(result._unsafeUnwrapErr().type).toBe('VersionConflict')
    expect(attempts.count).toBe(3)
  })

  it('tries no other failure again', async () => {
    const { mediator, attempts } = failing('CartNotOpen')

    const result = await mediator.send(new AddItem(), context)

    expect(result._unsafeUnwrapErr().type).toBe('CartNotOpen')
    expect(attempts.count).toBe(1)
  })

  it('tries nothing again that is thrown', async () => {
    let attempts = 0
    const mediator = new MediatorBuilder()
      .use(retryOnConflict([AddItem]))
      .handle(AddItem, async () => {
        attempts++
        throw conflict
      })
      .build()

    await expect(mediator.send(new AddItem(), context)).rejects.toBe(conflict)

    expect(attempts).toBe(1)
  })

  it('tries only the listed commands again', async () => {
    const { mediator, attempts } = failing('VersionConflict')

    const result = await mediator.send(new OpenCart(), context)

    expect(result.isErr()).toBe(true)
    expect(attempts.count).toBe(1)
  })

  it('lets a command pass that takes part in a transaction', async () => {
    const { mediator, attempts } = failing('VersionConflict')

    const result = await mediator.send(new AddItem(), { ...context, storage: {} })

    expect(result.isErr()).toBe(true)
    expect(attempts.count).toBe(1)
  })

  it('begins all that follows anew with each attempt', async () => {
    const begun: string[] = []
    let attempts = 0
    const mediator = new MediatorBuilder()
      .use(retryOnConflict([AddItem]))
      .use({
        name: 'begins',
        kinds: ['command'],
        handle(message, given, next) {
          begun.push(message.type)
          return next(message, given)
        },
      })
      .handle(AddItem, async () => (++attempts < 3 ? err(conflict) : ok(attempts)))
      .build()

    const result = await mediator.send(new AddItem(), context)

    expect(result._unsafeUnwrap()).toBe(3)
    expect(begun).toEqual(['AddItem', 'AddItem', 'AddItem'])
  })

  it('stops when the caller has gone meanwhile', async () => {
    const caller = new AbortController()
    let attempts = 0
    const mediator = new MediatorBuilder()
      .use(retryOnConflict([AddItem]))
      .handle(AddItem, async () => {
        attempts++
        caller.abort('gone')
        return err(conflict)
      })
      .build()

    await expect(mediator.send(new AddItem(), createContext({ signal: caller.signal }))).rejects.toBe('gone')

    expect(attempts).toBe(1)
  })

  it.each<[RetryOnConflictOptions]>([
    [{ attempts: 0 }],
    [{ attempts: 101 }],
    [{ attempts: 1.5 }],
    [{ attempts: Number.NaN }],
    [{ delayMs: 0 }],
    [{ delayMs: Number.POSITIVE_INFINITY }],
    [{ maxDelayMs: -1 }],
  ])('refuses %j', (options) => {
    expect(() => retryOnConflict([AddItem], options)).toThrow(
      expect.objectContaining({ name: 'InvalidOptionError', code: 'ASHLAR_MEDIATOR_INVALID_OPTION' }),
    )
  })
})

describe('the waits of retryOnConflict', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('are as long as chance says, at most twice as long each time, and never above the maximum', async () => {
    const begun: number[] = []
    const startedAt = performance.now()
    const random = { next: () => 0.5 }
    const mediator = new MediatorBuilder()
      .use(retryOnConflict([AddItem], { attempts: 5, delayMs: 100, maxDelayMs: 300, random }))
      .handle(AddItem, async () => {
        begun.push(performance.now() - startedAt)
        return err(conflict)
      })
      .build()

    const sent = mediator.send(new AddItem(), context)
    await vi.advanceTimersByTimeAsync(10_000)

    expect((await sent).isErr()).toBe(true)
    expect(begun).toEqual([0, 50, 150, 300, 450])
  })

  it('are left out when the caller has gone already', async () => {
    const caller = new AbortController()
    const mediator = new MediatorBuilder()
      .use(retryOnConflict([AddItem], { delayMs: 100, random: { next: () => 0.99 } }))
      .handle(AddItem, async () => {
        caller.abort('gone')
        return err(conflict)
      })
      .build()

    await expect(mediator.send(new AddItem(), createContext({ signal: caller.signal }))).rejects.toBe('gone')

    expect(vi.getTimerCount()).toBe(0)
  })

  it('end when the signal is aborted, and leave nothing behind', async () => {
    const caller = new AbortController()
    const mediator = new MediatorBuilder()
      .use(retryOnConflict([AddItem], { delayMs: 100, random: { next: () => 0.99 } }))
      .handle(AddItem, async () => err(conflict))
      .build()

    const sent = mediator.send(new AddItem(), createContext({ signal: caller.signal }))
    const rejected = expect(sent).rejects.toBe('gone')
    await vi.advanceTimersByTimeAsync(10)
    caller.abort('gone')

    await rejected
    expect(vi.getTimerCount()).toBe(0)
  })
})

/** A mediator whose handlers fail so often, and then answer with the number of the attempt. */
function failing(...types: readonly AddItemFailure['type'][]) {
  const attempts = { count: 0 }
  const handle = async () => {
    const type = types[attempts.count++]
    return type === undefined ? ok(attempts.count) : err(failure(type, 'too late') as AddItemFailure)
  }
  const mediator = new MediatorBuilder()
    .use(retryOnConflict([AddItem]))
    .handle(AddItem, handle)
    .handle(OpenCart, handle)
    .build()
  return { mediator, attempts }
}
