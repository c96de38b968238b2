import { ValueObject } from '@ashlar/domain'
import { uuidv7 } from '@ashlar/kernel'
import { defineFields } from '@ashlar/specification'
import { type Contender, compare, print } from './harness.ts'

const classes = 7
const addresses = Array.from({ length: classes }, (_, index) => addressClass(index))
const pairs = 64

for (const count of [1, classes]) {
  const compared = addresses.slice(0, count)
  await compare({
    bench: count === 1 ? 'cqrs/value-equality-1' : 'cqrs/value-equality',
    baseline: 'equals written by hand',
    goal: 0.25,
    ours: comparing(compared.map(({ Address }) => Address)),
    theirs: comparing(compared.map(({ PlainAddress }) => PlainAddress)),
  })
}

await compare({
  bench: 'cqrs/value-equality-fresh',
  baseline: 'made, frozen and compared by hand',
  ours: comparingFresh(addresses.map(({ Address }) => Address)),
  theirs: comparingFresh(addresses.map(({ PlainAddress }) => PlainAddress)),
})

await compare({
  bench: 'cqrs/uuidv7',
  baseline: 'crypto.randomUUID',
  goal: 0.66,
  ours: (operations) => () => {
    for (let count = 0; count < operations; count++) uuidv7.next()
  },
  theirs: (operations) => () => {
    for (let count = 0; count < operations; count++) crypto.randomUUID()
  },
})
print({
  bench: 'cqrs/uuidv7-inversions',
  value: inversionsIn(1_000_000),
  unit: 'of 1 M',
  goal: 0,
  better: 'lower',
})

await compareSatisfaction()

type Comparable = { equals(other: Comparable): boolean }
type AddressClass = new (fields: readonly string[]) => Comparable

/** Compares equal instances that are not the same. */
function comparing(classes: readonly AddressClass[]): Contender {
  const made = () =>
    Array.from({ length: pairs }, (_, pair) => {
      const fields = [`street ${pair >> 3}`, 'city', 'state', `zip ${pair >> 3}`, 'KR']
      return new (classes[pair % classes.length] as AddressClass)(fields)
    })
  const ones = made()
  const others = made()
  return (operations) => () => {
    let equal = 0
    for (let count = 0; count < operations; count++) {
      const pair = count % pairs
      if ((ones[pair] as Comparable).equals(others[pair] as Comparable)) equal++
    }
    if (equal !== operations) throw new Error('equal values must be equal')
  }
}

/** Compares values that were made for it, and are not compared again. */
function comparingFresh(classes: readonly AddressClass[]): Contender {
  const fields = ['12 Byron Row', 'London', 'Greater London', 'SW1', 'GB']
  return (operations) => () => {
    let equal = 0
    for (let count = 0; count < operations; count++) {
      const made = classes[count % classes.length] as AddressClass
      if (new made(fields).equals(new made(fields))) equal++
    }
    if (equal !== operations) throw new Error('equal values must be equal')
  }
}

/** Each class has source text of its own, as an application's classes have. */
function addressClass(index: number): {
  readonly Address: AddressClass
  readonly PlainAddress: AddressClass
} {
  const names = ['street', 'city', 'state', 'zip', 'country'].map((name) => `${name}${index}`)
  const assign = names.map((name, place) => `this.${name} = fields[${place}]`).join('\n')
  const same = names.map((name) => `other.${name} === this.${name}`).join(' && ')
  return new Function(
    'ValueObject',
    `
    class Address extends ValueObject {
      static components = ${JSON.stringify(names)}
      constructor(fields) {
        super()
        ${assign}
        return Address.freeze(this)
      }
    }
    class PlainAddress {
      constructor(fields) {
        ${assign}
        Object.freeze(this)
      }
      equals(other) {
        return other === this || (other instanceof PlainAddress && ${same})
      }
    }
    return { Address, PlainAddress }`,
  )(ValueObject)
}

function inversionsIn(count: number): number {
  let inversions = 0
  let last = uuidv7.next()
  for (let made = 1; made < count; made++) {
    const next = uuidv7.next()
    if (next <= last) inversions++
    last = next
  }
  return inversions
}

type Customer = {
  readonly id: string
  readonly name: string
  readonly tier: string
  readonly nickname: string | null
  readonly credit: bigint
}

/** Beside a function that a person would write for the same question. */
async function compareSatisfaction(): Promise<void> {
  const { name, tier, nickname, credit } = defineFields<Customer>()(
    ({ text, bigint }) => ({
      id: text((customer) => customer.id),
      name: text((customer) => customer.name),
      tier: text((customer) => customer.tier),
      nickname: text((customer) => customer.nickname, { nullable: true }),
      credit: bigint((customer) => customer.credit),
    }),
    { id: 'id' },
  ).fields
  const wanted = tier
    .in(['Silver', 'Gold', 'Platinum'])
    .and(credit.gt(500n), nickname.isNull().not(), name.startsWith('Ad').or(name.eq('Bob')))
  const tiers = ['Basic', 'Silver', 'Gold', 'Platinum']
  const names = ['Ada', 'Bob', 'Cleo', 'Adam']
  const customers = Array.from(
    { length: 1_000 },
    (_, index): Customer => ({
      id: `c-${index}`,
      name: names[(index * 7) % 4] as string,
      tier: tiers[(index * 3 + (index >> 4)) % 4] as string,
      nickname: index % 5 === 0 ? null : `nick ${index}`,
      credit: BigInt((index * 37) % 2_000),
    }),
  )
  const byHand = (customer: Customer): boolean =>
    (customer.tier === 'Silver' || customer.tier === 'Gold' || customer.tier === 'Platinum') &&
    customer.credit > 500n &&
    customer.nickname !== null &&
    (customer.name.startsWith('Ad') || customer.name === 'Bob')
  const counting =
    (holds: (customer: Customer) => boolean): Contender =>
    (operations) =>
    () => {
      let found = 0
      for (let count = 0; count < operations; count++)
        if (holds(customers[count % 1_000] as Customer)) found++
      return found
    }
  await compare({
    bench: 'cqrs/satisfied-by',
    baseline: 'predicate written by hand',
    goal: 0.3,
    ours: counting((customer) => wanted.isSatisfiedBy(customer)),
    theirs: counting(byHand),
  })
}
