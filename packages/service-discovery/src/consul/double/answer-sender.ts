import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RawAnswer } from './faults.ts'
import type { Answer } from './front.ts'

/** Sends an answer: a text as it is, pieces as they come, and anything else as JSON (C65). */
export function send(
  { status = 200, headers, body, isJson = typeof body === 'object' }: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (isPieces(body)) return void sendPieces(status, headers, body, response)
  const isPretty = /[?&]pretty\b/.test(request.url ?? '')
  const text = isJson ? JSON.stringify(body, null, isPretty ? 4 : 0) : body
  const type = isJson ? 'application/json' : 'text/plain; charset=utf-8'
  response.setHeader('Content-Type', type)
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value)
  response.writeHead(status).end(text)
}

function isPieces(body: unknown): body is Iterable<string | Uint8Array> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) && Symbol.iterator in body
}

/** No faster than the reader reads; ends where the reader does. */
async function sendPieces(
  status: number,
  headers: Readonly<Record<string, string>> | undefined,
  pieces: Iterable<string | Uint8Array>,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(status, headers)
  for (const piece of pieces) {
    if (response.destroyed) return
    if (!response.write(piece))
      await new Promise((resolve) => void response.once('drain', resolve).once('close', resolve))
  }
  response.end()
}

/** A list of pieces is sent as they are, and is no list of JSON. */
export function rawAnswer({ status = 200, headers = jsonHead, body = '' }: RawAnswer): Answer {
  return { status, headers, body: Array.isArray(body) ? body.values() : body }
}

const jsonHead = { 'Content-Type': 'application/json', 'X-Consul-Index': '1' }
