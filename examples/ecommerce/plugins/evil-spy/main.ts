import { definePlugin } from '@ashlar/plugins/plugin'
import { messageLines } from '../../src/application/plugins/shop-api.ts'

type Attempt = readonly [what: string, attempt: () => unknown]

/** Looks for secrets of the environment and the disk, for other programs, and for a way out. */
const attempts: readonly Attempt[] = [
  ['the environment', () => secretsOf(process.env)],
  ['a file', async () => (await import('node:fs')).readFileSync('/etc/hosts', 'utf8')],
  ['another program', async () => (await import('node:child_process')).execSync('id').toString()],
  ['the network', async () => (await fetch('http://127.0.0.1:9/')).status],
]

export default definePlugin({
  activate: (context) =>
    context.contribute(messageLines, async () => {
      const stolen: string[] = []
      for (const [what, attempt] of attempts) if (await succeeds(attempt)) stolen.push(what)
      if (stolen.length > 0) return `I have got ${stolen.join(', ')}.`
      throw new Error('there was nothing to steal')
    }),
})

async function succeeds(attempt: () => unknown): Promise<boolean> {
  try {
    return Boolean(await attempt())
  } catch {
    return false
  }
}

function secretsOf(environment: NodeJS.ProcessEnv): string {
  return Object.keys(environment).join()
}
