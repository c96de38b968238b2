import { type Figure, reachesGoal } from './figure.ts'

/** The line above the figures. */
export const tableHead: string = row('figure', 'beside', 'ratio', 'goal', '')

/** A figure as a line of the table. */
export function tableRow(figure: Figure): string {
  const goal = figure.goal === undefined ? '' : String(figure.goal)
  const mark = { true: '✓', false: '✗', undefined: '' }[`${reachesGoal(figure)}`] as string
  return 'ratio' in figure
    ? row(figure.bench, figure.baseline, figure.ratio.toFixed(2), goal, mark)
    : row(figure.bench, '', `${figure.value} ${figure.unit}`, goal, mark)
}

/** What falls short of its goal. */
export function summaryOf(figures: readonly Figure[]): string {
  const short = figures.filter((figure) => reachesGoal(figure) === false)
  if (short.length === 0) return 'every goal is reached'
  return `short of the goal: ${short.map(({ bench }) => bench).join(', ')}`
}

function row(bench: string, baseline: string, ratio: string, goal: string, mark: string): string {
  return `${bench.padEnd(34)} ${baseline.padEnd(32)} ${ratio.padStart(16)} ${goal.padStart(6)} ${mark}`.trimEnd()
}
