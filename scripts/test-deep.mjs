// npm run test:deep: the proofs at full size. Arguments go to vitest: `npm run test:deep -- --project sqlite`.
// What depends on the version of Node is then run on the others, too; they come through npm.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const otherNodes = ['22', '26']
const onEachNode = [
  'packages/plugins/src/testing',
  'packages/plugins/src/run',
  'packages/plugins/src/manager',
]

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const args = process.argv.slice(2)
const project = args[args.indexOf('--project') + 1]
const isWanted = !args.includes('--project') || project === 'plugins'

const statuses = [run(process.execPath, [vitest, 'run', ...args])]
for (const version of isWanted ? otherNodes : []) {
  console.log(`\nNode ${version}`)
  statuses.push(
    run('npx', [
      '-y',
      '-p',
      `node@${version}`,
      '--',
      'node',
      vitest,
      'run',
      '--project',
      'plugins',
      ...onEachNode,
    ]),
  )
}
process.exitCode = statuses.find((status) => status !== 0) ?? 0

function run(command, given) {
  const env = { ...process.env, ASHLAR_DEEP: '1' }
  return spawnSync(command, given, { stdio: 'inherit', env, shell: process.platform === 'win32' }).status ?? 1
}
