import { type StatWatcher, unwatchFile, watchFile } from 'node:fs'
import type { Traces } from './traces.ts'

type Changed = (now: unknown, before: unknown) => void

/** The function `watchFile` of `fs`: one watcher serves all who watch a file, so its listeners are what is left. */
export function watchFileTrace(traces: Traces): typeof watchFile {
  return ((file: string, ...rest: [Changed] | [object, Changed]) => {
    const watcher: StatWatcher = Reflect.apply(watchFile, undefined, [file, ...rest])
    const changed = rest.at(-1) as Changed
    traces.add({
      kind: 'listener',
      what: `fs.watchFile ${JSON.stringify(String(file))}`,
      isOpen: () => watcher.listeners('change').includes(changed),
      end: () => unwatchFile(file, changed),
    })
    return watcher
  }) as typeof watchFile
}
