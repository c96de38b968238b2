import type { Contender } from '../harness.ts'
import { type FlagKey, type User, users } from './workloads.ts'

/** A way to have flags, with all that it needs ready before it is asked. */
export interface Subject {
  readonly name: string
  /** Gives a question, ready to be asked: the value of a flag for the users in turn. */
  question(key: FlagKey, asked: readonly User[]): Question
  close(): unknown
}

/** The value of one flag for one user after the other; a promise where the subject makes its callers wait. */
export interface Question {
  readonly contexts: readonly unknown[]
  readonly ask: (context: never) => unknown
  readonly waits: boolean
}

/** Asks a subject for one user after the other. */
export function asking(subject: Pick<Subject, 'question'>, key: FlagKey): Contender {
  return repeating(subject.question(key, users))
}

/** Asks a question again and again; one after the other where it makes its callers wait. */
export function repeating({ contexts, ask, waits }: Question): Contender {
  const loop = waits ? askAndWait : askAll
  return (operations) => () => loop(contexts, ask as Ask, operations)
}

type Ask = (context: unknown) => unknown

/** One loop for all subjects, so that the engine can't write one of them into it and leave out the work. */
function askAll(contexts: readonly unknown[], ask: Ask, operations: number): number {
  let truthy = 0
  for (let count = 0; count < operations; count++) if (ask(contexts[count & 1023])) truthy++
  return truthy
}

async function askAndWait(contexts: readonly unknown[], ask: Ask, operations: number): Promise<number> {
  let truthy = 0
  for (let count = 0; count < operations; count++) if (await ask(contexts[count & 1023])) truthy++
  return truthy
}
