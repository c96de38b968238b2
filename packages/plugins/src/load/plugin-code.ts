import type { PluginDefinition } from '../contract/define-plugin.ts'

/**
 * The code of a plugin: the text of one bundled file, exactly the bytes that were checked; a module, which Node reads
 * itself; or a definition that the host already has.
 */
export type PluginCode =
  | { readonly kind: 'bundle'; readonly file: string; readonly source: string }
  | { readonly kind: 'module'; readonly file: string }
  | { readonly kind: 'object'; readonly definition: PluginDefinition<unknown> }
