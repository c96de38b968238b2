/** As much of `dns-packet` as the server needs; the package brings no types. */
declare module 'dns-packet' {
  export type Answer =
    | { readonly type: 'A' | 'AAAA'; readonly name: string; readonly ttl: number; readonly data: string }
    | {
        readonly type: 'SRV'
        readonly name: string
        readonly ttl: number
        readonly data: {
          readonly priority: number
          readonly weight: number
          readonly port: number
          readonly target: string
        }
      }

  export interface Packet {
    readonly type?: 'query' | 'response'
    readonly id?: number
    readonly flags?: number
    readonly questions?: readonly { readonly type: string; readonly name: string }[]
    readonly answers?: readonly Answer[]
  }

  const dnsPacket: {
    decode(bytes: Uint8Array): Packet
    encode(packet: Packet): Buffer
    readonly RECURSION_DESIRED: number
    readonly RECURSION_AVAILABLE: number
    readonly TRUNCATED_RESPONSE: number
  }
  export default dnsPacket
}
