import { type Clock, systemTime } from './clock.ts'

/** Gives identities; handed in wherever something new gets a name. */
export interface IdGenerator {
  /** A text that was never given before; ours are UUIDs in lower case. */
  next(): string
}

/** Options of {@link uuidv7Generator}. */
export interface UuidV7Options {
  /** Tells the milliseconds in front; the machine's clock unless told. */
  readonly clock?: Clock
  /** Fills bytes with chance; the platform's `crypto.getRandomValues` unless told. */
  readonly randomBytes?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array
}

/** Two hexadecimal digits per byte. */
const hex = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const poolBytes = 4_096
const randomBytesPerId = 10

/**
 * Makes a generator of UUIDs, version 7, that never go back.
 *
 * The 12 bits after the milliseconds and the next 30 are a counter, started at random (41 bits) in each
 * millisecond and raised by one for each further id; when the clock goes back, the last millisecond goes on.
 * The remaining 32 bits are random in every id.
 *
 * @param options - clock and chance, for tests
 * @returns ids that sort, as text, in the order in which they were made
 * @see RFC 9562, section 6.2, method 1 (fixed bit-length dedicated counter)
 * @example
 * ```ts
 * import { uuidv7Generator } from '@ashlar/kernel'
 *
 * const ids = uuidv7Generator()
 * console.log(ids.next() < ids.next())
 * ```
 */
export function uuidv7Generator(options: UuidV7Options = {}): IdGenerator {
  const { clock } = options
  const time = clock === undefined ? systemTime : () => clock.now().getTime()
  const fill = options.randomBytes ?? ((bytes) => crypto.getRandomValues(bytes))
  const pool = new Uint8Array(poolBytes)
  let used = poolBytes
  let lastMs = 0 // a clock before 1970 counts on from there
  let timeText = '00000000-0000-'
  let high = 0 // 12 bits of the counter, after the version
  let low = 0 // 30 bits of the counter, after the variant

  return {
    next() {
      if (used + randomBytesPerId > poolBytes) {
        fill(pool)
        used = 0
      }
      const at = used
      used += randomBytesPerId

      const ms = time()
      if (ms > lastMs) startMillisecond(ms, at)
      else if (low < 0x3fff_ffff) low++
      else if (high < 0xfff) {
        low = 0
        high++
      } else startMillisecond(lastMs + 1, at)

      return (
        timeText +
        hex[0x70 | (high >>> 8)] +
        hex[high & 0xff] +
        '-' +
        hex[0x80 | (low >>> 24)] +
        hex[(low >>> 16) & 0xff] +
        '-' +
        hex[(low >>> 8) & 0xff] +
        hex[low & 0xff] +
        hex[byteAt(at)] +
        hex[byteAt(at + 1)] +
        hex[byteAt(at + 2)] +
        hex[byteAt(at + 3)]
      )
    },
  }

  /** The counter starts in the lower half of its range, so that a millisecond has room for 2^41 ids. */
  function startMillisecond(ms: number, at: number): void {
    lastMs = ms
    const text = ms.toString(16).padStart(12, '0')
    timeText = `${text.slice(0, 8)}-${text.slice(8)}-`
    high = ((byteAt(at + 4) << 8) | byteAt(at + 5)) & 0x7ff
    low =
      ((byteAt(at + 6) << 24) | (byteAt(at + 7) << 16) | (byteAt(at + 8) << 8) | byteAt(at + 9)) & 0x3fff_ffff
  }

  function byteAt(index: number): number {
    return pool[index] as number
  }
}

/**
 * The monotonic UUIDv7 generator of this process, and the default of every `ids` option.
 *
 * @example
 * ```ts
 * import { uuidv7 } from '@ashlar/kernel'
 *
 * console.log(uuidv7.next())
 * ```
 */
export const uuidv7: IdGenerator = /* @__PURE__ */ uuidv7Generator()
