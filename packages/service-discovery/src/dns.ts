/**
 * Service discovery by DNS: SRV records, or addresses of one port.
 *
 * @packageDocumentation
 */
export { dnsRegistry } from './dns/dns-registry.ts'
export type { DnsRegistryOptions } from './dns/dns-registry-options.ts'
