import { compiledClassOf } from './value-object/compiled-class.ts'
import { type Note, nextNote, sameContent } from './value-object/content.ts'

/** The names that a value object may list as its components: its public properties that are no methods. */
export type ComponentName<Value> = {
  [Name in keyof Value & string]-?: Value[Name] extends (...args: never[]) => unknown ? never : Name
}[keyof Value & string]

/**
 * A thing that is nothing but its content: two with equal components are the same, and neither ever changes.
 *
 * A subclass lists its `components`, has a private constructor, and hands out instances by a factory that validates and
 * ends with `Address.freeze(new Address(…))`, which also checks the list at compile time. A component may sit in a `#private` field
 * behind a getter. Components compare by value, also inside of lists, sets, maps, dates and plain objects; value
 * objects by their own `equals`; NaN equals NaN, −0 equals 0, null is not undefined.
 *
 * @example
 * ```ts
 * import { ValueObject } from '@ashlar/domain'
 * import { collect, Guard, type GuardFailure, type Result } from '@ashlar/result'
 *
 * class Address extends ValueObject {
 *   static readonly components = ['street', 'city'] as const
 *   readonly street: string
 *   readonly city: string
 *
 *   private constructor(street: string, city: string) {
 *     super()
 *     this.street = street
 *     this.city = city
 *   }
 *
 *   static of(input: { street: string; city: string }): Result<Address, readonly GuardFailure[]> {
 *     return collect({
 *       street: Guard.against.nullOrWhiteSpace(input.street, 'street'),
 *       city: Guard.against.nullOrWhiteSpace(input.city, 'city'),
 *     }).map(({ street, city }) => Address.freeze(new Address(street, city)))
 *   }
 * }
 *
 * const one = Address.of({ street: '12 Byron Row', city: 'London' })
 * const other = Address.of({ street: ' 12 Byron Row', city: 'London ' })
 * console.log(one.isOk() && other.isOk() && one.value.equals(other.value))
 * ```
 */
export abstract class ValueObject {
  #note: Note

  /**
   * Compares by content.
   *
   * @param other - anything
   * @returns true for an instance of the same class with equal components
   * @throws {@link InvalidValueObjectError} when the class is first compared, if it has no `components`, lists one that its
   *   instances don't have, or left the instance unfrozen
   */
  equals(other: unknown): boolean {
    if (this === other) return true
    if (typeof other !== 'object' || other === null || !(#note in other)) return false
    const ours = this.#note
    const theirs = other.#note
    if (ours && theirs) return sameContent(ours, theirs)
    if (Object.getPrototypeOf(this) !== Object.getPrototypeOf(other)) return false
    const isEqual = compiledClassOf(this).compare(this, other)
    this.#note = nextNote(this, ours)
    other.#note = nextNote(other, theirs)
    return isEqual
  }

  /**
   * Freezes a new instance; the last thing that a factory does.
   *
   * A static method, since the constructor of the base class runs before the subclass has set its fields.
   *
   * @param value - made by the subclass's constructor
   * @returns the same instance, frozen
   */
  protected static freeze<Value extends ValueObject>(
    this: { readonly components: readonly ComponentName<Value>[] },
    value: Value,
  ): Value {
    return Object.freeze(value)
  }
}
