import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { leastManifest } from './manifests.ts'

/** A directory for plugins that is gone when it is disposed of. */
export class PluginFolders implements Disposable {
  readonly path: string = mkdtempSync(join(realpathSync(tmpdir()), 'ashlar-plugins-'))

  /** Writes a plugin that is as it should be, but for what is said. */
  plugin(
    name: string,
    manifest: { readonly [field: string]: unknown; readonly entry?: string } = {},
    source = 'exports.default = {}',
  ): string {
    const whole = { ...leastManifest, id: name, entry: 'plugin.cjs', ...manifest }
    this.write(`${name}/plugin.json`, JSON.stringify(whole))
    this.write(`${name}/${whole.entry}`, source)
    return join(this.path, name)
  }

  /** Writes a file, which only its owner can change. */
  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name)
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
    writeFileSync(path, content)
    chmodSync(path, 0o644)
    return path
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
