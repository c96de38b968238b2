import { factsOf, type JsonFacts } from './json-facts.ts'

/**
 * Reads the objects of an answer that goes on, one on each line.
 *
 * @param body - the answer
 * @param maxBytes - of one line
 * @throws Error for a line that is too long, or no object
 */
export async function* jsonLines(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<JsonFacts, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let begun = ''
  for await (const part of body) {
    const pieces = decoder.decode(part, { stream: true }).split('\n')
    for (const [at, piece] of pieces.entries()) {
      begun += piece
      if (begun.length > maxBytes)
        throw new Error(`a message must have ${maxBytes} bytes at most, found more`)
      // the last piece goes on in the next part
      if (at === pieces.length - 1) break
      const line = begun.trim()
      begun = ''
      if (line !== '') yield factsOf(JSON.parse(line), '')
    }
  }
}
