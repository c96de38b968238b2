/**
 * Loads a library that the packages are compared with.
 *
 * The name is no literal where it is imported, so that the types hold where the peers are not installed.
 *
 * @param name - of a package in benchmarks/package.json
 */
export function peer<Module>(name: string): Promise<Module> {
  return import(name) as Promise<Module>
}
