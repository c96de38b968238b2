import type { CodePoints } from './code-points.ts'
import type { Assertion, Pattern } from './pattern.ts'

/** One step of a program: takes a character and goes on, or goes on without, or is the end. */
export type Instruction =
  | { readonly kind: 'point'; readonly point: number }
  | { readonly kind: 'points'; readonly points: CodePoints }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'split'; to: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'match' }

/** Makes the program of a pattern; a split goes on at the next instruction and at its other one. */
export function compilePattern(pattern: Pattern): readonly Instruction[] {
  const program: Instruction[] = []
  emit(pattern, program)
  program.push({ kind: 'match' })
  return program
}

function emit(pattern: Pattern, program: Instruction[]): void {
  switch (pattern.kind) {
    case 'points':
      program.push(take(pattern.points))
      return
    case 'assertion':
      program.push({ kind: 'assertion', assertion: pattern.assertion })
      return
    case 'sequence':
      for (const part of pattern.parts) emit(part, program)
      return
    case 'choice':
      emitChoice(pattern.options, program)
      return
    case 'repeat':
      emitRepeat(pattern, program)
      return
    default:
      pattern satisfies never
  }
}

function take(points: CodePoints): Instruction {
  const [point = -1, last] = points
  return points.length === 2 && point === last ? { kind: 'point', point } : { kind: 'points', points }
}

function emitChoice(options: readonly Pattern[], program: Instruction[]): void {
  const ends: { to: number }[] = []
  for (const [place, option] of options.entries()) {
    const isLast = place === options.length - 1
    const split = isLast ? undefined : push('split', program)
    emit(option, program)
    if (split === undefined) continue
    ends.push(push('jump', program))
    split.to = program.length
  }
  for (const end of ends) end.to = program.length
}

function emitRepeat({ part, min, max }: Pattern & { kind: 'repeat' }, program: Instruction[]): void {
  for (let copy = 0; copy < min; copy++) emit(part, program)
  const splits: { to: number }[] = []
  const loop = program.length
  const copies = max === Number.POSITIVE_INFINITY ? 1 : max - min
  for (let copy = 0; copy < copies; copy++) {
    splits.push(push('split', program))
    emit(part, program)
  }
  if (max === Number.POSITIVE_INFINITY) push('jump', program).to = loop
  for (const split of splits) split.to = program.length
}

function push(kind: 'split' | 'jump', program: Instruction[]): { to: number } {
  const instruction = { kind, to: 0 }
  program.push(instruction)
  return instruction
}
