import type { AggregateRoot } from '../aggregate-root.ts'
import type { Repository } from '../repository.ts'
import { auditContract } from './audit-contract.ts'
import { conflictContract } from './conflict-contract.ts'
import { contextContract } from './context-contract.ts'
import { eventContract } from './event-contract.ts'
import { keepingContract } from './keeping-contract.ts'
import type { RepositoryProbe, RepositoryProbeOptions } from './repository-probe.ts'
import { scenesOf } from './repository-scene.ts'

/**
 * The promises of {@link Repository}, as a vitest suite that every adapter runs.
 *
 * @param name - of the adapter
 * @param open - makes an empty repository with the clock and the `recordEvents` that it is given
 * @example
 * ```ts
 * import { AggregateRoot, type DomainEvent, type Id, InMemoryRepository, newId } from '@ashlar/domain'
 * import type { repositoryContract } from '@ashlar/domain/testing'
 *
 * class Door extends AggregateRoot<Id<'Door'>, DomainEvent<'DoorUsed', { times: number }>> {
 *   times = 0
 *
 *   use(): void {
 *     this.times++
 *     this.addDomainEvent('DoorUsed', { times: this.times })
 *   }
 * }
 *
 * // in a test file, which vitest runs
 * export const run = (contract: typeof repositoryContract): void =>
 *   contract<Door>('in memory', (options) => ({
 *     repository: new InMemoryRepository({
 *       name: 'Door',
 *       toState: ({ id, times }: Door) => ({ id, times }),
 *       restore: ({ id, times }, meta) => Object.assign(new Door(id, meta), { times }),
 *       ...options,
 *     }),
 *     newAggregate() {
 *       const door = new Door(newId())
 *       door.use()
 *       return door
 *     },
 *     change: (door) => door.use(),
 *     stateOf: ({ id, times }) => ({ id, times }),
 *   }))
 * ```
 */
export function repositoryContract<Aggregate extends AggregateRoot>(
  name: string,
  open: (options: RepositoryProbeOptions) => RepositoryProbe<Aggregate> | Promise<RepositoryProbe<Aggregate>>,
): void {
  const given = scenesOf(open)
  keepingContract(name, given)
  conflictContract(name, given)
  auditContract(name, given)
  eventContract(name, given)
  contextContract(name, given)
}
