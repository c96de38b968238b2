import { dependenciesFirst } from './circles.ts'
import { filledListAt, listAt, objectAt, refuseOthers } from './fields.ts'
import type { FlagPrerequisite } from './flag-document.ts'
import { type ParsedVariants, variantAt } from './parse-variants.ts'
import { mostParts, type Parsing } from './parsing.ts'
import { field, item, type Trail } from './trail.ts'

/** How many flags may wait for each other, and how many may be asked for one. */
const maxChain = 64
const mostAsked = 1_000

/** What flags want of other flags; looked up when all flags are known. */
export class Prerequisites {
  readonly #wanted = new Map<string, Wanted[]>()
  readonly #sizes = new Map<string, number>()

  /** A flag's prerequisites. */
  parse(raw: unknown, key: string, at: Trail, parsing: Parsing): readonly FlagPrerequisite[] {
    const list = listAt(raw, at, parsing) ?? []
    const prerequisites: FlagPrerequisite[] = []
    const wanted: Wanted[] = []
    const seen = new Set<string>()
    for (let index = 0; index < list.length; index++) {
      const place = item(at, index)
      const prerequisite = parseOne(list[index], place, parsing)
      if (!prerequisite) continue
      const { flag } = prerequisite
      if (seen.has(flag)) parsing.findings.refuse(field(place, 'flag'), 'each flag once', flag)
      seen.add(flag)
      prerequisites.push(prerequisite)
      wanted.push({ ...prerequisite, at: place })
    }
    this.#wanted.set(key, wanted)
    return Object.freeze(prerequisites)
  }

  /** Notes of how many parts a flag is. */
  weigh(key: string, parts: number): void {
    this.#sizes.set(key, parts)
  }

  /** Refuses flags and variants that there are not, circles, and what would take too long to ask. */
  check(flags: ReadonlyMap<string, ParsedVariants>, parsing: Parsing): void {
    for (const wanted of this.#wanted.values())
      for (const { flag, in: variants, at } of wanted) {
        const target = flags.get(flag)
        if (!target) parsing.findings.refuse(field(at, 'flag'), 'another flag of the document', flag)
        else
          variants.forEach((variant, index) => {
            variantAt(variant, () => item(field(at, 'in'), index), target, parsing)
          })
      }
    this.#measure(parsing)
  }

  #measure({ findings }: Parsing): void {
    const wantedBy = (key: string) => this.#wanted.get(key) ?? []
    const ordered = dependenciesFirst(
      this.#wanted.keys(),
      (key) => wantedBy(key).map(({ flag }) => flag),
      (key, place, circle) =>
        findings.tell(wantedBy(key)[place]?.at, 'prerequisites that do not go in a circle', circle),
    )
    const extents = new Map<string, Extent>()
    for (const key of ordered) {
      let [chain, asked, parts] = [0, 0, this.#sizes.get(key) ?? 0]
      for (const { flag } of wantedBy(key)) {
        const extent = extents.get(flag) ?? { chain: 0, asked: 0, parts: this.#sizes.get(flag) ?? 0 }
        chain = Math.max(chain, extent.chain + 1)
        asked += extent.asked + 1
        parts += extent.parts
      }
      const at = wantedBy(key)[0]?.at.up
      if (chain > maxChain)
        findings.tell(at, `a chain of at most ${maxChain} prerequisites`, () => 'a longer one')
      if (asked > mostAsked)
        findings.tell(at, `at most ${mostAsked} flags, with the prerequisites of prerequisites`, () => 'more')
      if (parts > mostParts)
        findings.tell(
          at,
          () => `at most ${mostParts} parts of flags, with the prerequisites of prerequisites`,
          () => String(parts),
        )
      if (chain <= maxChain && asked <= mostAsked && parts <= mostParts)
        extents.set(key, { chain, asked, parts })
    }
  }
}

/** How many flags wait for each other, how many are asked, and of how many parts those are in all. */
type Extent = { readonly chain: number; readonly asked: number; readonly parts: number }

type Wanted = FlagPrerequisite & { readonly at: Trail }

function parseOne(raw: unknown, at: Trail, parsing: Parsing): FlagPrerequisite | undefined {
  const object = objectAt(raw, at, parsing)
  if (!object) return
  refuseOthers(object, fields, at, parsing)
  const { flag, in: rawVariants } = object
  if (typeof flag !== 'string') parsing.findings.refuse(field(at, 'flag'), 'the key of a flag', flag)
  const place = field(at, 'in')
  const list = filledListAt(rawVariants, 'at least one variant', place, parsing)
  const variants: string[] = []
  for (let index = 0; index < list.length; index++) {
    const variant = list[index]
    if (typeof variant === 'string') variants.push(variant)
    else parsing.findings.refuse(item(place, index), 'the name of a variant', variant)
  }
  return typeof flag === 'string' ? Object.freeze({ flag, in: Object.freeze(variants) }) : undefined
}

const fields: ReadonlySet<string> = new Set(['flag', 'in'])
