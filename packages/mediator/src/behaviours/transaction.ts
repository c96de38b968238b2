import type { UnitOfWork } from '@ashlar/kernel'
import type { Behaviour } from '../behaviour.ts'
import { type SomeMessageClass, typesOf } from './some-message-class.ts'

/** A storage that can commit several writes at once; every storage of Ashlar is one. */
export interface TransactionalStorage extends UnitOfWork {
  /** The same storage for one tenant; absent where there are no tenants. */
  forTenant?(tenantId: string): UnitOfWork
}

/** Options of {@link transaction}. */
export interface TransactionBehaviourOptions {
  /** Commands that get no transaction: they are atomic by themselves, such as one append to one stream. */
  readonly except?: readonly SomeMessageClass<'command'>[]
}

/**
 * Makes a behaviour that runs each command in one transaction, and hands its ports on as `context.storage`.
 *
 * Err and throw roll back. A command that is sent inside of another one's transaction joins it. Queries and
 * notifications pass untouched. A context with a tenant opens the tenant's storage, where `forTenant` exists.
 *
 * @param storage - whose transaction is opened; it is given the context's signal
 * @param options - `except` names commands that are atomic by themselves
 * @returns a behaviour for commands that adds no failure
 * @example
 * ```ts
 * import { createContext, type UnitOfWork } from '@ashlar/kernel'
 * import { Command, MediatorBuilder, transaction } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class OpenCart extends Command<void> {
 *   static readonly type = 'OpenCart'
 *   readonly type = 'OpenCart'
 * }
 *
 * const storage: UnitOfWork = { transaction: (work) => work({ carts: new Map() }) }
 * const mediator = new MediatorBuilder()
 *   .use(transaction(storage))
 *   .handle(OpenCart, async (_, context) => ok(console.log(context.storage)))
 *   .build()
 * console.log((await mediator.send(new OpenCart(), createContext())).isOk())
 * ```
 */
export function transaction(
  storage: TransactionalStorage,
  options: TransactionBehaviourOptions = {},
): Behaviour<'command'> {
  const excepted = typesOf(options.except ?? [])
  return {
    name: 'transaction',
    kinds: ['command'],
    handle(message, context, next) {
      if (context.storage !== undefined || excepted.has(message.type)) return next(message, context)
      return unitOfWorkOf(storage, context.tenantId).transaction(
        (tx) => next(message, { ...context, storage: tx }),
        { signal: context.signal },
      )
    },
  }
}

function unitOfWorkOf(storage: TransactionalStorage, tenantId: string | undefined): UnitOfWork {
  return tenantId === undefined || storage.forTenant === undefined ? storage : storage.forTenant(tenantId)
}
