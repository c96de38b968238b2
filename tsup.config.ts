import { readdirSync, readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

type Targets = { readonly [name: string]: string | Targets }

/** Every subpath, inner import and command of a package is an entry of its bundle. */
function entries(name: string): Record<string, string> {
  const manifest = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8')) as {
    exports: Targets
    imports?: Targets
    bin?: Record<string, string>
  }
  const commands = Object.values(manifest.bin ?? {}).map((path) =>
    path.replace('dist', 'src').replace('.js', '.ts'),
  )
  return Object.fromEntries(
    [...sources(manifest.exports), ...sources(manifest.imports ?? {}), ...commands].map((source) => [
      source.slice('./src/'.length, -'.ts'.length),
      `packages/${name}/${source}`,
    ]),
  )
}

function sources(targets: Targets): string[] {
  return Object.entries(targets).flatMap(([condition, target]) => {
    if (typeof target !== 'string') return sources(target)
    return condition === '@ashlar/source' ? [target] : []
  })
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
