import type { Isolation } from '../manifest/plugin-manifest.ts'
import type { PluginLimits } from '../plan/plugin-limits.ts'

/** A plugin that does harm, and who keeps it from doing so. */
export interface HostilePlugin {
  /** Its number in the list, such as `H07`. */
  readonly id: string
  /** What it does. */
  readonly title: string
  /** When it does so. */
  readonly deed: 'activate' | 'call' | 'stop'
  /** The text of its bundle. */
  readonly source: string
  /** The levels that claim to contain it. */
  readonly containedBy: readonly Isolation[]
  /** The failures by which it may show; one that shows by none has been prevented, and answers `prevented`. */
  readonly shows: readonly string[]
  /** Limits that let it show soon. */
  readonly limits?: Partial<PluginLimits>
}

type Contained = Omit<HostilePlugin, 'source' | 'deed'>

const own = ['worker', 'process', 'sandbox'] as const
const everywhere = ['trusted', ...own] as const
const ended = ['PluginGone', 'PluginCallTimedOut']
const refused = ['PluginCallThrew']
const patient = { callTimeoutMs: 15_000, maxMemoryBytes: 64 * 2 ** 20 }

/**
 * Plugins that do all the harm that is known to be tried, each with the levels that contain it; what a level does not
 * contain is not in its list.
 *
 * @see {@link isolationContract} for the suite that runs them
 */
