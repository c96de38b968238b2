import type { Result } from '@ashlar/result'
import type {
  Criteria,
  CriteriaInput,
  CriteriaOptions,
  Exactly,
  InvalidCriteria,
  KeysetPageInput,
  KindOf,
  PageInput,
} from './criteria.ts'
import type { Field } from './field.ts'
import type { AnyFieldSet, FieldDefinition } from './field-definition.ts'
import { type Draft, type FieldMaker, fieldMaker } from './field-maker.ts'
import { show } from './outside-value.ts'
import { parseCriteria } from './parse-criteria.ts'
import { type FromJsonOptions, type InvalidSpecification, parseSpecification } from './parse-specification.ts'
import { MixedSpecificationsError, Specification } from './specification.ts'

/** What a {@link FieldSet} is told beside its fields. */
export interface FieldSetOptions<Name extends string, Sortable extends Name, Id extends Name = Name> {
  /** The field that is unique and never null; it ends every order. */
  readonly id: Id
  /** The fields by which one may sort; the id is one of them. */
  readonly sortable?: readonly Sortable[]
  /** How many items a page may have, 1 to 10,000; 100 unless told. */
  readonly maxPageSize?: number
}

/** A set of fields was drawn up wrongly: an id that may be null, a sortable field that there is not. */
export class InvalidFieldSetError extends TypeError {
  override readonly name = 'InvalidFieldSetError'
  readonly code = 'ASHLAR_SPECIFICATION_INVALID_FIELD_SET'

  constructor(thing: string, expected: string, found: unknown) {
    super(`${thing} must be ${expected}, found ${show(found)}`)
  }
}

const largestPage = 10_000

/**
 * The fields of one kind of candidate: what can be asked of it, sorted by, and read from outside.
 *
 * @example {@link defineFields}
 */
export class FieldSet<
  in out T,
  out Fields extends { readonly [name: string]: Field<T, never> },
  out Sortable extends string,
