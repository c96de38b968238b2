import { setTimeout as delay } from 'node:timers/promises'
import type { Json } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ExtensionPoint, extensionPoint } from '../contract/extension-point.ts'
import { provide, service } from '../contract/service.ts'
import { PluginLoader } from '../load/plugin-loader.ts'
import type { CallFailure } from '../manager/call-failure.ts'
import { PluginManager } from '../manager/plugin-manager.ts'
import type { Isolation } from '../manifest/plugin-manifest.ts'
import type { PluginLimits } from '../plan/plugin-limits.ts'
import type { Runner } from '../run/runner.ts'
import { type HostilePlugin, hostilePlugins } from './hostile-plugins.ts'

/** Options of {@link isolationContract}. */
export interface IsolationContractOptions {
  /** The level whose claims are tried. */
  readonly isolation: Isolation
  /** Makes a runner of that level; one of this package's own unless told. */
  readonly runner?: () => Runner
}

/**
 * The hostile plugins as a suite: for each that a level claims to contain, the host lives, another plugin answers all the
 * time, and the failure names the one that is to blame.
 *
 * @param name - what the suite is called
 * @param options - `isolation`, `runner`
 * @example
 * ```ts
 * import { isolationContract } from '@ashlar/plugins/testing'
 *
 * isolationContract('a process of its own', { isolation: 'process' })
 * ```
 */
export function isolationContract(name: string, options: IsolationContractOptions): void {
  const { isolation } = options
  const contained = hostilePlugins.filter(({ containedBy }) => containedBy.includes(isolation))

  describe(`${name} contains a plugin that`, () => {
    it.each(contained)('$title ($id)', async (hostile) => {
      const again: { call: () => Promise<Result<string, CallFailure>> } = { call: () => Promise.reject() }
      const manager = managerOf(hostile, options, () => again.call())
      onTestFinished(() => manager.dispose())
      again.call = () => manager.call(deed, null, { plugin: culprit })
      const neighbour = new Neighbour(manager)

      const report = (await manager.loadPlugins())._unsafeUnwrap()
      const found = await neighbour.callUntil(done(hostile))

      expect(report.active).toContain(good)
      expect(neighbour.failures).toEqual([])
      expect(Reflect.has({}, 'polluted')).toBe(false)
      expect(found).not.toBe('escaped')
      if (found !== 'prevented') expect(hostile.shows).toContain(found)

      async function done({ deed: when }: HostilePlugin): Promise<string> {
        const [problem] = report.problems
        if (problem !== undefined) {
          expect(problem).toMatchObject({ plugin: culprit })
          return problem.type
        }
        if (when === 'stop') {
          const unloaded = (await manager.unloadPlugin(culprit))._unsafeUnwrap()
          expect(unloaded.problems.join()).not.toBe('')
          return 'prevented'
        }
        const called = await again.call()
        if (called.isOk()) return called.value
        expect(called.error).toMatchObject({ plugin: culprit })
        return called.error.type
      }
    })
  })
}

const good = 'neighbour'
const culprit = 'culprit'

const anything = schemaOf<Json>('JSON', () => true)
const text = schemaOf<string>('a text', (value) => typeof value === 'string')
const deed = extensionPoint('hostile.deed', { input: anything, output: text, mode: 'first' })
const greeting = extensionPoint('hostile.greeting', { input: anything, output: text, mode: 'first' })

const quick: Partial<PluginLimits> = {
  startTimeoutMs: 2_000,
  callTimeoutMs: 400,
  drainTimeoutMs: 100,
  stopTimeoutMs: 300,
  maxFaults: 2,
}

/** Calls a plugin that does no harm, again and again. */
class Neighbour {
  readonly failures: unknown[] = []
  readonly #manager: PluginManager

  constructor(manager: PluginManager) {
    this.#manager = manager
  }

  async callUntil<Value>(work: Promise<Value>): Promise<Value> {
    let isOver = false
    const settled = work.finally(() => {
      isOver = true
    })
    settled.catch(() => {})
    do {
      const called = await this.#manager.call(greeting, null, { timeoutMs: 5_000 })
      if (called.isErr()) this.failures.push(called.error)
      await delay(5)
    } while (!isOver)
    return settled
  }
}

function managerOf(
  hostile: HostilePlugin,
  { isolation, runner }: IsolationContractOptions,
  again: () => Promise<Result<string, CallFailure>>,
): PluginManager {
  const call = async () => {
    const called = await again()
    if (called.isErr()) throw new Error(called.error.message)
    return called.value
  }
  const greet = `exports.activate = (context) => {
    context.contribute({ id: 'hostile.greeting' }, () => 'good day')
  }`
  const bundles = [bundle(good, greeting, greet), bundle(culprit, deed, hostile.source)]
  return new PluginManager({
    loader: new PluginLoader({ sources: [{ name: 'hostile plugins', find: async () => bundles }] }),
    engine: '1.0.0',
    apis: ['hostile/1'],
    points: [deed, greeting],
    services: [
      provide(service<{ again(): Promise<string> }>('hostile.again'), { again: call }),
      provide(service<{ read(): string }>('hostile.secret'), { read: () => 'escaped' }),
    ],
    policy: ({ id }) => ({
      isolation,
      grants: [{ kind: 'service', id: 'hostile.again' }],
      limits: id === culprit ? { ...quick, ...hostile.limits } : { ...quick, startTimeoutMs: 20_000 },
    }),
    ...(runner !== undefined && { runners: [runner()] }),
  })
}

function bundle(id: string, point: ExtensionPoint, source: string) {
  const manifest = {
    id,
    version: '1.0.0',
    engine: '*',
    api: 'hostile/1',
    entry: 'plugin.cjs',
    needs: [{ kind: 'service', id: 'hostile.again' }],
    contributes: { [point.id]: {} },
  }
  return { origin: id, manifest, code: { kind: 'bundle', file: `/hostile/${id}.cjs`, source } } as const
}

function schemaOf<Value>(what: string, isOne: (value: unknown) => boolean): StandardSchemaV1<Value, Value> {
  const validate = (value: unknown) =>
    isOne(value) ? { value: value as Value } : { issues: [{ message: `expected ${what}` }] }
  return { '~standard': { version: 1, vendor: 'ashlar', validate } }
}
