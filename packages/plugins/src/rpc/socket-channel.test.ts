import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SocketChannel } from './socket-channel.ts'

/** Two ends of one connection. */
async function pair(): Promise<[Socket, Socket]> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const one = connect((server.address() as { port: number }).port, '127.0.0.1')
  const [other] = (await once(server, 'connection')) as [Socket]
  onTestFinished(() => {
    one.destroy()
    other.destroy()
    server.close()
  })
  return [one, other]
}

/** What comes over a channel whose other end is a bare socket. */
async function listening(maxBytes = Number.POSITIVE_INFINITY) {
  const [bare, socket] = await pair()
  const texts: string[] = []
  let tooLarge = 0
  const channel = new SocketChannel(socket, () => maxBytes, {
    text: (text) => void texts.push(text),
    tooLarge: () => void tooLarge++,
  })
  return { bare, socket, channel, texts, tooLarge: () => tooLarge }
}

describe('SocketChannel', () => {
  it('hears lines as they were sent, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(300), { maxLength: 12 }),
        async (values, cuts) => {
          const { bare, socket, texts } = await listening()
          const lines = values.map((value) => JSON.stringify(value))
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))

          let from = 0
          for (const cut of [...new Set(cuts)].sort((one, other) => one - other)) {
            if (cut <= from || cut >= bytes.length) continue
            socket.emit('data', bytes.subarray(from, cut))
            from = cut
          }
          socket.emit('data', bytes.subarray(from))
          bare.destroy()

          expect(texts).toEqual(lines)
        },
      ),
      { numRuns: process.env.ASHLAR_DEEP ? 1_000 : 100 },
    )
  })

  it('sends what is said in one turn in one piece, after the promises of the turn', async () => {
    const { bare, channel } = await listening()
    const chunks: string[] = []
    bare.on('data', (chunk) => void chunks.push(String(chunk)))

    channel.send('one')
    await Promise.resolve().then(() => channel.send('two'))
    void Promise.resolve().then(() => channel.send('three'))
    await once(bare, 'data')

    expect(chunks).toEqual(['one\ntwo\nthree\n'])
  })

  it.each([
    ['in one piece', [11]],
    ['in small ones', [3, 3, 3, 3]],
    ['though a line has come before', [-5, 11]],
  ])('hears nothing of a line that is too large, %s', async (_, sizes) => {
    const { socket, texts, tooLarge } = await listening(10)

    for (const size of sizes)
      socket.emit('data', Buffer.from(size < 0 ? `${'x'.repeat(-size)}\n` : 'x'.repeat(size)))

    expect(tooLarge()).toBe(1)
    expect(socket.destroyed).toBe(true)
    expect(texts).toEqual(sizes[0] === -5 ? ['xxxxx'] : [])
  })

  it('counts bytes, not characters', async () => {
    const { socket, tooLarge } = await listening(10)

    socket.emit('data', Buffer.from('한한한\n'))
    const before = tooLarge()
    socket.emit('data', Buffer.from('한한한한\n'))

    expect([before, tooLarge()]).toEqual([0, 1])
  })

  it('sends nothing once the other end is gone, and does not mind', async () => {
    const { bare, socket, channel } = await listening()
    bare.resetAndDestroy()
    await new Promise((resolve) => socket.once('close', resolve))

    channel.send('to nobody')

    expect(await new Promise((resolve) => process.nextTick(() => resolve(channel.backlogBytes)))).toBe(0)
  })
})
