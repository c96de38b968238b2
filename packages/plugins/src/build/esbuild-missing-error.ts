/** Thrown by {@link buildPlugin} when esbuild is not installed beside the package. */
export class EsbuildMissingError extends Error {
  override readonly name = 'EsbuildMissingError'
  readonly code = 'ASHLAR_PLUGINS_ESBUILD_MISSING'

  constructor(cause: unknown) {
    super('building a plugin needs esbuild: install it beside @ashlar/plugins', { cause })
  }
}