export const hostilePlugins: readonly HostilePlugin[] = [
  activating(
    {
      id: 'H01',
      title: 'loops when it is activated',
      containedBy: own,
      shows: ['PluginStartTimedOut', 'PluginCrashed'],
    },
    'for (;;);',
  ),
  called({ id: 'H02', title: 'loops in a call', containedBy: own, shows: ended }, 'for (;;);'),
  called({ id: 'H03', title: 'loops over promises', containedBy: own, shows: ended }, 'for (;;) await null'),
  called(
    { id: 'H04', title: 'matches a pattern that explodes', containedBy: own, shows: ended },
    'return /^(a+)+$/.test("a".repeat(64) + "b")',
  ),
  called(
    { id: 'H05', title: 'waits for ever', containedBy: own, shows: [...ended, ...refused] },
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
  ),
  called(
    {
      id: 'H06',
      title: 'fills the memory with many lists',
      containedBy: ['process', 'sandbox'],
      shows: [...ended, ...refused],
      limits: patient,
    },
    'const lists = []; for (;;) lists.push(new Array(1000).fill({}))',
  ),
  called(
    {
      id: 'H07',
      title: 'fills the memory with one list',
      containedBy: ['process', 'sandbox'],
      shows: [...ended, ...refused],
      limits: patient,
    },
    'const list = []; for (;;) list.push(list.length)',
  ),
  called(
    {
      id: 'H08',
      title: 'fills the memory with buffers',
      containedBy: ['process', 'sandbox'],
      shows: [...ended, ...refused],
      limits: patient,
    },
    'const buffers = []; for (;;) { buffers.push(new Uint8Array(2 ** 26).fill(1)); await null }',
  ),
  called(
    {
      id: 'H09',
      title: 'fills the memory of WebAssembly',
      containedBy: ['process', 'sandbox'],
      shows: [...ended, ...refused],
      limits: patient,
    },
    'new Uint8Array(new WebAssembly.Memory({ initial: 32_768 }).buffer).fill(1); await new Promise(() => {})',
  ),
  called(
    { id: 'H10', title: 'calls itself for ever', containedBy: everywhere, shows: refused },
    'const down = () => down() + 1; return down()',
  ),
  activating(
    {
      id: 'H11',
      title: 'ends the process when it is activated',
      containedBy: own,
      shows: ['PluginCrashed', 'PluginBroken'],
    },
    'process.exit(0)',
  ),
  called(
    { id: 'H12', title: 'aborts the process', containedBy: own, shows: [...ended, ...refused] },
    'process.abort()',
  ),
  called(
    { id: 'H13', title: 'kills itself and its parent', containedBy: own, shows: refused },
    'process.kill(process.ppid, "SIGKILL"); process.kill(process.pid, "SIGKILL"); return "escaped"',
  ),
  called(
    { id: 'H14', title: 'lets a rejection go unhandled', containedBy: own, shows: ended },
    'Promise.reject(new Error("nobody looks")); await new Promise(() => {})',
  ),
  called({ id: 'H15', title: 'throws null', containedBy: everywhere, shows: refused }, 'throw null'),
  called(
    { id: 'H15b', title: 'throws what throws when it is looked at', containedBy: everywhere, shows: refused },
    'throw new Proxy(Object.freeze({}), { get() { throw new Error("a trap") } })',
  ),
  reaching('H16', 'reads a file of the system', 'require("fs").readFileSync("/etc/hostname")'),
  reaching('H18', 'writes a file', 'require("fs").writeFileSync("/tmp/ashlar-hostile", "")'),
  reaching('H19', 'opens a database', 'new (require("node:sqlite").DatabaseSync)("/tmp/ashlar-hostile.db")'),
  reaching('H20', 'starts a shell', 'require("child_process").execSync("id")'),
  reaching('H21', 'starts a thread', 'new (require("worker_threads").Worker)("", { eval: true })'),
  reaching('H22', 'loads an addon', 'process.dlopen({ exports: {} }, "/tmp/none.node")'),
  called(
    { id: 'H23', title: 'looks for secrets in the environment', containedBy: own, shows: refused },
    'return Object.keys(process.env).length > 0 || process.report !== undefined ? "escaped" : "prevented"',
  ),
  reaching('H24', 'opens the inspector', 'require("inspector").open(0)'),
  reaching('H25', 'reaches the network by a module', 'require("net").connect(80, "169.254.169.254")'),
  reaching('H25b', 'reaches the network by fetch', 'await fetch("http://169.254.169.254")'),
  called(
    { id: 'H26', title: 'changes the prototype of all objects', containedBy: own, shows: [] },
    'Object.prototype.polluted = true; Array.prototype.map = null; return "prevented"',
  ),
  called(
    { id: 'H27', title: 'floods the host with messages', containedBy: own, shows: [...ended, ...refused] },
    'for (;;) { for (let line = 0; line < 20_000; line++) context.log.info({}, "flood"); await new Promise(setImmediate) }',
  ),
  called(
    {
      id: 'H28',
      title: 'answers with 100 MB',
      containedBy: ['process', 'worker', 'sandbox'],
      shows: [...ended, ...refused],
      limits: { callTimeoutMs: 15_000 },
    },
    'return "x".repeat(100 * 2 ** 20)',
  ),
  called(
    { id: 'H29', title: 'floods the output', containedBy: own, shows: [...ended, ...refused] },
    'for (;;) { for (let line = 0; line < 2_000; line++) console.log("x".repeat(1_000)); await new Promise(setImmediate) }',
  ),
  called(
    {
      id: 'H31',
      title: 'answers with something else',
      containedBy: everywhere,
      shows: ['PluginAnswerInvalid'],
    },
    'return { text: 42 }',
  ),
  activating(
    {
      id: 'H32',
      title: 'never finishes its activation',
      containedBy: ['trusted', 'worker', 'process'],
      shows: ['PluginStartTimedOut'],
    },
    'await new Promise(() => {})',
  ),
  stopping(
    { id: 'H32b', title: 'never finishes its deactivation', containedBy: everywhere, shows: [] },
    'return new Promise(() => {})',
  ),
  called(
    {
      id: 'H40',
      title: 'waits for a call of itself',
      containedBy: everywhere,
      shows: [...ended, ...refused, 'PluginBusy'],
      limits: { maxConcurrentCalls: 8 },
    },
    'return context.use({ id: "hostile.again" }).again()',
  ),
  called(
    { id: 'H42', title: 'uses what it was not granted', containedBy: everywhere, shows: refused },
    'return context.use({ id: "hostile.secret" }).read()',
  ),
]

function activating(about: Contained, body: string): HostilePlugin {
  const source = `exports.activate = async (context) => {
    context.contribute({ id: 'hostile.deed' }, () => 'prevented')
    ${body}
  }`
  return { ...about, deed: 'activate', source }
}

function called(about: Contained, body: string): HostilePlugin {
  const source = `exports.activate = (context) => {
    context.contribute({ id: 'hostile.deed' }, async () => {
      ${body}
    })
  }`
  return { ...about, deed: 'call', source }
}

function stopping(about: Contained, body: string): HostilePlugin {
  const source = `exports.activate = (context) => {
    context.contribute({ id: 'hostile.deed' }, () => 'prevented')
  }
  exports.deactivate = () => {
    ${body}
  }`
  return { ...about, deed: 'stop', source }
}

/** What must be refused, however it is asked for. */
function reaching(id: string, title: string, expression: string): HostilePlugin {
  return called({ id, title, containedBy: own, shows: refused }, `${expression}; return 'escaped'`)
}
