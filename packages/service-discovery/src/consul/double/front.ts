import type { IncomingMessage } from 'node:http'
import type { Random, Timer } from '@ashlar/kernel'
import type { Access } from './access.ts'
import type { ConsulState } from './consul-state.ts'
import type { Faults } from './faults.ts'
import { Refusal } from './refusal.ts'

/** What answers are made of. */
export interface Front {
  readonly state: ConsulState
  readonly access: Access
  readonly faults: Faults
  readonly timer: Timer
  readonly random: Random
  readonly datacenter: string
}

/** A request that has been read. */
export interface Asked {
  /** What stands behind the route's path. */
  readonly rest: string
  readonly query: URLSearchParams
  readonly token: string
  readonly body: string
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal
}

/** An answer: JSON unless it is a text, pieces where it is made of such. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Whether a text is sent as JSON, too. */
  readonly isJson?: boolean
}

/** Answers one path, and all below it where the path ends in a slash. */
export interface Route {
  readonly path: string
  readonly method: 'GET' | 'PUT'
  answer(asked: Asked, front: Front): Answer | Promise<Answer>
}

/** Finds the route of a path, as Go's own server does: the longest one that fits. */
export function routeOf(routes: readonly Route[], path: string): Route | undefined {
  const fitting = routes.filter((route) =>
    route.path.endsWith('/') ? path.startsWith(route.path) : path === route.path,
  )
  return fitting.sort((one, other) => other.path.length - one.path.length)[0]
}

/** `?token=` goes before the header, and that before `Authorization: Bearer` (C14). */
export function tokenOf({ headers }: IncomingMessage, query: URLSearchParams): string {
  const [, bearer = ''] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? []
  return query.get('token') ?? String(headers['x-consul-token'] ?? bearer)
}

/**
 * Reads a truth as Go does; one that is told without a value is true where that is meant.
 *
 * @throws Refusal with the text for what is none
 */
export function parseTruth(text: string, refusal: string): boolean {
  if (/^(?:1|t|true)$/i.test(text)) return true
  if (/^(?:0|f|false)$/i.test(text)) return false
  throw new Refusal(400, refusal)
}
