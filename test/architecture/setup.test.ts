import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, utimesSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { buildHouse } from './small-house.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Notes each call, and, like pnpm, leaves what is installed as it is. */
const stub = (ending: string) =>
  `#!/bin/sh\necho "$@" >>"$CALLS"\nmkdir -p node_modules\n[ -e node_modules/.modules.yaml ] || : >node_modules/.modules.yaml\n${ending}\n`

describe.each([
  { script: 'scripts/setup.mjs', place: '.' },
  { script: 'benchmarks/run.mjs', place: 'benchmarks' },
])('the installation by $script', ({ script, place }) => {
  it('happens once, and once again for a newer lockfile', () => {
    const house = houseWith(script, place, 'exit 0')

    const fresh = callsDuring(house, script)
    const again = callsDuring(house, script)
    setAge(house, join(place, 'node_modules/.modules.yaml'), 60)
    setAge(house, join(place, 'pnpm-lock.yaml'), 30)
    const newer = callsDuring(house, script)
    const afterwards = callsDuring(house, script)

    expect(fresh).toMatch(/^-y pnpm@1\.2\.3 install .*--frozen-lockfile\n$/)
    expect([again, newer, afterwards]).toEqual(['', fresh, ''])
  })

  it('is tried again after it failed', () => {
    const house = houseWith(script, place, 'exit 7')
    setAge(house, join(place, 'pnpm-lock.yaml'), -30)

    const calls = [callsDuring(house, script), callsDuring(house, script)]

    expect(calls).toEqual([expect.stringContaining('install'), calls[0]])
  })
})

function houseWith(script: string, place: string, ending: string): string {
  const house = buildHouse({
    'package.json': '{ "type": "module", "config": { "pnpm": "1.2.3" } }',
    [join(place, 'pnpm-lock.yaml')]: '',
    [join(place, 'src/main.ts')]: '',
    'stubs/npx': stub(ending),
  })
  chmodSync(join(house, 'stubs/npx'), 0o755)
  mkdirSync(dirname(join(house, script)), { recursive: true })
  copyFileSync(join(repository, script), join(house, script))
  return house
}

/** What the stub was called with during one run of the script. */
function callsDuring(house: string, script: string): string {
  const calls = join(house, 'calls')
  const before = existsSync(calls) ? readFileSync(calls, 'utf8').length : 0
  const env = {
    ...process.env,
    CALLS: calls,
    PATH: join(house, 'stubs') + delimiter + process.env.PATH,
  }
  spawnSync(process.execPath, [join(house, script)], { cwd: house, env })
  return existsSync(calls) ? readFileSync(calls, 'utf8').slice(before) : ''
}

function setAge(house: string, file: string, seconds: number): void {
  const time = Date.now() / 1000 - seconds
  utimesSync(join(house, file), time, time)
}
