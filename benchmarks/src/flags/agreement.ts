import { byHand } from './by-hand.ts'
import type { Subject } from './subject.ts'
import { type FlagKey, otherUsers, percent, type User, users, weights, workloads } from './workloads.ts'

/**
 * Ends the benchmark unless all subjects answer the same question: the same to each user where a rule decides, and to
 * like shares of them where a draw does.
 */
export async function mustAgree(subjects: readonly Subject[]): Promise<void> {
  for (const subject of subjects)
    for (const { key } of workloads)
      if (key === 'rollout' || key === 'variants') await mustShare(subject, key)
      else await mustEqual(subject, key)
}

async function mustEqual(subject: Subject, key: FlagKey): Promise<void> {
  const asked = [...users, ...otherUsers]
  const wanted = await answersOf(byHand, key, asked)
  for (const [index, answer] of (await answersOf(subject, key, asked)).entries())
    if (answer !== wanted[index])
      throw new Error(
        `${subject.name} must answer "${key}" with ${wanted[index]} to ${JSON.stringify(asked[index])}, found ${answer}`,
      )
}

async function mustShare(subject: Subject, key: FlagKey): Promise<void> {
  const answers = await answersOf(subject, key, users)
  const shares = key === 'rollout' ? ([[true, percent]] as const) : weights
  for (const [answer, share] of shares) {
    const found = (answers.filter((each) => each === answer).length / users.length) * 100
    if (Math.abs(found - share) > 5)
      throw new Error(`${subject.name} must answer "${key}" with ${answer} to ${share} %, found ${found} %`)
  }
}

async function answersOf(subject: Subject, key: FlagKey, asked: readonly User[]): Promise<unknown[]> {
  const { contexts, ask } = subject.question(key, asked)
  const answers: unknown[] = []
  for (const context of contexts) answers.push(await (ask as (context: unknown) => unknown)(context))
  return answers
}
