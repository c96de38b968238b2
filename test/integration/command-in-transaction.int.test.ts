import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AggregateNotFound, type DomainEvent, unknownEvent } from '@ashlar/domain'
import { EventSourcedAggregate, EventSourcedRepository, type SaveFailure } from '@ashlar/event-sourcing'
import type { EventStore } from '@ashlar/event-store'
import { createContext } from '@ashlar/kernel'
import { Command, MediatorBuilder, type TransactionalStorage, transaction } from '@ashlar/mediator'
import { InMemoryStorage } from '@ashlar/memory'
import { err, type Failure, FailureError, failure, ok } from '@ashlar/result'
import { defineSaga, SagaOrchestrator, type SagaStore } from '@ashlar/saga'
import { SqliteStorage } from '@ashlar/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

type AccountEvent = DomainEvent<'Opened', { by: string }> | DomainEvent<'Paid', { amount: number }>
type LimitExceeded = Failure<'LimitExceeded', { readonly limit: number }>

const limit = 100

class Account extends EventSourcedAggregate<AccountEvent> {
  static readonly category = 'account'
  #paid = 0

  open(by: string): void {
    this.raise('Opened', { by })
  }

  pay(amount: number): void {
    this.raise('Paid', { amount })
  }

  get isOverLimit(): boolean {
    return this.#paid > limit
  }

  protected apply(event: AccountEvent): void {
    switch (event.type) {
      case 'Opened':
        return
      case 'Paid':
        this.#paid += event.data.amount
        return
      default:
        return unknownEvent(event)
    }
  }
}

/** Writes first and looks afterwards, so that a refusal has something to undo. */
class Pay extends Command<number, AggregateNotFound | SaveFailure | LimitExceeded> {
  static readonly type = 'Pay'
  readonly type = 'Pay'
  readonly accountId: string
  readonly amount: number

  constructor(accountId: string, amount: number) {
    super()
    this.accountId = accountId
    this.amount = amount
  }
}

type Ports = TransactionalStorage & {
  readonly events: EventStore
  readonly sagas: SagaStore
  close(): Promise<void>
}

const receipts = defineSaga<{ accountId: string; amount: number }>({ name: 'receipt', version: 1 })
  .retriable('print', { run: async ({ input }) => ok({ text: `${input.accountId} paid ${input.amount}` }) })
  .result(({ print }) => print.text)

describe.each(['memory', 'sqlite'] as const)('a command in a transaction on %s', (kind) => {
  const context = createContext({ correlationId: 'request-1', userId: 'ada' })
  let folder: string
  let storage: Ports
  let orchestrator: SagaOrchestrator

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ashlar-integration-'))
    storage =
      kind === 'memory' ? new InMemoryStorage() : await SqliteStorage.open({ path: join(folder, 'test.db') })
    orchestrator = new SagaOrchestrator({ store: storage.sagas, sagas: [receipts] })
    const account = new Account('1')
    account.open('ada')
    expect((await accounts().save(account, context)).isOk()).toBe(true)
  })

  afterEach(async () => {
    await orchestrator.close()
    await storage.close()
    rmSync(folder, { recursive: true })
  })

  const accounts = () => new EventSourcedRepository(Account, storage.events)
  const build = (afterwards: () => void = () => {}) => {
    const repository = accounts()
    return new MediatorBuilder()
      .use(transaction(storage))
      .handle(Pay, async ({ accountId, amount }, within) => {
        const paid = await repository.update(accountId, (account) => ok(account.pay(amount)), within)
        if (paid.isErr()) return err(paid.error)
        const id = `receipt-${accountId}-${amount}`
        const started = await orchestrator.start(receipts, { accountId, amount }, { id, context: within })
        if (started.isErr()) throw new FailureError(started.error)
        afterwards()
        const account = await repository.get(accountId, within)
        if (account.isErr()) return err(account.error)
        return account.value.isOverLimit
          ? err(failure('LimitExceeded', `an account may pay ${limit}`, { limit }))
          : ok(account.value.version)
      })
      .build()
  }
  const seen = async () => ({
    version: (await storage.events.streamInfo('account-1'))?.version,
    receipt: (await storage.sagas.find('receipt-1-30'))?.status,
  })

  it('keeps events and saga together', async () => {
    const result = await build().send(new Pay('1', 30), context)

    expect(result._unsafeUnwrap()).toBe(2)
    expect(await seen()).toEqual({ version: 2, receipt: 'running' })
    const [, paid] = await Array.fromAsync(storage.events.read('account-1'))
    expect(paid).toMatchObject({ type: 'Paid', metadata: { correlationId: 'request-1', userId: 'ada' } })
  })

  it('keeps neither when the command is refused', async () => {
    const result = await build().send(new Pay('1', 130), context)

    expect(result._unsafeUnwrapErr()).toMatchObject({ type: 'LimitExceeded', limit })
    expect(await storage.sagas.find('receipt-1-130')).toBeUndefined()
    expect(await seen()).toEqual({ version: 1, receipt: undefined })
  })

  it('keeps neither when the handler throws', async () => {
    const bug = new Error('a bug')
    const mediator = build(() => {
      throw bug
    })

    await expect(mediator.send(new Pay('1', 30), context)).rejects.toBe(bug)

    expect(await seen()).toEqual({ version: 1, receipt: undefined })
  })

  it('runs a saga only after the commit that it came with', async () => {
    const stop = new AbortController()
    const running = orchestrator.run({ signal: stop.signal })

    const refused = await build().send(new Pay('1', 130), context)
    const paid = await build().send(new Pay('1', 30), context)
    const outcome = await orchestrator.handle(receipts, 'receipt-1-30').outcome()

    stop.abort()
    await running
    expect([refused.isErr(), paid.isOk()]).toEqual([true, true])
    expect(outcome).toMatchObject({ status: 'completed', value: '1 paid 30' })
    expect(await storage.sagas.find('receipt-1-130')).toBeUndefined()
  })

  it('lets concurrent commands have their turn, and none is lost', async () => {
    const mediator = build()
    const amounts = Array.from({ length: 13 }, (_, index) => index + 1)

    const results = await Promise.all(amounts.map((amount) => mediator.send(new Pay('1', amount), context)))

    expect(results.map((result) => result.isOk())).toEqual(amounts.map(() => true))
    expect((await seen()).version).toBe(14)
  })

  it('opens the tenant of the context, and no other sees what it wrote', async () => {
    const within = createContext({ tenantId: 'acme' })

    const result = await build().send(new Pay('1', 30), within)

    expect(result._unsafeUnwrapErr()).toMatchObject({ type: 'AggregateNotFound', id: '1' })
    expect(await seen()).toEqual({ version: 1, receipt: undefined })
  })
})
