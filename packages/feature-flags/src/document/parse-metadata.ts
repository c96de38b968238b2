import type { FlagMetadata } from '../evaluate/flag-details.ts'
import { objectAt } from './fields.ts'
import { wantedName } from './names.ts'
import type { Parsing } from './parsing.ts'
import { named, type Trail } from './trail.ts'

/** Facts about a flag that are told with it. */
export function parseMetadata(raw: unknown, at: Trail, parsing: Parsing): FlagMetadata {
  const object = objectAt(raw, at, parsing) ?? {}
  const metadata: { [name: string]: string | number | boolean } = {}
  for (const name of Object.keys(object)) {
    const fact = object[name]
    const wanted = wantedName(name)
    if (wanted !== undefined) parsing.findings.refuse(named(at, name), wanted, name)
    if (typeof fact !== 'string' && typeof fact !== 'boolean' && !Number.isFinite(fact))
      parsing.findings.refuse(named(at, name), 'a text, a finite number, or true or false', fact)
    else if (wanted === undefined) metadata[name] = fact === 0 ? 0 : (fact as string | number | boolean)
  }
  return Object.freeze(metadata)
}
