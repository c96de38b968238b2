import type { Instance } from './instance.ts'
import type { Snapshot } from './snapshot.ts'

/** Puts instances in order, and gives equal ones an equal version. */
export function snapshotOf(service: string, instances: readonly Instance[], asOf: number): Snapshot {
  const inOrder = Object.freeze([...instances].sort(byNodeAndId))
  return Object.freeze({ service, instances: inOrder, version: versionOf(inOrder), asOf, stale: false })
}

function byNodeAndId(one: Instance, other: Instance): number {
  return (
    compare(one.node, other.node) ||
    compare(one.id, other.id) ||
    compare(one.host, other.host) ||
    one.port - other.port
  )
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** In an order of its own, as that of an object's fields says nothing. */
function contentOf(instance: Instance): unknown {
  const { id, service, host, port, node, tags, metadata, weight, zone, health } = instance
  const sorted = Object.entries(metadata).sort(([one], [other]) => compare(one, other))
  return [id, service, host, port, node, tags, sorted, weight, zone ?? null, health]
}

/** The content itself, shortened: two hashes of 32 bits with different seeds, and the count. */
function versionOf(instances: readonly Instance[]): string {
  const text = JSON.stringify(instances.map(contentOf))
  let one = 0xdeadbeef
  let other = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    one = Math.imul(one ^ unit, 2_654_435_761)
    other = Math.imul(other ^ unit, 1_597_334_677)
  }
  const hex = (hash: number) => ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, '0')
  return `${instances.length}-${hex(one)}${hex(other)}`
}
