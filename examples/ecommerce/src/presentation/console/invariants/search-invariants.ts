import type { Invariant } from './invariant.ts'

export const searchInvariants: readonly Invariant[] = [
  {
    name: 'the pages of a search have everybody once',
    of: 'customers',
    check: ({ customers, pages }) => {
      const listed = pages.flatMap(({ items }) => items)
      const ids = new Set([...customers.map(({ id }) => id), ...listed.map(({ customerId }) => customerId)])
      return [...ids].map((id) => {
        const customer = customers.find((one) => one.id === id)
        const [item, ...more] = listed.filter(({ customerId }) => customerId === id)
        return {
          subject: id,
          holds:
            more.length === 0 &&
            item?.name === customer?.name &&
            item?.email === customer?.email.value &&
            item?.status === customer?.status &&
            item?.tier === customer?.tier,
        }
      })
    },
  },
  {
    name: 'every page knows how many there are',
    of: 'pages',
    check: ({ customers, pages }) =>
      pages.map(({ pageNumber, pageSize, totalCount, totalPages }) => ({
        subject: `page ${pageNumber}`,
        holds:
          totalCount === customers.length &&
          totalPages === Math.ceil(customers.length / pageSize) &&
          totalPages === Math.max(...pages.map((page) => page.pageNumber)),
      })),
  },
]
