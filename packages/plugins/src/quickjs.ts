/**
 * Isolation `sandbox`: plugins in QuickJS, which can compute and nothing else.
 *
 * @packageDocumentation
 */
export { type QuickJsOptions, type QuickJsRuntimes, quickJsRunner } from './run/sandbox/quickjs-runner.ts'
