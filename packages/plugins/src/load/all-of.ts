/** How many are worked on at a time. */
const atATime = 16

/**
 * Works on all items, some at a time, and answers in their order.
 *
 * @throws the signal's reason, before the next item
 */
export async function allOf<Item, Answer>(
  items: readonly Item[],
  signal: AbortSignal | undefined,
  work: (item: Item) => Answer | Promise<Answer>,
): Promise<Answer[]> {
  const answers = new Array<Answer>(items.length)
  const rest = items.entries()
  await Promise.all(Array.from({ length: atATime }, workOn))
  return answers

  async function workOn(): Promise<void> {
    for (const [at, item] of rest) {
      signal?.throwIfAborted()
      answers[at] = await work(item)
    }
  }
}
