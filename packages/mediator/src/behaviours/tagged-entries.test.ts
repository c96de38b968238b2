import { describe, expect, it } from 'vitest'
import { TaggedEntries } from './tagged-entries.ts'

const maxEntries = 3
const maxAgeMs = 10
const names = ['a', 'b', 'c', 'd', 'e', '__proto__']

/** What is kept, told in the plainest way: a list, the one that was not used for the longest time first. */
class Model {
  now = 0
  kept: { key: string; value: number; tags: readonly string[]; storedAt: number }[] = []
  underWay: {
    key: string
    value: number
    tags: readonly string[]
    isStale: boolean
    invalidations: number
  }[] = []

  find(key: string): number | undefined {
    const found = this.kept.find((entry) => entry.key === key)
    if (found === undefined) return undefined
    this.kept.splice(this.kept.indexOf(found), 1)
    if (this.now - found.storedAt >= maxAgeMs) return undefined
    this.kept.push(found)
    return found.value
  }

  keep(key: string, value: number, tags: readonly string[]): void {
    this.kept = [...this.kept.filter((entry) => entry.key !== key), { key, value, tags, storedAt: this.now }]
    if (this.kept.length > maxEntries) this.kept.shift()
  }

  forget(isHit: (tags: readonly string[]) => boolean): void {
    this.kept = this.kept.filter(({ tags }) => !isHit(tags))
    for (const answer of this.underWay) if (isHit(answer.tags)) answer.isStale = true
  }
}

describe('entries with tags', () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'are found exactly as long as a list of them would tell, whatever happens in between: seed %i',
    (seed) => {
      const below = chance(seed)
      const someName = () => names[below(names.length)] as string
      const someTags = () => Array.from({ length: below(4) }, someName)
      const entries = new TaggedEntries(maxEntries)
      const model = new Model()
      const found: unknown[] = []
      const expected: unknown[] = []

      for (let count = 0; count < 5_000; count++)
        switch (below(12)) {
          case 0:
            entries.clear()
            model.forget(() => true)
            break
          case 1: {
            const invalidated = someTags()
            entries.invalidate(invalidated)
            model.forget((tags) => tags.some((tag) => invalidated.includes(tag)))
            break
          }
          case 2:
            model.now += below(6)
            break
          case 3:
          case 4:
          case 5: {
            const { invalidations } = entries
            model.underWay.push({
              key: someName(),
              value: count,
              tags: someTags(),
              isStale: false,
              invalidations,
            })
            break
          }
          case 6:
          case 7:
          case 8: {
            const [answer] = model.underWay.splice(below(4), 1)
            if (answer === undefined) break
            const { key, value, tags, invalidations } = answer
            entries.keep(key, { value, tags, storedAt: model.now, maxAgeMs }, invalidations)
            if (!answer.isStale) model.keep(key, value, tags)
            break
          }
          default: {
            const key = someName()
            found.push(entries.find(key, model.now)?.value)
            expected.push(model.find(key))
          }
        }

      expect(found).toEqual(expected)
      expect(found.some((value) => value !== undefined)).toBe(true)
    },
  )
})

/** Whole numbers below a limit, the same for the same seed. */
function chance(seed: number): (limit: number) => number {
  let state = seed + 1
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}
