import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { median, print, repetitionsWanted } from './harness.ts'

/** The compiler that the whole project is checked with. */
const compiler = fileURLToPath(new URL('../../node_modules/typescript-7/bin/tsc', import.meta.url))
const folder = fileURLToPath(new URL('../.cache/types/', import.meta.url))

type Diagnostics = { readonly instantiations: number; readonly seconds: number }

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
try {
  const none = checkHandlers(0)
  const hundred = checkHandlers(100)
  print({
    bench: 'types/instantiations-per-handler',
    value: Math.round((hundred.instantiations - none.instantiations) / 100),
    unit: 'instantiations',
    goal: 300,
    better: 'lower',
  })
  const seconds = Array.from({ length: Math.min(repetitionsWanted, 2) }, () => checkHandlers(500).seconds)
  print({
    bench: 'types/check-500-handlers',
    value: Number(median(seconds).toFixed(2)),
    unit: 's',
    goal: 2,
    better: 'lower',
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Registers that many handlers, sends each message once, and asks the compiler what it cost. */
function checkHandlers(count: number): Diagnostics {
  writeFileSync(`${folder}application.ts`, applicationOf(count))
  writeFileSync(
    `${folder}tsconfig.json`,
    JSON.stringify({
      extends: '../../../tsconfig.base.json',
      compilerOptions: {
        composite: false,
        declaration: false,
        declarationMap: false,
        emitDeclarationOnly: false,
        isolatedDeclarations: false,
        noEmit: true,
      },
      files: ['application.ts'],
    }),
  )
  const { stdout, status } = spawnSync(
    process.execPath,
    [compiler, '-p', `${folder}tsconfig.json`, '--extendedDiagnostics'],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`the generated application must compile, found:\n${stdout}`)
  return { instantiations: figureIn(stdout, 'Instantiations'), seconds: figureIn(stdout, 'Total time') }
}

function figureIn(report: string, name: string): number {
  const found = new RegExp(`^${name}:\\s*([\\d.]+)`, 'm').exec(report)?.[1]
  if (found === undefined) throw new Error(`the compiler must tell "${name}", found:\n${report}`)
  return Number(found)
}

function applicationOf(handlers: number): string {
  const numbers = Array.from({ length: handlers }, (_, index) => index)
  return `
import { createContext } from '@ashlar/kernel'
import { Command, type Handler, MediatorBuilder } from '@ashlar/mediator'
import { type Failure, ok } from '@ashlar/result'
${numbers.map(messageOf).join('\n')}
const mediator = new MediatorBuilder()
${numbers.map((n) => `  .handle(Message${n}, handle${n})`).join('\n')}
  .build()
export async function sendAll(): Promise<void> {
${numbers.map((n) => `  ;(await mediator.send(new Message${n}('c'), createContext()))`).join('\n')}
}
`
}

/** A message with an answer and a failure of its own; what a handler does inside is not the mediator's. */
function messageOf(n: number): string {
  return `
type Refused${n} = Failure<'Refused${n}', { cartId: string }>
class Message${n} extends Command<{ of${n}: number }, Refused${n}> {
  static readonly type = 'Message${n}'
  readonly type = 'Message${n}'
  readonly cartId: string
  constructor(cartId: string) {
    super()
    this.cartId = cartId
  }
}
const handle${n}: Handler<Message${n}> = async () => ok({ of${n}: ${n} })`
}
