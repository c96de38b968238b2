import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Real nodes of etcd for tests and benchmarks. */
export interface EtcdCluster {
  /** Where clients ask, in the order of the nodes. */
  readonly endpoints: readonly string[]
  /** Which node leads now, counted from 0. */
  leader(): Promise<number>
  /** Ends a node without a warning. */
  kill(node: number): Promise<void>
  /** Starts a node again that was killed, with what it had on its disk. */
  restart(node: number): Promise<void>
  /** Stops a node where it stands: its connections stay, and nothing comes back. */
  stop(node: number): void
  /** Lets a node go on. */
  resume(node: number): void
  /** Ends all of them. */
  close(): Promise<void>
}

const etcd = process.env.TEST_ETCD ?? 'etcd'

/** Whether there is a program to start. */
export function hasEtcd(): boolean {
  return spawnSync(etcd, ['--version'], { stdio: 'ignore' }).status === 0
}

/**
 * Starts a cluster on this machine's loopback, and waits until it has a leader.
 *
 * @param options - `nodes`: how many; 1 unless told
 * @throws when there is no program, and says how to get one
 */
export async function startEtcd({ nodes = 1 }: { readonly nodes?: number } = {}): Promise<EtcdCluster> {
  if (!hasEtcd())
    throw new Error(`no program "${etcd}": install etcd-server of your system, or name one by TEST_ETCD`)
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-etcd-'))
  const ports = await freePorts(2 * nodes)
  const members = Array.from({ length: nodes }, (_, at) => ({
    name: `node-${at}`,
    client: `http://127.0.0.1:${ports[2 * at]}`,
    peer: `http://127.0.0.1:${ports[2 * at + 1]}`,
  }))
  const all = members.map(({ name, peer }) => `${name}=${peer}`).join(',')
  const running = new Map<number, ChildProcess>()
  let isClosed = false
  const killAll = () => {
    for (const child of running.values()) child.kill('SIGKILL')
  }
  process.once('exit', killAll)

  const start = (at: number) => {
    const { name, client, peer } = members[at] as (typeof members)[number]
    const settings = {
      name,
      'data-dir': join(folder, name),
      'listen-client-urls': client,
      'advertise-client-urls': client,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': all,
      'initial-cluster-token': folder,
      'heartbeat-interval': '50',
      'election-timeout': '500',
      'log-level': 'error',
    }
    const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value])
    const child = spawn(etcd, args, { cwd: folder, stdio: 'ignore' })
    child.once('exit', () => running.get(at) === child && running.delete(at))
    running.set(at, child)
  }
  const ended = async (at: number) => {
    const child = running.get(at)
    if (child === undefined) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  for (const at of members.keys()) start(at)
  const cluster: EtcdCluster = {
    endpoints: members.map(({ client }) => client),
    async leader() {
      for (;;) {
        for (const [at, { client }] of members.entries()) {
          if (!running.has(at)) continue
          const status = await statusOf(client)
          if (status !== undefined && status.leader !== '0' && status.leader === status.member) return at
        }
      }
    },
    kill: ended,
    async restart(at) {
      // a test that was given up goes on after its cluster was closed
      if (isClosed) throw new Error('the cluster is closed')
      start(at)
      while ((await statusOf(cluster.endpoints[at] as string)) === undefined);
    },
    stop: (at) => void running.get(at)?.kill('SIGSTOP'),
    resume: (at) => void running.get(at)?.kill('SIGCONT'),
    async close() {
      isClosed = true
      process.removeListener('exit', killAll)
      await Promise.all([...running.keys()].map(ended))
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await cluster.leader()
  return cluster
}

/** What a node says of itself; nothing while it can't be asked. */
async function statusOf(
  url: string,
): Promise<{ readonly leader: string; readonly member: string } | undefined> {
  try {
    const signal = AbortSignal.timeout(500)
    const answer = await fetch(`${url}/v3/maintenance/status`, { method: 'POST', body: '{}', signal })
    const { header, leader = '0' } = (await answer.json()) as {
      readonly header: { readonly member_id: string }
      readonly leader?: string
    }
    return answer.ok ? { leader, member: header.member_id } : undefined
  } catch {
    return undefined
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
