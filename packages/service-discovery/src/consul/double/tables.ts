/** How a check stands. */
export type CheckStatus = 'passing' | 'warning' | 'critical'

/** A machine. */
export interface NodeRow {
  readonly name: string
  readonly address: string
  readonly meta: Readonly<Record<string, string>>
}

/** An instance on a machine; its id is unique there. */
export interface ServiceRow {
  readonly node: string
  readonly id: string
  readonly name: string
  readonly address: string
  readonly port: number
  readonly tags: readonly string[]
  readonly meta: Readonly<Record<string, string>>
  readonly weights: { readonly Passing: number; readonly Warning: number }
  readonly createIndex: number
  readonly modifyIndex: number
}

/** A check of a machine, or of an instance on it. */
export interface CheckRow {
  readonly node: string
  readonly id: string
  readonly name: string
  readonly status: CheckStatus
  readonly notes: string
  readonly output: string
  /** Empty for a check of the machine. */
  readonly serviceId: string
  readonly type: string
  readonly ttlMs?: number
  readonly deregisterAfterMs?: number
  readonly createIndex: number
  readonly modifyIndex: number
}

/** All that servers know at one moment. */
export interface Tables {
  index: number
  readonly nodes: Map<string, NodeRow>
  readonly services: Map<string, ServiceRow>
  readonly checks: Map<string, CheckRow>
  /** When an instance of a service changed last, its end included. */
  readonly serviceIndexes: Map<string, number>
}

/** Tables with nothing in them. */
export function emptyTables(): Tables {
  return {
    index: 1,
    nodes: new Map(),
    services: new Map(),
    checks: new Map(),
    serviceIndexes: new Map(),
  }
}

/** Tables that later changes leave as they are; rows never change. */
export function copyOf(tables: Tables): Tables {
  return {
    index: tables.index,
    nodes: new Map(tables.nodes),
    services: new Map(tables.services),
    checks: new Map(tables.checks),
    serviceIndexes: new Map(tables.serviceIndexes),
  }
}

/** Where a row stands. */
export function keyOf(node: string, id: string): string {
  return `${node}\n${id}`
}

/** The checks that count for an instance, those of its machine first. */
export function checksOf(tables: Tables, { node, id }: Pick<ServiceRow, 'node' | 'id'>): CheckRow[] {
  const there = [...tables.checks.values()].filter((check) => check.node === node)
  return [
    ...there.filter(({ serviceId }) => serviceId === ''),
    ...there.filter(({ serviceId }) => serviceId === id),
  ]
}

/** The worst of all checks; passing where there are none. */
export function worstOf(checks: readonly CheckRow[]): CheckStatus {
  if (checks.some(({ status }) => status === 'critical')) return 'critical'
  return checks.some(({ status }) => status === 'warning') ? 'warning' : 'passing'
}
