/** Tells those who only look on, who must not be able to spoil anything: nothing is returned where they throw. */
export function quietly<T>(tell: () => T): T | undefined {
  try {
    return tell()
  } catch {
    return undefined
  }
}
