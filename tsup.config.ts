import { readdirSync, readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

type Exports = Record<string, string | { '@ashlar/source': string }>

/** Every subpath that a package exports is an entry of its bundle. */
function entries(name: string): Record<string, string> {
  const { exports } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8')) as {
    exports: Exports
  }
  return Object.fromEntries(
    Object.values(exports)
      .filter((target) => typeof target !== 'string')
      .map((target) => target['@ashlar/source'])
      .map((source) => [source.slice('./src/'.length, -'.ts'.length), `packages/${name}/${source}`]),
  )
}

export default defineConfig(
  readdirSync('packages').map((name) => ({
    name,
    entry: entries(name),
    outDir: `packages/${name}/dist`,
    format: ['esm'] as const,
    target: 'node22.13',
    platform: 'node' as const,
    dts: false,
    sourcemap: true,
    clean: false,
    removeNodeProtocol: false,
    silent: true,
    tsconfig: `packages/${name}/tsconfig.json`,
    external: [/^[^./]/],
  })),
)
