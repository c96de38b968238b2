import type { Json } from '@ashlar/kernel'
import type { StartOrder } from '../../isolated/start-order.ts'

/**
 * The side of a plugin within QuickJS; it speaks as a plugin's own thread or process does.
 *
 * Its text is what runs there, so it refers to nothing outside of itself, and to nothing that only Node has.
 *
 * @param send - hands a text to the host
 * @returns what hears a text of the host
 */
export function sandboxSide(send: (text: string) => void): (text: string) => void {
  type Work = (...given: unknown[]) => unknown
  const contributions = new Map<string, Work>()
  const disposals: Work[] = []
  const asked = new Map<number, { resolve: (value: unknown) => void; reject: (reason: Error) => void }>()
  const interests = new Map<number, ReturnType<typeof signalOf>>()
  const stopping = signalOf()
  let definition: { readonly [member: string]: unknown } = {}
  let order: StartOrder | undefined
  let isActivating = false
  let isActive = false
  let last = 0

  return (text) => {
    const [kind, id, third, value] = JSON.parse(text)
    if (kind === 'ask') void answer(id, third, value)
    else if (kind === 'answer') settle(id)?.resolve(third)
    else if (kind === 'failure') settle(id)?.reject(new Error(third))
    else if (kind === 'cancel') interests.get(id)?.abort(new Error('nobody waits for it any more'))
  }

  async function answer(id: number, what: string, value: unknown): Promise<void> {
    const interest = signalOf()
    interests.set(id, interest)
    let reply: string
    try {
      const json = JSON.stringify(await work(what, value, interest.signal))
      reply = json === undefined ? `["answer",${id}]` : `["answer",${id},${json}]`
    } catch (thrown) {
      reply = JSON.stringify(['failure', id, reasonOf(thrown)])
    }
    interests.delete(id)
    send(reply)
  }

  function work(what: string, value: unknown, signal: object): unknown {
    if (what === 'ping') return true
    if (what === 'start') return start(value as StartOrder)
    if (what === 'probe') return (definition.probe as Work | undefined)?.()
    if (what === 'stop') return stop()
    const [point, input] = value as readonly [string, Json]
    const contribution = contributions.get(point)
    if (contribution === undefined) throw refusal(`nothing is contributed to "${point}"`)
    return contribution(input, { signal })
  }

  async function start(given: StartOrder): Promise<object> {
    order = given
    try {
      definition = load(given)
      const schema = definition.config as { readonly '~standard': { validate: Work } } | undefined
      const checked = (
        schema === undefined ? { value: given.config } : await schema['~standard'].validate(given.config)
      ) as {
        readonly value: unknown
        readonly issues?: readonly { readonly message: string }[]
      }
      if (checked.issues !== undefined)
        return {
          outcome: 'config-invalid',
          reason: checked.issues
            .map(({ message }) => message)
            .join('; ')
            .slice(0, 500),
        }
      isActivating = true
      await (definition.activate as Work)(contextOf(given, checked.value))
      isActive = true
    } catch (thrown) {
      return { outcome: 'broken', reason: reasonOf(thrown) }
    } finally {
      isActivating = false
    }
    const missing = given.points.filter((point) => !contributions.has(point))
    return missing.length > 0 ? { outcome: 'contribution-missing', points: missing } : { outcome: 'active' }
  }

  async function stop(): Promise<readonly string[]> {
    const problems: string[] = []
    stopping.abort(refusal('the plugin is being stopped'))
    const deactivate = isActive ? [definition.deactivate as Work | undefined] : []
    for (const run of [...deactivate, ...disposals.splice(0).reverse()])
      try {
        await run?.(stopping.signal)
      } catch (thrown) {
        problems.push(
          `${run === definition.deactivate ? 'deactivate' : 'onDispose'} threw ${reasonOf(thrown)}`,
        )
      }
    isActive = false
    return problems
  }

  function load({ source }: StartOrder): { readonly [member: string]: unknown } {
    const module: { exports: { readonly default?: unknown } } = { exports: {} }
    const require = (name: unknown) => {
      throw refusal(`a plugin in a sandbox may not require ${JSON.stringify(name)}`)
    }
    const run = new Function('exports', 'require', 'module', source) as Work
    run.call(module.exports, module.exports, require, module)
    const exported = (module.exports?.default ?? module.exports) as { readonly [member: string]: unknown }
    if (typeof exported?.activate === 'function') return exported
    throw new TypeError(
      `the default export must be a plugin, with a function "activate", found ${typeof exported}`,
    )
  }

  function contextOf({ id, version, points, services }: StartOrder, config: unknown): object {
    return Object.freeze({
      plugin: Object.freeze({ id, version }),
      config,
      signal: stopping.signal,
      log: Object.freeze({
        debug: line('debug'),
        info: line('info'),
        warn: line('warn'),
        error: line('error'),
      }),
      onDispose: (dispose: Work) => void disposals.push(dispose),
      contribute(point: { readonly id: string }, contribution: Work) {
        if (!isActivating) throw refusal(`contributions are added during activate, "${point.id}" came later`)
        if (!points.includes(point.id)) deny(`contribute to "${point.id}"`, 'contributes')
        if (contributions.has(point.id))
          throw refusal(`"${point.id}" has a contribution of this plugin already`)
        if (typeof contribution !== 'function')
          throw refusal(`a contribution to "${point.id}" must be a function`)
        contributions.set(point.id, contribution)
      },
      use(service: { readonly id: string }) {
        if (!services.includes(service.id)) deny(`use the service "${service.id}"`, 'needs')
        const get = (_: object, method: string | symbol) => {
          if (typeof method !== 'string' || method === 'then') return undefined
          return (...args: unknown[]) => ask('serve', [service.id, method, args])
        }
        return new Proxy({}, { get })
      },
    })
  }

  function ask(what: string, value: unknown): Promise<unknown> {
    const id = ++last
    return new Promise((resolve, reject) => {
      asked.set(id, { resolve, reject })
      send(JSON.stringify(['ask', id, what, value]))
    })
  }

  function settle(id: number) {
    const question = asked.get(id)
    asked.delete(id)
    return question
  }

  function line(level: string): (fields: object, message?: string) => void {
    return (fields, message) => send(JSON.stringify(['note', 'log', [level, fields ?? {}, message]]))
  }

  function deny(what: string, list: string): never {
    send(JSON.stringify(['note', 'denied', what]))
    throw refusal(
      `plugin "${order?.id}" may not ${what}: its manifest must list it under "${list}", and the host must grant it`,
    )
  }

  function refusal(message: string): Error {
    return Object.assign(new Error(message), { name: 'PluginRefusedError', code: 'ASHLAR_PLUGINS_REFUSED' })
  }

  function reasonOf(thrown: unknown): string {
    try {
      const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
      return text.slice(0, 500)
    } catch {
      return 'something that has no text was thrown'
    }
  }

  /** As much of an AbortSignal as a plugin needs. */
  function signalOf() {
    const listeners = new Set<Work>()
    const signal = {
      aborted: false,
      reason: undefined as unknown,
      addEventListener: (_: string, listener: Work) => void listeners.add(listener),
      removeEventListener: (_: string, listener: Work) => void listeners.delete(listener),
      throwIfAborted() {
        if (signal.aborted) throw signal.reason
      },
    }
    return {
      signal,
      abort(reason: Error) {
        if (signal.aborted) return
        signal.aborted = true
        signal.reason = reason
        for (const listener of listeners) listener({ type: 'abort' })
      },
    }
  }
}
