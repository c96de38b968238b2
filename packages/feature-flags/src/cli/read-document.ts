import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { err, ok, type Result } from '@ashlar/result'
import type { FlagFinding } from '../document/findings.ts'
import type { FlagDocument } from '../document/flag-document.ts'
import { parseFlagDocument } from '../document/parse-flag-document.ts'
import { cidr } from '../operators/cidr.ts'
import type { ConditionOperator } from '../operators/operator.ts'
import { regex } from '../operators/regex.ts'
import { semver } from '../operators/semver.ts'

/** Why there is no document, in lines for people. */
export interface UnreadableDocument {
  readonly lines: readonly string[]
}

/** Operators that documents may use because entries of the package bring them. */
export const extraOperators: readonly ConditionOperator[] = [...cidr, ...regex, ...semver]

/** Reads and checks a document; `-` is the standard input. */
export async function readDocument(file: string): Promise<Result<FlagDocument, UnreadableDocument>> {
  const name = file === '-' ? 'standard input' : file
  return (await textOf(file, name))
    .andThen((text) => jsonOf(text, name))
    .andThen((json) =>
      parseFlagDocument(json, { operators: extraOperators, maxFindings: Infinity }).mapErr(
        ({ findings }) => ({
          lines: findings.map((finding) => `${name}: ${lineOf(finding)}`),
        }),
      ),
    )
}

async function textOf(file: string, name: string): Promise<Result<string, UnreadableDocument>> {
  try {
    const bytes = file === '-' ? await buffer(process.stdin) : await readFile(file)
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    return unreadable(`${name}: expected a file with text, found ${fault(error)}`)
  }
}

function fault(error: unknown): string {
  const { code } = error as { readonly code?: unknown }
  if (code === 'ENOENT') return 'none'
  if (code === 'EISDIR') return 'a folder'
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'bytes that are not UTF-8'
  return `one that can't be read (${String(code)})`
}

function jsonOf(text: string, name: string): Result<unknown, UnreadableDocument> {
  try {
    return ok(JSON.parse(text))
  } catch (error) {
    return unreadable(`${name}: expected JSON, found ${(error as Error).message}`)
  }
}

function unreadable(line: string): Result<never, UnreadableDocument> {
  return err({ lines: [line] })
}

function lineOf({ path, expected, found, message }: FlagFinding): string {
  const words = `expected ${expected}, found ${found}${message === undefined ? '' : ` (${message})`}`
  return path === '' ? words : `${path}: ${words}`
}
