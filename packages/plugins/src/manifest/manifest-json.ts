import { frozenJson, InvalidJsonError, type Json, type JsonObject } from '@ashlar/kernel'
import { isObject } from './fields.ts'
import type { Findings } from './findings.ts'

/** The most bytes of a manifest, as a file and as JSON. */
export const maxManifestBytes = 65_536

/** A frozen copy of what came for a manifest, read once; undefined after a finding, and nothing is thrown. */
export function manifestJson(given: unknown, findings: Findings): JsonObject | undefined {
  const copy = copied(given, findings)
  if (copy === undefined) return
  if (!isObject(copy)) {
    findings.refuse('', 'an object', copy)
    return
  }
  const bytes = Buffer.byteLength(JSON.stringify(copy))
  if (bytes <= maxManifestBytes) return copy
  findings.tell('', `JSON of at most ${maxManifestBytes} bytes`, `${bytes} bytes`)
  return
}

function copied(given: unknown, findings: Findings): Json | undefined {
  try {
    return frozenJson(given as Json)
  } catch (thrown) {
    const [path, expected, found] = told(thrown)
    findings.tell(path, expected, found)
    return
  }
}

/** The words of an error; a value may throw whatever it likes while it is read. */
function told(thrown: unknown): readonly [path: string, expected: string, found: string] {
  try {
    if (thrown instanceof InvalidJsonError)
      return [thrown.path.slice(0, 300), thrown.expected, thrown.found.slice(0, 100)]
  } catch {
    // What was thrown throws when it is looked at.
  }
  return ['', 'JSON', 'a value that throws']
}
