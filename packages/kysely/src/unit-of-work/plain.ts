import type { Kysely } from 'kysely'

/** The same without plugins, which would rename what was not written by them. */
export function plain<DB>(kysely: Kysely<DB>): Kysely<DB> {
  return kysely.getExecutor().plugins.length === 0 ? kysely : kysely.withoutPlugins()
}
