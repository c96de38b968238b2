import { constants } from 'node:os'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import type { StoreKind } from '../composition.ts'
import { type Evidence, gatherEvidence } from './console/evidence.ts'
import { checkInvariants, type Verdict } from './console/invariants.ts'
import { isProven, isWell } from './console/is-well.ts'
import { Stage } from './console/stage.ts'
import { type PlayedAct, playStory } from './console/story.ts'
import { screenOf, Terminal } from './console/terminal.ts'
import { withEndingSignals } from './ending-signals.ts'
import { readOptions } from './read-options.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

const usage = `Tells the shop's story, and checks what it has left behind.

Usage: npm run demo -- [options]

Options:
  --store KIND       memory or sqlite; sqlite unless told
  --seed N           chooses names, quantities and ids; 1 unless told
  --distributed      plays one more act, with inventory and payments in processes of their own
  --json             prints one JSON object instead of the story
  --help             shows this text

It exits with 0 when all invariants and all facts of the story hold, and with 1 when one does not.`

type DemoOptions = {
  readonly store: StoreKind
  readonly seed: number
  readonly isDistributed: boolean
  readonly isJson: boolean
}
type Told = { readonly acts: readonly PlayedAct[]; readonly verdicts: readonly Verdict[] }

/** Plays the story in a temporary folder, and judges it by what lies in the stores at its end. */
export async function runDemo(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv, {
    store: { type: 'string', default: 'sqlite' },
    seed: { type: 'string', default: '1' },
    distributed: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  }).andThen((values) => (values.help ? ok(undefined) : checked(values)))
  if (options.isErr()) {
    console.error(`${options.error.message}\n\n${usage}`)
    return 2
  }
  if (options.value === undefined) {
    console.log(usage)
    return 0
  }

  const { store, seed, isDistributed, isJson } = options.value
  const terminal = new Terminal(screenOf(process.stdout, process.env))
  const show = isJson ? () => undefined : (act: PlayedAct) => console.log(terminal.act(act))
  const { acts, verdicts } = await withEndingSignals(exitAt, () => tell({ store, seed, isDistributed }, show))
  const isFine = isWell(verdicts, acts)
  const invariants = verdicts.map((one) => ({ name: one.name, holds: isProven(one), detail: one.detail }))
  if (isJson) console.log(JSON.stringify({ seed, store, acts, invariants, ok: isFine }))
  else console.log(terminal.verdicts(verdicts, acts, `seed ${seed} · ${store}`))
  return isFine ? 0 : 1
}

function exitAt(signal: NodeJS.Signals): void {
  process.exit(128 + constants.signals[signal])
}

async function tell(
  { store, seed, isDistributed }: Omit<DemoOptions, 'isJson'>,
  show: (act: PlayedAct) => void,
): Promise<Told> {
  return inTemporaryFolder(async (directory) => {
    const stage = await Stage.open({ store, seed, directory })
    try {
      const acts: PlayedAct[] = []
      for await (const act of playStory(stage, isDistributed)) {
        acts.push(act)
        show(act)
      }
      const evidence: Evidence[] = []
      for (const shop of stage.shops) evidence.push(await gatherEvidence(shop))
      return { acts, verdicts: checkInvariants(evidence) }
    } finally {
      await stage.close()
    }
  })
}

function checked({
  store,
  seed,
  distributed,
  json,
}: {
  readonly store: string
  readonly seed: string
  readonly distributed: boolean
  readonly json: boolean
}): Result<DemoOptions, Failure<'BadUsage'>> {
  if (store !== 'memory' && store !== 'sqlite')
    return err(failure('BadUsage', `--store must be memory or sqlite, found "${store}"`))
  if (!/^\d{1,9}$/.test(seed))
    return err(failure('BadUsage', `--seed must be a whole number of up to 9 digits, found "${seed}"`))
  return ok({ store, seed: Number(seed), isDistributed: distributed, isJson: json })
}
