import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { hostilePlugins } from './hostile-plugins.ts'

const host = fileURLToPath(new URL('../../test/uncontained-host.ts', import.meta.url))

/** Long enough for a host to begin, and for an honest one to have ended. */
const patienceMs = 8_000

/** From Node 26 on, a thread that fills its memory with one list is ended alone; the level claims nothing by that. */
const endsHosts = Number.parseInt(process.versions.node, 10) < 26

/** What becomes of a host of its own with a hostile plugin. */
async function hostWith(isolation: string, id: string) {
  const args = [process.execPath, '--conditions=@ashlar/source', host, isolation, id]
  // A shell is its parent, so that one who kills the parent does not kill us; and it ends one who loops, should we be gone.
  const child = spawn('sh', ['-c', 'ulimit -t 30; "$0" "$@"; exit $?', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  let said = ''
  child.stdout.on('data', (text) => {
    said += text
  })
  let hangs = false
  const timer = setTimeout(() => {
    hangs = true
    process.kill(-(child.pid ?? 0), 'SIGKILL')
  }, patienceMs)
  const [status, signal] = await once(child, 'close')
  clearTimeout(timer)
  return { hasBegun: said.includes('begun'), livedOn: said.includes('lived on'), hangs, status, signal }
}

describe('what a level does not contain', () => {
  it.each<[string, string, object]>([
    ['trusted', 'H02', { hangs: true }],
    ['trusted', 'H11', { status: 0 }],
    ['trusted', 'H13', { signal: 'SIGKILL', hangs: false }],
    ['trusted', 'H14', { status: 1 }],
    ...(endsHosts ? [['worker', 'H07', { status: 134 }] satisfies [string, string, object]] : []), // as a shell tells of SIGABRT
  ])('%s: the host does not live on with %s', async (isolation, id, end) => {
    const ended = await hostWith(isolation, id)

    expect(ended).toMatchObject({ hasBegun: true, livedOn: false, ...end })
    expect(hostilePlugins.find((plugin) => plugin.id === id)?.containedBy).not.toContain(isolation)
  })
})
