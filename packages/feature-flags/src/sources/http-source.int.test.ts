import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fixedClock, manualTimer } from '@ashlar/kernel/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { flagSourceContract } from '../testing/flag-source-contract.ts'
import { type HttpSourceOptions, httpSource } from './http-source.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let answer: Answer
let requests: IncomingMessage[]

beforeEach(async () => {
  requests = []
  server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`
const url = () => `http://${host()}/flags.json`
const open = (options: HttpSourceOptions = {}) => httpSource(url(), options)
const json =
  (text: string, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(text)
  }
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, headers).end('no')
  }

/** A server that knows entity tags, for one of the two contracts. */
function versioned(text: () => string | undefined, hasTags: boolean): Answer {
  return (request, response) => {
    const found = text()
    const etag = `"${Buffer.from(found ?? '').toString('base64')}"`
    if (found === undefined) response.writeHead(404).end()
    else if (hasTags && request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end()
    else json(found, hasTags ? { etag } : {})(request, response)
  }
}

for (const hasTags of [true, false])
  flagSourceContract(`httpSource, of a server with${hasTags ? '' : 'out'} entity tags`, async () => {
    let text: string | undefined
    answer = versioned(() => text, hasTags)
    return {
      source: open({ pollMs: 2, random: { next: () => 0 } }),
      put: (document) => {
        text = JSON.stringify(document)
      },
      remove: () => {
        text = undefined
      },
    }
  })

describe('httpSource', () => {
  it('sends back what the server gave to recognise the document by, and takes 304 for unchanged', async () => {
    const modified = 'Sun, 01 Mar 2026 00:00:00 GMT'
    const source = open()
    answer = json('{"a":1}', { etag: '"v1"', 'last-modified': modified })
    await source.load()

    answer = status(304)

    expect(await source.load()).toBe('unchanged')
    expect(requests[0]?.headers).not.toHaveProperty('if-none-match')
    expect(requests[1]?.headers).toMatchObject({ 'if-none-match': '"v1"', 'if-modified-since': modified })
  })

  it('goes on with the newest entity tag, though the document is the same', async () => {
    const source = open()
    answer = json('1', { etag: '"v1"' })
    await source.load()
    answer = json('1', { etag: 'W/"v2"' })
    await source.load()

    await source.load()

    expect(requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"', 'W/"v2"'])
  })

  it('sees a document that is changed again in the second of its Last-Modified', async () => {
    const second = 'Sun, 01 Mar 2026 00:00:00 GMT'
    const source = open()
    const bySeconds = (text: string): Answer => {
      const send = json(text, { 'last-modified': second, date: second })
      return (request, response) =>
        request.headers['if-modified-since'] === second
          ? response.writeHead(304).end()
          : send(request, response)
    }
    answer = bySeconds('1')
    await source.load()

    answer = bySeconds('2')

    expect(await source.load()).toEqual({ document: 2 })
  })

  it('forgets entity tags that the server has stopped to give', async () => {
    const source = open()
    answer = json('1', { etag: '"v1"' })
    await source.load()
    answer = json('2')
    await source.load()

    await source.load()

    expect(requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"', undefined])
  })

  it('does not recognise a document by an answer that it could not use', async () => {
    const source = open()
    answer = json('{"half":', { etag: '"v1"' })
    await source.load().catch(() => {})

    answer = json('{"whole":1}', { etag: '"v1"' })

    expect(await source.load()).toEqual({ document: { whole: 1 } })
    expect(requests[1]?.headers).not.toHaveProperty('if-none-match')
  })

  it('throws on 500, then goes on with the next good answer', async () => {
    const source = open()
    answer = status(500)

    await expect(source.load()).rejects.toThrow('status 500')
    answer = json('{"a":1}')

    expect(await source.load()).toEqual({ document: { a: 1 } })
  })

  it.each<[string, Answer, RegExp]>([
    [
      'a page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
      /status 200, content type "text\/html", expected JSON/,
    ],
    ['no content type', (_, response) => response.writeHead(200).end('{}'), /content type "", expected JSON/],
    ['nothing', json(''), /expected a JSON document, found an empty answer/],
    [
      'a page that calls itself JSON',
      json('<!doctype html>'),
      /expected a JSON document, found 15 characters/,
    ],
    ['half a document, sent in full', json('{"version":1,'), /expected a JSON document, found 13 characters/],
    ['half a document, as the connection broke', cut('content-length'), /terminated|other side closed/],
    ['half a document in pieces, as the connection broke', cut('transfer-encoding'), /terminated|other side/],
    ['what is no UTF-8', (_, response) => jsonHead(response).end(Uint8Array.of(0xff)), /utf-8/i],
    ['304 without being asked', status(304), /status 304/],
    ['a redirection to nowhere', status(302), /./],
    ['the sudden end of the connection', (request) => request.socket.destroy(), /fetch failed/],
  ])('throws an Error that names the URL on %s', async (_, wrong, reason) => {
    const source = open()
    answer = wrong

    const error = await source.load().catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'ASHLAR_FEATURE_FLAGS_SOURCE', source: url() })
    expect((error as Error).message).toMatch(reason)
    expect((error as Error).message.startsWith(`${url()}: `)).toBe(true)
  })

  it.each(['application/json; charset=utf-8', 'application/vnd.flags+json', 'text/json', 'Application/JSON'])(
    'takes %s for JSON',
    async (type) => {
      answer = json('{"a":1}', { 'content-type': type })

      expect(await open().load()).toEqual({ document: { a: 1 } })
    },
  )

  it('throws when nobody listens', async () => {
    const source = httpSource('http://127.0.0.1:1/flags.json')

    await expect(source.load()).rejects.toThrow(/^http:\/\/127\.0\.0\.1:1\/flags\.json: fetch failed/)
  })

  it('follows redirections', async () => {
    answer = (request, response) =>
      request.url === '/flags.json'
        ? response.writeHead(307, { location: '/moved.json' }).end()
        : json('{"a":1}')(request, response)

    expect(await open().load()).toEqual({ document: { a: 1 } })
  })

  it('takes an answer of the largest size, and throws on one that is larger', async () => {
    const source = open({ maxBytes: 10 })
    answer = json('"12345678"')

    const largest = await source.load()
    answer = json('"123456789"')

    expect(largest).toEqual({ document: '12345678' })
    await expect(source.load()).rejects.toThrow('must have 10 bytes at most, found more')
  })

  it('breaks off an answer that never ends, and does not say how large it will be', async () => {
    const closed = Promise.withResolvers<void>()
    answer = (_, response) => {
      response.on('close', closed.resolve)
      jsonHead(response)
      const send = () => void (response.writable && response.write('"'.repeat(1_000), send))
      send()
    }

    await expect(open({ maxBytes: 10_000 }).load()).rejects.toThrow('must have 10000 bytes at most')
    await closed.promise
  })

  it.each<[string, Answer]>([
    ['never answers', () => {}],
    ['begins its answer, and never ends it', (_, response) => jsonHead(response).write('{')],
  ])('gives up a server that %s', async (_, slow) => {
    const timer = manualTimer()
    const asked = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    answer = (request, response) => {
      response.on('close', closed.resolve)
      slow(request, response)
      asked.resolve()
    }

    const loading = open({ timer, timeoutMs: 700 }).load()
    await asked.promise
    timer.advance(700)

    await expect(loading).rejects.toThrow(`${url()}: no answer within 700 ms`)
    expect(timer.waits).toEqual([])
    await closed.promise
  })

  it('rejects with the reason of its signal, whatever the fetch that it was given does', async () => {
    const stop = new AbortController()
    const deaf = open({ fetch: () => new Promise(() => {}) })

    const loading = deaf.load({ signal: stop.signal })
    stop.abort('enough')

    await expect(loading).rejects.toBe('enough')
  })

  it('calls a fetch that throws at once a failure of the source', async () => {
    const source = open({
      fetch: () => {
        throw new TypeError('no network here')
      },
    })

    await expect(source.load()).rejects.toThrow(`${url()}: no network here`)
  })

  it('sends the headers that it is told', async () => {
    answer = json('{}')

    await open({ headers: { Authorization: 'Bearer secret', 'x-of': 'shop' } }).load()

    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer secret', 'x-of': 'shop' })
  })

  it('sends user and password of the URL as basic authorisation, and shows them in no message', async () => {
    answer = status(401)
    const source = httpSource(`http://ada:p%40ss@${host()}/flags.json?token=hidden`)

    const error = await source.load().catch((thrown: Error) => thrown)

    expect(requests[0]?.headers.authorization).toBe(`Basic ${btoa('ada:p@ss')}`)
    expect(requests[0]?.url).toBe('/flags.json?token=hidden')
    expect(source.name).toBe(`${url()}?…`)
    expect(JSON.stringify([String(error), error, source.name])).not.toMatch(/ada|p@ss|p%40ss|hidden/)
  })

  it.each([
    'ftp://ada:secret@example.invalid/x',
    'file:///etc/flags.json',
    'http://ada:secret@',
    'flags.json',
    '',
  ])('refuses the URL %j without showing it', (wrong) => {
    expect(() => httpSource(wrong)).toThrow(
      expect.objectContaining({
        code: 'ASHLAR_FEATURE_FLAGS_INVALID_OPTION',
        message: expect.not.stringMatching(/ada|secret/),
      }),
    )
  })

  it('refuses a header that can not be without showing its value', () => {
    expect(() => open({ headers: { authorization: 'secret\n' } })).not.toThrow()
    expect(() => open({ headers: { authorization: 'sec\nret' } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('ret') }),
    )
  })

  it.each([{ timeoutMs: 0 }, { maxBytes: -1 }, { pollMs: 1.5 }, { pollMs: '5' as never }])(
    'refuses the option %o',
    (option) => {
      expect(() => open(option)).toThrow(
        expect.objectContaining({ code: 'ASHLAR_FEATURE_FLAGS_INVALID_OPTION' }),
      )
    },
  )

  describe('watch', () => {
    it('comes round every pollMs while all is well', async () => {
      const timer = manualTimer()
      answer = json('{}')
      const source = open({ timer, pollMs: 30_000 })
      await source.load()
      const rounds = source.watch?.({ signal: new AbortController().signal })[Symbol.asyncIterator]()

      const round = rounds?.next()
      const waits = timer.waits
      timer.advance(30_000)

      expect(waits).toEqual([30_000])
      expect(await round).toMatchObject({ done: false })
    })

    it('rests by chance up to 1 s after a failure, doubled with each up to 5 min, and no more once it is well', async () => {
      const timer = manualTimer()
      const source = open({ timer, random: { next: () => 0.5 } })
      const rests: (number | undefined)[] = []
      const rest = async () => {
        await source.load().catch(() => {})
        const stop = new AbortController()
        const round = source.watch?.({ signal: stop.signal })[Symbol.asyncIterator]().next()
        rests.push(timer.waits[0])
        stop.abort()
        await round?.catch(() => {})
      }
      answer = status(500)

      for (let failure = 0; failure < 12; failure++) await rest()
      answer = json('{}')
      await rest()

      expect(rests.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000])
      expect(rests.slice(-3)).toEqual([150_000, 150_000, 30_000])
    })

    it.each<[string, number]>([
      ['120', 120_000],
      [new Date('2026-01-01T00:02:00Z').toUTCString(), 120_000],
      ['999999999999999999999', 3_600_000],
    ])('leaves a server alone that says Retry-After: %s', async (retryAfter, waitMs) => {
      const timer = manualTimer()
      const clock = fixedClock('2026-01-01T00:00:00Z')
      const source = open({ timer, clock })
      answer = status(503, { 'retry-after': retryAfter })
      await source.load().catch(() => {})
      const round = source.watch?.({ signal: new AbortController().signal })[Symbol.asyncIterator]().next()
      answer = json('{}')

      const waits = timer.waits
      const until = new Date(clock.now().getTime() + waitMs).toISOString()
      await expect(source.load()).rejects.toThrow(`wants to be left alone until ${until}`)
      clock.advance(waitMs)
      timer.advance(waitMs)

      expect(waits).toEqual([waitMs])
      expect(await round).toMatchObject({ done: false })
      expect(await source.load()).toEqual({ document: {} })
      expect(requests).toHaveLength(2)
    })

    it('leaves a server alone no longer than it wants to be, though the clock is set back', async () => {
      const timer = manualTimer()
      const clock = fixedClock('2026-01-01T00:00:00Z')
      const source = open({ timer, clock })
      answer = status(503, { 'retry-after': '120' })
      await source.load().catch(() => {})
      clock.set('2025-01-01T00:00:00Z')
      const stop = new AbortController()
      const round = source.watch?.({ signal: stop.signal })[Symbol.asyncIterator]().next()
      answer = json('{}')

      const waits = timer.waits
      stop.abort()
      await round?.catch(() => {})
      clock.advance(120_000)

      expect(waits).toEqual([120_000])
      expect(await source.load()).toEqual({ document: {} })
    })

    it('says the same for as long as the server wants to be left alone', async () => {
      const clock = fixedClock('2026-01-01T00:00:00Z')
      const source = open({ clock })
      answer = status(503, { 'retry-after': '120' })
      await source.load().catch(() => {})

      const told = new Set<string>()
      for (let again = 0; again < 3; again++) {
        clock.advance(1_000)
        await source.load().catch((error: Error) => told.add(error.message))
      }

      expect([...told]).toEqual([
        `${url()}: the server wants to be left alone until 2026-01-01T00:02:00.000Z`,
      ])
    })

    it('minds no Retry-After that it does not understand', async () => {
      const source = open()
      answer = status(503, { 'retry-after': 'soon' })
      await source.load().catch(() => {})

      answer = json('{}')

      expect(await source.load()).toEqual({ document: {} })
    })
  })
})

function jsonHead(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'application/json' })
}

/** Begins a document, and breaks the connection before its end. */
function cut(by: 'content-length' | 'transfer-encoding'): Answer {
  return (request, response) => {
    const head = by === 'content-length' ? { 'content-length': '1000' } : {}
    response.writeHead(200, { 'content-type': 'application/json', ...head })
    response.write('{"version":1,"flags":{', () => request.socket.destroy())
  }
}
