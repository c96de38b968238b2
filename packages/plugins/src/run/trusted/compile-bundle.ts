import { dirname } from 'node:path'
import { compileFunction } from 'node:vm'
import { uncached } from './uncached.ts'

/** What Node gives to each CommonJS file. */
const parameters = ['exports', 'require', 'module', '__filename', '__dirname'] as const

/** The name of the token, outside of the bundle. */
const tokenName = '__ashlarPlugin'

/**
 * Runs a bundle as Node would a CommonJS file; it may declare the names of the globals that it is given anew.
 *
 * Around it is a function with the globals and the token, and a closure over the token makes it part of the scope that
 * all functions of the bundle share: as long as one of them is there, so is the token.
 *
 * @returns what it exports
 * @throws what it throws, and SyntaxError for what is no JavaScript
 */
export function runBundle(
  source: string,
  file: string,
  require: (name: string) => unknown,
  globals: ReadonlyMap<string, unknown>,
  token: object,
): unknown {
  const module: { exports: unknown } = { exports: {} }
  const run = compiled(source, file, globals, token)
  Reflect.apply(run, module.exports, [module.exports, require, module, file, dirname(file)])
  return module.exports
}

type Run = (...given: unknown[]) => unknown

function compiled(source: string, file: string, globals: ReadonlyMap<string, unknown>, token: object): Run {
  const outer = uncached(() => compiledOuter(source, file, [...globals.keys(), tokenName]))
  return Reflect.apply(outer, undefined, [...globals.values(), token]) as Run
}

function compiledOuter(source: string, file: string, names: readonly string[]): Run {
  requireBody(source, file)
  const inner = `function (${parameters.join(', ')}) {\n${source}\n}`
  const text = `return (() => ${tokenName}, ${inner})`
  return compileFunction(text, names, { filename: file, lineOffset: -1 }) as Run
}

/** Text that is a whole body by itself can't end the function around it. */
function requireBody(source: string, file: string): void {
  compileFunction(source, [...parameters], { filename: file })
}
