import { type Context, createContext } from '@ashlar/kernel'
import { currentContext, runWithContext } from '@ashlar/kernel/async-context'
import { ok, orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { Command } from '../command.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { Notification } from '../notification.ts'
import { StreamQuery } from '../stream-query.ts'
import { context } from './context.ts'

class Outer extends Command<void> {
  static readonly type = 'Outer'
  readonly type = 'Outer'
}

class Inner extends Command<void> {
  static readonly type = 'Inner'
  readonly type = 'Inner'
}

class Heard extends Notification {
  static readonly type = 'Heard'
  readonly type = 'Heard'
}

class Users extends StreamQuery<string | undefined> {
  static readonly type = 'Users'
  readonly type = 'Users'
}

const ada = createContext({ userId: 'ada' })

describe('context', () => {
  it('is found by code that is handed none, also later', async () => {
    const seen: unknown[] = []
    const mediator = new MediatorBuilder()
      .use(context({ run: runWithContext, current: currentContext }))
      .handle(Outer, async () => {
        seen.push(currentContext())
        await Promise.resolve()
        return ok(void seen.push(currentContext()))
      })
      .on(Heard, async () => ok(seen.push(currentContext())))
      .build()

    await orThrow(mediator.send(new Outer(), ada))
    await orThrow(mediator.publish(new Heard(), ada))

    expect(seen).toEqual([ada, ada, ada])
    expect(currentContext()).toBeUndefined()
  })

  it('is entered once for messages that are sent on with it, and again for another one', async () => {
    const { ambient, entered } = countingEntries()
    const bob = createContext({ userId: 'bob' })
    const users: unknown[] = []
    const inner = new MediatorBuilder()
      .use(context(ambient))
      .handle(Inner, async () => ok(void users.push(currentContext()?.userId)))
      .build()
    const mediator = new MediatorBuilder()
      .use(context(ambient))
      .handle(Outer, async (_, given) => {
        await orThrow(inner.send(new Inner(), given))
        await orThrow(inner.send(new Inner(), bob))
        return inner.send(new Inner(), given)
      })
      .build()

    await orThrow(mediator.send(new Outer(), ada))

    expect(users).toEqual(['ada', 'bob', 'ada'])
    expect(entered).toEqual([ada, bob])
  })

  it('is there for each item of a stream, whoever reads it', async () => {
    const closedBy: unknown[] = []
    const mediator = new MediatorBuilder()
      .use(context({ run: runWithContext, current: currentContext }))
      .handle(Users, async () => ok(threeUsers(closedBy)))
      .build()

    const stream = (await mediator.stream(new Users(), ada))._unsafeUnwrap()
    const read: unknown[] = []
    await runWithContext(createContext({ userId: 'bob' }), async () => {
      for await (const user of stream) if (read.push(user) === 2) break
    })

    expect(read).toEqual(['ada', 'ada'])
    expect(closedBy).toEqual(['ada'])
  })
})

async function* threeUsers(closedBy: unknown[]) {
  try {
    for (let n = 0; n < 3; n++) yield currentContext()?.userId
  } finally {
    closedBy.push(currentContext()?.userId)
  }
}

function countingEntries() {
  const entered: Context[] = []
  const run = <T>(given: Context, work: () => T): T => {
    entered.push(given)
    return runWithContext(given, work)
  }
  return { entered, ambient: { run, current: currentContext } }
}
