// Gate: every ```ts block of READMEs, docs and TSDoc compiles and runs.
// Each becomes a module under .cache/snippets, beside links to all packages; those that bring a vitest suite run in vitest.
// A block marked `ts no-run` is compiled only, for what waits forever.
// What a package's README imports, its `npm install` line must name.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { report, root } from './findings.mjs'
import { filesOf } from './source-files.mjs'

const repository = fileURLToPath(new URL('..', import.meta.url))
const folder = resolve(root, '.cache/snippets', String(process.pid))
const limitMs = 60_000
const findings = []
const vitestConfig = `
const conditions = ['@ashlar/source', 'module', 'node', 'development|production']
export default {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ['*.test.ts'], execArgv: ['--conditions=@ashlar/source'], testTimeout: 60_000 },
}
`

rmSync(folder, { recursive: true, force: true })
mkdirSync(join(folder, 'node_modules/@ashlar'), { recursive: true })
linkPackages()
const snippets = filesOf(
  'README.md',
  '{packages,examples}/*/README.md',
  'docs/**/*.md',
  'packages/*/src/**/*.ts',
)
  .filter((file) => !/\.(test|test-d)\.ts$/.test(file))
  .flatMap(snippetsOf)
for (const readme of filesOf('packages/*/README.md')) lookAtInstallation(readme)
snippets.forEach(write)
const sound = await compile()
await runAll(sound.filter(({ code, info }) => !usesVitest(code) && !info.includes('no-run')))
await runInVitest(sound.filter(({ code, info }) => usesVitest(code) && !info.includes('no-run')))
rmSync(folder, { recursive: true, force: true })
report('snippets', findings, `${snippets.length} blocks`)

/** Blocks of a file: indented ones in lists, and those behind the stars of a comment, too. */
function snippetsOf(file) {
  const text = readFileSync(resolve(root, file), 'utf8')
  const fences = file.endsWith('.md')
    ? /^([ \t]*)```ts\b([^\n]*)\n([\s\S]*?)^[ \t]*```/gm
    : /^([ \t]*\* ?)```ts\b([^\n]*)\n([\s\S]*?)^[ \t]*\* ?```/gm
  return [...text.matchAll(fences)].map(([, , info, code], index, all) => {
    const line = text.slice(0, all[index].index).split('\n').length
    const lines = file.endsWith('.md') ? code : code.replace(/^[ \t]*\* ?/gm, '')
    const name = `${file.replaceAll(/[^\w]+/g, '_')}_${line}`
    return { place: `${file}:${line}`, line, info, code: lines, name, path: join(folder, `${name}.ts`) }
  })
}

/** Dependencies of dependencies don't count: strict package managers keep them out of reach. */
function lookAtInstallation(readme) {
  const commands = [...readFileSync(resolve(root, readme), 'utf8').matchAll(/^npm install (.+)$/gm)]
  const installed = new Set(commands.flatMap(([, names]) => names.split(/\s+/)))
  for (const { place, code } of snippets.filter((snippet) => snippet.place.startsWith(`${readme}:`))) {
    const imports = [...code.matchAll(/(?:from|import|import\() ?'((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^']*)?'/g)]
    for (const name of new Set(imports.map(([, imported]) => imported)))
      if (!installed.has(name)) findings.push(`${place} imports ${name}, which its npm install line lacks`)
  }
}

function usesVitest(code) {
  return /from '(vitest|@ashlar\/[\w-]+\/testing)'/.test(code)
}

function write({ path, place, code }) {
  writeFileSync(path, `// ${place}\n${code}\nexport {}\n`)
}

async function compile() {
  const config = join(folder, 'tsconfig.json')
  const options = {
    noUnusedLocals: false,
    types: ['node'],
    typeRoots: [join(repository, 'node_modules/@types')],
  }
  writeFileSync(
    config,
    JSON.stringify({
      extends: resolve(root, 'tsconfig.test.json'),
      compilerOptions: options,
      include: ['*.ts'],
      exclude: [],
    }),
  )
  const compiler = join(repository, 'node_modules/typescript-7/bin/tsc')
  const { status, output } = await run(
    process.execPath,
    [compiler, '-p', config, '--pretty', 'false'],
    folder,
  )
  if (status !== 0 && !output.includes('error TS'))
    findings.push(`the compiler ended with ${status}:\n${output}`)
  const broken = new Set()
  for (const [, file, line, message] of output.matchAll(/^(\S+?\.ts)\((\d+),\d+\): (.*)$/gm)) {
    const snippet = snippets.find(({ name }) => file.endsWith(`${name}.ts`))
    if (snippet) broken.add(snippet)
    if (snippet) findings.push(`${placeIn(snippet, Number(line))} does not compile: ${message}`)
  }
  return snippets.filter((snippet) => !broken.has(snippet))
}

/** The snippet's file has one line before the code, as its source has the fence. */
function placeIn({ place, line }, at) {
  return `${place.slice(0, place.lastIndexOf(':'))}:${line + at - 1}`
}

async function runAll(queue) {
  const next = async () => {
    for (let snippet = queue.shift(); snippet; snippet = queue.shift()) {
      const { status, output } = await run(
        process.execPath,
        ['--conditions=@ashlar/source', snippet.path],
        folder,
      )
      if (status !== 0) findings.push(`${snippet.place} does not run (${status}):\n${output}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, next))
}

/** A suite registers itself, a plain example doesn't: so each file gets a test of its own. */
async function runInVitest(chosen) {
  if (chosen.length === 0) return
  for (const { path, place, code, name } of chosen) {
    rmSync(path)
    writeFileSync(
      join(folder, `${name}.test.ts`),
      `// ${place}\n${code}\nimport { it as registered } from 'vitest'\nregistered('is loaded', () => {})\n`,
    )
  }
  writeFileSync(join(folder, 'vitest.config.ts'), vitestConfig)
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs')
  const report = join(folder, 'report.json')
  const { output } = await run(
    process.execPath,
    [vitest, 'run', '--root', folder, '--reporter=json', `--outputFile=${report}`],
    folder,
  )
  if (!existsSync(report)) return findings.push(`vitest did not run the snippets:\n${output}`)
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  for (const { place, name } of chosen) {
    const result = testResults.find((each) => each.name.endsWith(`${name}.test.ts`))
    if (result?.status === 'passed') continue
    const failed = result?.assertionResults.find(({ status }) => status === 'failed')
    findings.push(
      `${place} does not pass: ${result?.message || failed?.failureMessages.join('\n') || output}`,
    )
  }
}

function run(command, args, cwd) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, timeout: limitMs, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const add = (data) => {
      output += data
    }
    child.stdout.on('data', add)
    child.stderr.on('data', add)
    child.on('close', (status, signal) => done({ status: status ?? signal, output }))
  })
}

/** All packages, and what the shop and the packages have beside them: vitest, valibot, ts-pattern, … */
function linkPackages() {
  for (const manifest of filesOf('packages/*/package.json')) {
    const { name } = JSON.parse(readFileSync(resolve(root, manifest), 'utf8'))
    symlinkSync(resolve(root, dirname(manifest)), join(folder, 'node_modules', name), 'junction')
  }
  for (const manifest of filesOf('examples/ecommerce/package.json', 'packages/*/package.json')) {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(resolve(root, manifest), 'utf8'))
    const path = createRequire(join(repository, manifest))
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      const link = join(folder, 'node_modules', name)
      const installed = path.resolve
        .paths(name)
        .map((each) => join(each, name))
        .find(existsSync)
      if (name.startsWith('@ashlar/') || !installed || existsSync(link)) continue
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(installed, link)
    }
  }
}
