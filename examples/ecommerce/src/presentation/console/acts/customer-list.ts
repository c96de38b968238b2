import { SearchCustomers } from '../../../application/customers/search-customers.ts'
import type { Act } from '../act.ts'

const pageSize = 4

export const customerList: Act = {
  title: 'The shopkeeper looks through the customers',
  async play({ till, prop, cast: { regular, guests } }, narrator) {
    for (const guest of guests) await till.register(guest)

    const first = await till.search({ sortBy: 'createdAt', pageSize })
    const listed = [...first.items]
    for (let pageNumber = 2; pageNumber <= first.totalPages; pageNumber++)
      listed.push(...(await till.search({ sortBy: 'createdAt', pageSize, pageNumber })).items)
    const ids = listed.map(({ customerId }) => customerId)
    narrator.note(`${first.totalPages} pages of ${pageSize}, those who came first on the first one`)
    narrator.same('customers on all pages', listed.length, first.totalCount)
    narrator.same('of them once', new Set(ids).size, first.totalCount)
    narrator.same('the first who ever came', ids[0] ?? 'nobody', prop('customerId'))

    const [best] = (await till.search({ sortBy: 'tier', sortDescending: true })).items
    narrator.same('by tier, not by letters, leads', `${best?.name}, ${best?.tier}`, `${regular.name}, Silver`)
    const surname = regular.name.split(' ').at(-1) ?? ''
    const byName = await till.search({ searchTerm: surname.toUpperCase(), tier: 'Silver' })
    narrator.same(`Silver, and called "${surname.toUpperCase()}"`, byName.totalCount, 1)
    const byTrick = await till.search({ searchTerm: "' OR 1=1 --" })
    narrator.same('called "\' OR 1=1 --"', byTrick.totalCount, 0)

    const { mediator } = till.shop
    narrator.refusal(
      'page 0',
      await mediator.sendInput(SearchCustomers, { pageNumber: 0 }, till.context()),
      'InvalidCriteria',
      'pages count from 1',
    )
    narrator.refusal(
      'an order by phone number',
      await mediator.sendInput(SearchCustomers, { sortBy: 'phone' }, till.context()),
      'InvalidInput',
      'take one of those that are named',
    )
  },
}
