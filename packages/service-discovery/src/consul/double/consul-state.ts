import type { Timer } from '@ashlar/kernel'
import { runCheck } from './check-runner.ts'
import { Refusal } from './refusal.ts'
import type { CheckDefinition, ServiceDefinition } from './registration-body.ts'
import {
  type CheckRow,
  type CheckStatus,
  checksOf,
  copyOf,
  emptyTables,
  keyOf,
  type NodeRow,
  type ServiceRow,
  type Tables,
} from './tables.ts'

/** Why those who wait are woken: something changed, or what they wait on is gone (a restored snapshot). */
export type Wake = 'changed' | 'abandoned'

/** What a cluster of one agent knows: instances, checks, and the index; without a word of HTTP. */
export class ConsulState {
  /** The machine of the agent that is asked. */
  readonly node: string
  readonly #timer: Timer
  readonly #listeners = new Set<(wake: Wake) => void>()
  readonly #running = new Map<string, () => void>()
  readonly #criticalSince = new Map<string, number>()
  #endReaping: () => void = () => {}
  #tables: Tables

  /**
   * @param node - the agent's machine
   * @param timer - ends the time of TTL checks
   */
  constructor(node: NodeRow, timer: Timer) {
    this.node = node.name
    this.#timer = timer
    this.#tables = emptyTables()
    this.putNode(node)
    this.#reapLater()
  }

  get tables(): Readonly<Tables> {
    return this.#tables
  }

  /** Tells of every change until the returned function is called. */
  listen(listener: (wake: Wake) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Makes a machine known, with the check that every machine has. */
  putNode(node: NodeRow): void {
    this.#tables.nodes.set(node.name, node)
    if (this.#tables.checks.has(keyOf(node.name, 'serfHealth'))) return
    this.#putCheck(node.name, '', {
      id: 'serfHealth',
      name: 'Serf Health Status',
      status: 'passing',
      type: '',
      notes: '',
      output: 'Agent alive and reachable',
    })
  }

