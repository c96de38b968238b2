/** Something that keeps a plugin in memory, or that it has left behind. */
export interface PluginLeak {
  /** What it is: a timer, a listener, an open handle, a global name, a module, or a reference that nobody can name. */
  readonly kind: 'timer' | 'listener' | 'handle' | 'global' | 'module' | 'reference'
  /** Which one, such as `setInterval of 1000 ms`, `process "exit"` or `net.createServer`. */
  readonly what: string
}

/**
 * Whether an unloaded plugin is really gone. A thread or process of its own is gone when it has ended; in the host's
 * process it is when the garbage collector has taken it.
 */
export type UnloadProof =
  | { readonly collected: true; readonly leaked: readonly [] }
  | { readonly collected: false; readonly leaked: readonly PluginLeak[] }
