import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** The size of a page on the systems that have `/proc`. */
const pageBytes = 4_096
const kibibyte = 1_024
const run = promisify(execFile)

/** The memory that a process really uses; undefined when it has ended or nobody can tell. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    if (process.platform === 'linux') {
      const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')
      return Number(pages) * pageBytes
    }
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)])
    return Number(stdout) * kibibyte
  } catch {
    return
  }
}
