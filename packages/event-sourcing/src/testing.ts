/**
 * Given what has happened, when something is asked for, then this happens: tests of aggregates as sentences.
 *
 * @packageDocumentation
 */
export { type Given, given, type When } from './testing/given.ts'
