import type { Random } from '@ashlar/kernel'
import { between, shuffled } from './seeded.ts'

/** Somebody who is about to become a customer, as the registration form has them. */
export type Person = {
  readonly name: string
  readonly email: string
  readonly phone: string
  readonly address: {
    readonly street: string
    readonly city: string
    readonly state: string
    readonly postalCode: string
    readonly country: string
  }
}

/** Who is in the story, each in one part. */
export type Cast = {
  readonly regular: Person
  readonly rivals: readonly [Person, Person]
  readonly pauper: Person
  readonly islander: Person
  readonly witness: Person
  /** Who only has a look. */
  readonly guests: readonly Person[]
}

const firstNames = ['Ada', 'Bela', 'Chen', 'Dara', 'Edda', 'Femi', 'Greta', 'Hugo', 'Ines', 'Jonas'] as const
const lastNames = [
  'Ashby',
  'Brook',
  'Carver',
  'Dale',
  'Elm',
  'Fenn',
  'Grove',
  'Hale',
  'Ivory',
  'Marsh',
] as const
const cities = ['Bath', 'Durham', 'Ely', 'Lincoln', 'Ripon', 'Wells', 'York'] as const

/** Chooses names and addresses; no two people share a first name. */
export function castOf(random: Random): Cast {
  const surnames = shuffled(random, lastNames)
  const people = shuffled(random, firstNames).map((first, index) =>
    person(random, first, surnames[index] ?? 'Stone'),
  )
  const [regular, one, other, pauper, islander, witness, ...guests] = people as [
    Person,
    Person,
    Person,
    Person,
    Person,
    Person,
    ...Person[],
  ]
  return { regular, rivals: [one, other], pauper, islander, witness, guests }
}

function person(random: Random, first: string, last: string): Person {
  return {
    name: `${first} ${last}`,
    email: `${first}.${last}@example.org`.toLowerCase(),
    phone: `+44 20 7946 0${between(random, 100, 999)}`,
    address: {
      street: `${between(random, 1, 99)} Mason's Row`,
      city: shuffled(random, cities)[0] ?? 'York',
      state: 'England',
      postalCode: `YO${between(random, 1, 9)} ${between(random, 1, 9)}AB`,
      country: 'GB',
    },
  }
}
