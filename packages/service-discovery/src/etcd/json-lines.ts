/**
 * Reads the objects of an answer that goes on, one on each line.
 *
 * @param body - the answer
 * @param maxBytes - of one line
 * @throws Error for a line that is too long, or no JSON
 */
export async function* jsonLines(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<unknown, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let begun = ''
  for await (const part of body) {
    begun += decoder.decode(part, { stream: true })
    let from = 0
    for (let end = begun.indexOf('\n'); end >= 0; end = begun.indexOf('\n', from)) {
      const line = begun.slice(from, end).trim()
      from = end + 1
      if (line !== '') yield JSON.parse(line)
    }
    begun = begun.slice(from)
    if (begun.length > maxBytes) throw new Error(`a message must have ${maxBytes} bytes at most, found more`)
  }
}
