import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket as Stream } from 'node:net'
import dnsPacket, { type Answer, type Packet } from 'dns-packet'

/** What the server does with a question of a name. */
export type Behaviour =
  | { readonly kind: 'records'; readonly records: readonly Answer[] }
  /** 2 is SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'silence' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'wrong-id' }
  /** An answer to the question, followed by these bytes in the place of records. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly count: number }

/** A DNS server on loopback, by UDP and TCP, that says what it is told to say. */
export class DnsServer {
  readonly #names = new Map<string, Behaviour>()
  readonly #streams = new Set<Stream>()
  #udp: Socket | undefined
  #tcp: Server | undefined
  #port = 0
  /** What was asked, such as `udp SRV _a._tcp.example.test`, the oldest first. */
  readonly asked: string[] = []
  /** Whether answers by UDP say that they are too long for it. */
  isTruncating = false

  static async start(): Promise<DnsServer> {
    for (let attempt = 1; ; attempt++) {
      const server = new DnsServer()
      try {
        await server.mend()
        return server
      } catch (error) {
        // a port that is free for TCP may be taken for UDP
        await server.cut()
        if (attempt === 5) throw error
      }
    }
  }

  /** As a resolver is told it. */
  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Replaces what is known of a name; names that nobody has told of do not exist. */
  tell(name: string, behaviour: Behaviour): void {
    this.#names.set(name.toLowerCase(), behaviour)
  }

  /** Stops listening; what is asked then is refused by the machine. */
  async cut(): Promise<void> {
    const closing = [this.#udp, this.#tcp].filter((each) => each !== undefined)
    this.#udp = undefined
    this.#tcp = undefined
    for (const stream of this.#streams) stream.destroy()
    await Promise.all(closing.map((each) => new Promise<void>((resolve) => void each.close(() => resolve()))))
  }

  /** Listens, on the same port as before. */
  async mend(): Promise<void> {
    this.#tcp = createServer((stream) => this.#serve(stream)).listen(this.#port, '127.0.0.1')
    await once(this.#tcp, 'listening')
    this.#port = (this.#tcp.address() as AddressInfo).port
    const udp = createSocket('udp4', (bytes, from) => this.#datagram(udp, bytes, from))
    this.#udp = udp
    udp.bind(this.#port, '127.0.0.1')
    await once(udp, 'listening')
  }

  #datagram(udp: Socket, bytes: Buffer, from: RemoteInfo): void {
    const answer = this.#answer('udp', bytes)
    if (answer !== undefined) udp.send(answer, from.port, from.address)
  }

  #serve(stream: Stream): void {
    this.#streams.add(stream)
    stream.on('close', () => this.#streams.delete(stream))
    stream.on('error', () => stream.destroy())
    let waiting = Buffer.alloc(0)
    stream.on('data', (bytes: Buffer) => {
      waiting = Buffer.concat([waiting, bytes])
      while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
        const end = 2 + waiting.readUInt16BE(0)
        const answer = this.#answer('tcp', waiting.subarray(2, end))
        waiting = waiting.subarray(end)
        if (answer === undefined) continue
        const length = Buffer.alloc(2)
        length.writeUInt16BE(answer.length)
        stream.write(Buffer.concat([length, answer]))
      }
    })
  }

  #answer(by: 'udp' | 'tcp', bytes: Buffer): Buffer | undefined {
    const query = dnsPacket.decode(bytes)
    const [question] = query.questions ?? []
    if (question === undefined) return undefined
    this.asked.push(`${by} ${question.type} ${question.name}`)
    const told = this.#names.get(question.name.toLowerCase()) ?? { kind: 'code', code: 3 }
    if (told.kind === 'silence') return undefined
    if (told.kind === 'garbage') return Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')
    const id = told.kind === 'wrong-id' ? ((query.id ?? 0) + 1) % 65_536 : (query.id ?? 0)
    const isTruncated = by === 'udp' && this.isTruncating
    const truncated = isTruncated ? dnsPacket.TRUNCATED_RESPONSE : 0
    const code = told.kind === 'code' ? told.code : 0
    const response: Packet = {
      type: 'response',
      id,
      flags: dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE | truncated | code,
      questions: [question],
      answers: isTruncated ? [] : answersOf(told, question),
    }
    const encoded = dnsPacket.encode(response)
    if (told.kind !== 'bytes') return encoded
    encoded.writeUInt16BE(told.count, 6)
    return Buffer.concat([encoded, told.bytes])
  }
}

function answersOf(told: Behaviour, question: { readonly type: string; readonly name: string }): Answer[] {
  if (told.kind === 'wrong-id') return [{ type: 'A', name: question.name, ttl: 60, data: '192.0.2.66' }]
  return told.kind === 'records' ? told.records.filter(({ type }) => type === question.type) : []
}
