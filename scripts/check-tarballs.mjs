// Looks at every tarball of a folder: its files, its manifest, and what publint and attw say.
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root as folder, report } from './findings.mjs'

const binaries = fileURLToPath(new URL('../node_modules/.bin', import.meta.url))
const findings = []
const tarballs = globSync('*.tgz', { cwd: folder }).sort()

if (tarballs.length === 0) findings.push(`${folder} holds no tarball`)
const queue = [...tarballs]
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, lookAtNext))
report('tarballs', findings, `${tarballs.length} tarballs`)

async function lookAtNext() {
  for (let tarball = queue.shift(); tarball; tarball = queue.shift()) await lookAt(tarball)
}

async function lookAt(tarball) {
  const path = join(folder, tarball)
  lookAtFiles(tarball, (await run('tar', ['-tzf', path])).output.split('\n'))
  lookAtManifest(tarball, JSON.parse((await run('tar', ['-xzOf', path, 'package/package.json'])).output))
  await ask(tarball, 'publint', ['run', path, '--strict'])
  await ask(tarball, 'attw', ['--profile', 'esm-only', '--no-color', path])
}

function lookAtFiles(tarball, files) {
  for (const wanted of ['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'])
    if (!files.includes(`package/${wanted}`)) findings.push(`${tarball}: ${wanted} is missing`)
  for (const file of files)
    if (/\.(test|test-d|bench|e2e)\.|tsbuildinfo|(^|\/)\.cache\//.test(file))
      findings.push(`${tarball}: ${file} is of no use to those who install it`)
}

function lookAtManifest(tarball, { scripts = {}, dependencies = {}, peerDependencies = {} }) {
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
    if (scripts[name]) findings.push(`${tarball}: runs a script at ${name}`)
  for (const [name, range] of Object.entries({ ...dependencies, ...peerDependencies }))
    if (/^(workspace|link|file|git|https?):/.test(range))
      findings.push(`${tarball}: takes ${name} from ${range}`)
}

async function ask(tarball, judge, args) {
  const { status, output } = await run(join(binaries, judge), args)
  if (status !== 0) findings.push(`${tarball}: ${judge} objects\n${output}`)
}

function run(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let output = ''
    const add = (data) => {
      output += data
    }
    child.stdout.on('data', add)
    child.stderr.on('data', add)
    child.on('close', (status) => done({ status, output }))
  })
}
