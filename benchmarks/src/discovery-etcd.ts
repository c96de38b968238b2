import { setTimeout as rest } from 'node:timers/promises'
import { type Instance, type ServiceRegistration, ServiceDiscovery } from '@ashlar/service-discovery'
import { etcdRegistry } from '@ashlar/service-discovery/etcd'
import { startEtcd } from '@ashlar/test-etcd'
import { median, print } from './harness.ts'

const cluster = await startEtcd({ nodes: 3 })
const { endpoints } = cluster
const [writer, reader] = [etcdRegistry({ endpoints }), etcdRegistry({ endpoints })]
const discovery = new ServiceDiscovery({ registry: reader, massDrop: false })
