import type { Subject } from './subject.ts'
import { contextsOf, type FlagKey, type FlatContext, fiftyAges } from './workloads.ts'

type Closure = (context: FlatContext) => boolean | string

/** What one would write for these very flags, with nothing around it. */
export const closures: Readonly<Record<FlagKey, Closure>> = {
  constant: () => true,
  targeted: ({ country, plan }) => country === 'KR' && (plan === 'pro' || plan === 'enterprise'),
  fifty: chainOf(fiftyAges),
  rollout: ({ targetingKey }) => murmur3(targetingKey, rolloutSeed) < rolloutEnd,
  variants: ({ targetingKey }) => {
    const hash = murmur3(targetingKey, variantsSeed)
    return hash < endOfA ? 'a' : hash < endOfB ? 'b' : hash < endOfC ? 'c' : 'd'
  },
}

export const byHand: Subject = {
  name: 'closure written by hand',
  question: (key, users) => ({ contexts: contextsOf(users), ask: closures[key], waits: false }),
  close() {},
}

/** One `if` after the other, as if someone had typed them. */
export function chainOf(ages: readonly number[]): Closure {
  const isFor = (age: number) =>
    `if (c.country === 'KR' && (c.plan === 'pro' || c.plan === 'enterprise') && c.age > ${age}) return true`
  return new Function('c', `${ages.map(isFor).join('\n')}\nreturn false`) as Closure
}

const rolloutSeed = murmur3('rollout\0', 0)
const rolloutEnd = Math.ceil(0.3 * 2 ** 32)
const variantsSeed = murmur3('variants\0', 0)
const endOfA = Math.ceil(0.4 * 2 ** 32)
const endOfB = Math.ceil(0.7 * 2 ** 32)
const endOfC = Math.ceil(0.9 * 2 ** 32)

/** MurmurHash3 x86 32 of an ASCII text. */
function murmur3(text: string, seed: number): number {
  const { length } = text
  const whole = length & ~3
  let hash = seed
  let seen = 0
  let at = 0
  while (at < whole) {
    const a = text.charCodeAt(at++)
    const b = text.charCodeAt(at++)
    const c = text.charCodeAt(at++)
    const d = text.charCodeAt(at++)
    seen |= a | b | c | d
    hash ^= scrambled(a | (b << 8) | (c << 16) | (d << 24))
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  let rest = 0
  for (let shift = 0; at < length; shift += 8) {
    const unit = text.charCodeAt(at++)
    seen |= unit
    rest |= unit << shift
  }
  if (seen > 127) throw new RangeError('the ids of these flags are ASCII')
  hash ^= scrambled(rest) ^ length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function scrambled(word: number): number {
  const next = Math.imul(word, 0xcc9e2d51)
  return Math.imul((next << 15) | (next >>> 17), 0x1b873593)
}
