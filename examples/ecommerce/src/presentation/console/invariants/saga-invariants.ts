import type { SagaLogEntry } from '@ashlar/saga'
import { match } from 'ts-pattern'
import type { Case } from '../evidence.ts'
import type { Check, Invariant } from './invariant.ts'

export const sagaInvariants: readonly Invariant[] = [
  {
    name: 'every order has one saga, and both have ended',
    of: 'sagas',
    check: ({ cases }) =>
      cases.map(({ order, saga }) => ({
        subject: order.id,
        holds: match(order.status)
          .with('completed', () => saga?.status === 'completed')
          .with('cancelled', () => saga?.status === 'compensated')
          .with('placed', () => false)
          .exhaustive(),
      })),
  },
  {
    name: 'no step has succeeded twice',
    of: 'steps',
    check: ({ cases }) =>
      cases.flatMap(({ order, saga }) => {
        const done = succeeded(saga, 'run').concat(succeeded(saga, 'undo'))
        return done.map((step) => ({
          subject: `${order.id}/${step}`,
          holds: done.filter((other) => other === step).length === 1,
        }))
      }),
  },
  {
    name: 'what was begun was undone, last step first',
    of: 'compensations',
    check: ({ cases }) => cases.flatMap(undoneInReverse),
  },
]

/** Whatever was begun of these is undone, the step that failed as well. */
const undoable = ['order', 'inventory', 'payment'] as const

function undoneInReverse({ order, saga }: Case): readonly Check[] {
  if (saga?.status !== 'compensated') return []
  const begun = new Set(saga.log.filter(({ phase }) => phase === 'run').map(({ step }) => step))
  const expected = undoable.filter((step) => begun.has(step)).reverse()
  const undone = succeeded(saga, 'undo').map((name) => name.slice('undo '.length))
  return [{ subject: order.id, holds: undone.join() === expected.join() }]
}

function succeeded(saga: Case['saga'], phase: SagaLogEntry['phase']): readonly string[] {
  return (saga?.log ?? [])
    .filter((entry) => entry.phase === phase && entry.outcome === 'ok')
    .map(({ step }) => `${phase} ${step}`)
}
