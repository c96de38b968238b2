import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AggregateMeta,
  type AggregateNotFound,
  AggregateRoot,
  type AlreadyExists,
  type DomainEvent,
  type Id,
  newId,
} from '@ashlar/domain'
import {
  type Context,
  createContext,
  NestedTransactionError,
  portOf,
  TransactionEndedError,
} from '@ashlar/kernel'
import { KyselyRepository, KyselyUnitOfWork } from '@ashlar/kysely'
import { Command, idempotency, idempotent, MediatorBuilder, transaction } from '@ashlar/mediator'
import { err, type Failure, FailureError, failure, ok, orThrow, type Result } from '@ashlar/result'
import { defineSaga, SagaOrchestrator } from '@ashlar/saga'
import { type SqlitePorts, SqliteStorage } from '@ashlar/sqlite'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

type EmailTaken = Failure<'EmailTaken'>
type NotToday = Failure<'NotToday'>

class Member extends AggregateRoot<Id<'Member'>, DomainEvent<'MemberJoined', { email: string }>> {
  email: string

  constructor(id: Id<'Member'>, email: string, meta?: AggregateMeta) {
    super(id, meta)
    this.email = email
  }

  static join(email: string): Member {
    const member = new Member(newId(), email)
    member.addDomainEvent('MemberJoined', { email })
    return member
  }
}

class Join extends Command<{ memberId: string }, AlreadyExists | EmailTaken | NotToday> {
  static readonly type = 'Join'
  readonly type = 'Join'
  readonly email: string
  readonly requestId: string

  constructor(email: string, requestId: string) {
    super()
    this.email = email
    this.requestId = requestId
  }
}

const welcome = defineSaga<{ memberId: string }>({ name: 'welcome', version: 1 })
  .retriable('greet', { run: async ({ input }) => ok({ text: `hello ${input.memberId}` }) })
  .result(({ greet }) => greet.text)

const ada = createContext({ correlationId: 'request-1', userId: 'ada' })
const notToday = failure('NotToday', 'we are closed')

