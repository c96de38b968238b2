import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const kibibyte = 1_024
const run = promisify(execFile)

/** The memory that a process really uses; undefined when it has ended or nobody can tell. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    if (process.platform === 'linux') {
      const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
      return kibibytes === undefined ? undefined : Number(kibibytes) * kibibyte
    }
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)])
    return Number(stdout) * kibibyte
  } catch {
    return
  }
}
