/**
 * Checks flag documents and brings them into one spelling.
 *
 * @packageDocumentation
 */
export type { FlagFinding } from './document/findings.ts'
export {
  type InvalidFlagDocument,
  type ParseFlagDocumentOptions,
  parseFlagDocument,
} from './document/parse-flag-document.ts'
