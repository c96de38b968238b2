// npm run check: every gate, one line each. Goes on after a failure, and ends red if any failed.
// `node scripts/check.mjs types layers` runs only those.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const node = process.execPath
const typescript = 'node_modules/typescript-7/bin/tsc'

const gates = {
  format: ['node_modules/.bin/biome', 'check', '.'],
  types: [node, typescript, '-b'],
  'types of tests': [node, typescript, '-p', 'tsconfig.test.json'],
  'types of benches': [node, typescript, '-p', 'benchmarks/tsconfig.json'],
  layers: [node, 'scripts/check-layers.mjs'],
  unused: ['node_modules/.bin/knip', '--no-progress', '--no-config-hints'],
  monorepo: ['node_modules/.bin/sherif', '-r', 'root-package-manager-field'],
  tsdoc: [node, 'scripts/check-tsdoc.mjs'],
  results: [node, 'scripts/check-ignored-results.mjs'],
  words: [node, 'scripts/check-words.mjs'],
  failures: [node, 'scripts/check-failure-pages.mjs'],
  snippets: [node, 'scripts/check-snippets.mjs'],
  packages: [node, 'scripts/check-packages.mjs'],
  reference: ['node_modules/.bin/typedoc', '--logLevel', 'Warn'],
  documentation: ['node_modules/.bin/vitepress', 'build', 'docs'],
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(gates, name))
if (unknown.length > 0) {
  console.error(`no such gate: ${unknown.join(', ')}; there are ${Object.keys(gates).join(', ')}`)
  process.exit(2)
}

const failed = Object.keys(gates).filter(
  (name) => (wanted.length === 0 || wanted.includes(name)) && !passes(name),
)
console.log(failed.length === 0 ? 'all gates passed' : `failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1

function passes(name) {
  const [command, ...args] = gates[name]
  const start = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    shell: process.platform === 'win32',
  })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(16)} ${seconds.padStart(6)} s`)
  if (status !== 0) console.log(indent(`${stdout ?? ''}${stderr ?? ''}${error ?? ''}`))
  return status === 0
}

function indent(text) {
  return text.trimEnd().replaceAll(/^/gm, '     ')
}
