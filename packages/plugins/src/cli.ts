#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { runCommand } from './cli/run-command.ts'

/** A reader that has seen enough, such as `head`, is no fault; a full disk is. */
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit()
  process.exitCode = 1
  process.stderr.write(`plugin: expected to write the output, found ${message}\n`)
})
/** Nobody is left to be told; the exit status tells. */
process.stderr.on('error', () => {})

const { status, output, complaint } = await runCommand(process.argv.slice(2), versionOfPackage)
process.exitCode = status
process.stdout.write(output)
process.stderr.write(complaint)

function versionOfPackage(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { readonly version: string }).version
}
