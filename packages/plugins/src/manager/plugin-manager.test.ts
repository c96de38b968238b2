import { setImmediate } from 'node:timers/promises'
import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { given, greet, managerOf, notify, price } from '../../test/test-host.ts'
import { extensionPoint } from '../contract/extension-point.ts'
import { PluginManagerClosedError } from './manager-closed-error.ts'
import type { PluginEvent } from './plugin-event.ts'
import type { PluginManager } from './plugin-manager.ts'

const polite = given('polite', { 'demo.greet': (name: string) => `Good day, ${name}` })
/** Throws as soon as it is awaited. */
const trap = new Proxy({}, { get: () => fail('trap') })
const never = () => new Promise<never>(() => {})

async function until(manager: PluginManager, wanted: (event: PluginEvent) => boolean): Promise<PluginEvent> {
  for await (const event of manager.events({ signal: AbortSignal.timeout(30_000) }))
    if (wanted(event)) return event
  throw new Error('the events ended before')
}

describe('PluginManager', () => {
  describe('calls', () => {
    it('the plugin that contributes', async () => {
      await using manager = managerOf([polite])
      await orThrow(manager.loadPlugins())

      const greeting = await manager.call(greet, 'Ada')

      expect(greeting._unsafeUnwrap()).toBe('Good day, Ada')
    })

    it('no plugin with what does not fit the point', async () => {
      let calls = 0
      const plugin = given('plugin', { 'demo.greet': () => `${++calls}` })
      await using manager = managerOf([plugin])
      await orThrow(manager.loadPlugins())

      const called = await manager.call(greet, 42 as never)

      expect(called._unsafeUnwrapErr()).toMatchObject({ type: 'PointInputInvalid', point: 'demo.greet' })
      expect(calls).toBe(0)
    })

    it.each<[string, () => unknown, object]>([
      ['throws', () => fail('no luck'), { type: 'PluginCallThrew', reason: 'Error: no luck' }],
      ['rejects', () => Promise.reject(null), { type: 'PluginCallThrew', reason: 'null' }],
      ['answers something else', () => 42, { type: 'PluginAnswerInvalid' }],
      ['answers something else later', async () => ({}), { type: 'PluginAnswerInvalid' }],
      ['answers with a thenable that throws', () => trap, { type: 'PluginCallThrew' }],
    ])('blame a plugin that %s', async (_, contribution, expected) => {
      await using manager = managerOf([given('culprit', { 'demo.greet': contribution })])
      await orThrow(manager.loadPlugins())

      const called = await manager.call(greet, 'Ada')

      expect(called._unsafeUnwrapErr()).toMatchObject({ ...expected, plugin: 'culprit', point: 'demo.greet' })
      expect(manager.getPlugin('culprit')?.metrics).toMatchObject({ calls: 1, failures: 1, inFlight: 0 })
    })

    it('end when the time is over, and tell the plugin', async () => {
      let reason: unknown
      const slow = given('slow', {
        'demo.greet': (_: string, { signal }) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason
          })
          return never()
        },
      })
      await using manager = managerOf([slow])
      await orThrow(manager.loadPlugins())

      const called = await manager.call(greet, 'Ada', { timeoutMs: 20 })

      expect(called._unsafeUnwrapErr()).toMatchObject({
        type: 'PluginCallTimedOut',
        plugin: 'slow',
        timeoutMs: 20,
      })
      expect(reason).toMatchObject({ name: 'TimeoutError' })
      expect(manager.getPlugin('slow')?.metrics).toMatchObject({ timeouts: 1, inFlight: 0 })
    })

    it('throw the reason of a caller who gives up, and tell the plugin', async () => {
      let isTold = false
      const slow = given('slow', {
        'demo.greet': (_: string, { signal }) => {
          signal.addEventListener('abort', () => {
            isTold = true
          })
          return never()
        },
      })
      await using manager = managerOf([slow])
      await orThrow(manager.loadPlugins())
      const stop = new AbortController()

      const calling = manager.call(greet, 'Ada', { signal: stop.signal })
      stop.abort(new Error('enough'))

      await expect(calling).rejects.toThrow('enough')
      expect(isTold).toBe(true)
      await expect(manager.call(greet, 'Ada', { signal: stop.signal })).rejects.toThrow('enough')
    })

    it('leave no listener on the caller’s signal', async () => {
      await using manager = managerOf([polite])
      await orThrow(manager.loadPlugins())
      const { signal } = new AbortController()
      let listeners = 0
      const counted = new Proxy(signal, {
        get: (target, name) => {
          if (name === 'addEventListener') listeners++
          if (name === 'removeEventListener') listeners--
          const member: unknown = Reflect.get(target, name, target)
          return typeof member === 'function' ? member.bind(target) : member
        },
      })

      for (let call = 0; call < 10; call++) await orThrow(manager.call(greet, 'Ada', { signal: counted }))

      expect(listeners).toBe(0)
    })

    it('are refused beyond what a plugin takes at a time', async () => {
      const slow = given('slow', { 'demo.greet': never })
      await using manager = managerOf([slow], {
        policy: () => ({ isolation: 'trusted', limits: { maxConcurrentCalls: 2, drainTimeoutMs: 1 } }),
      })
      await orThrow(manager.loadPlugins())

      const hanging = [manager.call(greet, 'a'), manager.call(greet, 'b')]
      const third = await manager.call(greet, 'c')
      await manager.dispose()

      expect(third._unsafeUnwrapErr()).toMatchObject({ type: 'PluginBusy', plugin: 'slow', limit: 2 })
      for (const ended of await Promise.all(hanging))
        expect(ended._unsafeUnwrapErr()).toMatchObject({ type: 'PluginGone', plugin: 'slow' })
    })

    it.each([0, -1, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY])(
      'refuse the time %d',
      async (timeoutMs) => {
        await using manager = managerOf([polite])

        await expect(manager.call(greet, 'Ada', { timeoutMs })).rejects.toThrow('timeoutMs must be')
      },
    )

    it('refuse a point that is not the manager’s, though its id is', async () => {
      await using manager = managerOf([polite])
      const other = extensionPoint('demo.greet', { input: greet.input, output: greet.output, mode: 'first' })

      await expect(manager.call(other, 'Ada')).rejects.toThrow('must be one of the manager')
    })
  })

  describe('a point of mode first', () => {
    it('has the answer of the first plugin that does not decline, in the order of the plan', async () => {
      const asked: string[] = []
      const plugin = (id: string, answer: string | undefined) =>
        given(id, { 'demo.greet': () => noted(asked, id, answer) })
      await using manager = managerOf([plugin('c', 'from c'), plugin('a', undefined), plugin('b', 'from b')])
      await orThrow(manager.loadPlugins())

      const called = await manager.call(greet, 'Ada')

      expect(called._unsafeUnwrap()).toBe('from b')
      expect(asked).toEqual(['a', 'b'])
    })

    it('asks nobody else when a plugin has failed', async () => {
      const asked: string[] = []
      const failing = given('a', { 'demo.greet': () => fail('half done') })
      const next = given('b', { 'demo.greet': () => noted(asked, 'b', 'from b') })
      await using manager = managerOf([failing, next])
      await orThrow(manager.loadPlugins())

      const called = await manager.call(greet, 'Ada')

      expect(called._unsafeUnwrapErr()).toMatchObject({ type: 'PluginCallThrew', plugin: 'a' })
      expect(asked).toEqual([])
    })

    it('says so when there is nobody, and when all decline', async () => {
      await using manager = managerOf([given('a', { 'demo.greet': () => undefined })])

      const nobody = await manager.call(greet, 'Ada')
      await orThrow(manager.loadPlugins())
      const declined = await manager.call(greet, 'Ada')

      expect(nobody._unsafeUnwrapErr()).toMatchObject({ type: 'NoContribution', point: 'demo.greet' })
      expect(declined._unsafeUnwrapErr()).toMatchObject({ type: 'NoContribution' })
      expect(manager.getPlugin('a')?.metrics.failures).toBe(0)
    })

    it('asks the plugin that is named, and no other', async () => {
      await using manager = managerOf([polite, given('rude', { 'demo.greet': () => 'What?' })])
      await orThrow(manager.loadPlugins())

      const named = await manager.call(greet, 'Ada', { plugin: 'rude' })
      const unknown = await manager.call(greet, 'Ada', { plugin: 'nobody' })

      expect(named._unsafeUnwrap()).toBe('What?')
      expect(unknown._unsafeUnwrapErr()).toMatchObject({
        type: 'PluginNotActive',
        plugin: 'nobody',
        state: 'unknown',
      })
    })
  })

  describe('a point of mode all', () => {
    it('has a result of each plugin', async () => {
      await using manager = managerOf([
        given('a', { 'demo.notify': ({ orderId }: { orderId: string }) => `a ${orderId}` }),
        given('b', { 'demo.notify': () => fail('broken') }),
        given('c', { 'demo.notify': async () => 'c' }),
      ])
      await orThrow(manager.loadPlugins())

      const answers = (await manager.call(notify, { orderId: 'o-1' }))._unsafeUnwrap()

      expect(answers.map(({ plugin, result }) => [plugin, result.unwrapOr('failed')])).toEqual([
        ['a', 'a o-1'],
        ['b', 'failed'],
        ['c', 'c'],
      ])
    })
  })

  describe('a point of mode pipeline', () => {
    it('hands each plugin what the one before has made', async () => {
      await using manager = managerOf([
        given('a-tax', { 'demo.price': (pence: number) => pence + 20 }),
        given('b-discount', { 'demo.price': async (pence: number) => pence / 2 }),
      ])
      await orThrow(manager.loadPlugins())

      expect((await manager.call(price, 100))._unsafeUnwrap()).toBe(60)
    })

    it('gives back the input without plugins, and the failure of the first that fails', async () => {
      const plugins = [
        given('a', { 'demo.price': () => 'free' }),
        given('b', { 'demo.price': (pence: number) => pence }),
      ]
      await using manager = managerOf(plugins)

      const alone = await manager.call(price, 100)
      await orThrow(manager.loadPlugins())
      const failed = await manager.call(price, 100)

      expect(alone._unsafeUnwrap()).toBe(100)
      expect(failed._unsafeUnwrapErr()).toMatchObject({ type: 'PluginAnswerInvalid', plugin: 'a' })
    })
  })

  describe('starting', () => {
    it('goes from discovered over resolved to active, and tells each step', async () => {
      const ahead = given('ahead', {}, { manifest: { engine: '^9.0.0' } })
      await using manager = managerOf([polite, ahead])
      const steps: unknown[] = []
      const events = manager.events({ signal: AbortSignal.timeout(30_000) })[Symbol.asyncIterator]()

      const before = [manager.state('polite'), manager.state('ahead')]
      const plan = await manager.plan()
      const planned = [manager.state('polite'), manager.state('ahead')]
      await orThrow(manager.start(plan))
      for (let count = 0; count < 2; count++) steps.push((await events.next()).value)

      expect(before).toEqual([undefined, undefined])
      expect(planned).toEqual(['resolved', 'discovered'])
      expect(plan.refusals.map(({ failure }) => failure.type)).toEqual(['EngineMismatch'])
      expect(steps).toEqual([
        expect.objectContaining({ plugin: 'polite', from: 'resolved', to: 'starting' }),
        expect.objectContaining({ plugin: 'polite', from: 'starting', to: 'active' }),
      ])
    })

    it('waits for what a plugin depends on, and starts the others meanwhile', async () => {
      const begun: string[] = []
      const gate = Promise.withResolvers<void>()
      const plugin = (id: string, dependsOn: object, activate: () => Promise<void>) =>
        given(id, {}, { manifest: { dependsOn }, definition: { activate } })
      await using manager = managerOf([
        plugin('needs-base', { base: '^1.0.0' }, async () => void begun.push('needs-base')),
        plugin('base', {}, async () => {
          begun.push('base')
          await gate.promise
        }),
        plugin('alone', {}, async () => {
          begun.push('alone')
          gate.resolve()
        }),
      ])

      const report = (await manager.loadPlugins())._unsafeUnwrap()

      expect(begun.at(-1)).toBe('needs-base')
      expect([...report.active].sort()).toEqual(['alone', 'base', 'needs-base'])
    })

    it('goes on without a plugin that fails and those that wait for it', async () => {
      const broken = given('broken', {}, { definition: { activate: () => fail('no database') } })
      const waiting = given('waiting', {}, { manifest: { dependsOn: { broken: '*' } } })
      await using manager = managerOf([broken, waiting, polite])

      const report = (await manager.loadPlugins())._unsafeUnwrap()

      expect(report.active).toEqual(['polite'])
      expect(report.problems).toEqual([
        expect.objectContaining({ type: 'PluginBroken', plugin: 'broken', reason: 'Error: no database' }),
        expect.objectContaining({ type: 'DependencyNotActive', plugin: 'waiting', dependency: 'broken' }),
      ])
      expect(manager.getAllPlugins().map(({ id, state }) => [id, state])).toEqual(
        expect.arrayContaining([
          ['broken', 'failed'],
          ['waiting', 'failed'],
          ['polite', 'active'],
        ]),
      )
    })

    it('stops what has started when it is told to abort', async () => {
      const stopped: string[] = []
      const fine = given('fine', {}, { definition: { deactivate: () => void stopped.push('fine') } })
      const broken = given(
        'z-broken',
        {},
        {
          manifest: { dependsOn: { fine: '*' } },
          definition: { activate: () => fail('no database') },
        },
      )
      await using manager = managerOf([fine, broken])

      const aborted = await manager.loadPlugins({ onFailure: 'abort' })

      expect(aborted._unsafeUnwrapErr()).toMatchObject({
        type: 'StartAborted',
        problems: [{ plugin: 'z-broken' }],
      })
      expect(stopped).toEqual(['fine'])
      expect(manager.state('fine')).toBe('stopped')
    })

    it('undoes a plugin that fails half way', async () => {
      const undone: string[] = []
      const half = given(
        'half',
        {},
        {
          manifest: { contributes: { 'demo.greet': {} } },
          definition: {
            activate(context) {
              context.contribute(greet, () => 'half')
              context.onDispose(() => void undone.push('disposed'))
              fail('half way')
            },
          },
        },
      )
      await using manager = managerOf([half])

      await orThrow(manager.loadPlugins())

      expect(undone).toEqual(['disposed'])
      expect((await manager.call(greet, 'Ada'))._unsafeUnwrapErr().type).toBe('NoContribution')
    })

    it('blames the plugin that does not start in time, not the one that waits for it', async () => {
      const hanging = given('hanging', {}, { definition: { activate: never } })
      const waiting = given('waiting', {}, { manifest: { dependsOn: { hanging: '*' } } })
      await using manager = managerOf([hanging, waiting], {
        policy: () => ({ isolation: 'trusted', limits: { startTimeoutMs: 20 } }),
      })

      const report = (await manager.loadPlugins())._unsafeUnwrap()

      expect(report.problems).toEqual([
        expect.objectContaining({ type: 'PluginStartTimedOut', plugin: 'hanging', timeoutMs: 20 }),
        expect.objectContaining({ type: 'DependencyNotActive', plugin: 'waiting', dependency: 'hanging' }),
      ])
    })

    it('gives up with the signal, and leaves nothing behind', async () => {
      const hanging = given('hanging', {}, { definition: { activate: never } })
      await using manager = managerOf([polite, hanging])
      const stop = new AbortController()

      const active = until(manager, (event) => event.type === 'state' && event.to === 'active')
      const loading = manager.loadPlugins({ signal: stop.signal })
      await active
      stop.abort(new Error('enough'))

      await expect(loading).rejects.toThrow('enough')
      expect(manager.getAllPlugins().map(({ state }) => state)).toEqual(['stopped', 'stopped'])
    })

    it('leaves active plugins as they are when it is repeated', async () => {
      let activations = 0
      const plugin = given('plugin', {}, { definition: { activate: () => void activations++ } })
      await using manager = managerOf([plugin])

      await orThrow(manager.loadPlugins())
      const again = await manager.loadPlugins()

      expect(again._unsafeUnwrap().active).toEqual(['plugin'])
      expect(activations).toBe(1)
    })
  })

  describe('unloading', () => {
    it('lets calls in flight end, and takes no new ones', async () => {
      const gate = Promise.withResolvers<string>()
      const order: string[] = []
      const slow = given(
        'slow',
        { 'demo.greet': () => gate.promise },
        {
          definition: { deactivate: () => void order.push('deactivate') },
        },
      )
      await using manager = managerOf([slow])
      await orThrow(manager.loadPlugins())

      const inFlight = manager.call(greet, 'Ada')
      const draining = until(manager, (event) => event.type === 'state' && event.to === 'draining')
      const unloading = manager.unloadPlugin('slow')
      await draining
      const late = await manager.call(greet, 'Ada')
      order.push('answer')
      gate.resolve('done')
      const unloaded = await unloading

      expect((await inFlight)._unsafeUnwrap()).toBe('done')
      expect(late._unsafeUnwrapErr().type).toBe('NoContribution')
      expect(order).toEqual(['answer', 'deactivate'])
      expect(unloaded._unsafeUnwrap().problems).toEqual([])
      expect(manager.state('slow')).toBe('stopped')
    })

    it('is refused while others wait for the plugin', async () => {
      await using manager = managerOf([
        polite,
        given('user', {}, { manifest: { dependsOn: { polite: '*' } } }),
      ])
      await orThrow(manager.loadPlugins())

      const unloaded = await manager.unloadPlugin('polite')

      expect(unloaded._unsafeUnwrapErr()).toMatchObject({ type: 'PluginInUse', by: ['user'] })
      expect(manager.state('polite')).toBe('active')
    })

    it.each<[string, () => unknown, RegExp]>([
      ['throws', () => fail('will not'), /deactivate threw Error: will not/],
      ['never ends', never, /deactivate/],
    ])('tells of a deactivate that %s, and stops the plugin all the same', async (_, deactivate, problem) => {
      await using manager = managerOf(
        [given('stubborn', {}, { definition: { deactivate: deactivate as never } })],
        {
          policy: () => ({ isolation: 'trusted', limits: { stopTimeoutMs: 20 } }),
        },
      )
      await orThrow(manager.loadPlugins())

      const unloaded = await manager.unloadPlugin('stubborn')

      expect(unloaded._unsafeUnwrap().problems.join()).toMatch(problem)
      expect(manager.state('stubborn')).toBe('stopped')
    })

    it('knows no plugin that was never started, or is stopped', async () => {
      await using manager = managerOf([polite])
      const early = await manager.unloadPlugin('polite')
      await orThrow(manager.loadPlugins())
      await orThrow(manager.unloadPlugin('polite'))

      const twice = await manager.unloadPlugin('polite')

      expect(early._unsafeUnwrapErr()).toMatchObject({ type: 'PluginNotFound', plugin: 'polite' })
      expect(twice._unsafeUnwrapErr()).toMatchObject({ type: 'PluginNotFound', plugin: 'polite' })
    })

    it('can be followed by loading it again', async () => {
      await using manager = managerOf([polite])
      await orThrow(manager.loadPlugins())
      await orThrow(manager.unloadPlugin('polite'))

      await orThrow(manager.loadPlugins())

      expect((await manager.call(greet, 'Ada')).isOk()).toBe(true)
    })
  })

  describe('reloading', () => {
    it('replaces the plugin at once, and no call fails', async () => {
      const plugins = [versioned('1.0.0')]
      await using manager = managerOf(plugins)
      await orThrow(manager.loadPlugins())
      const answers = new Set<string>()
      let isOver = false
      const calling = (async () => {
        while (!isOver) {
          answers.add((await manager.call(greet, 'Ada'))._unsafeUnwrap())
          await setImmediate()
        }
      })()

      plugins[0] = versioned('1.1.0')
      const reloaded = await manager.reload('versioned')
      isOver = true
      await calling

      expect(reloaded._unsafeUnwrap()).toMatchObject({ from: '1.0.0', to: '1.1.0', problems: [] })
      expect([...answers]).toEqual(['1.0.0', '1.1.0'].slice(0, answers.size))
      expect((await manager.call(greet, 'Ada'))._unsafeUnwrap()).toBe('1.1.0')
      expect(manager.getPlugin('versioned')).toMatchObject({ version: '1.1.0', metrics: { reloads: 1 } })
    })

    it.each<[string, object, string]>([
      ['does not start', { activate: () => fail('no database') }, 'PluginBroken'],
      ['does not start in time', { activate: never }, 'PluginStartTimedOut'],
      ['refuses itself', { probe: () => fail('not ready') }, 'ProbeFailed'],
      ['does not answer its probe', { probe: never }, 'ProbeFailed'],
    ])('keeps the old version when the new one %s', async (_, definition, type) => {
      const plugins = [versioned('1.0.0')]
      await using manager = managerOf(plugins, {
        policy: () => ({ isolation: 'trusted', limits: { startTimeoutMs: 50 } }),
      })
      await orThrow(manager.loadPlugins())

      plugins[0] = versioned('2.0.0', definition)
      const reloaded = await manager.reload('versioned')

      expect(reloaded._unsafeUnwrapErr()).toMatchObject({ type, plugin: 'versioned' })
      expect((await manager.call(greet, 'Ada'))._unsafeUnwrap()).toBe('1.0.0')
      expect(manager.state('versioned')).toBe('active')
    })

    it('keeps the old version when the new one does not fit this host', async () => {
      const plugins = [versioned('1.0.0')]
      await using manager = managerOf(plugins)
      await orThrow(manager.loadPlugins())

      plugins[0] = { ...versioned('2.0.0'), manifest: { ...versioned('2.0.0').manifest, engine: '^9.0.0' } }
      const reloaded = await manager.reload('versioned')

      expect(reloaded._unsafeUnwrapErr()).toMatchObject({ type: 'EngineMismatch' })
      expect((await manager.call(greet, 'Ada'))._unsafeUnwrap()).toBe('1.0.0')
    })

    it('keeps the old version when a plugin that waits for it could not go on with the new one', async () => {
      const user = given('user', {}, { manifest: { dependsOn: { versioned: '^1.0.0' } } })
      const plugins = [versioned('1.0.0'), user]
      await using manager = managerOf(plugins)
      await orThrow(manager.loadPlugins())

      plugins[0] = versioned('2.0.0')
      const reloaded = await manager.reload('versioned')

      expect(reloaded._unsafeUnwrapErr()).toMatchObject({
        type: 'DependencyVersionMismatch',
        plugin: 'user',
        dependency: 'versioned',
        found: '2.0.0',
      })
      expect((await manager.call(greet, 'Ada'))._unsafeUnwrap()).toBe('1.0.0')
    })

    it('gives up with the signal, and keeps the old version', async () => {
      const plugins = [versioned('1.0.0')]
      await using manager = managerOf(plugins)
      await orThrow(manager.loadPlugins())
      const stop = new AbortController()

      plugins[0] = versioned('2.0.0', {
        activate: () => {
          stop.abort(new Error('enough'))
          return never()
        },
      })
      const reloading = manager.reload('versioned', { signal: stop.signal })

      await expect(reloading).rejects.toThrow('enough')
      expect((await manager.call(greet, 'Ada'))._unsafeUnwrap()).toBe('1.0.0')
    })

    it('finds nothing that was removed', async () => {
      const plugins = [versioned('1.0.0')]
      await using manager = managerOf(plugins)
      await orThrow(manager.loadPlugins())

      plugins.pop()
      const reloaded = await manager.reload('versioned')

      expect(reloaded._unsafeUnwrapErr()).toMatchObject({ type: 'PluginNotFound' })
    })
  })

  describe('faults', () => {
    it('end in quarantine when there are too many of them', async () => {
      const slow = given('slow', { 'demo.greet': never })
      await using manager = managerOf([slow], {
        policy: () => ({ isolation: 'trusted', limits: { maxFaults: 3 } }),
      })
      await orThrow(manager.loadPlugins())

      const types = []
      for (let call = 0; call < 4; call++)
        types.push((await manager.call(greet, 'Ada', { timeoutMs: 10 }))._unsafeUnwrapErr().type)

      expect(types).toEqual([
        'PluginCallTimedOut',
        'PluginCallTimedOut',
        'PluginCallTimedOut',
        'NoContribution',
      ])
      expect(manager.state('slow')).toBe('quarantined')
      expect(manager.getPlugin('slow')?.lastFailure).toMatchObject({ type: 'PluginCallTimedOut' })
    })

    it('are told as events, with what a plugin was denied', async () => {
      const nosy = given(
        'nosy',
        {},
        {
          definition: {
            activate: (context) => void context.use({ id: 'demo.ledger' } as never),
          },
        },
      )
      await using manager = managerOf([nosy], { policy: () => ({ isolation: 'trusted' }) })

      const denied = until(manager, (event) => event.type === 'denied')
      const fault = until(manager, (event) => event.type === 'fault')
      await orThrow(manager.loadPlugins())

      expect(await denied).toMatchObject({ plugin: 'nosy', what: 'use the service "demo.ledger"' })
      expect(await fault).toMatchObject({ plugin: 'nosy', failure: { type: 'PluginBroken' } })
    })
  })

  describe('disposing', () => {
    it('stops all in reverse order, whatever any of them throws', async () => {
      const stopped: string[] = []
      const plugin = (id: string, dependsOn: object, deactivate: () => void) =>
        given(id, {}, { manifest: { dependsOn }, definition: { deactivate } })
      const manager = managerOf([
        plugin('a', {}, () => void stopped.push('a')),
        plugin('b', { a: '*' }, () => fail(String(stopped.push('b')))),
        plugin('c', { b: '*' }, () => void stopped.push('c')),
      ])
      await orThrow(manager.loadPlugins())

      await Promise.all([manager.dispose(), manager.dispose()])

      expect(stopped).toEqual(['c', 'b', 'a'])
    })

    it('stops what is being started, and starts nothing more', async () => {
      const stopped: string[] = []
      const slow = given(
        'slow',
        {},
        {
          definition: {
            activate: (context) => {
              context.onDispose(() => void stopped.push('slow'))
              return never()
            },
          },
        },
      )
      const waiting = given('waiting', {}, { manifest: { dependsOn: { slow: '*' } } })
      const manager = managerOf([slow, waiting])
      const starting = until(manager, (event) => event.type === 'state' && event.to === 'starting')
      const loading = manager.loadPlugins()
      await starting

      await Promise.all([manager.dispose(), expect(loading).rejects.toThrow(PluginManagerClosedError)])

      expect(stopped).toEqual(['slow'])
      expect(manager.getAllPlugins().map(({ state }) => state)).not.toContain('active')
    })

    it('goes on though the host’s logger throws', async () => {
      const broken = () => fail('the disk is full')
      const logger = { debug: broken, info: broken, warn: broken, error: broken }
      const noisy = given(
        'noisy',
        {},
        { definition: { activate: (context) => context.log.warn({}, 'hello') } },
      )
      await using manager = managerOf([noisy, polite], { logger })

      const report = (await manager.loadPlugins())._unsafeUnwrap()

      expect([...report.active].sort()).toEqual(['noisy', 'polite'])
    })

    it('ends the events, and what is asked of it later', async () => {
      const manager = managerOf([polite])
      const events = manager.events({ signal: new AbortController().signal })[Symbol.asyncIterator]()
      await orThrow(manager.loadPlugins())

      await manager.dispose()
      const told: unknown[] = []
      for (let next = await events.next(); next.done !== true; next = await events.next())
        told.push(next.value.type)

      expect(told).toContain('state')
      await expect(manager.call(greet, 'Ada')).rejects.toThrow(PluginManagerClosedError)
      await expect(manager.loadPlugins()).rejects.toThrow(PluginManagerClosedError)
      await expect(manager.reload('polite')).rejects.toThrow(PluginManagerClosedError)
      await expect(manager.unloadPlugin('polite')).rejects.toThrow(PluginManagerClosedError)
    })
  })

  it('refuses two points or services of one id', () => {
    expect(() => managerOf([], { points: [greet, greet] })).toThrow(
      'extension point "demo.greet" must be given once',
    )
  })
})

function versioned(version: string, definition: object = {}) {
  return given('versioned', { 'demo.greet': async () => version }, { manifest: { version }, definition })
}

function fail(message: string): never {
  throw new Error(message)
}

function noted<Value>(list: string[], entry: string, value: Value): Value {
  list.push(entry)
  return value
}
