/** A service discovery was used after `close`. */
export class DiscoveryClosedError extends Error {
  override readonly name = 'DiscoveryClosedError'
  readonly code = 'ASHLAR_SERVICE_DISCOVERY_CLOSED'

  constructor() {
    super('the service discovery is closed')
  }
}
