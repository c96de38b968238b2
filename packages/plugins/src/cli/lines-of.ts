import { join } from 'node:path'
import type { BuildFailure } from '../build/build-failure.ts'
import type { PluginRefusal } from '../load/plugin-refusal.ts'
import { escaped } from './outcome.ts'

/** A failure in lines for people: one for each thing that is wrong. */
export function linesOf(failure: BuildFailure | PluginRefusal['failure']): string {
  return thingsWrong(failure)
    .map((line) => `${escaped(line)}\n`)
    .join('')
}

function thingsWrong(failure: BuildFailure | PluginRefusal['failure']): readonly string[] {
  switch (failure.type) {
    case 'ManifestInvalid': {
      const file = join(failure.origin, 'plugin.json')
      const lines = failure.findings.map(
        ({ path, expected, found }) =>
          `${file}: ${path === '' ? '' : `${path}: `}expected ${expected}, found ${found}`,
      )
      return failure.more === 0 ? lines : [...lines, `${file}: and ${failure.more} more`]
    }
    case 'BundleFailed':
      return [failure.message, ...failure.errors.slice(1)]
    default:
      return [failure.message]
  }
}
