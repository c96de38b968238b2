/** What is wrong with a check. */
export type CheckProblem = { readonly field: string; readonly expected: string; readonly found: string }

/** Looks at every field of a check; nothing where a registry that can ask could use it. */
export function checkProblem(check: unknown): CheckProblem | undefined {
  const { kind, path, isSecure, serviceName, intervalMs, timeoutMs } = Object(check) as AnyCheck
  switch (kind) {
    case 'ttl':
      return undefined
    case 'http':
      if (typeof path !== 'string' || !pathPattern.test(path))
        return { field: 'check.path', expected: 'a path that begins with one "/"', found: shown(path) }
      if (isSecure !== undefined && typeof isSecure !== 'boolean')
        return { field: 'check.isSecure', expected: 'true or false', found: shown(isSecure) }
      break
    case 'tcp':
      break
    case 'grpc':
      if (
        serviceName !== undefined &&
        (typeof serviceName !== 'string' || !/^[\w.]{1,255}$/.test(serviceName))
      )
        return {
          field: 'check.serviceName',
          expected: 'up to 255 letters, digits, "_" and "."',
          found: shown(serviceName),
        }
      break
    default:
      return { field: 'check.kind', expected: '"ttl", "http", "tcp" or "grpc"', found: shown(kind) }
  }
  return msProblem('intervalMs', intervalMs) ?? msProblem('timeoutMs', timeoutMs)
}

function msProblem(name: string, ms: unknown): CheckProblem | undefined {
  if (ms === undefined) return undefined
  if (typeof ms === 'number' && Number.isInteger(ms) && ms >= 1 && ms <= 86_400_000) return undefined
  const found = typeof ms === 'number' ? String(ms) : typeof ms
  return { field: `check.${name}`, expected: 'a whole number from 1 to 86,400,000', found }
}

/** A check of which nothing is believed. */
type AnyCheck = Readonly<
  Record<'kind' | 'path' | 'isSecure' | 'serviceName' | 'intervalMs' | 'timeoutMs', unknown>
>

/** What is printable, and no second "/" that would make a host of what follows. */
const pathPattern = /^\/(?![\\/])[!-~]{0,1023}$/

function shown(value: unknown): string {
  if (typeof value !== 'string') return value === null ? 'null' : typeof value
  return value.length > 60 ? `${value.length} characters` : JSON.stringify(value)
}
