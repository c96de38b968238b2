import { defineFields } from '@ashlar/specification'

/** A value object, as a domain has them. */
export class Amount {
  readonly minorUnits: bigint

  constructor(minorUnits: bigint) {
    this.minorUnits = minorUnits
  }
}

/** Plain, and with all kinds of fields, so that tests can be about specifications alone. */
export type Customer = {
  readonly id: string
  readonly name: string
  readonly nickname: string | null
  readonly tier: 'Bronze' | 'Silver' | 'Gold'
  readonly credit: Amount
  readonly debt: Amount | null
  readonly rating: number
  readonly score: number | null
  readonly isActive: boolean
  readonly hasAgreed: boolean | null
  readonly joinedAt: string
  readonly leftAt: Date | null
}

const define = defineFields<Customer>()

/** The fields of customers. */
// biome-ignore format: a table
export const customers = define(
  ({ text, number, bigint, boolean, timestamp }) => ({
    id: text((customer) => customer.id),
    name: text((customer) => customer.name),
    nickname: text((customer) => customer.nickname, { nullable: true }),
    tier: text((customer) => customer.tier),
    credit: bigint((customer) => customer.credit, { by: (amount) => amount.minorUnits }),
    debt: bigint((customer) => customer.debt, { nullable: true, by: (amount) => amount.minorUnits }),
    rating: number((customer) => customer.rating),
    score: number((customer) => customer.score, { nullable: true }),
    isActive: boolean((customer) => customer.isActive),
    hasAgreed: boolean((customer) => customer.hasAgreed, { nullable: true }),
    joinedAt: timestamp((customer) => customer.joinedAt),
    leftAt: timestamp((customer) => customer.leftAt, { nullable: true }),
  }),
  {
    id: 'id',
    sortable: ['name', 'nickname', 'credit', 'debt', 'rating', 'score', 'isActive', 'hasAgreed', 'joinedAt', 'leftAt'],
  },
)

/** One who differs from an ordinary customer only in what the test is about. */
export function aCustomer(differing: Partial<Customer> = {}): Customer {
  return {
    id: 'c-1',
    name: 'Ada',
    nickname: null,
    tier: 'Gold',
    credit: new Amount(500n),
    debt: null,
    rating: 4.5,
    score: null,
    isActive: true,
    hasAgreed: null,
    joinedAt: '2026-01-31T12:00:00.000Z',
    leftAt: null,
    ...differing,
  }
}
