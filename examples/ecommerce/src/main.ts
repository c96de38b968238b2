import { match } from 'ts-pattern'

const usage = `The shop, from the command line.

Usage: npm run shop -- COMMAND [options]

Commands:
  demo               tells the shop's story, and checks what it has left behind
  replay FILE        replays a year of real orders
  worker             fulfils the orders of a shop's files, until SIGTERM or SIGINT

Each command tells its options by --help.`

process.exitCode = await run(process.argv.slice(2))

/** Each command is loaded when it is asked for. */
function run([command, ...argv]: readonly string[]): Promise<number> {
  return match(command)
    .with('demo', async () => (await import('./presentation/demo-command.ts')).runDemo(argv))
    .with('replay', async () => (await import('./presentation/replay-command.ts')).runReplay(argv))
    .with('worker', async () => (await import('./presentation/worker-command.ts')).runWorker(argv))
    .with('--help', '-h', async () => {
      console.log(usage)
      return 0
    })
    .otherwise(async () => {
      const problem = command === undefined ? 'a command is missing' : `there is no command "${command}"`
      console.error(`${problem}\n\n${usage}`)
      return 2
    })
}
