/** Reads a duration as Go writes it, such as `1m30s` or `500ms`; milliseconds, or nothing for what is none. */
export function parseGoDuration(text: unknown): number | undefined {
  if (typeof text === 'number') return text / 1_000_000
  if (typeof text !== 'string' || !whole.test(text)) return undefined
  let ms = 0
  for (const [, count, unit] of text.matchAll(parts)) ms += Number(count) * msOf(unit ?? '')
  return ms
}

const whole = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/
const parts = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g

function msOf(unit: string): number {
  switch (unit) {
    case 'ns':
      return 0.000_001
    case 'us':
    case 'µs':
      return 0.001
    case 'ms':
      return 1
    case 's':
      return 1_000
    case 'm':
      return 60_000
    default:
      return 3_600_000
  }
}
