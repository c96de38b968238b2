import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { reasonOf } from '../run/reason-of.ts'
import { pluginPathUnsafe, pluginUnreadable } from './discovery-failure.ts'
import { codeOf, isWorldWritable, type PathFailure, staysInside, wayFailure } from './safe-path.ts'

/** No link is followed, and a pipe does not make us wait. */
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** What a file holds, byte for byte, and where it is. */
export interface PluginFile {
  readonly path: string
  readonly bytes: Buffer
}

/** There is no such file. */
export const noFile: unique symbol = Symbol('no file')

/**
 * Reads a file of a plugin's folder. What is looked at is the open file itself, so that nobody can put another one in
 * its place between the look and the reading.
 *
 * @param folder - its real path
 * @param name - relative, with `/`
 */
export async function readPluginFile(
  folder: string,
  name: string,
  maxBytes: number,
): Promise<PluginFile | PathFailure | typeof noFile> {
  const path = join(folder, name)
  if (!staysInside(name)) return pluginPathUnsafe(path, 'outside')
  const failure = await wayFailure(folder, name)
  if (failure !== undefined) return failure
  let file: FileHandle | undefined
  try {
    file = await open(path, flags)
    return await readChecked(file, folder, path, maxBytes)
  } catch (thrown) {
    return thrownFailure(path, thrown)
  } finally {
    await file?.close()
  }
}

/** The text of bytes that are UTF-8. */
export function textOf({ path, bytes }: PluginFile): string | PathFailure {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return pluginUnreadable(path, 'it is no text in UTF-8')
  }
}

async function readChecked(
  file: FileHandle,
  folder: string,
  path: string,
  maxBytes: number,
): Promise<PluginFile | PathFailure> {
  const stats = await file.stat()
  if (!stats.isFile()) return pluginPathUnsafe(path, 'not-a-file')
  if (isWorldWritable(stats)) return pluginPathUnsafe(path, 'world-writable')
  if (stats.size > maxBytes) return pluginPathUnsafe(path, 'too-large')
  if (!(await isBelow(file, stats, folder, path))) return pluginPathUnsafe(path, 'outside')
  const bytes = await wholeOf(file, stats.size)
  return bytes === undefined ? pluginUnreadable(path, 'it has changed while it was read') : { path, bytes }
}

/** Whether the open file is one that lies below the folder. */
async function isBelow(file: FileHandle, stats: Stats, folder: string, path: string): Promise<boolean> {
  const below = folder.endsWith(sep) ? folder : `${folder}${sep}`
  // Where the system tells where an open file lies, nobody can lead us elsewhere by changing the path meanwhile.
  if (process.platform === 'linux') return (await readlink(`/proc/self/fd/${file.fd}`)).startsWith(below)
  const real = await realpath(path)
  const there = await stat(real)
  return real.startsWith(below) && there.dev === stats.dev && there.ino === stats.ino
}

/** All bytes; undefined when they are more or less than the file had before. */
async function wholeOf(file: FileHandle, size: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(size + 1)
  let filled = 0
  while (filled < size || filled === 0) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled === size ? buffer.subarray(0, size) : undefined
}

function thrownFailure(path: string, thrown: unknown): PathFailure | typeof noFile {
  switch (codeOf(thrown)) {
    case 'ENOENT':
      return noFile
    case 'ELOOP':
    case 'EMLINK':
      return pluginPathUnsafe(path, 'symlink')
    case 'ENXIO':
      return pluginPathUnsafe(path, 'not-a-file')
    default:
      return pluginUnreadable(path, reasonOf(thrown))
  }
}
