import type { DiscoveryFailure } from './discovery-failure.ts'
import type { PluginCode } from './plugin-code.ts'

/** What lies in one place where a plugin may be; its manifest is not checked yet, and none of its code has run. */
export type FoundPlugin =
  | {
      /** Where it is, for people: a folder's path, a package's name. */
      readonly origin: string
      /** The manifest as its JSON came. */
      readonly manifest: unknown
      /**
       * Gets at the code, once the manifest is known to be good; nothing of it is run. `maxEntryBytes` is the most that
       * it may have.
       */
      read(entry: string, options: { readonly maxEntryBytes: number }): Promise<PluginCode | DiscoveryFailure>
    }
  | {
      /** Where it is, for people. */
      readonly origin: string
      /** The manifest, which needs no entry. */
      readonly manifest: unknown
      /** What the host has already. */
      readonly code: PluginCode
    }
  | {
      /** Where it is, for people. */
      readonly origin: string
      /** Why there is no manifest. */
      readonly failure: DiscoveryFailure
    }

/**
 * A place where plugins are found, without any of their code being run.
 *
 * @see {@link directorySource} for one
 */
export interface PluginSource {
  /** What it is, for people. */
  readonly name: string
  /**
   * Looks at everything that is there now.
   *
   * @returns what was found, in an order that stays the same, or why nothing can be
   * @throws the signal's reason
   */
  find(options: { readonly signal?: AbortSignal }): Promise<readonly FoundPlugin[] | DiscoveryFailure>
}
