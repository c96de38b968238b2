/**
 * Reads the text of an answer, and no more of it than is allowed.
 *
 * @throws Error for one that is larger, or broken off
 */
export async function boundedText({ body, headers }: Response, maxBytes: number): Promise<string> {
  if (Number(headers.get('content-length')) > maxBytes) {
    await body?.cancel().catch(() => {})
    throw tooLarge(maxBytes)
  }
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const reader = body?.getReader()
  let text = ''
  let size = 0
  for (;;) {
    const part = (await reader?.read())?.value
    if (part === undefined) return text + decoder.decode()
    size += part.byteLength
    if (size > maxBytes) {
      await reader?.cancel().catch(() => {})
      throw tooLarge(maxBytes)
    }
    text += decoder.decode(part, { stream: true })
  }
}

function tooLarge(maxBytes: number): Error {
  return new Error(`the answer must have ${maxBytes} bytes at most, found more`)
}
