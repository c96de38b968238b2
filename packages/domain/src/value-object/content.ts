import { InvalidValueObjectError } from './invalid-value-object-error.ts'

/** The prototype of a value's class, and after it its components: all that equality looks at. */
export type Content = readonly [object, ...unknown[]]

/** Where a class keeps the names of its components: on its prototype, which is found faster than an entry of a WeakMap. */
const componentNames: unique symbol = Symbol('componentNames')

type Compiled = { readonly [componentNames]?: Content }

/**
 * Reads a value's components, for its first comparison.
 *
 * Reading by name is what comparing costs, once several classes are compared: the engine can't foresee at one place where
 * each of them keeps what. A list of what was read is compared quickly ever after.
 */
export function contentOf(value: object): Content {
  const prototype: Compiled = Object.getPrototypeOf(value)
  const known = prototype[componentNames]
  const names = known?.[0] === prototype ? known : namesOf(value, prototype)
  const content = names.slice()
  for (let place = 1; place < content.length; place++) {
    content[place] = (value as Readonly<Record<string, unknown>>)[names[place] as string]
  }
  return content as unknown as Content
}

/** Checks a class when one of its values is first compared; a subclass never takes the list of its base class. */
function namesOf(value: object, prototype: object): Content {
  const names: Content = [prototype, ...checkedComponents(value, prototype)]
  Object.defineProperty(prototype, componentNames, { value: names })
  return names
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
