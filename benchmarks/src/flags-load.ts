import { defineFlags, FeatureFlagEvaluator } from '@ashlar/feature-flags'
import { parseFlagDocument } from '@ashlar/feature-flags/document'
import { thousandFlags } from './flags/thousand-flags.ts'
import { compare } from './harness.ts'

const text = thousandFlags()
const evaluator = new FeatureFlagEvaluator(defineFlags({}))

await compare({
  bench: 'flags/load-1000',
  baseline: 'JSON.parse of the same text',
  goal: 0.05,
  operations: 2,
  ours: (operations) => () => {
    for (let count = 0; count < operations; count++) load()
  },
  theirs: (operations) => () => {
    for (let count = 0; count < operations; count++) JSON.parse(text)
  },
})

/** From the text to a document in force: parsed, checked, compiled. */
function load(): void {
  const document = parseFlagDocument(JSON.parse(text))
  if (document.isErr()) throw new Error(`the flags must be good: ${document.error.message}`)
  evaluator.use(document.value)
  if (evaluator.evaluate('area-5.feature-5', {}).variant !== 'on')
    throw new Error('the flags must be in force')
}
