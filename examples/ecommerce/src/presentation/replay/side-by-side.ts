/** Does the work for each item, some at a time; the first that fails stops all, and is thrown when all have stopped. */
export async function sideBySide<Item>(
  items: readonly Item[],
  work: (item: Item, signal: AbortSignal) => Promise<void>,
  options: { readonly atMost: number; readonly signal: AbortSignal },
): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const queue = items.values()
  const takeTurns = async () => {
    for (const item of queue) {
      signal.throwIfAborted()
      await work(item, signal)
    }
  }
  await Promise.allSettled(
    Array.from({ length: options.atMost }, () => takeTurns().catch((error) => failed.abort(error))),
  )
  signal.throwIfAborted()
}
