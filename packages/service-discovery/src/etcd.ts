/**
 * Instances in a cluster of etcd.
 *
 * @packageDocumentation
 */
export { etcdRegistry } from './etcd/etcd-registry.ts'
export type { EtcdRegistryOptions } from './etcd/etcd-registry-options.ts'
