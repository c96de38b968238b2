import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { onTestFinished } from 'vitest'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Source files by their path in the house. */
export type Files = Readonly<Record<string, string>>

/**
 * Builds a small house of packages and a shop in a temporary folder, so that faults can be planted far from the sources.
 *
 * @param planted - files to add to the sound ones, or to put in their place
 * @returns its folder, removed when the test has finished
 */
export function buildHouse(planted: Files = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ashlar-house-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries({ ...soundHouse(), ...planted })) write(join(root, path), text)
  for (const name of ['tsconfig.base.json', 'tsconfig.test.json'])
    copyFileSync(join(repository, name), join(root, name))
  linkDependencies(root)
  return root
}

/** What a guard said about a house. */
export type Verdict = { readonly passed: boolean; readonly output: string }

/** Runs a guard of `scripts/` over a house. */
export function runGuard(script: string, root: string): Verdict {
  return run(root, process.execPath, join(repository, 'scripts', script), root)
}

/** Runs a tool in a house, with the settings of this repository. */
export function runTool(name: string, root: string, ...args: readonly string[]): Verdict {
  for (const settings of ['biome.json', 'knip.json', '.gitignore'])
    copyFileSync(join(repository, settings), join(root, settings))
  return run(root, join(repository, 'node_modules/.bin', name), ...args)
}

/** Runs a gate of `npm run check` in a house, as it is run here: with the same tools, arguments and settings. */
export function runGate(gate: string, root: string): Verdict {
  const settings = ['typedoc.config.mjs', 'benchmarks/tsconfig.json', 'docs/.vitepress/config.ts']
  for (const path of ['scripts', ...settings])
    if (!existsSync(join(root, path))) cpSync(join(repository, path), join(root, path), { recursive: true })
  for (const name of readdirSync(join(repository, 'node_modules'))) {
    const link = join(root, 'node_modules', name)
    if (!existsSync(link)) symlinkSync(join(repository, 'node_modules', name), link, 'junction')
  }
  return run(root, process.execPath, 'scripts/check.mjs', gate)
}

function run(cwd: string, command: string, ...args: readonly string[]): Verdict {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { passed: status === 0, output: stripVTControlCharacters(stdout + stderr) } // some tools colour under CI
}

/** The lines of a verdict that name a file. */
export function findingsAbout(file: string, { output }: Verdict): string {
  return output
    .split('\n')
    .filter((line) => line.startsWith(file))
    .join('\n')
}

const packages: Readonly<Record<string, readonly string[]>> = {
  result: ['.'],
  kernel: ['.', './testing', './async-context'],
  domain: ['.', './testing'],
  'event-store': ['.', './testing'],
  specification: ['.'],
  mediator: ['.'],
  saga: ['.'],
  'service-discovery': ['.'],
  plugins: ['.'],
  'feature-flags': ['.'],
  'event-sourcing': ['.'],
  kysely: ['.'],
  memory: ['.'],
  sqlite: ['.'],
}

