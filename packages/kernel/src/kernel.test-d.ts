import type { Result } from '@ashlar/result'
import {
  type Context,
  createContext,
  frozenJson,
  type Json,
  type JsonObject,
  type Logger,
  portOf,
  type Telemetry,
  type UnitOfWork,
} from './index.ts'

type Line = { sku: string; quantity?: number | undefined }
interface Named {
  sku: string
}

export const data: Json = { lines: [{ sku: 'TEA-1' } as Line], total: null }
export const kept: Line = frozenJson({ sku: 'TEA-1', quantity: 2 } as Line)

// @ts-expect-error a date is no JSON
export const dated: Json = { at: new Date(0) }

// @ts-expect-error a bigint is no JSON
export const big: Json = [1n]

// @ts-expect-error undefined is no JSON but for a property
export const nothing: Json = undefined

// @ts-expect-error a function is no JSON
export const callable: JsonObject = { f: () => 1 }

// @ts-expect-error a class instance is no JSON
frozenJson(new Map<string, string>())

// @ts-expect-error an interface is not closed, so a data shape is a type alias
frozenJson({ sku: 'TEA-1' } as Named)

const context: Context = createContext({ userId: 'ada' })

// @ts-expect-error a context stands still
context.userId = 'eve'

// @ts-expect-error a context knows nothing of roles
createContext({ role: 'admin' })

export const found: { get(): number } = portOf(context, 'events', { get: () => 1 })

// @ts-expect-error the port of the transaction is of the outer one's type
export const wrong: { set(): number } = portOf(context, 'events', { get: () => 1 })

declare const unit: UnitOfWork<{ readonly events: { append(): void } }>
declare const result: Result<number, 'no'>
export const committed: Promise<Result<number, 'no'>> = unit.transaction(async (tx) => {
  tx.events.append()
  return result
})

// @ts-expect-error a transaction tells by its Result whether it is committed
export const untold: Promise<unknown> = unit.transaction(async () => 42)

// @ts-expect-error no such port
export const portless: Promise<unknown> = unit.transaction(async (tx) => tx.sagas)

export const telemetry: Telemetry = {}
export const logger: Logger = console

// @ts-expect-error fields come before the message
logger.info('order placed', { orderId: 'o-1' })
