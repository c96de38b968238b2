import {
  createContext,
  frozenJson,
  InvalidJsonError,
  type Json,
  TenantMismatchError,
  TransactionEndedError,
  type WriteTurns,
} from '@ashlar/kernel'
import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { Customer, type CustomerId, type CustomerState, newCustomer } from '../../test/customer.ts'
import type { Repository } from '../repository.ts'
import { repositoryContract } from '../testing/repository-contract.ts'
import { InMemoryRepository, type InMemoryRepositoryOptions } from './in-memory-repository.ts'

type Customers = InMemoryRepository<Customer, CustomerState>

const context = createContext({ userId: 'ada' })

function open(options: Partial<InMemoryRepositoryOptions<Customer, CustomerState>> = {}): Customers {
  return new InMemoryRepository({
    name: 'Customer',
    toState: (customer: Customer) => customer.toState(),
    restore: Customer.restore,
    ...options,
  })
}

const probe = {
  newAggregate: () => newCustomer(),
  change: (customer: Customer) => customer.addPhone(`+44 ${customer.toState().phones.length}`),
  stateOf: (customer: Customer): Json => frozenJson(customer.toState()),
}

repositoryContract<Customer>('InMemoryRepository', (options) => ({ ...probe, repository: open(options) }))

repositoryContract<Customer>('InMemoryRepository in transactions', (options) => ({
  ...probe,
  repository: inTransactions(open(options)),
}))

/** Each call in a transaction of its own, one after the other, as a storage would run them. */
function inTransactions(customers: Customers): Repository<Customer> {
  let last: Promise<unknown> = Promise.resolve()
  const transaction = <T>(work: (port: Customers) => Promise<T>): Promise<T> => {
    const turn = last.then(async () => {
      const fork = customers.fork()
      const answer = await work(fork.port)
      fork.commit()
      return answer
    })
    last = turn.catch(() => undefined)
    return turn
  }
  return {
    get: (id, context) => transaction((port) => port.get(id, context)),
    add: (customer, context) => transaction((port) => port.add(customer, context)),
    save: (customer, context) => transaction((port) => port.save(customer, context)),
    remove: (customer, context) => transaction((port) => port.remove(customer, context)),
  }
}

describe('a fork of InMemoryRepository', () => {
  it('sees what lies below and its own writes, which nobody else sees before the commit', async () => {
    const customers = open()
    const ada = newCustomer()
    const bob = newCustomer('Bob')
    await orThrow(customers.add(ada, context))
    const fork = customers.fork()

    const inside = (await orThrow(fork.port.get(ada.id, context))).value
    inside.rename('Augusta')
    await orThrow(fork.port.save(inside, context))
    await orThrow(fork.port.add(bob, context))

    const nameOf = async (port: Customers, id: CustomerId) =>
      (await port.get(id, context)).map((customer) => customer.toState().name).unwrapOr('nobody')
    const before = [await nameOf(customers, ada.id), await nameOf(customers, bob.id)]
    const within = [await nameOf(fork.port, ada.id), await nameOf(fork.port, bob.id)]
    fork.commit()
    const after = [await nameOf(customers, ada.id), await nameOf(customers, bob.id)]
    expect({ before, within, after }).toEqual({
      before: ['Ada', 'nobody'],
      within: ['Augusta', 'Bob'],
      after: ['Augusta', 'Bob'],
    })
  })

  it('leaves nothing behind when it is dropped', async () => {
    const customers = open()
    const ada = newCustomer()
    await orThrow(customers.add(ada, context))

    await orThrow(customers.fork().port.remove(ada, context))

    expect((await orThrow(customers.get(ada.id, context))).value.version).toBe(1)
  })

  it('moves versions on at each save, so that a transaction can save an aggregate twice', async () => {
    const customers = open()
    const ada = newCustomer()
    const fork = customers.fork()

    await orThrow(fork.port.add(ada, context))
    ada.rename('Augusta')
    await orThrow(fork.port.save(ada, context))

    expect([ada.version, ada.domainEvents]).toEqual([2, []])
  })

  it('can be forked again', async () => {
    const customers = open()
    const ada = newCustomer()
    const outer = customers.fork()
    const inner = outer.port.fork()

    await orThrow(inner.port.add(ada, context))
    inner.commit()

    expect((await outer.port.get(ada.id, context)).isOk()).toBe(true)
    expect((await customers.get(ada.id, context)).isOk()).toBe(false)
  })

  it('refuses to be used after the commit', async () => {
    const fork = open().fork()
    fork.commit()

    await expect(fork.port.add(newCustomer(), context)).rejects.toThrow(TransactionEndedError)
  })
})

