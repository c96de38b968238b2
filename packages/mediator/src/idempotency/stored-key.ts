/** Tells whether every database keeps the text apart from others. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/**
 * The key under which a store keeps a command of one user.
 *
 * Lengths stand before what has any: no type, user and key can be spelled so that they look like others.
 */
export function storedKey(messageType: string, userId: string | undefined, key: string): string {
  const user = userId === undefined ? '-' : `${userId.length}:${userId}`
  return `${messageType.length}:${messageType}:${user}:${key}`
}
