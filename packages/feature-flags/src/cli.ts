#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { runCommand } from './cli/run-command.ts'

/** A reader that has seen enough, such as `head`, is no fault. */
process.stdout.on('error', () => process.exit())

const { status, output, complaint } = await runCommand(process.argv.slice(2), versionOfPackage)
process.exitCode = status
process.stdout.write(output)
process.stderr.write(complaint)

function versionOfPackage(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { readonly version: string }).version
}
