/**
 * What plugins and the contracts that they share with their host are written with.
 *
 * @packageDocumentation
 */
export {
  type CallContext,
  type Contribution,
  definePlugin,
  type PluginContext,
  type PluginDefinition,
} from './contract/define-plugin.ts'
export {
  type AnswerTo,
  type ExtensionMode,
  type ExtensionPoint,
  extensionPoint,
  type GivenTo,
  type InputOf,
  type InputSchema,
  type OutputOf,
  type OutputSchema,
} from './contract/extension-point.ts'
export { InvalidPluginOptionError } from './contract/invalid-plugin-option-error.ts'
export { PluginRefusedError } from './contract/plugin-refused-error.ts'
export { type Remote, type ServiceRef, service } from './contract/service.ts'
