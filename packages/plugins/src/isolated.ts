/**
 * The main module of a plugin's own thread or process.
 *
 * It runs with the right to read its own folder and nothing else, so that it and all that it imports at run time are
 * files of this package alone.
 *
 * @packageDocumentation
 */
import { Socket } from 'node:net'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { IsolatedSide } from './isolated/isolated-side.ts'
import type { Channel, ChannelListener } from './rpc/channel.ts'
import { PortChannel } from './rpc/port-channel.ts'
import { SocketChannel } from './rpc/socket-channel.ts'

/** The host decides what is too large. */
const anySize = () => Number.POSITIVE_INFINITY

/** The inherited socket: not stdin, stdout or stderr. */
const socketNumber = 3

let side: IsolatedSide | undefined
const listener: ChannelListener = { text: (text) => side?.hear(text), tooLarge: () => {} }
const socket = parentPort === null ? new Socket({ fd: socketNumber }) : undefined
side = new IsolatedSide(socket === undefined ? threadChannel() : processChannel(socket), socket)

function threadChannel(): Channel {
  return new PortChannel(parentPort as MessagePort, anySize, listener)
}

function processChannel(socket: Socket): Channel {
  const exit = process.exit.bind(process)
  socket.once('close', () => exit(0))
  return new SocketChannel(socket, anySize, listener)
}
