import { reasonOf } from './reason-of.ts'

const json = /^(?:application|text)\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

/**
 * Reads the text of a JSON answer, and no more of it than is allowed.
 *
 * @throws Error for what is no success, no JSON by its type, too large, or broken off
 */
export async function readAnswer(response: Response, maxBytes: number): Promise<string> {
  try {
    refuseHead(response, maxBytes)
  } catch (error) {
    await response.body?.cancel().catch(() => {})
    throw error
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(response, maxBytes))
}

/** Parses the text of an answer. */
export function parseAnswer(text: string, { status }: Response): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const found = text.trim() === '' ? 'an empty answer' : `${text.length} characters`
    throw new Error(`status ${status}, expected a JSON document, found ${found}: ${messageOf(error)}`)
  }
}

/** What went wrong, in the words of whoever threw it. */
export function messageOf(error: unknown): string {
  const message = reasonOf(error)
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && cause.message !== '' ? `${message} (${reasonOf(cause)})` : message
}

function refuseHead(response: Response, maxBytes: number): void {
  const type = response.headers.get('content-type') ?? ''
  const head = `status ${response.status}, content type "${type}"`
  if (!response.ok) throw new Error(`${head}, expected a document`)
  if (!json.test(type)) throw new Error(`${head}, expected JSON`)
  if (Number(response.headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes)
}

/** By a reader, as not every browser lets a body be iterated. */
async function readBytes({ body }: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  const reader = body?.getReader()
  for (;;) {
    const part = (await reader?.read())?.value
    if (part === undefined) return joined(parts, size)
    size += part.byteLength
    parts.push(part)
    if (size <= maxBytes) continue
    await reader?.cancel().catch(() => {})
    throw tooLarge(maxBytes)
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}

function tooLarge(maxBytes: number): Error {
  return new Error(`the answer must have ${maxBytes} bytes at most, found more`)
}
