import { Socket } from 'node:net'

/** What begins or takes a connection, of sockets and of the handles beneath them. */
const connecting = ['connect', 'bind', 'listen', 'open']

/**
 * Takes from sockets what connects them; those that are connected go on.
 *
 * Not to hand out a module is not enough: some globals of Node bring a client for HTTP along, and code that patches the
 * class of all emitters comes by the socket of its own side.
 *
 * @param wire - the socket that reaches the host, where there is one
 */
export function disarmSockets(wire: Socket | undefined): void {
  for (const part of socketParts(wire)) for (const name of connecting) Reflect.deleteProperty(part, name)
}

/** What could still connect. */
export function armedParts(wire: Socket | undefined): readonly string[] {
  return socketParts(wire).flatMap((part) => connecting.filter((name) => Reflect.has(part, name)))
}

function socketParts(wire: Socket | undefined): readonly object[] {
  const handle: unknown = wire === undefined ? undefined : Reflect.get(wire, '_handle')
  const parts: object[] = [Socket.prototype]
  if (typeof handle === 'object' && handle !== null) parts.push(Object.getPrototypeOf(handle))
  return parts
}
