import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { orThrow } from '@ashlar/result'
import { describe, expect, it, onTestFinished } from 'vitest'
import { greet, ledger, offeredLedger } from '../../test/test-host.ts'
import { definePlugin } from '../contract/define-plugin.ts'
import { openPluginHost } from './plugin-host.ts'

const teller = definePlugin({
  activate(context) {
    const points = context.use(ledger)
    context.log.info({ ready: true }, 'the teller is ready')
    context.contribute(greet, async (name) => `${name} has ${await points.balanceOf(name)}`)
  },
})

async function built(manifest: object, source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-built-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const all = {
    id: 'built',
    version: '1.0.0',
    engine: '^9.0.0',
    api: 'shop/1',
    entry: 'plugin.cjs',
    ...manifest,
  }
  await writeFile(join(folder, 'plugin.json'), JSON.stringify(all))
  await writeFile(join(folder, 'plugin.cjs'), source)
  return folder
}

describe('openPluginHost', () => {
  it('calls a plugin, grants it the services, and keeps what it logs', async () => {
    await using host = await openPluginHost({ plugin: teller, points: [greet], services: [offeredLedger] })

    const called = await host.call(greet, 'Ada')

    expect(called._unsafeUnwrap()).toBe('Ada has 3')
    expect(host.lines).toContainEqual({
      level: 'info',
      fields: { ready: true, plugin: 'plugin-under-test' },
      message: 'the teller is ready',
    })
  })

  it.each(['trusted', 'process'] as const)(
    'runs a built plugin at isolation %s, whatever host it is for',
    async (isolation) => {
      const folder = await built(
        { contributes: { 'demo.greet': {} } },
        "exports.activate = (context) => context.contribute({ id: 'demo.greet' }, (name) => 'Good day, ' + name)",
      )
      await using host = await openPluginHost({ plugin: { folder }, points: [greet], isolation })

      expect((await host.call(greet, 'Ada'))._unsafeUnwrap()).toBe('Good day, Ada')
      expect((await host.unload()).problems).toEqual([])
    },
  )

  it('throws why a plugin does not start', async () => {
    const broken = definePlugin({
      activate() {
        throw new Error('no database')
      },
    })

    await expect(openPluginHost({ plugin: broken })).rejects.toMatchObject({
      name: 'FailureError',
      failure: { type: 'PluginBroken', reason: 'Error: no database' },
    })
  })

  it('throws why a built plugin can not be one', async () => {
    const folder = await built({ version: 'latest' }, '')

    await expect(openPluginHost({ plugin: { folder } })).rejects.toMatchObject({
      failure: { type: 'ManifestInvalid' },
    })
  })

  it('keeps what a plugin was denied', async () => {
    const nosy = definePlugin({
      activate(context) {
        try {
          context.use(ledger)
        } catch {
          context.contribute(greet, () => 'refused')
        }
      },
    })
    await using host = await openPluginHost({ plugin: nosy, points: [greet] })

    await orThrow(host.call(greet, 'Ada'))

    expect(host.denied).toEqual(['use the service "demo.ledger"'])
  })
})
