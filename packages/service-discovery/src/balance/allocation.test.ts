import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../../test/balance/measure-allocation.ts', import.meta.url))
/** So much room for new objects that none is collected while a million calls are counted. */
const room = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']

describe('choosing and reporting', () => {
  it('leave nothing behind on the heap, whatever the balancer', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...room, '--conditions=@ashlar/source', program],
      { env: {} },
    )

    const { 'an object made each time': yardstick, ...bytes } = JSON.parse(stdout).bytes

    expect(yardstick).toBeGreaterThan(8)
    expect(Object.keys(bytes)).toHaveLength(16)
    expect(Object.entries(bytes).filter(([, perCall]) => (perCall as number) >= 1)).toEqual([])
  })
})
