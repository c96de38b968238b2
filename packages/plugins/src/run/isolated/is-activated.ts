import type { Activated } from '../activation.ts'

/** Whether a plugin's side has answered its start with what such an answer can be. */
export function isActivated(value: unknown): value is Activated {
  if (typeof value !== 'object' || value === null) return false
  const { outcome, reason, points } = value as Record<string, unknown>
  switch (outcome) {
    case 'active':
      return true
    case 'broken':
    case 'config-invalid':
      return typeof reason === 'string'
    case 'contribution-missing':
      return isTexts(points)
    default:
      return false
  }
}

/** Whether it is a list of texts. */
export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}
