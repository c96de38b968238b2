import type { Json, JsonObject } from '@ashlar/kernel'

/** How long a text, and all items of a list together, may be to leave. */
export const maxTextLength = 1_024
const maxItems = 100

/** Copies the named attributes of a context; left out are those that are missing, too large, of another kind, or that throw. */
export function exposedAttributes(context: object, names: readonly string[]): JsonObject {
  const exposed: [string, Json][] = []
  for (const name of names) {
    const value = exposedValue(context, name)
    if (value !== undefined) exposed.push([name, value])
  }
  return Object.freeze(Object.fromEntries(exposed))
}

function exposedValue(context: object, name: string): Json | undefined {
  try {
    const value: unknown = (context as { readonly [name: string]: unknown })[name]
    if (Array.isArray(value)) return exposedList(value)
    if (value instanceof Date) return value.toISOString()
    return isSmall(value) ? value : undefined
  } catch {
    return
  }
}

function exposedList(list: readonly unknown[]): Json | undefined {
  if (list.length > maxItems) return
  const items = Array.from(list)
  if (!items.every(isSmall)) return
  const length = items.reduce<number>((sum, item) => sum + String(item).length, 0)
  return length > maxTextLength ? undefined : Object.freeze(items)
}

function isSmall(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value.length <= maxTextLength
  return typeof value === 'boolean' || Number.isFinite(value)
}
