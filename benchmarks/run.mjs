// npm run bench: installs what the benchmarks compare with, then runs them on the newest Node at hand.
// Old syntax, so that every Node from 20 on gets this far.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = new URL('.', import.meta.url)
const isWindows = process.platform === 'win32'
const installed = 'node_modules/.modules.yaml'

if (mtime(installed) < Math.max(mtime('pnpm-lock.yaml'), 0)) install()

const ownNode = fileURLToPath(new URL('../node_modules/.bin/node', here))
const node = !isWindows && existsSync(ownNode) ? ownNode : process.execPath
const main = fileURLToPath(new URL('src/main.ts', here))
process.exit(
  run(node, ['--conditions=@ashlar/source', main, ...process.argv.slice(2)], process.cwd(), 'inherit'),
)

/** What it prints goes to stderr: stdout is for figures. */
function install() {
  const pnpm = JSON.parse(readFileSync(new URL('../package.json', here), 'utf8')).config.pnpm
  const args = ['-y', `pnpm@${pnpm}`, 'install', '--ignore-workspace', '--frozen-lockfile']
  const status = run('npx', args, fileURLToPath(here), ['inherit', 2, 2])
  if (status !== 0) process.exit(status)
  // pnpm leaves the file alone when all is there already, and every later run would install again
  utimesSync(new URL(installed, here), new Date(), new Date())
}

function run(command, args, cwd, stdio) {
  const { status, error } = spawnSync(command, args, { cwd, stdio, shell: isWindows && command === 'npx' })
  if (error) console.error(String(error))
  return status === null ? 1 : status
}

function mtime(path) {
  try {
    return statSync(new URL(path, here)).mtimeMs
  } catch {
    return -1
  }
}
