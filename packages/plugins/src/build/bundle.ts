import { resolve } from 'node:path'
import { err, ok, type Result } from '@ashlar/result'
import type { BuildFailure as EsbuildFailure, Message } from 'esbuild'
import { type BundleFailed, bundleFailed } from './build-failure.ts'
import { EsbuildMissingError } from './esbuild-missing-error.ts'

/** A plugin's code in one text. */
export interface Bundle {
  readonly text: string
  /** The paths of all files that it was made of. */
  readonly inputs: readonly string[]
}

/**
 * Puts a module and all that it imports, but Node's own, into one CommonJS text; the same sources give the same text.
 *
 * @throws {@link EsbuildMissingError}; what esbuild throws when it can't run
 */
export async function bundle(
  folder: string,
  entry: string,
  conditions: readonly string[],
): Promise<Result<Bundle, BundleFailed>> {
  const { build } = await esbuild()
  try {
    const { outputFiles, metafile } = await build({
      absWorkingDir: folder,
      bundle: true,
      charset: 'utf8',
      conditions: [...conditions],
      entryPoints: [entry],
      format: 'cjs',
      legalComments: 'none',
      logLevel: 'silent',
      metafile: true,
      platform: 'node',
      // Isolated code can't import, only require.
      supported: { 'dynamic-import': false },
      target: 'node22',
      write: false,
    })
    const inputs = Object.keys(metafile.inputs).map((path) => resolve(folder, path))
    return ok({ text: outputFiles[0]?.text ?? '', inputs })
  } catch (thrown) {
    if (!isFailedBuild(thrown)) throw thrown
    return err(bundleFailed(folder, thrown.errors.map(textOf)))
  }
}

async function esbuild(): Promise<typeof import('esbuild')> {
  try {
    return await import('esbuild')
  } catch (cause) {
    throw new EsbuildMissingError(cause)
  }
}

function isFailedBuild(thrown: unknown): thrown is EsbuildFailure {
  return thrown instanceof Error && 'errors' in thrown && Array.isArray(thrown.errors)
}

function textOf({ text, location }: Message): string {
  return location === null ? text : `${location.file}:${location.line}:${location.column}: ${text}`
}
