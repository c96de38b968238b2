import type { WriteTurns } from '@ashlar/kernel'

type Method = (...parameters: readonly unknown[]) => unknown

/** A port whose writes wait for their turn, each with its whole call. */
export function waiting(port: object, writes: readonly string[], turns: WriteTurns): object {
  return wrapping(port, (method, call) => {
    if (!writes.includes(method)) return call
    return async (...parameters) => {
      turns.admit(method)
      return turns.take(method, async () => call(...parameters))
    }
  })
}

/** A port each of whose methods may be refused; the writes by a rejection, and a sequence before each of its items. */
export function refusable(
  port: object,
  writes: readonly string[],
  refuse: (operation: string) => void,
): object {
  return wrapping(port, (method, call) => {
    const refusable = refusing(method, call, refuse)
    return writes.includes(method) ? async (...parameters) => refusable(...parameters) : refusable
  })
}

function refusing(method: string, call: Method, refuse: (operation: string) => void): Method {
  return (...parameters) => {
    refuse(method)
    const answer = call(...parameters)
    return isSequence(answer) ? checked(answer, () => refuse(method)) : answer
  }
}

async function* checked(sequence: AsyncIterable<unknown>, check: () => void): AsyncGenerator<unknown, void> {
  for await (const item of sequence) {
    check()
    yield item
    check()
  }
}

function isSequence(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}

/** Each method of the port as it is wrapped, made once; what is no method stays as it is. */
function wrapping(port: object, wrap: (method: string, call: Method) => Method): object {
  const wrapped = new Map<PropertyKey, Method>()
  return new Proxy(port, {
    get(target, name) {
      const known = wrapped.get(name)
      if (known !== undefined) return known
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      const call: Method = (...parameters) => Reflect.get(target, name).apply(target, parameters)
      const method = wrap(String(name), call)
      wrapped.set(name, method)
      return method
    },
  })
}
