import { err, ok, type Result } from '@ashlar/result'
import type { BuildFailure as EsbuildFailure, Message } from 'esbuild'
import { reasonOf } from '../run/reason-of.ts'
import { type BundleFailed, bundleFailed } from './build-failure.ts'
import { EsbuildMissingError } from './esbuild-missing-error.ts'

/**
 * Puts a module and all that it imports, but Node's own, into one CommonJS text; the same sources give the same text.
 *
 * @throws {@link EsbuildMissingError}
 */
export async function bundle(
  folder: string,
  entry: string,
  conditions: readonly string[],
): Promise<Result<string, BundleFailed>> {
  const { build } = await esbuild()
  try {
    const { outputFiles } = await build({
      absWorkingDir: folder,
      bundle: true,
      charset: 'utf8',
      conditions: [...conditions],
      entryPoints: [entry],
      format: 'cjs',
      legalComments: 'none',
      logLevel: 'silent',
      platform: 'node',
      target: 'node22',
      write: false,
    })
    return ok(outputFiles[0]?.text ?? '')
  } catch (thrown) {
    return err(bundleFailed(folder, errorsOf(thrown)))
  }
}

async function esbuild(): Promise<typeof import('esbuild')> {
  try {
    return await import('esbuild')
  } catch (cause) {
    throw new EsbuildMissingError(cause)
  }
}

function errorsOf(thrown: unknown): readonly string[] {
  const errors: unknown = Reflect.get(Object(thrown), 'errors' satisfies keyof EsbuildFailure)
  return Array.isArray(errors) ? errors.map(textOf) : [reasonOf(thrown)]
}

function textOf({ text, location }: Message): string {
  return location === null ? text : `${location.file}:${location.line}:${location.column}: ${text}`
}
