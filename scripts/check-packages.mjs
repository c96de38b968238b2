// Gate: the packages as npm would receive them: builds, packs each into a temporary folder, and has the tarballs checked.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { config } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'ashlar-pack-'))
const packing = ['-r', '--filter', './packages/*', 'pack', '--pack-destination', folder]

const steps = [
  [process.execPath, 'node_modules/typescript-7/bin/tsc', '-b'],
  ['node_modules/.bin/tsup', '--config', 'tsup.config.ts'],
  ['npx', '-y', `pnpm@${config.pnpm}`, ...packing],
  [process.execPath, 'scripts/check-tarballs.mjs', folder],
]

process.exitCode = steps.every(succeeds) ? 0 : 1
rmSync(folder, { recursive: true, force: true })

function succeeds([command, ...args]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status !== 0) console.log(`${command} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`)
  return status === 0
}
