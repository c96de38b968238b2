/**
 * Requests of undici, and of the platform's `fetch` with a dispatcher, to the instances of services.
 *
 * @packageDocumentation
 */
export { type DiscoveryDispatcherOptions, discoveryDispatcher } from './undici/discovery-dispatcher.ts'
