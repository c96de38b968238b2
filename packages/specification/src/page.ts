/** A part of an order that goes on where another ended; the way to walk through many items. */
export type KeysetPage<Item> = {
  /** At most as many as were asked for. */
  readonly items: readonly Item[]
  /** Where the next page begins; absent when there is none. */
  readonly next?: string
}

/** A page by its number, without counting. */
export type NumberedPage<Item> = {
  /** At most `pageSize`. */
  readonly items: readonly Item[]
  /** Counts from 1. */
  readonly pageNumber: number
  /** As it was asked for. */
  readonly pageSize: number
  /** Whether there is another page. */
  readonly hasNext: boolean
}

/** A page by its number, with how many there are. */
export type PagedResult<Item> = {
  /** At most `pageSize`. */
  readonly items: readonly Item[]
  /** Counts from 1. */
  readonly pageNumber: number
  /** As it was asked for. */
  readonly pageSize: number
  /** Of all items that satisfy the specification. */
  readonly totalCount: number
  /** 0 when there are no items. */
  readonly totalPages: number
}

/** How a page is asked for, and so what it tells. */
export type PageKind = 'keyset' | 'numbered' | 'counted'

/** The page that criteria of a kind give. */
export type PageOf<Kind extends PageKind, Item> = Kind extends 'keyset'
  ? KeysetPage<Item>
  : Kind extends 'numbered'
    ? NumberedPage<Item>
    : PagedResult<Item>
