import type { Json } from '@ashlar/kernel'
import type { DocumentedFlag, FlagCondition, FlagDocument } from '../document/flag-document.ts'
import { sameContent } from './same-content.ts'

/**
 * Tells which flags may be told differently: added, removed or changed ones, those that use a segment, layer or holdout
 * that changed, and those whose prerequisites did; sorted by key.
 *
 * @param before - undefined where there was none
 */
export function changedFlags(before: FlagDocument | undefined, after: FlagDocument): readonly string[] {
  const flags = entriesOf(after.flags)
  const changed = changedNames(before?.flags, after.flags)
  const segments = withUsers(
    changedNames(before?.segments, after.segments),
    entriesOf(after.segments),
    segmentsOf,
  )
  const layers = changedNames(before?.layers, after.layers)
  const holdouts = changedNames(before?.holdouts, after.holdouts)
  for (const [key, flag] of flags) {
    const usesChanged =
      (flag.layer !== undefined && layers.has(flag.layer.id)) ||
      (flag.holdout !== undefined && holdouts.has(flag.holdout)) ||
      flag.rules.some(({ when }) => when !== undefined && segmentsOf(when).some((name) => segments.has(name)))
    if (usesChanged) changed.add(key)
  }
  const prerequisitesOf = (flag: DocumentedFlag) => (flag.prerequisites ?? []).map((needed) => needed.flag)
  return [...withUsers(changed, flags, prerequisitesOf)].sort()
}

type Named<Part> = { readonly [name: string]: Part }

function changedNames<Part extends Json>(before: Named<Part> | undefined, after: Named<Part>): Set<string> {
  const old = entriesOf(before ?? {})
  const fresh = entriesOf(after)
  const names = [...old.keys(), ...fresh.keys()]
  return new Set(names.filter((name) => !sameContent(old.get(name), fresh.get(name))))
}

/** Adds those who use one that is in the set, and who use them. */
function withUsers<Part>(
  names: Set<string>,
  parts: ReadonlyMap<string, Part>,
  usedBy: (part: Part) => readonly string[],
): Set<string> {
  const users = new Map<string, string[]>()
  for (const [name, part] of parts)
    for (const used of usedBy(part)) {
      const known = users.get(used)
      if (known === undefined) users.set(used, [name])
      else known.push(name)
    }
  for (const name of names) for (const user of users.get(name) ?? []) names.add(user)
  return names
}

/** Without calling itself, as conditions may lie deep inside each other. */
function segmentsOf(condition: FlagCondition): readonly string[] {
  const found: string[] = []
  const waiting = [condition]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    if ('segment' in next) found.push(next.segment)
    else if ('not' in next) waiting.push(next.not)
    else for (const part of partsOf(next)) waiting.push(part)
  return found
}

function partsOf(condition: FlagCondition): readonly FlagCondition[] {
  if ('all' in condition) return condition.all
  return 'any' in condition ? condition.any : []
}

function entriesOf<Part>(parts: Named<Part>): ReadonlyMap<string, Part> {
  return new Map(Object.entries(parts))
}
