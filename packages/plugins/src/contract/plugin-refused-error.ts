/** Thrown into a plugin that asks for what its manifest does not list or the host does not grant. */
export class PluginRefusedError extends Error {
  override readonly name = 'PluginRefusedError'
  readonly code = 'ASHLAR_PLUGINS_REFUSED'

  constructor(message: string) {
    super(message)
  }
}