describe('InMemoryRepository', () => {
  it('shows a change only after its events were handed over', async () => {
    const seen: boolean[] = []
    const ada = newCustomer()
    const customers: Customers = open({
      recordEvents: async () => void seen.push((await customers.get(ada.id, context)).isOk()),
    })

    await orThrow(customers.add(ada, context))

    expect(seen).toEqual([false])
    expect((await customers.get(ada.id, context)).isOk()).toBe(true)
  })

  it('stores the state of the moment of the call, not what the caller did while it waited', async () => {
    const customers = open()
    const ada = newCustomer()

    const adding = customers.add(ada, context)
    ada.rename('Augusta')
    await orThrow(adding)

    expect((await orThrow(customers.get(ada.id, context))).value.toState().name).toBe('Ada')
    expect(ada.domainEvents.map(({ type }) => type)).toEqual(['CustomerRenamed'])
  })

  it('does not let writers of other aggregates wait', async () => {
    const ada = newCustomer()
    const bob = newCustomer('Bob')
    const held = Promise.withResolvers<void>()
    const customers = open({
      recordEvents: ([event]) =>
        event?.type === 'CustomerRegistered' && event.data.name === 'Ada' ? held.promise : Promise.resolve(),
    })

    const waiting = customers.add(ada, context)
    const done = await customers.add(bob, context)
    held.resolve()

    expect(done.isOk()).toBe(true)
    expect((await waiting).isOk()).toBe(true)
  })

  it('gives up a write that was aborted while it waited for its turn', async () => {
    const ada = newCustomer()
    const held = Promise.withResolvers<void>()
    const customers = open({ recordEvents: () => held.promise })
    const abort = new AbortController()
    const first = customers.add(ada, context)
    const second = customers.save(ada, createContext({ signal: abort.signal }))

    abort.abort(new Error('nobody waits any more'))
    held.resolve()

    await expect(second).rejects.toThrow('nobody waits any more')
    expect((await first).isOk()).toBe(true)
  })

  it('refuses state that JSON would change', async () => {
    const customers = open({ toState: ({ id }) => ({ id, name: 'Ada', phones: [new Date(0) as never] }) })

    const adding = customers.add(newCustomer(), context)

    await expect(adding).rejects.toThrow(InvalidJsonError)
  })

  it('is not fooled by ids that name parts of every object', async () => {
    const found = await open().get('__proto__' as CustomerId, context)

    expect(found._unsafeUnwrapErr().type).toBe('AggregateNotFound')
  })

  it('refuses the context of another tenant', async () => {
    const customers = open({ tenantId: 'acme' })

    await expect(customers.get(newCustomer().id, createContext({ tenantId: 'umbrella' }))).rejects.toThrow(
      TenantMismatchError,
    )
  })
})

describe('a handle of InMemoryRepository that takes turns', () => {
  const begin = () => {
    const gate = Promise.withResolvers<void>()
    const state = { isClosed: false }
    const turns: WriteTurns = {
      get isClosed() {
        return state.isClosed
      },
      refuseWhenClosed(operation) {
        if (state.isClosed) throw new Error(`${operation} was closed`)
      },
      admit: () => undefined,
      take: (_operation, work) => gate.promise.then(work),
      idle: () => gate.promise,
    }
    const customers = open()
    return { customers, handle: customers.takingTurns(turns), state, gate }
  }

  it('takes the state of an aggregate at the call, however long its turn is away', async () => {
    const { customers, handle, gate } = begin()
    const ada = newCustomer()
    const before = ada.toState().name

    const adding = handle.add(ada, context)
    ada.rename('Somebody else')
    expect((await customers.get(ada.id, context)).isErr()).toBe(true)
    gate.resolve()
    await orThrow(adding)

    expect((await orThrow(customers.get(ada.id, context))).value.toState().name).toBe(before)
  })

  it('finishes what came before it was closed, and refuses the rest', async () => {
    const { customers, handle, state, gate } = begin()
    const ada = newCustomer()

    const adding = handle.add(ada, context)
    state.isClosed = true
    gate.resolve()
    await orThrow(adding)

    await expect(handle.get(ada.id, context)).rejects.toThrow('get was closed')
    await expect(handle.save(ada, context)).rejects.toThrow('save was closed')
    expect((await customers.get(ada.id, context)).isOk()).toBe(true)
  })
})

