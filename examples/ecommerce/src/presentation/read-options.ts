import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { failure, fromThrowable } from '@ashlar/result'

/** Reads a command's options; the command takes nothing else. */
export function readOptions<const Options extends ParseArgsOptionsConfig>(
  argv: readonly string[],
  options: Options,
) {
  return fromThrowable(
    () => parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values,
    (error) => failure('BadUsage', (error as Error).message),
  )()
}
