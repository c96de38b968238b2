// npm run test:deep: the proofs at full size. Arguments go to vitest: `npm run test:deep -- --project sqlite`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ASHLAR_DEEP: '1' },
})
process.exitCode = status ?? 1
