import { peer } from './peer.ts'

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

/** Nest's way to send a command, and to end the application that it belongs to. */
export interface NestCommandBus<Message extends object> {
  execute(command: Message): Promise<unknown>
  close(): Promise<void>
}
type CommandBus<Message> = { execute(command: Message): Promise<unknown> }

class ShopModule {}

/**
 * Starts a Nest application whose command bus has one handler, as its documentation shows it.
 *
 * @param command - the class of the command
 * @param handle - what the handler does
 */
export async function nestCommandBus<Message extends object>(
  command: abstract new (...data: never[]) => Message,
  handle: (command: Message) => PromiseLike<unknown>,
): Promise<NestCommandBus<Message>> {
  await peer('reflect-metadata')
  const { NestFactory } = await peer<NestCore>('@nestjs/core')
  const { Module } = await peer<NestCommon>('@nestjs/common')
  const { CqrsModule, CommandBus, CommandHandler } = await peer<NestCqrs>('@nestjs/cqrs')
  class CommandHandlerOfNest {
    execute(received: Message): PromiseLike<unknown> {
      return handle(received)
    }
  }
  CommandHandler(command)(CommandHandlerOfNest)
  Module({ imports: [CqrsModule.forRoot()], providers: [CommandHandlerOfNest] })(ShopModule)
  const app = await NestFactory.createApplicationContext(ShopModule, { logger: false })
  await app.init()
  const bus = app.get<CommandBus<Message>>(CommandBus)
  return { execute: (received) => bus.execute(received), close: () => app.close() }
}
