import { match } from 'ts-pattern'
import type { Verdict } from './invariants.ts'
import { brokenFacts, isProven, isWell } from './is-well.ts'
import type { Line, Share } from './narrator.ts'
import type { PlayedAct } from './story.ts'

/** How wide the screen is, and whether it shows colours. */
export type Screen = { readonly columns: number; readonly isColoured: boolean }

type Paint = (text: string) => string

const [narrowest, widest] = [60, 80]
const foundColumns = 28
const shades = '█░▓▒'

/** Colours are for people: not in a pipe, unless FORCE_COLOR asks for them, and never under NO_COLOR. */
export function screenOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: NodeJS.ProcessEnv,
): Screen {
  const { NO_COLOR = '', FORCE_COLOR = '' } = env
  const isForced = FORCE_COLOR !== '' && FORCE_COLOR !== '0'
  const isWanted = FORCE_COLOR !== '0' && (isForced || stream.isTTY === true)
  const columns = Math.min(widest, Math.max(narrowest, stream.columns || widest))
  return { columns, isColoured: isWanted && NO_COLOR === '' }
}

/** Lays the story out in columns. */
export class Terminal {
  readonly #columns: number
  readonly #isColoured: boolean

  constructor({ columns, isColoured }: Screen) {
    this.#columns = columns
    this.#isColoured = isColoured
  }

  act({ number, title, lines }: PlayedAct): string {
    return [this.#bold(`${number}  ${title}`), ...lines.flatMap((line) => this.#line(line)), ''].join('\n')
  }

  /** The last line says all that the exit code depends on, and where the story was played. */
  verdicts(verdicts: readonly Verdict[], acts: readonly PlayedAct[], place: string): string {
    const broken = brokenFacts(acts)
    const facts =
      broken === 0 ? [] : [`${broken} ${broken === 1 ? 'fact' : 'facts'} of the story did not hold`]
    const held = verdicts.filter(isProven).length
    const sum = [`${held} of ${verdicts.length} invariants hold`, ...facts, place].join(' · ')
    return [
      this.#bold('Invariants, read back from the stores'),
      ...verdicts.flatMap((verdict) => this.#fact(verdict.name, isProven(verdict), verdict.detail)),
      '',
      isWell(verdicts, acts) ? this.#green(sum) : this.#red(sum),
    ].join('\n')
  }

  #line(line: Line): readonly string[] {
    return match(line)
      .with({ kind: 'fact' }, ({ text, holds, found }) => this.#fact(text, holds, found))
      .with({ kind: 'note' }, ({ text }) => this.#wrapped(text, 4).map(this.#dim))
      .with({ kind: 'split' }, ({ text, shares }) => this.#split(text, shares))
      .with({ kind: 'step' }, ({ step, phase, attempt, outcome }) => {
        const arrow = phase === 'run' ? '→' : '←'
        const cells = `    ${arrow} ${step.padEnd(14)}${phase.padEnd(6)}attempt ${attempt}   `
        return [cells + (outcome === 'ok' ? this.#green(outcome) : this.#red(outcome))]
      })
      .exhaustive()
  }

  /** A tick, what is said, and at the right what was found; what is too long gets a line of its own. */
  #fact(text: string, holds: boolean, found: string): readonly string[] {
    const sign = holds ? this.#green('✓') : this.#red('✗')
    const room = this.#columns - 4 - foundColumns
    const [first = '', ...more] = this.#wrapped(text, 0, room)
    const rest = more.map((line) => `    ${line}`)
    if (found.length <= foundColumns)
      return [`  ${sign} ${first.padEnd(room)}${found.padStart(foundColumns)}`, ...rest]
    return [`  ${sign} ${first}`, ...rest, ...this.#wrapped(found, 4)]
  }

  /** One bar for all, in which each share has its part, and below it what the shades stand for. */
  #split(text: string, shares: readonly Share[]): readonly string[] {
    const room = this.#columns - 4
    const sum = shares.reduce((total, { count }) => total + count, 0)
    let before = 0
    const parts = shares.map(({ count }, index) => {
      const from = Math.round((before / sum) * room)
      before += count
      return shadeOf(index).repeat(Math.round((before / sum) * room) - from)
    })
    const legend = shares.map(({ name, count }, index) => `${shadeOf(index)} ${name} ${count}`)
    return [
      ...this.#wrapped(`${text}:`, 4).map(this.#dim),
      `    ${parts.join('')}`,
      ...this.#wrapped(legend.join(' · '), 4),
    ]
  }

  /** Breaks between words, so that every line with its indent fits. */
  #wrapped(text: string, indent: number, room: number = this.#columns - indent): readonly string[] {
    const lines: string[] = []
    for (const word of text.split(' ')) {
      const last = lines.at(-1)
      if (last !== undefined && last.length + 1 + word.length <= room)
        lines[lines.length - 1] = `${last} ${word}`
      else lines.push(word)
    }
    return lines.map((line) => ' '.repeat(indent) + line)
  }

  readonly #bold: Paint = (text) => this.#painted(1, text)
  readonly #dim: Paint = (text) => this.#painted(2, text)
  readonly #red: Paint = (text) => this.#painted(31, text)
  readonly #green: Paint = (text) => this.#painted(32, text)

  #painted(code: number, text: string): string {
    return this.#isColoured ? `\u001b[${code}m${text}\u001b[0m` : text
  }
}

function shadeOf(index: number): string {
  return shades.charAt(index % shades.length)
}
