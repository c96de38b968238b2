const registry = new FinalizationRegistry<() => void>((tell) => tell())

/** Resolves when the garbage collector has taken the target; does not keep it from doing so. */
export function whenCollected(target: object): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  registry.register(target, resolve)
  return promise
}
