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

  /** The instance's id in a key of its service; nothing in others. */
  idOf(service: string, key: string): string | undefined {
    const text = Buffer.from(key, 'base64').toString('utf8')
    const begin = `${this.#prefix}${service}/`
    return text.startsWith(begin) && text.length > begin.length ? text.slice(begin.length) : undefined
  }
}

/** Keys and values go as base64. */
export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
