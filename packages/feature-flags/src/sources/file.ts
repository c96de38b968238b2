/**
 * A source of flag documents that is a file, for Node.
 *
 * @packageDocumentation
 */
export { type FileSourceOptions, fileSource } from './file-source.ts'
export { InvalidFlagOptionError } from './invalid-option-error.ts'
