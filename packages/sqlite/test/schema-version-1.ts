/** What version 1 of the schema, the one of release 0.1.0, was made by. */
export const schemaVersion1: string = `
create table streams (
  id integer primary key,
  tenant text not null,
  name text not null,
  category text not null,
  archived_at text,
  tombstoned_at text,
  unique (tenant, name)
) strict;
create table events (
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
) strict;
create index events_of_tenant on events (tenant) where tenant <> '';
create table event_tags (
  tenant text not null,
  tag text not null,
  position integer not null,
  primary key (tenant, tag, position)
) strict, without rowid;
create table sagas (
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
) strict;
create index sagas_due on sagas (tenant, definition, due_at)
  where due_at is not null and status in ('running', 'compensating');
create table saga_log (
  saga_key integer not null,
  sequence integer not null,
  step text not null,
  phase text not null,
  attempt integer not null,
  outcome text not null,
  payload text not null,
  at text not null,
  primary key (saga_key, sequence)
) strict, without rowid;
pragma application_id = 1098082412;
pragma user_version = 1;
`
