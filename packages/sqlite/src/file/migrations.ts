import type { Connection } from './connection.ts'

/** "Ashl", so that the file can be told from those of other applications. */
export const applicationId = 0x4173686c

/** What makes schema version n of n − 1; a step that was published is never changed. */
const steps: readonly (readonly string[])[] = [
  [
    `create table streams (
      id integer primary key,
      tenant text not null,
      name text not null,
      category text not null,
      archived_at text,
      tombstoned_at text,
      unique (tenant, name)
    ) strict`,
    `create table events (
      position integer primary key,
      stream_id integer not null,
      version integer not null,
      tenant text not null,
      id text not null,
      type text not null,
      schema_version integer not null,
      data text not null,
      tags text,
      metadata text,
      subject text,
      recorded_at text not null,
      unique (stream_id, version),
      unique (tenant, id)
    ) strict`,
    "create index events_of_tenant on events (tenant) where tenant <> ''",
    `create table event_tags (
      tenant text not null,
      tag text not null,
      position integer not null,
      primary key (tenant, tag, position)
    ) strict, without rowid`,
    `create table sagas (
      key integer primary key,
      tenant text not null,
      id text not null,
      name text not null,
      version integer not null,
      definition text not null,
      status text not null,
      step integer not null,
      attempt integer not null,
      input text not null,
      outputs text not null,
      cause text,
      origin text not null,
      fence integer not null,
      owner text,
      due_at integer,
      started_at text not null,
      updated_at text not null,
      unique (tenant, id)
    ) strict`,
    `create index sagas_due on sagas (tenant, definition, due_at)
      where due_at is not null and status in ('running', 'compensating')`,
    `create table saga_log (
      saga_key integer not null,
      sequence integer not null,
      step text not null,
      phase text not null,
      attempt integer not null,
      outcome text not null,
      payload text not null,
      at text not null,
      primary key (saga_key, sequence)
    ) strict, without rowid`,
  ],
  [
    `create table idempotency_keys (
      tenant text not null,
      key text not null,
      fingerprint text not null,
      fence integer not null,
      until integer not null,
      response text,
      primary key (tenant, key)
    ) strict, without rowid`,
    'create index idempotency_keys_until on idempotency_keys (tenant, until)',
  ],
  [
    `create table flag_documents (
      name text not null primary key,
      revision integer not null,
      document text not null,
      saved_at text not null
    ) strict`,
  ],
]

/** The newest schema version that this release knows. */
export const schemaVersion: number = steps.length

/** What the steps that follow a schema version call their tables and indexes. */
export function namesAfter(version: number): readonly string[] {
  return steps
    .slice(version)
    .flat()
    .flatMap((statement) => /^create (?:table|index) (\w+)/.exec(statement)?.slice(1) ?? [])
}

/** Brings the file to the newest schema, inside of a transaction. */
export function migrate(file: Connection): void {
  const version = file.row('pragma user_version')?.[0] as number
  if (version >= schemaVersion) return
  for (const statement of steps.slice(version).flat()) file.change(statement)
  file.change(`pragma application_id = ${applicationId}`)
  file.change(`pragma user_version = ${schemaVersion}`)
}
