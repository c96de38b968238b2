import type { Json } from '@ashlar/kernel'
import { requireName } from './name.ts'

/**
 * The name of something that the host offers to plugins, with its type.
 *
 * @see {@link service} for an example
 */
export interface ServiceRef<in out Service extends object> {
  /** What manifests ask for under `needs`. */
  readonly id: string
  /** Never there; carries the type. */
  readonly '~service'?: (service: Service) => Service
}

/** A service as a plugin has it, wherever it runs: every method answers with a promise. */
export type Remote<Service extends object> = {
  readonly [Name in keyof Service as Service[Name] extends (...args: never) => unknown
    ? Name
    : never]: Service[Name] extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Promise<Awaited<Answer>>
    : never
}

/** A service and who does its work; made by {@link provide}. */
export interface ProvidedService {
  /** What manifests ask for under `needs`. */
  readonly id: string
  /** What may be called, by name. */
  readonly methods: ReadonlyMap<string, (...args: readonly Json[]) => unknown>
}

/**
 * Names something that the host offers to plugins. A plugin gets it by `context.use`, if its manifest asks for it.
 *
 * @param id - what manifests ask for: lower-case words joined by `.` and `-`, at most 100 characters
 * @returns the name, with the type of the service
 * @throws {@link InvalidPluginOptionError} for an id that can't be
 * @example
 * ```ts
 * import { service } from '@ashlar/plugins/plugin'
 *
 * export interface Points {
 *   balanceOf(customerId: string): number
 * }
 * export const points = service<Points>('shop.points')
 * ```
 */
export function service<Service extends object>(id: string): ServiceRef<Service> {
  requireName('service', id)
  return Object.freeze({ id })
}

/**
 * Offers a service to plugins. They can call its methods and see nothing else of it.
 *
 * Arguments and answers are JSON where a plugin runs on its own. What a method throws reaches the plugin as the text of
 * its message.
 *
 * @param ref - the name
 * @param implementation - does the work; methods that it inherits count, those of every object do not
 * @returns the service, for the `services` of a {@link PluginManager}
 * @example
 * ```ts
 * import { provide } from '@ashlar/plugins'
 * import { service } from '@ashlar/plugins/plugin'
 *
 * const points = service<{ balanceOf(customerId: string): number }>('shop.points')
 * const offered = provide(points, { balanceOf: (customerId) => customerId.length })
 * console.log([...offered.methods.keys()]) // [ 'balanceOf' ]
 * ```
 */
export function provide<Service extends object>(
  ref: ServiceRef<Service>,
  implementation: Service,
): ProvidedService {
  const methods = new Map<string, (...args: readonly Json[]) => unknown>()
  for (let level: object | null = implementation; isOfItsOwn(level); level = Object.getPrototypeOf(level))
    for (const name of Object.getOwnPropertyNames(level)) {
      const member: unknown = Reflect.get(level, name, implementation)
      if (typeof member === 'function' && name !== 'constructor' && !methods.has(name))
        methods.set(name, member.bind(implementation))
    }
  return Object.freeze({ id: ref.id, methods })
}

function isOfItsOwn(level: object | null): level is object {
  return level !== null && level !== Object.prototype
}
