import { match } from 'ts-pattern'

const usage = `The shop, from the command line.

Usage: npm run shop -- COMMAND [options]

Commands:
  demo               tells the shop's story, and checks what it has left behind
  replay FILE        replays a year of real orders
  customers          lists the customers of a shop's files
  worker             fulfils the orders of a shop's files, until SIGTERM or SIGINT
  serve SERVICE      answers for the inventory or the payments of a shop's files, until SIGTERM or SIGINT

Each command tells its options by --help.`

for (const stream of [process.stdout, process.stderr]) stream.on('error', endUnheard)
process.exitCode = await run(process.argv.slice(2)).catch(complain)

/** Each command is loaded when it is asked for. */
function run([command, ...argv]: readonly string[]): Promise<number> {
  return match(command)
    .with('demo', async () => (await import('./presentation/demo-command.ts')).runDemo(argv))
    .with('replay', async () => (await import('./presentation/replay-command.ts')).runReplay(argv))
    .with('customers', async () => (await import('./presentation/customers-command.ts')).listCustomers(argv))
    .with('worker', async () => (await import('./presentation/worker-command.ts')).runWorker(argv))
    .with('serve', async () => (await import('./presentation/serve-command.ts')).runServe(argv))
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

/** What has a code has gone wrong outside; what has none is a bug, and shows where it is. */
function complain(error: unknown): number {
  if (!(error instanceof Error) || !('code' in error)) throw error
  const { code, message } = error
  console.error(message.includes(String(code)) ? message : `${message} (${code})`)
  return 1
}

/** Nobody reads on, and that is no fault: the code is that of SIGPIPE. Output that can't be kept is one. */
function endUnheard(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(141)
  console.error(`can't write the output: ${error.message}`)
  process.exit(1)
}
