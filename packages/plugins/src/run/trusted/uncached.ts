import { setFlagsFromString } from 'node:v8'

/**
 * Compiles something without V8's compilation cache, which would keep the text of each version of a plugin until memory
 * runs out: it is only emptied as a last resort. The switch is asked when something is compiled, and nothing else is
 * between the two.
 *
 * @returns what was compiled
 * @throws what compiling throws
 */
export function uncached<Compiled>(compile: () => Compiled): Compiled {
  setFlagsFromString('--no-compilation-cache')
  try {
    return compile()
  } finally {
    setFlagsFromString('--compilation-cache')
  }
}
