import { defineFlags, FeatureFlagEvaluator, type FlagDocument } from '@ashlar/feature-flags'
import { LiveFlags } from '@ashlar/feature-flags/live'
import { AshlarProvider, type FlagTeller } from '@ashlar/feature-flags/openfeature'
import { objectSource } from '@ashlar/feature-flags/sources'
import {
  AsyncLocalStorageTransactionContextPropagator,
  type Client,
  type EvaluationContext,
  type EvaluationDetails,
  type FlagValue,
  type Hook,
  type JsonValue,
  NOOP_TRANSACTION_CONTEXT_PROPAGATOR,
  OpenFeature,
} from '@openfeature/server-sdk'
import { cached } from './cached.ts'

/** A call of a hook, and the details that it was handed. */
export type HookCall = {
  readonly hook: string
  readonly stage: 'before' | 'after' | 'error' | 'finally'
  readonly details?: EvaluationDetails<FlagValue>
}

/** A flag that a scenario speaks of. */
export type AskedFlag = { readonly type: string; readonly key: string; readonly fallback: FlagValue }

/** What a scenario has set up and seen. */
export class World {
  readonly #document: FlagDocument
  readonly #isCached: boolean
  readonly #evaluator: FeatureFlagEvaluator<ReturnType<typeof defineFlags>>
  client: Client = OpenFeature.getClient()
  asked: AskedFlag | undefined
  context: EvaluationContext = {}
  /** The context as it was before it was handed in. */
  contextBefore: EvaluationContext | undefined
  transactionContext: EvaluationContext = {}
  /** What the provider was handed last. */
  received: unknown
  hooks: Hook[] = []
  /** The levels of context, the weakest first. */
  levels: readonly string[] = []
  readonly hookCalls: HookCall[] = []
  details: EvaluationDetails<FlagValue> | undefined
  /** What was seen of a promise before it was waited for. */
  hadToWait = false

  constructor(document: FlagDocument, isCached: boolean) {
    this.#document = document
    this.#isCached = isCached
    this.#evaluator = new FeatureFlagEvaluator(defineFlags({}), { document })
    OpenFeature.setTransactionContextPropagator(new AsyncLocalStorageTransactionContextPropagator())
  }

  /** Leaves nothing behind that another scenario might find. */
  async end(): Promise<void> {
    await OpenFeature.clearProviders()
    OpenFeature.clearHooks().clearHandlers()
    OpenFeature.setContext({})
    OpenFeature.setTransactionContextPropagator(NOOP_TRANSACTION_CONTEXT_PROPAGATOR)
  }

  /** Sets a provider of ours that is in the state named; the state comes about as it would in a program. */
  async provide(state: string): Promise<void> {
    const flags = defineFlags({})
    const isNotToBe = () => {}
    switch (state) {
      case 'stable': {
        const provider = new AshlarProvider(this.#listening())
        return OpenFeature.setProviderAndWait(this.#isCached ? cached(provider) : provider)
      }
      case 'not ready':
        OpenFeature.setProvider(new AshlarProvider(() => Promise.withResolvers<never>().promise))
        return
      case 'error': {
        const source = { name: 'a source that is down', load: () => Promise.reject(new Error('down')) }
        return OpenFeature.setProviderAndWait(
          new AshlarProvider(() => LiveFlags.open(flags, { source })),
        ).catch(isNotToBe)
      }
      case 'fatal': {
        const source = objectSource({ version: 'none' })
        return OpenFeature.setProviderAndWait(
          new AshlarProvider(() => LiveFlags.open(flags, { source })),
        ).catch(isNotToBe)
      }
      case 'stale': {
        const source = objectSource(this.#document)
        const live = (await LiveFlags.open(flags, { source }))._unsafeUnwrap()
        await OpenFeature.setProviderAndWait(new AshlarProvider(live))
        source.replace({ version: 'none' })
        const reloaded = await live.reload()
        if (reloaded.isOk()) throw new Error('expected a bad document to be refused')
        return live.close()
      }
      default:
        throw new Error(`no provider is "${state}"`)
    }
  }

  /** Asks for the flag that the scenario speaks of. */
  async evaluate(hooks: Hook[] = []): Promise<void> {
    const { type, key, fallback } = this.flag
    await this.#inTransaction(async () => {
      const evaluation = this.#ask(type, key, fallback, hooks)
      let isOver = false
      const settled = evaluation.finally(() => {
        isOver = true
      })
      this.hadToWait = evaluation instanceof Promise && !isOver
      this.details = await settled
    })
  }

  get flag(): AskedFlag {
    if (this.asked === undefined) throw new Error('the scenario has not named a flag')
    return this.asked
  }

  get evaluated(): EvaluationDetails<FlagValue> {
    if (this.details === undefined) throw new Error('the scenario has evaluated no flag')
    return this.details
  }

  /** A hook that writes down its calls. */
  hook(name: string): Hook {
    const note = (call: Omit<HookCall, 'hook'>) => void this.hookCalls.push({ hook: name, ...call })
    return {
      before: () => note({ stage: 'before' }),
      after: (_, details) => note({ stage: 'after', details }),
      error: () => note({ stage: 'error' }),
      finally: (_, details) => note({ stage: 'finally', details }),
    }
  }

  #listening(): FlagTeller {
    const evaluator = this.#evaluator
    return {
      revision: evaluator.revision,
      evaluate: (key, context) => {
        this.received = context
        return evaluator.evaluate(key, context)
      },
    }
  }

  #inTransaction(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      OpenFeature.setTransactionContext(this.transactionContext, () => work().then(resolve, reject))
    })
  }

  #ask(type: string, key: string, fallback: FlagValue, hooks: Hook[]): Promise<EvaluationDetails<FlagValue>> {
    const { client, context } = this
    const options = { hooks: [...this.hooks, ...hooks] }
    switch (type.toLowerCase()) {
      case 'boolean':
        return client.getBooleanDetails(key, fallback as boolean, context, options)
      case 'string':
        return client.getStringDetails(key, fallback as string, context, options)
      case 'integer':
      case 'float':
        return client.getNumberDetails(key, fallback as number, context, options)
      case 'object':
        return client.getObjectDetails(key, fallback as JsonValue, context, options)
      default:
        throw new Error(`no flag is of type "${type}"`)
    }
  }
}
