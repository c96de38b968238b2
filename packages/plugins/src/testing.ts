/**
 * For tests of plugins, and of runners that keep them away.
 *
 * @packageDocumentation
 */
export {
  type LoggedLine,
  openPluginHost,
  type PluginHost,
  type PluginHostOptions,
} from './testing/plugin-host.ts'
