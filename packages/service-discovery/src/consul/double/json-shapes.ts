import { createHash } from 'node:crypto'
import { type CheckRow, checksOf, type NodeRow, type ServiceRow, type Tables } from './tables.ts'

/** An instance as `/v1/health/service` tells it. */
export interface HealthEntry {
  readonly Node: object
  readonly Service: object
  readonly Checks: readonly object[]
}

/** A service's instances with machine and checks; those that are filtered out leave no order behind (C30, C32). */
export function healthEntries(
  tables: Readonly<Tables>,
  service: string,
  options: {
    readonly isPassingOnly?: boolean
    readonly tags?: readonly string[]
    readonly datacenter: string
  },
): HealthEntry[] {
  const { isPassingOnly = false, tags = [], datacenter } = options
  const rows = [...tables.services.values()].filter(
    (row) => row.name === service && tags.every((tag) => row.tags.includes(tag)),
  )
  for (let at = 0; isPassingOnly && at < rows.length; ) {
    const row = rows[at]
    if (row !== undefined && checksOf(tables, row).every(({ status }) => status === 'passing')) at++
    else {
      // as Consul does it: the last one takes the place
      const last = rows.pop()
      if (last !== undefined && at < rows.length) rows[at] = last
    }
  }
  return rows.map((row) => ({
    Node: nodeJson(tables.nodes.get(row.node), datacenter),
    Service: serviceJson(row),
    Checks: checksOf(tables, row).map((check) => checkJson(check, row)),
  }))
}

/** A check, with the names of its instance. */
export function checkJson(check: CheckRow, service: ServiceRow | undefined): object {
  const isOfService = check.serviceId !== ''
  return {
    Node: check.node,
    CheckID: check.id,
    Name: check.name,
    Status: check.status,
    Notes: check.notes,
    Output: check.output,
    ServiceID: check.serviceId,
    ServiceName: isOfService ? (service?.name ?? '') : '',
    ServiceTags: isOfService ? (service?.tags ?? []) : [],
    Type: check.type,
    ExposedPort: 0,
    Definition: {},
    CreateIndex: check.createIndex,
    ModifyIndex: check.modifyIndex,
  }
}

/** An instance as its agent tells it. */
export function agentServiceJson(row: ServiceRow, datacenter: string): object {
  const facts = {
    ID: row.id,
    Service: row.name,
    Tags: row.tags,
    Meta: row.meta,
    Port: row.port,
    Address: row.address,
    Weights: row.weights,
    EnableTagOverride: false,
    Datacenter: datacenter,
  }
  return { ...facts, ContentHash: createHash('md5').update(JSON.stringify(facts)).digest('hex').slice(0, 16) }
}

function serviceJson(row: ServiceRow): object {
  return {
    ID: row.id,
    Service: row.name,
    Tags: row.tags,
    Address: row.address,
    // Consul has null for none, which readers must bear
    Meta: Object.keys(row.meta).length === 0 ? null : row.meta,
    Port: row.port,
    Weights: row.weights,
    EnableTagOverride: false,
    CreateIndex: row.createIndex,
    ModifyIndex: row.modifyIndex,
  }
}

function nodeJson(node: NodeRow | undefined, datacenter: string): object {
  return {
    ID: '',
    Node: node?.name ?? '',
    Address: node?.address ?? '',
    Datacenter: datacenter,
    TaggedAddresses: null,
    Meta: node?.meta ?? null,
    CreateIndex: 1,
    ModifyIndex: 1,
  }
}
