import { AshlarProvider } from '@ashlar/feature-flags/openfeature'
import { mustAgree } from './flags/agreement.ts'
import { evaluator, ourDetails, ours } from './flags/ashlar.ts'
import { byHand } from './flags/by-hand.ts'
import { flagd } from './flags/flagd.ts'
import { growthBook } from './flags/growthbook.ts'
import { launchDarkly } from './flags/launch-darkly.ts'
import { openFeatureInMemory, throughOpenFeature } from './flags/open-feature.ts'
import { asking, repeating, type Subject } from './flags/subject.ts'
import { unleash } from './flags/unleash.ts'
import { contextsOf, type FlatContext, users, workloads } from './flags/workloads.ts'
import { type Contender, compare } from './harness.ts'

const warmUpMs = 100
process.env.NODE_ENV = 'production'
const openFeature = await openFeatureInMemory()
const rivals = [await flagd(), await unleash(), await growthBook(), await launchDarkly(), openFeature]
const subjects = [byHand, ours, ourDetails, ...rivals]
await mustAgree(subjects)
for (const subject of subjects) await warmUp(subject)

for (const { name, key, besideRivals } of workloads) {
  const bench = `flags/${name}`
  const closure = asking(byHand, key)
  await compare({ bench, baseline: byHand.name, goal: 0.5, ours: asking(ours, key), theirs: closure })
  await compare({
    bench: `${bench}-details`,
    baseline: byHand.name,
    ours: asking(ourDetails, key),
    theirs: closure,
  })
  for (const rival of rivals)
    await compare({
      bench,
      baseline: rival.name,
      goal: besideRivals,
      ours: asking(ours, key),
      theirs: asking(rival, key),
    })
}
await compare({
  bench: 'flags/in-turn',
  baseline: byHand.name,
  ours: askingInTurn(ours),
  theirs: askingInTurn(byHand),
})
await compare({
  bench: 'flags/openfeature',
  baseline: openFeature.name,
  ours: asking(await throughOpenFeature('ashlar', new AshlarProvider(evaluator)), 'targeted'),
  theirs: asking(openFeature, 'targeted'),
})
for (const rival of rivals) await rival.close()

/** Asks for long enough that all is compiled as well as it ever will be: the smaller a function, the later its turn. */
async function warmUp(subject: Subject): Promise<void> {
  for (const { key } of workloads) {
    const ask = await asking(subject, key)(users.length)
    for (const end = performance.now() + warmUpMs; performance.now() < end; ) await ask()
  }
}

/** Asks for one flag after the other, as a program does that has several. */
function askingInTurn(subject: Subject): Contender {
  const questions = workloads.map(
    ({ key }) => subject.question(key, users).ask as (context: unknown) => unknown,
  )
  let asked = 0
  return repeating({
    contexts: contextsOf(users),
    ask: (context: FlatContext) => questions[asked++ % questions.length]?.(context),
    waits: false,
  })
}
