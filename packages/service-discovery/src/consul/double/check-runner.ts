import { connect } from 'node:net'
import type { CheckDefinition } from './registration-body.ts'
import type { CheckStatus } from './tables.ts'

/** Asks as an agent does: over HTTP 2xx is good and 429 a warning, over TCP a connection is enough (C23, C24). */
export async function runCheck(
  check: CheckDefinition,
): Promise<{ readonly status: CheckStatus; readonly output: string }> {
  const { type, target = '', timeoutMs = 10_000 } = check
  try {
    if (type === 'http') return await askHttp(target, timeoutMs)
    // a connection stands for gRPC's health service, too, which the double does not speak
    await connectTo(target.replace(/\/.*$/s, ''), timeoutMs)
    return { status: 'passing', output: `TCP connect ${target}: Success` }
  } catch (error) {
    return { status: 'critical', output: error instanceof Error ? error.message : String(error) }
  }
}

async function askHttp(url: string, timeoutMs: number) {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
  const output = `HTTP GET ${url}: ${response.status}`
  await response.body?.cancel()
  if (response.ok) return { status: 'passing', output } as const
  return { status: response.status === 429 ? 'warning' : 'critical', output } as const
}

function connectTo(authority: string, timeoutMs: number): Promise<void> {
  const { hostname, port } = new URL(`tcp://${authority}`)
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname.replaceAll(/[[\]]/g, ''),
      port: Number(port),
      timeout: timeoutMs,
    })
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.once('timeout', () => socket.destroy(new Error('timeout')))
    socket.once('error', reject)
  })
}
