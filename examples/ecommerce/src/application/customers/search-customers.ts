import { type Handler, Query } from '@ashlar/mediator'
import { err, ok } from '@ashlar/result'
import type { InvalidCriteria, PagedResult, Specification } from '@ashlar/specification'
import * as v from 'valibot'
import { type Customer, customerStatuses } from '../../domain/customers/customer.ts'
import {
  customerFields,
  customersMatching,
  customersOfTier,
  customersWithStatus,
} from '../../domain/customers/customer-fields.ts'
import { tierNames } from '../../domain/customers/tier.ts'
import type { CustomerDirectory, CustomerListItem } from './customer-directory.ts'

const maxTermLength = 254

const input = v.strictObject({
  /** In the name or the e-mail address; blank is none. */
  searchTerm: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(maxTermLength),
      v.check((text) => text.isWellFormed() && !text.includes('\0'), 'well-formed text without U+0000'),
    ),
  ),
  status: v.optional(v.picklist(customerStatuses)),
  tier: v.optional(v.picklist(tierNames)),
  sortBy: v.optional(v.picklist(['name', 'email', 'tier', 'createdAt']), 'name'),
  sortDescending: v.optional(v.boolean(), false),
  pageNumber: v.optional(v.number(), 1),
  pageSize: v.optional(v.number(), 10),
})

type Wanted = v.InferOutput<typeof input>

/** Asks for one page of the customers, and for how many there are; pages and their sizes count from 1. */
export class SearchCustomers extends Query<PagedResult<CustomerListItem>, InvalidCriteria> {
  static readonly type = 'SearchCustomers'
  static readonly schema = input
  static readonly personal = ['searchTerm'] as const
  readonly type = 'SearchCustomers'
  readonly searchTerm: Wanted['searchTerm']
  readonly status: Wanted['status']
  readonly tier: Wanted['tier']
  readonly sortBy: Wanted['sortBy']
  readonly sortDescending: boolean
  readonly pageNumber: number
  readonly pageSize: number

  constructor(data: Wanted) {
    super()
    this.searchTerm = data.searchTerm
    this.status = data.status
    this.tier = data.tier
    this.sortBy = data.sortBy
    this.sortDescending = data.sortDescending
    this.pageNumber = data.pageNumber
    this.pageSize = data.pageSize
  }
}

export const searchCustomers =
  ({ directory }: { readonly directory: CustomerDirectory }): Handler<SearchCustomers> =>
  async (query, context) => {
    const { sortBy, sortDescending, pageNumber, pageSize } = query
    const criteria = customerFields.criteria({
      where: ruleOf(query),
      orderBy: [
        { field: sortBy === 'tier' ? 'tierRank' : sortBy, direction: sortDescending ? 'desc' : 'asc' },
      ],
      page: { number: pageNumber, size: pageSize, withTotal: true },
    })
    return criteria.isOk() ? ok(await directory.page(criteria.value, context)) : err(criteria.error)
  }

function ruleOf({ searchTerm = '', status, tier }: SearchCustomers): Specification<Customer> {
  return customerFields
    .all()
    .and(
      ...(searchTerm.trim() === '' ? [] : [customersMatching(searchTerm)]),
      ...(status === undefined ? [] : [customersWithStatus(status)]),
      ...(tier === undefined ? [] : [customersOfTier(tier)]),
    )
}
