/** A registry was used after `close`. */
export class RegistryClosedError extends Error {
  override readonly name = 'RegistryClosedError'
  readonly code = 'ASHLAR_SERVICE_DISCOVERY_REGISTRY_CLOSED'

  /** @param registry - the registry's name */
  constructor(registry: string) {
    super(`registry ${registry} is closed`)
  }
}
