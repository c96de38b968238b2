/** The shapes that ids of users have; each makes a million different ones. */
export const idFamilies: { readonly [name: string]: (index: number) => string } = {
  sequential: (index) => `user-${index}`,
  numeric: (index) => String(index),
  uuid: (index) => uuidOf(index),
  Hangul: (index) => spelled(index, 0xac00, 0xac00, 111),
  Han: (index) => spelled(index, 0x4e00, 0x8000, 70),
  emoji: (index) => spelled(index, 0x1f300, 0x1f400, 1),
}

/** Each Hangul syllable alone after a letter: the shortest ids on which a hash of cut-off units falls together. */
export const oneSyllableIds: readonly string[] = Array.from(
  { length: 11_172 },
  (_, index) => `u${String.fromCodePoint(0xac00 + index)}`,
)

/** Three letters, one for each two digits; the third begins elsewhere. */
function spelled(index: number, first: number, third: number, step: number): string {
  const [units, hundreds, tenThousands] = [
    index % 100,
    Math.floor(index / 100) % 100,
    Math.floor(index / 10_000),
  ]
  return String.fromCodePoint(first + tenThousands * step, first + hundreds * step, third + units * step)
}

function uuidOf(index: number): string {
  const digits = [1, 2, 3, 4]
    .map((part) =>
      spread(index * 4 + part)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('')
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`
}

/** A number without a visible order; others than the hash under test multiply by. */
function spread(index: number): number {
  let word = Math.imul(index ^ (index >>> 15), 0x2c1b3c6d)
  word = Math.imul(word ^ (word >>> 12), 0x297a2d39)
  return (word ^ (word >>> 15)) >>> 0
}
