/**
 * Sources of flag documents that run anywhere: an object, and a server.
 *
 * @packageDocumentation
 */
export type { FlagSource, FlagSourceOptions, LoadedFlags } from './sources/flag-source.ts'
export { FlagSourceError } from './sources/flag-source-error.ts'
export { type HttpSourceOptions, httpSource } from './sources/http-source.ts'
export { InvalidFlagOptionError } from './sources/invalid-option-error.ts'
export { type ObjectSource, type ObjectSourceOptions, objectSource } from './sources/object-source.ts'