> implements AnyFieldSet<T>
{
  /** By name. */
  readonly fields: Fields
  readonly id: string
  /** The fields by which one may sort; the id is one of them. */
  readonly sortable: ReadonlySet<Sortable>
  /** How many items a page may have. */
  readonly maxPageSize: number
  readonly #definitions: ReadonlyMap<string, FieldDefinition<T>>

  /**
   * @param make - is handed this set, and names its fields
   * @param options - id, sortable fields, size of pages
   * @throws {@link InvalidFieldSetError} for a set that could give no answer
   */
  constructor(make: (owner: object) => Fields, options: FieldSetOptions<string, Sortable>) {
    this.fields = Object.freeze(make(this))
    this.id = options.id
    this.sortable = new Set([...(options.sortable ?? []), options.id as Sortable])
    this.maxPageSize = options.maxPageSize ?? 100
    this.#definitions = new Map(Object.entries(this.fields))
    this.#verify()
  }

  definition(name: string): FieldDefinition<T> | undefined {
    return this.#definitions.get(name)
  }

  /** Every candidate; the start of an `and` over a list. */
  all(): Specification<T> {
    return Specification.of(this, { op: 'and', args: Object.freeze([]) })
  }

  /** No candidate; the start of an `or` over a list. */
  none(): Specification<T> {
    return Specification.of(this, { op: 'or', args: Object.freeze([]) })
  }

  /**
   * Checks what is asked for: rule, order and page.
   *
   * The input may come from outside; its types are checked again. Sorting ends with the id, so that no two candidates are
   * equal and pages neither repeat nor lose one.
   *
   * @param input - the kind of its page (a walk by cursors, numbered, counted) is the kind of the answer
   * @param options - `sign`, which keeps others from making up cursors
   * @returns criteria for a reader such as {@link pageInMemory}, or `InvalidCriteria` with all problems and their paths
   * @throws {@link InvalidSignatureError} when `sign` answers with no text
   * @example
   * ```ts
   * import { createHmac } from 'node:crypto'
   * import { defineFields, pageInMemory } from '@ashlar/specification'
   *
   * const teas = defineFields<{ sku: string; name: string; pence: bigint }>()(
   *   ({ text, bigint }) => ({
   *     sku: text((tea) => tea.sku),
   *     name: text((tea) => tea.name),
   *     pence: bigint((tea) => tea.pence),
   *   }),
   *   { id: 'sku', sortable: ['name', 'pence'] },
   * )
   * const sign = (payload: string) => createHmac('sha256', 'a secret').update(payload).digest('base64url')
   *
   * const criteria = teas.criteria(
   *   { where: teas.fields.pence.lt(500n), orderBy: [{ field: 'name' }], page: { size: 10 } },
   *   { sign },
   * )
   * criteria.match(
   *   (first) => console.log(pageInMemory(first, [{ sku: 'TEA-1', name: 'Assam', pence: 450n }]).items.length),
   *   ({ problems }) => console.log(problems),
   * )
   * ```
   */
  criteria<const Page extends PageInput = KeysetPageInput>(
    input: CriteriaInput<T, Sortable, Page & Exactly<Page>>,
    { sign }: CriteriaOptions = {},
  ): Result<Criteria<T, KindOf<Page>>, InvalidCriteria> {
    const criteria = parseCriteria(this, input, ['where', 'orderBy', 'page'], sign)
    return criteria as Result<Criteria<T, KindOf<Page>>, InvalidCriteria>
  }

  /**
   * Reads order and page from outside, where no type says which fields there are.
   *
   * @param json - `{ orderBy?, page? }` as for {@link FieldSet.criteria}, or anything else
   * @param options - `where`, the rule that stands here and not there; `sign`, as for `criteria`
   * @returns criteria whose `page.kind` says what was asked for, or `InvalidCriteria` with all problems and their paths
   * @throws {@link InvalidSignatureError} when `sign` answers with no text
   * @throws {@link MixedSpecificationsError} for a rule of another set
   * @example
   * ```ts
   * import { defineFields } from '@ashlar/specification'
   *
   * const teas = defineFields<{ sku: string; pence: bigint }>()(
   *   ({ text, bigint }) => ({ sku: text((tea) => tea.sku), pence: bigint((tea) => tea.pence) }),
   *   { id: 'sku', sortable: ['pence'] },
   * )
   * const asked = JSON.parse('{ "orderBy": [{ "field": "weight" }], "page": { "number": 2 } }')
   *
   * const criteria = teas.criteriaFromJson(asked, { where: teas.fields.pence.gt(0n) })
   * if (criteria.isErr()) console.log(criteria.error.message)
   * // orderBy[0].field of criteria must be a field, one of pence, sku, found "weight"
   * ```
   */
  criteriaFromJson(
    json: unknown,
    { where, sign }: CriteriaOptions & { readonly where?: Specification<T> | undefined } = {},
  ): Result<Criteria<T>, InvalidCriteria> {
    if (where !== undefined && where.fields !== this) throw new MixedSpecificationsError('criteria')
    return parseCriteria(this, json, ['orderBy', 'page'], sign).map((criteria) =>
      Object.freeze({ ...criteria, where }),
    )
  }

  /**
   * Reads a rule from outside.
   *
   * @param json - what `Specification.toJson` has written, or anything else
   * @param options - the fields that may be asked for, and how large the rule may be
   * @returns the rule, or `InvalidSpecification` with all problems and their paths
   * @example
   * ```ts
   * import { defineFields } from '@ashlar/specification'
   *
   * const customers = defineFields<{ id: string; tier: string; debt: bigint }>()(
   *   ({ text, bigint }) => ({
   *     id: text((customer) => customer.id),
   *     tier: text((customer) => customer.tier),
   *     debt: bigint((customer) => customer.debt),
   *   }),
   *   { id: 'id' },
   * )
   * const text = JSON.stringify(customers.fields.tier.eq('Gold').or(customers.fields.debt.gt(0n)))
   *
   * const rule = customers.fromJson(JSON.parse(text), { fields: ['tier'], maxNodes: 20 })
   * if (rule.isErr()) console.log(rule.error.problems[0]?.path) // args[1].field
   * ```
   */
  fromJson(
    json: unknown,
    options: FromJsonOptions<keyof Fields & string> = {},
  ): Result<Specification<T>, InvalidSpecification> {
    return parseSpecification(this, json, options)
  }

  #verify(): void {
    for (const name of this.#definitions.keys())
      if (!/^[\p{L}_$][\p{L}\p{N}_$.-]{0,63}$/u.test(name) || name === '__proto__')
        throw new InvalidFieldSetError('the name of a field', 'up to 64 letters, digits, _, $, . and -', name)
    const id = this.#definitions.get(this.id)
    if (id === undefined || id.isNullable || id.kind === 'boolean')
      throw new InvalidFieldSetError('the id', 'a unique field that is never null', this.id)
    for (const name of this.sortable)
      if (!this.#definitions.has(name)) throw new InvalidFieldSetError('what is sortable', 'a field', name)
    const { maxPageSize } = this
    if (!Number.isInteger(maxPageSize) || maxPageSize < 1 || maxPageSize > largestPage)
      throw new InvalidFieldSetError('maxPageSize', `a whole number from 1 to ${largestPage}`, maxPageSize)
  }
}

type Drafts<T> = { readonly [name: string]: Draft<Field<T, never>> }
type Named<T, D extends Drafts<T>> = {
  readonly [Name in keyof D]: D[Name] extends Draft<infer F extends Field<T, never>> ? F : never
}

/**
 * Names the fields of a kind of candidate.
 *
 * Called twice, so that the kind of candidate is said and all the rest is inferred. Each field is told how to read its
 * value; where that is a value object, `by` takes it apart, and operands are value objects, too.
 *
 * @returns a function of the fields and their options, which throws {@link InvalidFieldSetError} for a set that could give no
 *   answer: an id that may be null, a sortable field that there is not
 * @example
 * ```ts
 * import { defineFields } from '@ashlar/specification'
 *
 * type Customer = { id: string; tier: 'Silver' | 'Gold'; credit: { minorUnits: bigint }; phone: string | null }
 *
 * const customers = defineFields<Customer>()(
 *   ({ text, bigint }) => ({
 *     id: text((customer) => customer.id),
 *     tier: text((customer) => customer.tier),
 *     credit: bigint((customer) => customer.credit, { by: (money) => money.minorUnits }),
 *     phone: text((customer) => customer.phone, { nullable: true }),
 *   }),
 *   { id: 'id', sortable: ['tier', 'credit'], maxPageSize: 50 },
 * )
 *
 * const { tier, credit, phone } = customers.fields
 * const canBeCalled = tier.eq('Gold').and(credit.ge({ minorUnits: 500_00n }), phone.isNull().not())
 * console.log(canBeCalled.isSatisfiedBy({ id: 'c-1', tier: 'Gold', credit: { minorUnits: 900_00n }, phone: null })) // false
 * ```
 */
export function defineFields<T>(): <
  const D extends Drafts<T>,
  const Id extends keyof D & string,
  const Sortable extends keyof D & string = never,
>(
  draw: (make: FieldMaker<T>) => D,
  options: FieldSetOptions<keyof D & string, Sortable, Id>,
) => FieldSet<T, Named<T, D>, Sortable | Id> {
  return (draw, options) =>
    new FieldSet(
      (owner) =>
        Object.fromEntries(
          Object.entries(draw(fieldMaker())).map(([name, draft]) => [name, draft.named(name, owner)]),
        ) as never,
      options as never,
    )
}
