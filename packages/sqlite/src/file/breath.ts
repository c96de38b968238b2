import { setImmediate } from 'node:timers'

/** Lets timers and sockets have their turn. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
