import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import type { ServiceRegistry } from '@ashlar/service-discovery'
import { consulRegistry } from '@ashlar/service-discovery/consul'
import { etcdRegistry } from '@ashlar/service-discovery/etcd'

/** Opens the registry that a command was told: `consul:URL`, or `etcd:URL` with more of them behind commas. */
export function registryOf(told: string): Result<ServiceRegistry, Failure<'BadUsage'>> {
  const [, kind, urls = ''] = /^(consul|etcd):(.+)$/.exec(told) ?? []
  const problem = `--registry must be consul:URL or etcd:URL[,URL…], found "${told}"`
  try {
    if (kind === 'consul') return ok(consulRegistry({ url: urls, timeoutMs: 2_000 }))
    if (kind === 'etcd') return ok(etcdRegistry({ endpoints: urls.split(',') }))
  } catch (error) {
    if (error instanceof RangeError) return err(failure('BadUsage', `${problem}: ${error.message}`))
    throw error
  }
  return err(failure('BadUsage', problem))
}
