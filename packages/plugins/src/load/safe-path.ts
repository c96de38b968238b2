import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { reasonOf } from '../run/reason-of.ts'
import {
  type PluginPathUnsafe,
  type PluginUnreadable,
  pluginPathUnsafe,
  pluginUnreadable,
} from './discovery-failure.ts'

/** Why a path can't be used. */
export type PathFailure = PluginUnreadable | PluginPathUnsafe

/** Looks at a folder that must be a real one and the owner's alone to change; undefined when it is. */
export async function folderFailure(path: string): Promise<PathFailure | undefined> {
  try {
    const stats = await lstat(path)
    if (stats.isSymbolicLink()) return pluginPathUnsafe(path, 'symlink')
    if (!stats.isDirectory()) return pluginUnreadable(path, 'it is no folder')
    return isWorldWritable(stats) ? pluginPathUnsafe(path, 'world-writable') : undefined
  } catch (thrown) {
    return pluginUnreadable(path, reasonOf(thrown))
  }
}

/** Looks at each folder on the way from a folder, which is not looked at, to a file below it. */
export async function wayFailure(folder: string, entry: string): Promise<PathFailure | undefined> {
  let path = folder
  for (const step of stepsOf(entry).slice(0, -1)) {
    path = join(path, step)
    const failure = await folderFailure(path)
    if (failure !== undefined) return failure
  }
  return undefined
}

/** Whether a path stays below the folder that it begins at; the file need not be there. */
export function staysInside(entry: string): boolean {
  return !/^(?:[/\\]|[A-Za-z]:)|[\\\0]/.test(entry) && !stepsOf(entry).includes('..')
}

/** Whether everybody may write; on Windows modes say nothing. */
export function isWorldWritable({ mode }: Stats): boolean {
  return process.platform !== 'win32' && (mode & 0o002) !== 0
}

export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined
}

function stepsOf(entry: string): string[] {
  return entry.split('/').filter((step) => step !== '' && step !== '.')
}
