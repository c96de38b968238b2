/** Thrown for an option that can't be: a mistake in the code of the host or plugin. */
export class InvalidPluginOptionError extends TypeError {
  override readonly name = 'InvalidPluginOptionError'
  readonly code = 'ASHLAR_PLUGINS_INVALID_OPTION'

  constructor(message: string) {
    super(message)
  }
}
