import { compareScalars } from './compare-scalars.ts'
import type { Criteria, Order } from './criteria.ts'
import type { Keys } from './cursor.ts'
import type { Scalar } from './node.ts'
import type { PageKind, PageOf } from './page.ts'

/**
 * Gives the page that criteria ask for out of candidates in memory: what every other reader must give, too.
 *
 * @param criteria - made by {@link FieldSet.criteria}
 * @param candidates - all there are, in any order; no two with the same id
 * @param project - makes an item of a candidate; the candidate itself unless told
 * @returns a page of the kind that the criteria ask for
 * @throws {@link InvalidFieldValueError} when a candidate holds what its field can't hold
 * @example
 * ```ts
 * import { defineFields, pageInMemory } from '@ashlar/specification'
 *
 * const fields = defineFields<{ sku: string; pence: bigint }>()(
 *   ({ text, bigint }) => ({ sku: text((tea) => tea.sku), pence: bigint((tea) => tea.pence) }),
 *   { id: 'sku', sortable: ['pence'] },
 * )
 * const teas = [{ sku: 'TEA-1', pence: 450n }, { sku: 'TEA-2', pence: 390n }]
 *
 * const cheapest = fields.criteria({ orderBy: [{ field: 'pence' }], page: { size: 1 } })
 * if (cheapest.isOk()) {
 *   const { items, next } = pageInMemory(cheapest.value, teas, (tea) => tea.sku)
 *   console.log(items, next !== undefined) // [ 'TEA-2' ] true
 * }
 * ```
 */
export function pageInMemory<T, Kind extends PageKind, Item = T>(
  criteria: Criteria<T, Kind>,
  candidates: Iterable<T>,
  project: (candidate: T) => Item = (candidate) => candidate as unknown as Item,
): PageOf<Kind, Item> {
  const ranked = rank(criteria, candidates)
  const { page } = criteria as Criteria<T>
  if (page.kind === 'keyset') return keysetPage(criteria, ranked, page, project) as PageOf<Kind, Item>
  const { size: pageSize, number: pageNumber } = page
  const start = (pageNumber - 1) * pageSize
  const items = ranked.slice(start, start + pageSize).map(({ candidate }) => project(candidate))
  const totalCount = ranked.length
  const numbered = { items, pageNumber, pageSize }
  const answer =
    page.kind === 'counted'
      ? { ...numbered, totalCount, totalPages: Math.ceil(totalCount / pageSize) }
      : { ...numbered, hasNext: start + pageSize < totalCount }
  return answer as PageOf<PageKind, Item> as PageOf<Kind, Item>
}

type Ranked<T> = { readonly candidate: T; readonly keys: Keys }

function rank<T>({ fields, where, orderBy }: Criteria<T>, candidates: Iterable<T>): readonly Ranked<T>[] {
  const definitions = orderBy.flatMap(({ field }) => fields.definition(field) ?? [])
  const ranked: Ranked<T>[] = []
  for (const candidate of candidates) {
    if (where !== undefined && !where.isSatisfiedBy(candidate)) continue
    ranked.push({ candidate, keys: definitions.map(({ valueIn }) => valueIn(candidate)) })
  }
  return ranked.sort((one, other) => compareKeys(orderBy, one.keys, other.keys))
}

function keysetPage<T, Item>(
  { orderBy, cursorOf }: Pick<Criteria<T>, 'orderBy' | 'cursorOf'>,
  ranked: readonly Ranked<T>[],
  { size, after }: { readonly size: number; readonly after?: Keys },
  project: (candidate: T) => Item,
): PageOf<'keyset', Item> {
  const following = after ? ranked.filter(({ keys }) => compareKeys(orderBy, keys, after) > 0) : ranked
  const taken = following.slice(0, size)
  const items = taken.map(({ candidate }) => project(candidate))
  const last = taken.at(-1)
  return last === undefined || following.length <= size ? { items } : { items, next: cursorOf(last.keys) }
}

function compareKeys(orderBy: readonly Order[], one: Keys, other: Keys): number {
  for (const [index, order] of orderBy.entries()) {
    const difference = compareKey(order, one[index] ?? null, other[index] ?? null)
    if (difference !== 0) return difference
  }
  return 0
}

/** Where nulls stand does not depend on the direction. */
function compareKey({ direction, nulls }: Order, one: Scalar | null, other: Scalar | null): number {
  if (one === null || other === null) {
    if (one === other) return 0
    return (one === null) === (nulls === 'first') ? -1 : 1
  }
  return direction === 'asc' ? compareScalars(one, other) : compareScalars(other, one)
}
