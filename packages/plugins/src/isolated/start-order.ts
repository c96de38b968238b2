import type { Json } from '@ashlar/kernel'

/** What a plugin on its own may reach beyond itself. */
export interface IsolatedRights {
  readonly files: boolean
  readonly network: boolean
  readonly env: { readonly [name: string]: string }
}

/** Everything that the isolated side needs to start a plugin. */
export interface StartOrder {
  readonly id: string
  readonly version: string
  readonly file: string
  readonly source: string
  readonly config?: Json | undefined
  readonly points: readonly string[]
  readonly services: readonly string[]
  /** The most bytes of a message to the host. */
  readonly maxMessageBytes: number
  readonly rights: IsolatedRights
}
