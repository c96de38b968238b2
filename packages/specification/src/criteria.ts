import type { Failure } from '@ashlar/result'
import type { AnyFieldSet } from './field-definition.ts'
import type { Scalar } from './node.ts'
import type { InputProblem } from './outside-value.ts'
import type { PageKind } from './page.ts'
import type { Specification } from './specification.ts'

/** One field of an order, with everything spelled out. */
export type Order = {
  /** Its name. */
  readonly field: string
  /** Which end comes first. */
  readonly direction: 'asc' | 'desc'
  /** Where candidates without a value stand, whatever the direction. */
  readonly nulls: 'first' | 'last'
}

/** Which part of the order is wanted. */
export type PageRequest =
  | { readonly kind: 'keyset'; readonly size: number; readonly after?: readonly (Scalar | null)[] }
  | { readonly kind: 'numbered' | 'counted'; readonly size: number; readonly number: number }

/**
 * A specification with an order and a page; made by {@link FieldSet.criteria}, which checks it.
 *
 * For those who write a reader: `orderBy` always ends with the id, `page.after` has one value per field of `orderBy`, and
 * what is wanted is what stands strictly after these values.
 */
export interface Criteria<in out T, out Kind extends PageKind = PageKind> {
  /** The set whose fields it asks for. */
  readonly fields: AnyFieldSet<T>
  /** Absent when all are wanted. */
  readonly where: Specification<T> | undefined
  /** From the first to the last field; the last one is the id. */
  readonly orderBy: readonly Order[]
  /** Which part. */
  readonly page: PageRequest & { readonly kind: Kind }
  /**
   * Writes the cursor behind an item.
   *
   * @param keys - the item's values of the fields of `orderBy`, in their order, as `FieldDefinition.valueIn` reads them
   * @returns text for `page.after`, safe in a URL
   * @throws {@link InvalidOperandError} for a value that its field can't hold
   * @throws {@link CursorTooLongError} when the values make a cursor of more than 4,096 characters
   */
  cursorOf(keys: readonly (Scalar | null)[]): string
}

/** What is asked for; checked by {@link FieldSet.criteria}, which shows an example. */
export type CriteriaInput<T, Sortable extends string, Page extends PageInput = PageInput> = {
  /** All candidates unless told. */
  readonly where?: Specification<T> | undefined
  /** By the id alone unless told; the id is added behind the last entry, in its direction. */
  readonly orderBy?: readonly OrderInput<Sortable>[] | undefined
  /** The first page of a walk, of 20 items, unless told. */
  readonly page?: Page | undefined
}

/** One field by which to sort. */
export type OrderInput<Sortable extends string = string> = {
  /** One of the sortable ones. */
  readonly field: Sortable
  /** `asc` unless told. */
  readonly direction?: 'asc' | 'desc' | undefined
  /** `last` unless told, whatever the direction. */
  readonly nulls?: 'first' | 'last' | undefined
}

/** Which page is asked for. */
export type PageInput = KeysetPageInput | NumberedPageInput

/** Lets a page have no property that none of its forms has. */
export type Exactly<Page extends PageInput> = {
  readonly [Name in Exclude<keyof Page, keyof KeysetPageInput>]: never
}

/** A page of a walk. */
export type KeysetPageInput = {
  /** How many items at most: 1 to the set's `maxPageSize`, 20 unless told. */
  readonly size?: number | undefined
  /** The `next` of the page before; the walk begins without it. */
  readonly after?: string | undefined
  /** A walk has no numbers. */
  readonly number?: undefined
  /** Nor does it count. */
  readonly withTotal?: undefined
}

/** A page by its number. */
export type NumberedPageInput = {
  /** 1 to 1,000,000. */
  readonly number: number
  /** How many items at most: 1 to the set's `maxPageSize`, 20 unless told. */
  readonly size?: number | undefined
  /** Whether all items are counted, too. */
  readonly withTotal?: boolean | undefined
  /** A numbered page follows no cursor. */
  readonly after?: undefined
}

/** The kind of page that an input asks for. */
export type KindOf<Page extends PageInput> = Page extends { readonly number: number }
  ? Page extends { readonly withTotal: infer Total }
    ? Total extends true
      ? 'counted'
      : 'numbered'
    : 'numbered'
  : 'keyset'

/**
 * Answers with the signature of a text, such as the HMAC of it and a secret in hex, in letters that are safe in a URL.
 *
 * It is called for each cursor that is written or read.
 */
export type Sign = (payload: string) => string

/** What {@link FieldSet.criteria} is handed beside the input. */
export interface CriteriaOptions {
  /** Signs cursors, so that nobody makes one up. Without it a checksum finds accidents, but no forgery. */
  readonly sign?: Sign | undefined
}

/** An input is no criteria; `problems` has all that is wrong with it, up to 100. */
export type InvalidCriteria = Failure<'InvalidCriteria', { readonly problems: readonly InputProblem[] }>
