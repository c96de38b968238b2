import { type EtcdCluster, hasEtcd, startEtcd } from '@ashlar/test-etcd'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { registryContract } from '../testing/registry-contract.ts'
import { etcdRegistry } from './etcd-registry.ts'

const isThere = hasEtcd()

it('has a program of etcd to run against, at least under CI', () => {
  expect(isThere || process.env.CI === undefined).toBe(true)
})

if (isThere) contract()
else
  console.warn(
    'there is no program "etcd": its registry was not tried; install etcd-server, or set TEST_ETCD',
  )

function contract(): void {
  let cluster: EtcdCluster
  let tests = 0
  beforeAll(async () => {
    cluster = await startEtcd()
  })
  afterAll(() => cluster?.close())

  registryContract('etcd', async () => {
    const options = { endpoints: cluster.endpoints, prefix: `/test-${tests++}/`, timeoutMs: 500 }
    const registry = etcdRegistry(options)
    const others: AsyncDisposable[] = []
    return {
      registry,
      canRegister: true,
      async other() {
        const other = etcdRegistry(options)
        others.push(other)
        return other
      },
      cut: async () => cluster.stop(0),
      mend: async () => cluster.resume(0),
      async forget() {
        const key = Buffer.from(options.prefix).toString('base64')
        const end = Buffer.from(`${options.prefix.slice(0, -1)}0`).toString('base64')
        await fetch(`${cluster.endpoints[0]}/v3/kv/deleterange`, {
          method: 'POST',
          body: JSON.stringify({ key, range_end: end }),
        })
      },
      async close() {
        cluster.resume(0)
        await registry.close()
        for (const other of others) await other[Symbol.asyncDispose]()
      },
    }
  })
}