describe('the port of a fork that was dropped', () => {
  it('refuses all work once it has ended', async () => {
    const fork = open().fork()

    fork.end()

    await expect(fork.port.add(newCustomer(), context)).rejects.toThrow(TransactionEndedError)
    await expect(fork.port.get(newCustomer().id, context)).rejects.toThrow(TransactionEndedError)
  })
})

describe('the aggregates of InMemoryRepository', () => {
  it('are those that were added and not removed, as new instances', async () => {
    const customers = open()
    const [ada, bob] = [newCustomer(), newCustomer('Bob')]
    await orThrow(customers.add(ada, context))
    await orThrow(customers.add(bob, context))
    await orThrow(customers.remove(bob, context))

    const found = customers.aggregates(context)
    const withDeleted = customers.aggregates(context, { includeDeleted: true })

    expect(found.map(({ id, version, createdBy }) => ({ id, version, createdBy }))).toEqual([
      { id: ada.id, version: 1, createdBy: 'ada' },
    ])
    expect(found[0]).not.toBe(ada)
    expect(withDeleted.map(({ id }) => id).sort()).toEqual([ada.id, bob.id].sort())
  })

  it('are seen by a fork with its own writes on top, and by nobody else before the commit', async () => {
    const customers = open()
    const ada = newCustomer()
    await orThrow(customers.add(ada, context))
    const fork = customers.fork()
    ada.rename('Ada Byron')
    await orThrow(fork.port.save(ada, context))
    await orThrow(fork.port.add(newCustomer('Bob'), context))
    const names = (port: Customers) =>
      port
        .aggregates(context)
        .map((one) => one.toState().name)
        .sort()

    expect([names(fork.port), names(customers)]).toEqual([['Ada Byron', 'Bob'], ['Ada']])
    fork.commit()
    expect(names(customers)).toEqual(['Ada Byron', 'Bob'])
    expect(() => names(fork.port)).toThrow(TransactionEndedError)
  })

  it('are without those that a fork removed, for the fork alone until it commits', async () => {
    const customers = open()
    const ada = newCustomer()
    await orThrow(customers.add(ada, context))
    await orThrow(customers.add(newCustomer('Bob'), context))
    const fork = customers.fork()
    const count = (port: Customers, options?: { includeDeleted: boolean }) =>
      port.aggregates(context, options).length

    await orThrow(fork.port.remove(ada, context))

    expect([count(fork.port), count(fork.port, { includeDeleted: true }), count(customers)]).toEqual([
      1, 2, 2,
    ])
    fork.commit()
    expect([count(customers), count(customers, { includeDeleted: true })]).toEqual([1, 2])
  })

  it('are read by a handle that takes turns without waiting for one, until its storage is closed', async () => {
    const turns: WriteTurns = {
      isClosed: false,
      refuseWhenClosed: () => undefined,
      admit: () => {
        throw new Error('a read asked for a turn')
      },
      take: () => new Promise(() => undefined),
      idle: () => new Promise(() => undefined),
    }
    const customers = open()
    await orThrow(customers.add(newCustomer(), context))
    const closed = {
      ...turns,
      refuseWhenClosed(operation: string) {
        throw new Error(`${operation} was closed`)
      },
    }

    expect(customers.takingTurns(turns).aggregates(context)).toHaveLength(1)
    expect(() => customers.takingTurns(closed).aggregates(context)).toThrow('aggregates was closed')
  })

  it('are as they were at the call, whatever is added meanwhile', async () => {
    const customers = open()
    await orThrow(customers.add(newCustomer(), context))

    const all = customers.aggregates(context)
    await orThrow(customers.add(newCustomer('Bob'), context))

    expect(all).toHaveLength(1)
    expect([...customers.aggregates(context)]).toHaveLength(2)
  })

  it('are kept from other tenants and from those who do not wait any more', () => {
    const customers = open({ tenantId: 'acme' })
    const reason = new Error('gone home')

    expect(() => customers.aggregates(context)).toThrow(TenantMismatchError)
    expect(() =>
      customers.aggregates(createContext({ tenantId: 'acme', signal: AbortSignal.abort(reason) })),
    ).toThrow(reason)
  })
})