  /** Puts an instance in the place of the one that has its id on the same machine (C04, C11). */
  put(definition: ServiceDefinition, replacesChecks: boolean, node: string = this.node): void {
    const { checks, ...facts } = definition
    const before = this.#tables.services.get(keyOf(node, facts.id))
    const index = ++this.#tables.index
    if (before !== undefined && before.name !== facts.name) this.#touch(before.name)
    const createIndex = before?.createIndex ?? index
    this.#tables.services.set(keyOf(node, facts.id), { ...facts, node, createIndex, modifyIndex: index })
    if (replacesChecks) {
      const kept = new Set(checks.map(({ id }) => id))
      for (const { id, serviceId } of checksOf(this.#tables, { node, id: facts.id }))
        if (serviceId !== '' && !kept.has(id)) this.#dropCheck(node, id)
    }
    for (const check of checks) this.#putDefined(node, facts.id, check)
    this.#touch(facts.name)
    this.#wake('changed')
  }

  /**
   * Takes an instance out, with its checks (C16).
   *
   * @throws Refusal for an id that nobody knows (C15)
   */
  remove(id: string, node: string = this.node): void {
    const service = this.#known(id, node)
    this.#tables.index++
    for (const check of checksOf(this.#tables, service))
      if (check.serviceId !== '') this.#dropCheck(node, check.id)
    this.#tables.services.delete(keyOf(node, id))
    this.#touch(service.name)
    this.#wake('changed')
  }

  /**
   * Sets how a check stands; a TTL begins anew (C20).
   *
   * @throws Refusal for an id that nobody knows, or a check that has no TTL (C22)
   */
  update(checkId: string, status: CheckStatus, output: string): void {
    const check = this.#tables.checks.get(keyOf(this.node, checkId))
    if (check === undefined)
      throw new Refusal(
        404,
        `Unknown check ID "${checkId}". Ensure that the check ID is passed, not the check name.`,
      )
    if (check.ttlMs === undefined) throw new Refusal(500, `CheckID "${checkId}" does not have associated TTL`)
    this.#startTtl(check)
    this.setStatus(this.node, checkId, status, output)
  }

  /** Sets how any check on any machine stands, as its agent would. */
  setStatus(node: string, checkId: string, status: CheckStatus, output: string): void {
    const key = keyOf(node, checkId)
    const check = this.#tables.checks.get(key)
    if (check === undefined || (check.status === status && check.output === output)) return
    if (status === 'critical' && !this.#criticalSince.has(key))
      this.#criticalSince.set(key, this.#timer.now())
    if (status !== 'critical') this.#criticalSince.delete(key)
    const modifyIndex = ++this.#tables.index
    this.#tables.checks.set(key, { ...check, status, output, modifyIndex })
    this.#touchOwner(check)
    this.#wake('changed')
  }

  /**
   * Begins or ends the maintenance of an instance (C19); of the machine where no id is told.
   *
   * @throws Refusal for an id that nobody knows
   */
  maintain(id: string | undefined, isOn: boolean, reason: string): void {
    if (id !== undefined) this.#known(id, this.node)
    const checkId = id === undefined ? '_node_maintenance' : `_service_maintenance:${id}`
    const isThere = this.#tables.checks.has(keyOf(this.node, checkId))
    if (isThere === isOn) return
    this.#tables.index++
    const serviceId = id ?? ''
    if (isOn) {
      const whose = id === undefined ? 'Node' : 'Service'
      const notes =
        reason || `Maintenance mode is enabled for this ${whose.toLowerCase()}, but no reason was provided.`
      this.#putCheck(this.node, serviceId, {
        id: checkId,
        name: `${whose} Maintenance Mode`,
        status: 'critical',
        notes,
        output: '',
        type: 'maintenance',
      })
    } else {
      const check = this.#dropCheck(this.node, checkId)
      if (check !== undefined) this.#touchOwner(check)
    }
    this.#wake('changed')
  }

  /** Moves the index on though nothing has changed, and wakes all who wait (C53, C58). */
  churn(): void {
    this.#tables.index++
    for (const name of this.#tables.serviceIndexes.keys()) this.#touch(name)
    this.#wake('abandoned')
  }

  /** All that is known now; later changes leave it as it is. */
  copy(): Tables {
    return copyOf(this.#tables)
  }

  /** Puts back what was known once, the index included, and wakes all who wait (C57). */
  restore(tables: Tables): void {
    this.#tables = copyOf(tables)
    this.#wake('abandoned')
  }

  /** Forgets all, as an agent without a disk does when it starts again; the index begins anew. */
  forget(): void {
    const node = this.#tables.nodes.get(this.node)
    for (const key of [...this.#running.keys()]) this.#stop(key)
    this.#criticalSince.clear()
    this.#tables = emptyTables()
    if (node !== undefined) this.putNode(node)
    this.#tables.index = 1
    this.#wake('abandoned')
  }

  /** Ends all that waits. */
  close(): void {
    this.#endReaping()
    for (const key of [...this.#running.keys()]) this.#stop(key)
  }

  #known(id: string, node: string): ServiceRow {
    const service = this.#tables.services.get(keyOf(node, id))
    if (service !== undefined) return service
    throw new Refusal(
      404,
      `Unknown service ID "${id}". Ensure that the service ID is passed, not the service name.`,
    )
  }

  #putDefined(node: string, serviceId: string, check: CheckDefinition): void {
    const { target: _, intervalMs, timeoutMs: __, ...facts } = check
    const row = this.#putCheck(node, serviceId, { ...facts, output: '' })
    if (row.ttlMs !== undefined) this.#startTtl(row)
    else if (intervalMs !== undefined) this.#startAsking(node, check, intervalMs)
  }

  #putCheck(
    node: string,
    serviceId: string,
    facts: Omit<CheckRow, 'node' | 'serviceId' | 'createIndex' | 'modifyIndex'>,
  ): CheckRow {
    const key = keyOf(node, facts.id)
    const { index } = this.#tables
    const createIndex = this.#tables.checks.get(key)?.createIndex ?? index
    const check = { ...facts, node, serviceId, createIndex, modifyIndex: index }
    this.#tables.checks.set(key, check)
    if (check.status === 'critical') this.#criticalSince.set(key, this.#timer.now())
    else this.#criticalSince.delete(key)
    this.#touchOwner(check)
    return check
  }

  #dropCheck(node: string, id: string): CheckRow | undefined {
    const key = keyOf(node, id)
    const check = this.#tables.checks.get(key)
    this.#stop(key)
    this.#criticalSince.delete(key)
    this.#tables.checks.delete(key)
    return check
  }

  #startTtl({ node, id, ttlMs = 0 }: CheckRow): void {
    const key = keyOf(node, id)
    this.#stop(key)
    const lapse = () => this.setStatus(node, id, 'critical', 'TTL expired')
    this.#running.set(key, this.#timer.after(ttlMs, lapse, { idle: true }))
  }

  #startAsking(node: string, check: CheckDefinition, intervalMs: number): void {
    const key = keyOf(node, check.id)
    this.#stop(key)
    let isOver = false
    let callOff: () => void
    const ask = async () => {
      const { status, output } = await runCheck(check)
      if (isOver) return
      this.setStatus(node, check.id, status, output)
      callOff = this.#timer.after(intervalMs, ask, { idle: true })
    }
    callOff = this.#timer.after(intervalMs, ask, { idle: true })
    this.#running.set(key, () => {
      isOver = true
      callOff()
    })
  }

  #stop(key: string): void {
    this.#running.get(key)?.()
    this.#running.delete(key)
  }

  /** Each 30 seconds, as Consul does: what was critical for too long goes (C26). */
  #reapLater(): void {
    const reap = () => {
      const now = this.#timer.now()
      for (const { node, id, serviceId, deregisterAfterMs } of [...this.#tables.checks.values()]) {
        const since = this.#criticalSince.get(keyOf(node, id))
        if (since === undefined || deregisterAfterMs === undefined || now - since < deregisterAfterMs)
          continue
        if (this.#tables.services.has(keyOf(node, serviceId))) this.remove(serviceId, node)
      }
      this.#reapLater()
    }
    this.#endReaping = this.#timer.after(30_000, reap, { idle: true })
  }

  #touch(name: string): void {
    this.#tables.serviceIndexes.set(name, this.#tables.index)
  }

  /** A machine's check concerns all that runs there. */
  #touchOwner({ node, serviceId }: CheckRow): void {
    for (const service of this.#tables.services.values())
      if (service.node === node && (serviceId === '' || service.id === serviceId)) this.#touch(service.name)
  }

  #wake(wake: Wake): void {
    for (const listener of [...this.#listeners]) listener(wake)
  }
}
