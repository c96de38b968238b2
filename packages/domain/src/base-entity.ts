import { type AuditFields, acceptAudit } from './aggregate-meta.ts'

/**
 * A thing with an identity: it stays the same while everything about it changes.
 *
 * The constructor makes neither id nor time. The audit fields are undefined until a repository has stored the entity, and
 * only a repository sets them (`markStored`). What is stored and loaded on its own extends {@link AggregateRoot};
 * entities inside of an aggregate extend this class.
 *
 * @example
 * ```ts
 * import { BaseEntity, type Id, newId } from '@ashlar/domain'
 *
 * type LineId = Id<'OrderLine'>
 *
 * class OrderLine extends BaseEntity<LineId> {
 *   #quantity = 1
 *
 *   get quantity(): number {
 *     return this.#quantity
 *   }
 *
 *   raiseBy(more: number): void {
 *     this.#quantity += more
 *   }
 * }
 *
 * const id = newId<'OrderLine'>()
 * const line = new OrderLine(id)
 * line.raiseBy(2)
 * console.log(line.quantity, line.equals(new OrderLine(id)))
 * ```
 */
export abstract class BaseEntity<Id extends string = string> {
  /** What makes it this one and no other. */
  readonly id: Id
  #audit: AuditFields | undefined

  /**
   * @param id - handed in; nothing is made here
   * @param audit - as it was stored; absent for a new entity
   */
  constructor(id: Id, audit?: AuditFields) {
    this.id = id
    this.#audit = audit
  }

  /** When it was added; ISO-8601, UTC; undefined until then. */
  get createdAt(): string | undefined {
    return this.#audit?.createdAt
  }

  /** Who added it; undefined until then, and when the context named no user. */
  get createdBy(): string | undefined {
    return this.#audit?.createdBy
  }

  /** When it was last changed; ISO-8601, UTC; undefined until it is. */
  get modifiedAt(): string | undefined {
    return this.#audit?.modifiedAt
  }

  /** Who last changed it; undefined until it is, and when the context named no user. */
  get modifiedBy(): string | undefined {
    return this.#audit?.modifiedBy
  }

  /** Removed, but kept; a repository does not hand it out any more. */
  get isDeleted(): boolean {
    return this.#audit?.isDeleted ?? false
  }

  /**
   * Tells whether the other is the same thing, however different its state.
   *
   * @param other - an entity with the same kind of id
   * @returns true for the same class and the same id
   */
  equals(other: BaseEntity<Id> | null | undefined): boolean {
    return (
      this === other ||
      (other?.id === this.id && Object.getPrototypeOf(other) === Object.getPrototypeOf(this))
    )
  }

  static {
    Object.defineProperty(BaseEntity.prototype, acceptAudit, {
      value(this: BaseEntity, audit: AuditFields) {
        this.#audit = audit
      },
    })
  }
}
