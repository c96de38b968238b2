/**
 * For tests of plugins, and of runners that keep them away.
 *
 * @packageDocumentation
 */
export { type HostilePlugin, hostilePlugins } from './testing/hostile-plugins.ts'
export { type IsolationContractOptions, isolationContract } from './testing/isolation-contract.ts'
export {
  type LoggedLine,
  openPluginHost,
  type PluginHost,
  type PluginHostOptions,
} from './testing/plugin-host.ts'
