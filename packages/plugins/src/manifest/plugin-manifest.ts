import type { Json } from '@ashlar/kernel'

/**
 * How far a plugin is kept from the host, from the least to the most: `trusted` runs in the host's own process, `worker`
 * in a thread, `process` in a process of its own without rights, `sandbox` in an engine of its own that can only compute.
 */
export type Isolation = 'trusted' | 'worker' | 'process' | 'sandbox'

/** Something that a plugin can't do unless its manifest asks for it and the host's policy grants it. */
export type Capability =
  | { readonly kind: 'service'; readonly id: string }
  | { readonly kind: 'fs.read' | 'fs.write'; readonly paths: readonly string[] }
  | { readonly kind: 'env'; readonly names: readonly string[] }
  | { readonly kind: 'net' }

/** What a plugin says of itself, in `plugin.json`; read before any of its code runs. */
export interface PluginManifest {
  /** Its one name: lower-case words joined by `.` and `-`. */
  readonly id: string
  /** Its own version, by semver. */
  readonly version: string
  /** The versions of the host that it works with: a range by semver. */
  readonly engine: string
  /** The name of the host's interface that it is written for, such as `shop/1`. */
  readonly api: string
  /**
   * Its code: one bundled file `.cjs`, or a module `.mjs`, which can't be unloaded and only runs trusted. Empty where the
   * host has the code already and the manifest names none.
   */
  readonly entry: string
  /** Plugins that must be active before it starts, with their ranges of versions; frozen, by id. */
  readonly dependsOn: ReadonlyMap<string, string>
  /** Plugins that start before it where they are there. */
  readonly optional: ReadonlyMap<string, string>
  /** The isolation that it is written for; the host may choose a stronger one. */
  readonly isolation: Isolation | undefined
  /** What it asks for. */
  readonly needs: readonly Capability[]
  /** The extension points that it adds to, each with whatever the point wants to know beforehand. */
  readonly contributes: ReadonlyMap<string, Json>
  /** The SHA-256 of its entry: `sha256-` and 43 or 44 characters of base64. */
  readonly integrity: string | undefined
  /** An Ed25519 signature of all the rest: `ed25519-` and base64. */
  readonly signature: string | undefined
}
