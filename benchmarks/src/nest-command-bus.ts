import type { Result } from '@ashlar/result'
import { peer } from './peer.ts'
import type { ShopCommand, ShopOrder } from './shop-commands.ts'

/** Nest's way to send a command, and to end the application that it belongs to. */
export interface NestCommandBus {
  execute(command: ShopCommand): Promise<Result<number, never>>
  close(): Promise<void>
}

/** What is used of Nest, as far as it is used. */
type NestCore = {
  readonly NestFactory: { createApplicationContext(module: object, options: object): Promise<NestApp> }
}
type NestApp = { init(): Promise<unknown>; get<T>(token: unknown): T; close(): Promise<void> }
type NestCommon = { readonly Module: (options: object) => (target: object) => void }
type NestCqrs = {
  readonly CqrsModule: { forRoot(): object }
  readonly CommandBus: object
  readonly CommandHandler: (command: object) => (handler: object) => void
}

/** Starts a Nest application with a command bus and its handlers, as its documentation shows it. */
export async function nestCommandBus(orders: readonly ShopOrder[]): Promise<NestCommandBus> {
  await peer('reflect-metadata')
  const { NestFactory } = await peer<NestCore>('@nestjs/core')
  const { Module } = await peer<NestCommon>('@nestjs/common')
  const { CqrsModule, CommandBus, CommandHandler } = await peer<NestCqrs>('@nestjs/cqrs')
  class ShopModule {}
  for (const { command, NestHandler } of orders) CommandHandler(command)(NestHandler)
  Module({ imports: [CqrsModule.forRoot()], providers: orders.map(({ NestHandler }) => NestHandler) })(
    ShopModule,
  )
  const app = await NestFactory.createApplicationContext(ShopModule, { logger: false })
  await app.init()
  const bus = app.get<Pick<NestCommandBus, 'execute'>>(CommandBus)
  return { execute: (command) => bus.execute(command), close: () => app.close() }
}
