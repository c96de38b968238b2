import { PooledTarget } from '../../src/pool/pooled-target.ts'
import type { Instance } from '../../src/registry/instance.ts'

/** An instance of a made-up service. */
export function instanceOf(
  id: string,
  told: { readonly weight?: number; readonly zone?: string } = {},
): Instance {
  const place = { service: 'orders', host: '127.0.0.1', port: 8_080, node: '' }
  return { id, ...place, tags: [], metadata: {}, weight: 1, health: 'passing', ...told }
}

/** Targets named `i-0`, `i-1` and so on, one for each weight. */
export function targetsOf(weights: readonly number[]): PooledTarget[] {
  return weights.map((weight, at) => new PooledTarget(instanceOf(`i-${at}`, { weight })))
}

/** So many targets of weight 1. */
export function someTargets(count: number): PooledTarget[] {
  return targetsOf(Array.from({ length: count }, () => 1))
}
