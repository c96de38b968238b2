import { type Context, createContext } from '@ashlar/kernel'
import { type FixedClock, fixedClock } from '@ashlar/kernel/testing'
import { orThrow } from '@ashlar/result'
import type { AggregateRoot } from '../aggregate-root.ts'
import type { DomainEvent } from '../domain-event.ts'
import type { RecordEvents, Repository } from '../repository.ts'
import type { RepositoryProbe, RepositoryProbeOptions } from './repository-probe.ts'

/** A repository under test, with everything around it. */
type Scene<Aggregate extends AggregateRoot> = {
  readonly repository: Repository<Aggregate>
  readonly probe: RepositoryProbe<Aggregate>
  readonly clock: FixedClock
  readonly recorder: Recorder
}

/** Makes the body of a test that begins with a scene of its own. */
export type Given<Aggregate extends AggregateRoot> = (
  test: (scene: Scene<Aggregate>) => Promise<void>,
) => () => Promise<void>

/** Opens a repository, hands it to the test with everything around it, and closes it whatever happens. */
export function scenesOf<Aggregate extends AggregateRoot>(
  open: (options: RepositoryProbeOptions) => RepositoryProbe<Aggregate> | Promise<RepositoryProbe<Aggregate>>,
): Given<Aggregate> {
  return (test) => async () => {
    const clock = fixedClock('2026-01-01T00:00:00.000Z')
    const recorder = new Recorder()
    const probe = await open({ clock, recordEvents: recorder.record })
    try {
      await test({ repository: probe.repository, probe, clock, recorder })
    } finally {
      await probe.close?.()
    }
  }
}

/** Two users, to tell creators from modifiers. */
export const ada: Context = createContext({ userId: 'ada' })
export const bob: Context = createContext({ userId: 'bob' })

/** Adds a new aggregate, as ada. */
export async function addedTo<Aggregate extends AggregateRoot>(
  repository: Repository<Aggregate>,
  probe: RepositoryProbe<Aggregate>,
): Promise<Aggregate> {
  const aggregate = probe.newAggregate()
  await orThrow(repository.add(aggregate, ada))
  return aggregate
}

/** Takes the events over, as an outbox would. */
class Recorder {
  readonly events: DomainEvent[] = []
  readonly users: (string | undefined)[] = []
  failure: Error | undefined
  meanwhile: (() => void) | undefined

  readonly record: RecordEvents = async (events, context: Context) => {
    if (this.failure !== undefined) throw this.failure
    this.events.push(...events)
    this.users.push(context.userId)
    this.meanwhile?.()
  }

  forget(): void {
    this.events.length = 0
    this.users.length = 0
  }
}

/** The audit fields that are set; those that are not are left out. */
export function auditOf(aggregate: AggregateRoot): object {
  const { createdAt, createdBy, modifiedAt, modifiedBy, isDeleted } = aggregate
  return JSON.parse(JSON.stringify({ createdAt, createdBy, modifiedAt, modifiedBy, isDeleted }))
}