function soundHouse(): Files {
  return {
    'package.json': '{ "type": "module" }',
    'packages/result/src/index.ts':
      "/** Results. @packageDocumentation */\nexport { ok, type Result } from 'neverthrow'\nexport { failure } from './failure.ts'\n",
    'packages/result/src/failure.ts':
      "/**\n * Makes a failure.\n *\n * @example\n * ```ts\n * import { failure } from '@ashlar/result'\n *\n * console.log(failure('Late'))\n * ```\n */\nexport function failure(type: string): { readonly type: string } {\n  return { type }\n}\n",
    'packages/kernel/src/index.ts':
      "/** Clocks. @packageDocumentation */\nexport { type Clock, systemClock } from './clock.ts'\n",
    'packages/kernel/src/clock.ts':
      "import type { Result } from '@ashlar/result'\n\n/** Tells the time. */\nexport interface Clock {\n  /** The present moment. */\n  now(): Date\n}\n\n/** The clock of the machine. */\nexport const systemClock: Clock = { now: () => new Date() }\n\n/** What a clock may answer. */\nexport type Answer = Result<Date, never>\n",
    'packages/kernel/src/testing.ts':
      "import { describe, it } from 'vitest'\n\n/**\n * A contract.\n *\n * @example\n * ```ts\n * import { contract } from '@ashlar/kernel/testing'\n *\n * contract()\n * ```\n */\nexport function contract(): void {\n  describe('contract', () => {\n    it('is kept', () => {})\n  })\n}\n",
    'packages/kernel/src/async-context.ts':
      "import { AsyncLocalStorage } from 'node:async_hooks'\n\n/** The present number. */\nexport const current: AsyncLocalStorage<number> = new AsyncLocalStorage()\n",
    'packages/domain/src/index.ts': "export { systemClock } from '@ashlar/kernel'\n",
    'packages/domain/src/testing.ts': 'export {}\n',
    'packages/event-store/src/index.ts': "export { failure } from '@ashlar/result'\n",
    'packages/event-store/src/testing.ts': "export { contract } from '@ashlar/kernel/testing'\n",
    'packages/saga/src/index.ts': "export { systemClock } from '@ashlar/kernel'\n",
    'packages/service-discovery/src/index.ts': "export { systemClock } from '@ashlar/kernel'\n",
    'packages/plugins/src/index.ts': "export { systemClock } from '@ashlar/kernel'\n",
    'packages/feature-flags/src/index.ts': "export { systemClock } from '@ashlar/kernel'\n",
    'packages/event-sourcing/src/index.ts': "export { failure } from '@ashlar/event-store'\n",
    'packages/mediator/src/index.ts': "export { failure } from '@ashlar/result'\n",
    'packages/specification/src/index.ts': "export { failure } from '@ashlar/result'\n",
    'packages/kysely/src/index.ts': "export { failure } from '@ashlar/specification'\n",
    'test/postgres/postgres-server.ts': 'export {}\n',
    'packages/sqlite/src/index.ts': "export { failure } from '@ashlar/event-store'\n",
    'packages/memory/src/index.ts': "export { failure } from '@ashlar/event-store'\n",
    'packages/memory/src/memory.test.ts':
      "import { it } from 'vitest'\nimport '@ashlar/domain/testing'\nimport '@ashlar/event-sourcing'\nimport './index.ts'\n\nit('holds', () => {})\n",
    'examples/ecommerce/src/domain/cart.ts':
      "import { systemClock } from '@ashlar/kernel'\n\nexport const opened: Date = systemClock.now()\n",
    'examples/ecommerce/src/application/open-cart.ts': "export { opened } from '../domain/cart.ts'\n",
    'examples/ecommerce/src/infrastructure/gateway.ts':
      "import { createServer } from 'node:http'\n\nexport const server: unknown = createServer\n",
    'examples/ecommerce/src/presentation/cli.ts': "export { opened } from '../application/open-cart.ts'\n",
    'examples/ecommerce/src/composition.ts':
      "export { failure } from '@ashlar/memory'\nexport { server } from './infrastructure/gateway.ts'\n",
    'examples/ecommerce/src/main.ts': "import './composition.ts'\nimport './presentation/cli.ts'\n",
    ...Object.fromEntries(
      Object.entries(packages).map(([name, entries]) => [
        `packages/${name}/package.json`,
        manifest(name, entries),
      ]),
    ),
  }
}

function manifest(name: string, entries: readonly string[]): string {
  const source = (entry: string) => (entry === '.' ? './src/index.ts' : `./src${entry.slice(1)}.ts`)
  const exported = entries.map((entry) => [
    entry,
    { '@ashlar/source': source(entry), default: './dist/index.js' },
  ])
  return JSON.stringify({
    name: `@ashlar/${name}`,
    version: '1.0.0',
    type: 'module',
    exports: Object.fromEntries(exported),
  })
}

function linkDependencies(root: string): void {
  mkdirSync(join(root, 'node_modules/@ashlar'), { recursive: true })
  for (const name of Object.keys(packages))
    symlinkSync(join(root, 'packages', name), join(root, 'node_modules/@ashlar', name), 'junction')
  const outside = {
    neverthrow: 'packages/result/node_modules/neverthrow',
    vitest: 'node_modules/vitest',
    '@types': 'node_modules/@types',
  }
  for (const [name, path] of Object.entries(outside))
    symlinkSync(join(repository, path), join(root, 'node_modules', name), 'junction')
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
