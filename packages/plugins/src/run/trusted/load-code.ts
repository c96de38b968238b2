import { pathToFileURL } from 'node:url'
import type { PluginDefinition } from '../../contract/define-plugin.ts'
import type { PluginCode } from '../../load/plugin-code.ts'
import type { PluginLeak } from '../unload-proof.ts'
import { runBundle } from './compile-bundle.ts'
import { pluginGlobals } from './plugin-globals.ts'
import type { Traces } from './traces.ts'
import { whenCollected } from './when-collected.ts'

/** A plugin's code, run but not activated. */
export interface LoadedCode {
  readonly definition: PluginDefinition<unknown>
  /** Settles when nothing of the code is left; undefined where the code is not ours to unload. */
  readonly collected?: Promise<void>
  /** What can never be taken back. */
  readonly leaked: readonly PluginLeak[]
}

/** Modules that were read so far; Node reads each address once in the life of a process. */
let modules = 0

/**
 * Runs the code of a plugin up to its definition.
 *
 * @throws what the code throws, and TypeError for code that exports no plugin
 */
export async function loadCode(code: PluginCode, traces: Traces): Promise<LoadedCode> {
  switch (code.kind) {
    case 'object':
      return { definition: definitionOf(code.definition), leaked: [] }
    case 'module': {
      const url = pathToFileURL(code.file)
      url.search = `start=${modules++}`
      const definition = definitionOf(await import(url.href))
      return { definition, leaked: [{ kind: 'module', what: code.file }] }
    }
    case 'bundle':
      return loadBundle(code.source, code.file, traces)
    default:
      return code satisfies never
  }
}

function loadBundle(source: string, file: string, traces: Traces): LoadedCode {
  const token = {}
  const collected = whenCollected(token)
  const { require, globals } = pluginGlobals(traces)
  const definition = definitionOf(runBundle(source, file, require, globals, token))
  return { definition, collected, leaked: [] }
}

function definitionOf(exported: unknown): PluginDefinition<unknown> {
  const definition: unknown = memberOf(exported, 'default') ?? exported
  if (typeof memberOf(definition, 'activate') === 'function') return definition as PluginDefinition<unknown>
  const found = definition === null ? 'null' : typeof definition
  throw new TypeError(`the default export must be a plugin, with a function "activate", found ${found}`)
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