describe.each(['the storage', 'the unit of work'] as const)(
  'rows beside a storage, by transactions of %s',
  (whose) => {
    let folder: string
    let storage: SqliteStorage
    let orchestrator: SagaOrchestrator
    let recording: () => Promise<void>
    let unitOfWork: KyselyUnitOfWork<unknown, SqlitePorts>
    let members: KyselyRepository<Member, { id: string; email: string }, EmailTaken>

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'ashlar-integration-'))
      storage = await SqliteStorage.open({ path: join(folder, 'test.db') })
      orchestrator = new SagaOrchestrator({ store: storage.sagas, sagas: [welcome] })
      unitOfWork = KyselyUnitOfWork.over(storage, 'sqlite')
      await orThrow(
        storage.transaction(async ({ connection }) => {
          connection
            .prepare(
              `create table members (id text primary key, email text not null unique, tenant text,
             version integer not null, created_at text not null, created_by text,
             modified_at text, modified_by text, is_deleted integer not null) strict`,
            )
            .run([])
          return ok()
        }),
      )
      members = membersOf({})
      recording = async () => undefined
    })
    afterEach(async () => {
      await orchestrator.close()
      await storage.close()
      rmSync(folder, { recursive: true })
    })

    const membersOf = (options: { readonly tenantColumn?: string }) =>
      new KyselyRepository<Member, { id: string; email: string }, EmailTaken>({
        unitOfWork,
        table: 'members',
        name: 'Member',
        toRow: ({ id, email }) => ({ id, email }),
        restore: ({ id, email }, meta) => new Member(id as Id<'Member'>, email, meta),
        unique: [{ columns: ['email'], failure: () => failure('EmailTaken', 'somebody has this address') }],
        recordEvents: async (events, context) => {
          const request = { stream: 'member-all', expected: 'any', events } as const
          await recording()
          await orThrow(portOf(context, 'events', storage.events).append(request, context))
        },
        ...options,
      })

    /** Rows, events and saga of one command; `afterwards` may refuse or throw. */
    const mediatorWith = (
      afterwards: (within: Context) => Promise<Result<void, NotToday>> = async () => ok(),
    ) =>
      new MediatorBuilder()
        .use(whose === 'the storage' ? transaction(storage) : transaction(unitOfWork))
        .use(idempotency(storage.idempotency, [idempotent(Join, ({ requestId }) => requestId)]))
        .handle(Join, async ({ email }, within) => {
          const member = Member.join(email)
          const added = await members.add(member, within)
          if (added.isErr()) return err(added.error)
          const id = `welcome-${email}`
          const started = await orchestrator.start(welcome, { memberId: member.id }, { id, context: within })
          if (started.isErr()) throw new FailureError(started.error)
          const allowed = await afterwards(within)
          return allowed.map(() => ({ memberId: member.id }))
        })
        .build()

    const kept = async () => ({
      rows: storage.connection.prepare('select email from members order by email').all([]),
      events: (await Array.fromAsync(storage.events.read('member-all'))).map(({ type }) => type),
      saga: (await storage.sagas.find('welcome-ada@example.org'))?.status,
      keys: storage.connection.prepare('select count(*) as n from idempotency_keys').all([]),
    })
    const all = {
      rows: [{ email: 'ada@example.org' }],
      events: ['MemberJoined'],
      saga: 'running',
      keys: [{ n: 1 }],
    }
    const nothing = { rows: [], events: [], saga: undefined, keys: [{ n: 0 }] }

    it('keeps row, event, saga and idempotency key together', async () => {
      const joined = await mediatorWith().send(new Join('ada@example.org', 'click-1'), ada)

      const { memberId } = joined._unsafeUnwrap()
      expect(await kept()).toEqual(all)
      const loaded: Result<Member, AggregateNotFound> = await members.get(memberId as Id<'Member'>, ada)
      expect(loaded._unsafeUnwrap()).toMatchObject({ email: 'ada@example.org', version: 1, createdBy: 'ada' })
    })

    it('keeps none of them when the command throws', async () => {
      const bug = new Error('a bug')

      const sending = mediatorWith(async () => {
        throw bug
      }).send(new Join('ada@example.org', 'click-1'), ada)

      await expect(sending).rejects.toBe(bug)
      expect(await kept()).toEqual(nothing)
    })

    it('keeps none of them when the command is refused', async () => {
      const refused = await mediatorWith(async () => err(notToday)).send(
        new Join('ada@example.org', 'click-1'),
        ada,
      )

      expect(refused._unsafeUnwrapErr()).toEqual(notToday)
      expect(await kept()).toEqual(nothing)
    })

    it('carries out a command once that is sent twice', async () => {
      const mediator = mediatorWith()

      const first = await mediator.send(new Join('ada@example.org', 'click-1'), ada)
      const second = await mediator.send(new Join('ada@example.org', 'click-1'), ada)

      expect(second._unsafeUnwrap()).toEqual(first._unsafeUnwrap())
      expect(await kept()).toEqual(all)
    })

    it('shows outer reads nothing of it before the commit', async () => {
      const seen: unknown[] = []
      const emails = async (within: Context) =>
        (await sql`select email from members`.execute(unitOfWork.queries(within))).rows

      const joined = await mediatorWith(async (within) => {
        seen.push(await emails(within), await emails(ada))
        return ok()
      }).send(new Join('ada@example.org', 'click-1'), ada)

      expect(joined.isOk()).toBe(true)
      expect(seen).toEqual([[{ email: 'ada@example.org' }], []])
    })

    it('refuses a write past the transaction from inside of it, and keeps nothing', async () => {
      const sending = mediatorWith(async () => {
        await orThrow(members.add(Member.join('bob@example.org'), ada))
        return ok()
      }).send(new Join('ada@example.org', 'click-1'), ada)

      await expect(sending).rejects.toBeInstanceOf(NestedTransactionError)
      expect(await kept()).toEqual(nothing)
    })

    it('gives an address to one of many who want it at once, and tells the others', async () => {
      const mediator = mediatorWith()
      const clicks = Array.from({ length: 20 }, (_, click) => `click-${click}`)

      const answers = await Promise.all(
        clicks.map((click) => mediator.send(new Join('ada@example.org', click), ada)),
      )

      const told = answers.map((answer) => (answer.isOk() ? 'Ok' : answer.error.type))
      expect(told.toSorted()).toEqual([...Array(19).fill('EmailTaken'), 'Ok'])
      expect(await kept()).toEqual(all)
    })

    it('keeps row and event together, or neither, when a repository writes by itself', async () => {
      const [one, two] = [Member.join('ada@example.org'), Member.join('bob@example.org')]
      await orThrow(members.add(one, ada))
      recording = async () => {
        throw new Error('the stream is full')
      }

      await expect(members.add(two, ada)).rejects.toThrow('full')

      expect(await kept()).toMatchObject({ rows: all.rows, events: all.events })
      expect([one.version, two.version]).toEqual([1, 0])
      expect(two.domainEvents).toHaveLength(1)
    })

    it('refuses queries of a transaction that has ended, and writes outside of any', async () => {
      const ended = await unitOfWork.transaction(async (tx) => ok({ ...ada, storage: tx }))
      const remove = (within: Context) => sql`delete from members`.execute(unitOfWork.queries(within))

      await expect(remove(ended._unsafeUnwrap())).rejects.toBeInstanceOf(TransactionEndedError)
      await expect(remove(ada)).rejects.toThrow('readonly')
    })

    it('opens the tenant of the context: its rows, and its events', async () => {
      members = membersOf({ tenantColumn: 'tenant' })
      const acme = createContext({ tenantId: 'acme' })
      const tenants = storage.forTenant('acme')
      const recorded = async (from: SqliteStorage) =>
        (await Array.fromAsync(from.events.read('member-all'))).length
      const member = Member.join('ada@example.org')

      const added = await unitOfWork
        .forTenant('acme')
        .transaction(async (tx) => members.add(member, { ...acme, storage: tx }))
        .then((result) => result.isOk())
      const alone = (await members.add(Member.join('eve@example.org'), acme)).isOk()

      expect([added, alone]).toEqual([true, true])
      expect([await recorded(tenants), await recorded(storage)]).toEqual([2, 0])
      const stranger = await members.get(member.id, createContext({ tenantId: 'other' }))
      expect(stranger._unsafeUnwrapErr().type).toBe('AggregateNotFound')
      expect((await members.get(member.id, acme)).isOk()).toBe(true)
    })
  },
)
