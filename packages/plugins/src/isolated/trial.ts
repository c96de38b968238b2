import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { reasonOf } from '../run/reason-of.ts'
import { armedParts } from './disarm-sockets.ts'
import { harden } from './harden.ts'
import { pluginRequire } from './plugin-require.ts'

/** What the host gives to a trial: a file that must not be read, and one that must not come about. */
export interface Trial {
  readonly secretFile: string
  readonly newFile: string
}

const noRights = { files: false, network: false, env: {} }

/**
 * Tries everything that a plugin on its own must not be able to do.
 *
 * @returns what was not prevented, in words
 */
export async function tryForbiddenActs(
  { secretFile, newFile }: Trial,
  wire: Socket | undefined,
): Promise<readonly string[]> {
  const load = createRequire(import.meta.url)
  const unmet: string[] = []
  const attempt = async (what: string, act: () => unknown) => {
    try {
      await act()
      unmet.push(what)
    } catch (thrown) {
      if (reasonOf(thrown) === '') unmet.push(what)
    }
  }
  const variables = Object.keys(process.env)
  if (variables.length > 0) unmet.push(`its environment has ${variables.length} variables`)
  await attempt('files outside can be read', () => load('node:fs').readFileSync(secretFile))
  await attempt('files outside can be written', () => load('node:fs').writeFileSync(newFile, ''))
  await attempt(
    'processes can be started',
    () => load('node:child_process').spawnSync(process.execPath, ['-v']).pid,
  )
  await attempt('threads can be started', () =>
    new (load('node:worker_threads').Worker)('', { eval: true }).terminate(),
  )
  await attempt('databases can be opened', () => new (load('node:sqlite').DatabaseSync)(newFile))
  await attempt('the inspector can be opened', () => {
    const inspector = load('node:inspector')
    inspector.open(0)
    inspector.close()
  })
  await attempt('WASI can be had', () => new (load('node:wasi').WASI)({ version: 'preview1' }))
  await attempt('addons can be loaded', () => {
    try {
      process.dlopen({ exports: {} }, newFile)
    } catch (thrown) {
      if (Reflect.get(Object(thrown), 'code') !== 'ERR_DLOPEN_FAILED') throw thrown
    }
  })
  await attempt('inner bindings can be had', () => Reflect.get(process, 'binding')('fs'))
  return [...unmet, ...afterHardening(wire)]
}

/** What plugins must not find in their realm. */
function afterHardening(wire: Socket | undefined): readonly string[] {
  const real = process
  harden(noRights, () => {}, wire)
  const require = pluginRequire(noRights)
  const unmet = armedParts(wire).map((name) => `sockets can ${name}`)
  for (const name of ['kill', '_kill', 'binding', 'getBuiltinModule', 'stdout', 'report'])
    if (Reflect.has(real, name) || Reflect.has(process, name)) unmet.push(`process.${name} is there`)
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'BroadcastChannel'])
    if (Reflect.has(globalThis, name)) unmet.push(`${name} is there`)
  for (const name of ['net', 'http', 'dns', 'fs', 'child_process', 'worker_threads', 'module', 'process'])
    try {
      require(name)
      unmet.push(`the module ${name} is there`)
    } catch {
      // It is refused, as it should be.
    }
  return unmet
}
