import { type Comparer, comparerOf } from './comparer.ts'
import { InvalidValueObjectError } from './invalid-value-object-error.ts'

/** What comparing needs to know of a class. */
export type CompiledClass = {
  readonly prototype: object
  readonly names: readonly string[]
  readonly compare: Comparer
}

/** Where a class keeps it: on its prototype, which is found faster than an entry of a WeakMap. */
const compiledClass: unique symbol = Symbol('compiledClass')

/** Checks a class when one of its values is first compared; a subclass never takes what its base class has. */
export function compiledClassOf(value: object): CompiledClass {
  const prototype: { readonly [compiledClass]?: CompiledClass } = Object.getPrototypeOf(value)
  const known = prototype[compiledClass]
  return known?.prototype === prototype ? known : compile(value, prototype)
}

function compile(value: object, prototype: object): CompiledClass {
  const names = checkedComponents(value, prototype)
  const compiled: CompiledClass = { prototype, names, compare: comparerOf(names) }
  Object.defineProperty(prototype, compiledClass, { value: compiled })
  return compiled
}

function checkedComponents(value: object, prototype: object): readonly string[] {
  const { name, components } = prototype.constructor as Components
  if (!Array.isArray(components))
    throw new InvalidValueObjectError(name, 'list its "static readonly components"', typeof components)
  const missing = components.find((component) => !(component in value))
  if (missing !== undefined)
    throw new InvalidValueObjectError(name, 'have each of its components', `no property "${missing}"`)
  if (!Object.isFrozen(value))
    throw new InvalidValueObjectError(
      name,
      `be frozen by its factory: ${name}.freeze(new ${name}(…))`,
      'an unfrozen instance',
    )
  return components
}

type Components = (new () => object) & { readonly components?: unknown }
