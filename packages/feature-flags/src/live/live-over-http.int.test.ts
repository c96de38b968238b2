import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { documentOf, open } from '../../test/live-flags.ts'
import { httpSource } from '../sources/http-source.ts'

describe('live flags over HTTP', () => {
  let server: Server
  let answer: (response: ServerResponse) => unknown
  beforeEach(async () => {
    server = createServer((_, response) => answer(response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const send = (type: string, text: string) => (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': type }).end(text)
  const sendDocument = (document: object) => send('application/json', JSON.stringify(document))

  it('keep the last good document through all that a server may do, and go on with the next one', async () => {
    answer = sendDocument(documentOf('5', 'on'))
    const source = httpSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/flags.json`)
    const { live, banner } = await open({ source })
    const mishaps: (typeof answer)[] = [
      send('text/html', '<!doctype html><title>Sign in</title>'),
      (response) => response.writeHead(500).end(),
      send('application/json', '{"version":1,"fla'),
      sendDocument(documentOf('4', 'off')),
      sendDocument(documentOf('5', 'off')),
      sendDocument({ version: 2 }),
      (response) => response.destroy(),
    ]

    const told: unknown[] = []
    for (const mishap of mishaps) {
      answer = mishap
      const reloaded = await live.reload()
      told.push([reloaded._unsafeUnwrapErr().type, live.status, banner()])
    }
    answer = sendDocument(documentOf('6', 'off'))
    const recovered = await live.reload()

    expect(told).toEqual(
      [
        'FlagSourceUnavailable',
        'FlagSourceUnavailable',
        'FlagSourceUnavailable',
        'StaleFlagRevision',
        'FlagRevisionReused',
        'InvalidFlagDocument',
        'FlagSourceUnavailable',
      ].map((type) => [type, 'stale', true]),
    )
    expect([recovered.isOk(), live.status, banner()]).toEqual([true, 'ready', false])
    await live.close()
  })
})
