import type { Json } from '@ashlar/kernel'
import { isObject, listAt, refuseOthers, textAt } from './fields.ts'
import type { Findings } from './findings.ts'
import type { Capability } from './plugin-manifest.ts'
import { environmentRule, nameRule, pathRule, type TextRule } from './text-rule.ts'

/** What a plugin asks for; nothing after a finding. */
export function capabilitiesAt(
  value: Json | undefined,
  path: string,
  findings: Findings,
): readonly Capability[] {
  if (value === undefined) return Object.freeze([])
  const all = listAt(value, path, (item, at) => capabilityAt(item, at, findings), findings)
  return Object.freeze(all.filter((capability) => capability !== undefined))
}

function capabilityAt(value: Json, path: string, findings: Findings): Capability | undefined {
  if (!isObject(value)) {
    findings.refuse(path, 'an object', value)
    return
  }
  const knowOnly = (...names: string[]) => refuseOthers(value, new Set(['kind', ...names]), path, findings)
  switch (value.kind) {
    case 'service':
      knowOnly('id')
      return Object.freeze({
        kind: value.kind,
        id: textAt(value.id, `${path}.id`, nameRule, findings),
      })
    case 'fs.read':
    case 'fs.write':
      knowOnly('paths')
      return Object.freeze({
        kind: value.kind,
        paths: someAt(value.paths, `${path}.paths`, pathRule, findings),
      })
    case 'env':
      knowOnly('names')
      return Object.freeze({
        kind: value.kind,
        names: someAt(value.names, `${path}.names`, environmentRule, findings),
      })
    case 'net':
      knowOnly()
      return Object.freeze({ kind: value.kind })
    default:
      findings.refuse(`${path}.kind`, 'one of service, fs.read, fs.write, env, net', value.kind)
      return
  }
}

/** Texts, at least one. */
function someAt(
  value: Json | undefined,
  path: string,
  rule: TextRule,
  findings: Findings,
): readonly string[] {
  if (Array.isArray(value) && value.length === 0) findings.refuse(path, 'a list of at least one', value)
  return listAt(value, path, (item, at) => textAt(item, at, rule, findings), findings)
}
