import { Buffer } from 'node:buffer'

/** Where the instances of services are kept: `<prefix><service>/<id>`, as etcd's gateway wants it. */
export class EtcdKeys {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** The key of one instance. */
  key(service: string, id: string): string {
    return base64(`${this.#prefix}${service}/${id}`)
  }

  /** All keys of one service: those from `key` up to, but without, `range_end`. */
  range(service: string): { readonly key: string; readonly range_end: string } {
    // "0" follows "/", so that no service whose name begins alike is among them
    return { key: base64(`${this.#prefix}${service}/`), range_end: base64(`${this.#prefix}${service}0`) }
  }

  /** The instance's id in a key of its service; nothing in others, and in those that stand a level deeper. */
  idOf(service: string, key: string): string | undefined {
    const begin = `${this.#prefix}${service}/`
    const text = textOfBase64(key)
    const id = text.slice(begin.length)
    return text.startsWith(begin) && id !== '' && !id.includes('/') ? id : undefined
  }
}

/** Keys and values go as base64. */
export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

/** @throws TypeError for what is no text */
export function textOfBase64(bytes: string): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'base64'))
}
