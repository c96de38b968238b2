import { describe, expect, it } from 'vitest'
import type { Channel } from './channel.ts'
import { Peer, type PeerWork } from './peer.ts'

interface Side {
  readonly peer: Peer
  readonly notes: unknown[]
  readonly broken: string[]
  /** What it has sent. */
  readonly sent: string[]
}

/** A side whose texts are only kept. */
function side(work: Partial<PeerWork> = {}, deliver?: (text: string) => void): Side {
  const notes: unknown[] = []
  const broken: string[] = []
  const sent: string[] = []
  const channel: Channel = {
    backlogBytes: 0,
    send(text) {
      sent.push(text)
      deliver?.(text)
    },
  }
  const peer = new Peer(channel, {
    maxMessageBytes: 1_000,
    asked: (what, value) => ({ what, value }),
    noted: (what, value) => void notes.push([what, value]),
    reasonOf: (thrown) => String(thrown),
    broken: (detail) => void broken.push(detail),
    ...work,
  })
  return { peer, notes, broken, sent }
}

/** Two sides that hear each other. */
function talking(work: Partial<PeerWork> = {}) {
  const host: Side = side({}, (text) => plugin.peer.hear(text))
  const plugin: Side = side(work, (text) => host.peer.hear(text))
  return { host, plugin }
}

describe('Peer', () => {
  it.each([[{ a: [1, null, 'x'] }], ['text'], [0], [false], [null], [[]]])(
    'asks and hears the answer %j',
    async (value) => {
      const { host } = talking({ asked: (_, given) => given })

      expect(await host.peer.ask('echo', value).answer).toEqual(value)
    },
  )

  it('hears no answer as undefined', async () => {
    const { host } = talking({ asked: () => undefined })

    expect(await host.peer.ask('nothing', 1).answer).toBeUndefined()
  })

  it('keeps many questions apart, in whatever order they are answered', async () => {
    const gates = new Map<unknown, (value: unknown) => void>()
    const { host } = talking({ asked: (_, given) => new Promise((resolve) => gates.set(given, resolve)) })

    const answers = [1, 2, 3].map((number) => host.peer.ask('wait', number).answer)
    for (const number of [3, 1, 2]) gates.get(number)?.(`answer ${number}`)

    expect(await Promise.all(answers)).toEqual(['answer 1', 'answer 2', 'answer 3'])
    expect(host.peer.owed).toBe(0)
  })

  it.each<[string, () => unknown, string]>([
    ['throws', () => fail('no luck'), 'Error: no luck'],
    ['rejects', () => Promise.reject(new Error('later')), 'Error: later'],
    ['answers with what is no JSON', () => 1n, 'TypeError'],
    ['answers in a circle', circle, 'TypeError'],
    ['answers with too much', () => 'x'.repeat(2_000), 'at most 1000 bytes'],
  ])('hears the reason when the other side %s', async (_, asked, reason) => {
    const { host } = talking({ asked })

    await expect(host.peer.ask('anything', 1).answer).rejects.toThrow(reason)
  })

  it('tells the other side that nobody waits any more; the answer is owed still', async () => {
    const told = Promise.withResolvers<unknown>()
    const { host } = talking({
      asked: (_, __, interest) =>
        new Promise((resolve) => {
          interest.signal.addEventListener('abort', () => {
            told.resolve(interest.signal.reason)
            resolve('late')
          })
        }),
    })

    const { id, answer } = host.peer.ask('wait', 1)
    host.peer.cancel(id)

    expect(await told.promise).toMatchObject({ name: 'AbortError' })
    expect(await answer).toBe('late')
    expect(host.broken).toEqual([])
  })

  it.each<[string, string, string]>([
    ['no JSON', '{', 'no message'],
    ['no list', '{"kind":"answer"}', 'no message'],
    ['another kind', '["shout",1]', 'no message'],
    ['a number that is none', '["answer","1",2]', 'no message'],
    ['nothing', '', 'no message'],
    ['an answer that nobody has asked for', '["answer",7,1]', 'answered number 7'],
    ['a failure that nobody has asked for', '["failure",7,"why"]', 'answered number 7'],
    ['an answer by a name that every object has', '["answer","__proto__",1]', 'no message'],
  ])('breaks with a side that sends %s', (_, text, detail) => {
    const { peer, broken } = side()

    peer.hear(text)

    expect(broken).toEqual([expect.stringContaining(detail)])
  })

  it('breaks with a side that answers twice', async () => {
    const { peer, broken } = side()
    const { id, answer } = peer.ask('once', 1)

    peer.hear(`["answer",${id},"first"]`)
    peer.hear(`["answer",${id},"second"]`)

    expect(await answer).toBe('first')
    expect(broken).toEqual([expect.stringContaining('nobody had asked')])
  })

  it('breaks with a side that asks twice by one number', () => {
    const { peer, broken } = side({ asked: () => new Promise(() => {}) })

    peer.hear('["ask",1,"wait",null]')
    peer.hear('["ask",1,"wait",null]')

    expect(broken).toEqual([expect.stringContaining('asked twice')])
  })

  it('takes no question or note that is not admitted', () => {
    const { peer, notes, sent } = side({ admit: () => false })

    peer.hear('["note","log",1]')
    peer.hear('["ask",1,"anything",null]')

    expect([notes, sent]).toEqual([[], []])
  })

  it('counts what calls off a question, which nobody asked for either', () => {
    let asked = 0
    const { peer } = side({ admit: () => ++asked < 2 })

    peer.hear('["cancel",1]')
    peer.hear('["cancel",1]')

    expect(asked).toBe(2)
  })

  it('makes no prototype of a key in what comes', async () => {
    const { host } = talking({ asked: () => JSON.parse('{"__proto__":{"polluted":true}}') })

    const answer = await host.peer.ask('anything', 1).answer

    expect(Object.getPrototypeOf(answer)).toBe(Object.prototype)
    expect(Reflect.has({}, 'polluted')).toBe(false)
  })

  it('takes what is nested as deeply as may be', () => {
    const { peer, notes } = side()

    peer.hear(`["note","deep",${'['.repeat(100_000)}${']'.repeat(100_000)}]`)

    expect(notes).toHaveLength(1)
  })

  it('rejects what was asked when it ends, hears nothing more, and loses interest in what it was asked', async () => {
    const lost = Promise.withResolvers<void>()
    const { peer, notes, sent } = side({
      asked: (_, __, interest) =>
        new Promise(() => interest.signal.addEventListener('abort', () => lost.resolve())),
    })
    peer.hear('["ask",1,"wait",null]')
    const { answer } = peer.ask('anything', 1)
    const before = sent.length

    peer.end(new Error('it is over'))
    peer.hear('["note","log",1]')
    peer.note('log', 1)

    await expect(answer).rejects.toThrow('it is over')
    await expect(peer.ask('anything', 1).answer).rejects.toThrow('it is over')
    await lost.promise
    expect([notes, sent.length]).toEqual([[], before])
  })
})

function fail(message: string): never {
  throw new Error(message)
}

function circle(): object {
  const one: { self?: object } = {}
  one.self = one
  return one
}
