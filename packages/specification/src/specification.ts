import { compileRule, type Predicate } from './compile-rule.ts'
import { type Explanation, explainRule } from './explanation.ts'
import type { AnyFieldSet } from './field-definition.ts'
import type { SpecificationNode } from './node.ts'
import { ruleText } from './rule-text.ts'
import { jsonOf, type SpecificationJson } from './specification-json.ts'

/** How deeply rules may lie inside each other. */
export const deepest = 64

/** Rules of two sets of fields were joined; one of them would be asked for fields that it doesn't know. */
export class MixedSpecificationsError extends TypeError {
  override readonly name = 'MixedSpecificationsError'
  readonly code = 'ASHLAR_SPECIFICATION_MIXED_SETS'

  constructor(joint: 'and' | 'or' | 'criteria') {
    super(`${joint} must join specifications of one set of fields, found one of another`)
  }
}

/** A rule was put into rules until no database would take it; wide ones are fine. */
export class SpecificationTooDeepError extends RangeError {
  override readonly name = 'SpecificationTooDeepError'
  readonly code = 'ASHLAR_SPECIFICATION_TOO_DEEP'

  constructor() {
    super(`specifications lie at most ${deepest} deep inside each other, found one more`)
  }
}

/**
 * A business rule as a value: asked of a candidate in memory, compiled to SQL, sent as JSON, explained to people.
 *
 * Its meaning is SQL's: what is compared with a missing value is neither true nor false but unknown, and so is the opposite
 * of it; an unknown rule is not satisfied. Made by the fields of a {@link FieldSet}; frozen.
 *
 * @example
 * ```ts
 * import { defineFields } from '@ashlar/specification'
 *
 * type Customer = { id: string; tier: 'Silver' | 'Gold'; debt: bigint | null }
 * const { tier, debt } = defineFields<Customer>()(
 *   ({ text, bigint }) => ({
 *     id: text((customer) => customer.id),
 *     tier: text((customer) => customer.tier),
 *     debt: bigint((customer) => customer.debt, { nullable: true }),
 *   }),
 *   { id: 'id' },
 * ).fields
 *
 * const goldCustomers = tier.eq('Gold')
 * const owes = (pence: bigint) => debt.ge(pence)
 * const toBeReminded = goldCustomers.not().and(owes(100_00n))
 *
 * console.log(toBeReminded.isSatisfiedBy({ id: 'c-1', tier: 'Silver', debt: 250_00n })) // true
 * console.log(`${toBeReminded}`) // not (tier = "Gold") and debt >= 10000
 * ```
 */
export class Specification<in T> {
  /** The rule as data, deeply frozen. */
  readonly node: SpecificationNode
  /** The set whose fields it asks for. */
  readonly fields: AnyFieldSet<T>
  readonly #depth: number
  #holds: Predicate<T> | undefined

  private constructor(fields: AnyFieldSet<T>, node: SpecificationNode, depth: number) {
    if (depth > deepest) throw new SpecificationTooDeepError()
    this.fields = fields
    this.node = Object.freeze(node)
    this.#depth = depth
    Object.freeze(this)
  }

  /**
   * Makes one of data that was checked; for fields and their sets.
   *
   * @internal
   */
  static of<T>(owner: object, node: SpecificationNode, depth = 1): Specification<T> {
    return new Specification(owner as AnyFieldSet<T>, node, depth)
  }

  /**
   * Tells a real one from what only looks like it, such as a proxy; asks nothing of it.
   *
   * @internal
   */
  static is(value: unknown): value is Specification<never> {
    return typeof value === 'object' && value !== null && #depth in value
  }

  /**
   * Tells whether the rule holds; unknown counts as no.
   *
   * @param candidate - of the kind whose fields are asked for
   * @throws {@link InvalidFieldValueError} when a field that decides holds what its kind can't hold
   */
  isSatisfiedBy(candidate: T): boolean {
    this.#holds ??= compileRule(this.fields, this.node, true)
    return this.#holds(candidate)
  }

  /**
   * All of them.
   *
   * @param others - of the same set of fields; of none it is this one
   * @throws {@link MixedSpecificationsError} for a rule of another set
   * @throws {@link SpecificationTooDeepError} when rules would lie more than 64 deep inside each other
   */
  and(...others: readonly Specification<T>[]): Specification<T> {
    return this.#join('and', others)
  }

  /**
   * At least one of them.
   *
   * @param others - of the same set of fields; of none it is this one
   * @throws {@link MixedSpecificationsError} for a rule of another set
   * @throws {@link SpecificationTooDeepError} when rules would lie more than 64 deep inside each other
   */
  or(...others: readonly Specification<T>[]): Specification<T> {
    return this.#join('or', others)
  }

  /**
   * The opposite: unknown stays unknown, so a candidate without the value satisfies neither a rule nor its opposite.
   *
   * @throws {@link SpecificationTooDeepError} when rules would lie more than 64 deep inside each other
   */
  not(): Specification<T> {
    if (this.node.op === 'not') return Specification.of(this.fields, this.node.arg, this.#depth - 1)
    return Specification.of(this.fields, { op: 'not', arg: this.node }, this.#depth + 1)
  }

  /**
   * Tells which parts hold for a candidate, and what was found in it; asks all of them.
   *
   * @param candidate - of the kind whose fields are asked for
   * @returns a tree in the shape of the rule; {@link unmetRules} lists what failed, and shows an example
   * @throws {@link InvalidFieldValueError} when a field holds what its kind can't hold
   */
  explain(candidate: T): Explanation {
    return explainRule(this.fields, this.node, candidate)
  }

  /**
   * Writes the rule for a wire or a store; `FieldSet.fromJson` reads it.
   *
   * @returns plain JSON, bigints as decimal text
   */
  toJson(): SpecificationJson {
    return jsonOf(this.node)
  }

  /** What `JSON.stringify` takes: the same as {@link Specification.toJson}. */
  toJSON(): SpecificationJson {
    return this.toJson()
  }

  /** The rule for people, at most about 200 characters of it. */
  toString(): string {
    return ruleText(this.node)
  }

  /** Flat: what is joined by the same word already is taken apart, which changes no meaning. */
  #join(op: 'and' | 'or', others: readonly Specification<T>[]): Specification<T> {
    if (others.some(({ fields }) => fields !== this.fields)) throw new MixedSpecificationsError(op)
    const args: SpecificationNode[] = []
    let depth = 1
    for (const part of [this, ...others]) {
      const { node } = part
      const isFlat = node.op === op
      if (isFlat) for (const arg of node.args) args.push(arg)
      else args.push(node)
      depth = Math.max(depth, isFlat ? part.#depth : part.#depth + 1)
    }
    const [only] = args
    if (only !== undefined && args.length === 1) return Specification.of(this.fields, only, depth - 1)
    return Specification.of(this.fields, { op, args: Object.freeze(args) }, depth)
  }
}
