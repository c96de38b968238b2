/** Thrown by a plugin manager that was disposed of. */
export class PluginManagerClosedError extends Error {
  override readonly name = 'PluginManagerClosedError'
  readonly code = 'ASHLAR_PLUGINS_MANAGER_CLOSED'

  constructor(operation: string) {
    super(`"${operation}" needs a plugin manager that is open; this one was disposed of`)
  }
}
