import type { FlagSet } from '../flags/flag-set.ts'
import type { FlagUser } from './user-context-provider.ts'

/** What a context is made of; see {@link FeatureFlagServiceOptions.toContext}. */
export interface ContextFacts {
  /** The user that is asked for; undefined where nobody is signed in. */
  readonly user: FlagUser | undefined
  /** Where the program runs, as the service was told. */
  readonly environment: string | undefined
  /** The moment of the question. */
  readonly timestamp: Date
}

/** What only the service says, whatever a user's attributes are called. */
const standard = ['targetingKey', 'environment', 'timestamp']

/** Puts a user's facts where rules ask for them, as far as the set declares them. */
export function contextOf(
  { user, environment, timestamp }: ContextFacts,
  { attributes: declared }: FlagSet,
): object {
  const facts = Object.entries({
    ...user?.attributes,
    ...presentIn({ email: user?.email, roles: user?.roles }),
  })
  const asked = facts.filter(
    ([name]) => !standard.includes(name) && (declared === undefined || Object.hasOwn(declared, name)),
  )
  return Object.fromEntries([
    ...asked,
    ...Object.entries(presentIn({ targetingKey: user?.id || undefined, environment })),
    ['timestamp', timestamp],
  ])
}

function presentIn(facts: object): object {
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined && fact !== null))
}
