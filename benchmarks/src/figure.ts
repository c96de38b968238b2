/** A speed beside that of something else, measured in the same minute; above 1 is faster. */
export interface Comparison {
  readonly bench: string
  readonly subject: string
  readonly baseline: string
  readonly ratio: number
  readonly goal?: number
  readonly repetitions: number
}

/** A figure that stands for itself. */
export interface Amount {
  readonly bench: string
  readonly value: number
  readonly unit: string
  readonly goal?: number
  readonly better: 'lower' | 'higher'
}

/** One line of what the benchmarks print. */
export type Figure = Comparison | Amount

/** Whether a figure reaches its goal; undefined for one without. */
export function reachesGoal(figure: Figure): boolean | undefined {
  if (figure.goal === undefined) return undefined
  if ('ratio' in figure) return figure.ratio >= figure.goal
  return figure.better === 'lower' ? figure.value <= figure.goal : figure.value >= figure.goal
}

/**
 * Of figures that were measured several times over, the one in the middle.
 *
 * @param runs - each with the same figures in the same order
 */
export function inTheMiddle(runs: readonly (readonly Figure[])[]): Figure[] {
  const [first = []] = runs
  return first.map((_, index) => {
    const same = runs.map((figures) => figures[index] as Figure).sort((a, b) => sizeOf(a) - sizeOf(b))
    const figure = same[same.length >> 1] as Figure
    if (!('ratio' in figure)) return figure
    return { ...figure, repetitions: figure.repetitions * runs.length }
  })
}

function sizeOf(figure: Figure): number {
  return 'ratio' in figure ? figure.ratio : figure.value
}
