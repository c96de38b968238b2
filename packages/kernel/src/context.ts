import { type IdGenerator, uuidv7 } from './id-generator.ts'
import type { JsonObject } from './json.ts'

/**
 * Who asks, on whose behalf and for how long: passed explicitly to handlers, repositories and ports.
 *
 * @see {@link createContext} for an example
 */
export interface Context {
  /** One per request that came in from outside; everything that it causes carries it. */
  readonly correlationId: string
  /** The message or event that caused this one. */
  readonly causationId?: string
  /** Who is acting. */
  readonly userId?: string
  /** Whose data; a port of another tenant refuses the call. */
  readonly tenantId?: string
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /** The ports of the transaction that is under way; read by {@link portOf}. */
  readonly storage?: object
}

/** What a context leaves on an event; see {@link metadataOf}. */
export type RequestMetadata = JsonObject & {
  /** The request that everything began with. */
  readonly correlationId: string
  /** The message or event that caused this one. */
  readonly causationId?: string
  /** Who was acting. */
  readonly userId?: string
}

const neverAborted = /* @__PURE__ */ endlessSignal()

/**
 * Makes a context, at the edge of the program.
 *
 * @param parts - what is known; a missing `correlationId` is taken from `ids`, a missing `signal` never aborts
 * @param options - `ids` names new correlations, UUIDv7 unless told
 * @returns a frozen context
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 *
 * const context = createContext({ userId: 'ada', signal: AbortSignal.timeout(5_000) })
 * console.log(context.correlationId, context.userId)
 * ```
 */
export function createContext(
  parts: Partial<Context> = {},
  options: { readonly ids?: IdGenerator } = {},
): Context {
  return Object.freeze({
    ...parts,
    correlationId: parts.correlationId ?? (options.ids ?? uuidv7).next(),
    signal: parts.signal ?? neverAborted,
  })
}

/**
 * Finds a port: the one of the transaction that is under way, else the outer one.
 *
 * @param context - its `storage` is looked at
 * @param name - of the port, as the storage spells it
 * @param outer - used where no transaction is under way, or where its storage has no such port
 * @returns the port to call
 * @example
 * ```ts
 * import { createContext, portOf } from '@ashlar/kernel'
 *
 * const outer = { where: 'outside' }
 * const context = createContext({ storage: { events: { where: 'inside' } } })
 * console.log(portOf(context, 'events', outer).where, portOf(createContext(), 'events', outer).where)
 * ```
 */
export function portOf<Port extends object>(context: Context, name: string, outer: Port): Port {
  const { storage } = context
  if (storage === undefined || !Object.hasOwn(storage, name)) return outer
  return (storage as Record<string, Port>)[name] ?? outer
}

/**
 * Tells what an event should remember of the request that caused it.
 *
 * @param context - of the request
 * @returns correlation, causation and user, as far as they are known
 * @example
 * ```ts
 * import { createContext, metadataOf } from '@ashlar/kernel'
 *
 * console.log(metadataOf(createContext({ correlationId: 'c-1', userId: 'ada' })))
 * ```
 */
export function metadataOf(context: Context): RequestMetadata {
  const { correlationId, causationId, userId } = context
  return {
    correlationId,
    ...(causationId !== undefined && { causationId }),
    ...(userId !== undefined && { userId }),
  }
}

/** A port of one tenant was called with the context of another. */
export class TenantMismatchError extends Error {
  override readonly name = 'TenantMismatchError'
  readonly code = 'ASHLAR_KERNEL_TENANT_MISMATCH'

  /**
   * @param expected - whose port it is; undefined for that of no tenant
   * @param found - whose context it is
   */
  constructor(expected: string | undefined, found: string | undefined) {
    super(`this port belongs to ${describe(expected)}, the context to ${describe(found)}`)
  }
}

/**
 * Refuses a context that belongs to another tenant than the port.
 *
 * @param tenant - the port's; undefined for a port of no tenant
 * @param context - of the call
 * @throws {@link TenantMismatchError} when they differ
 * @example
 * ```ts
 * import { createContext, verifyTenant } from '@ashlar/kernel'
 *
 * verifyTenant('acme', createContext({ tenantId: 'acme' }))
 * ```
 */
export function verifyTenant(tenant: string | undefined, context: Context): void {
  if (context.tenantId !== tenant) throw new TenantMismatchError(tenant, context.tenantId)
}

function describe(tenant: string | undefined): string {
  return tenant === undefined ? 'no tenant' : `tenant "${tenant}"`
}

function endlessSignal(): AbortSignal {
  return new AbortController().signal
}
