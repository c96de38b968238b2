import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import type { StandardSchemaV1 } from '@standard-schema/spec'

/**
 * Input does not fit the message's schema; `issues` lists everything that is wrong with it.
 *
 * @see {@link Message.parse} for an example
 */
export type InvalidInput = Failure<
  'InvalidInput',
  {
    /** The message that was to be made. */
    readonly messageType: string
    /** All of them, in the schema's order. */
    readonly issues: readonly InputIssue[]
  }
>

/** One thing that is wrong with input. */
export interface InputIssue {
  /** Where, as in `lines[0].sku`; empty for the input as a whole. Cut after 200 characters. */
  readonly path: string
  /** What the schema says about it. Cut after 500 characters. */
  readonly message: string
}

/** A message class with a schema, whose constructor takes what the schema puts out as its one argument. */
export interface ParsableClass<M, Output> {
  /** The message's name. */
  readonly type: string
  /** Checks and converts input; any Standard Schema. */
  readonly schema: StandardSchemaV1<unknown, Output>
  /** Makes the message from checked data. */
  new (data: Output): M
}

/** `parse` met a schema that answers with a promise. */
export class AsyncSchemaError extends Error {
  override readonly name = 'AsyncSchemaError'
  readonly code = 'ASHLAR_MEDIATOR_ASYNC_SCHEMA'

  constructor(messageType: string) {
    super(`the schema of ${messageType} answers with a promise: use parseAsync or sendInput instead of parse`)
  }
}

/** A schema answered with something that a Standard Schema does not answer with. */
export class SchemaAnswerError extends Error {
  override readonly name = 'SchemaAnswerError'
  readonly code = 'ASHLAR_MEDIATOR_SCHEMA_ANSWER'

  constructor(messageType: string, answer: unknown) {
    const found = typeof answer === 'object' && answer !== null ? 'an object of neither' : String(answer)
    super(`the schema of ${messageType} must answer with "value" or a list of "issues", found ${found}`)
  }
}

/** Checks input and makes the message, at once. */
export function parseInput<M, Output>(
  message: ParsableClass<M, Output>,
  input: unknown,
): Result<M, InvalidInput> {
  const answer = message.schema['~standard'].validate(input)
  if (isPromise(answer)) {
    answer.then(undefined, ignore)
    throw new AsyncSchemaError(message.type)
  }
  return construct(message, answer)
}

/** Checks input, for as long as it takes, and makes the message. */
export async function parseInputAsync<M, Output>(
  message: ParsableClass<M, Output>,
  input: unknown,
): Promise<Result<M, InvalidInput>> {
  return construct(message, await message.schema['~standard'].validate(input))
}

/** Checks input, and goes on at once where the schema answers at once; what was aborted meanwhile goes nowhere. */
export function whenParsed<M, Output, Answer>(
  message: ParsableClass<M, Output>,
  input: unknown,
  signal: AbortSignal,
  goOn: (parsed: Result<M, InvalidInput>) => Promise<Answer>,
): Promise<Answer> {
  if (signal.aborted) return Promise.reject(signal.reason)
  try {
    const answer = message.schema['~standard'].validate(input)
    if (!isPromise(answer)) return goOn(construct(message, answer))
    return Promise.resolve(answer).then((late) => {
      signal.throwIfAborted()
      return goOn(construct(message, late))
    })
  } catch (thrown) {
    return Promise.reject(thrown)
  }
}

function construct<M, Output>(
  message: ParsableClass<M, Output>,
  answer: StandardSchemaV1.Result<Output>,
): Result<M, InvalidInput> {
  if (!isObject(answer)) throw new SchemaAnswerError(message.type, answer)
  const { issues } = answer
  if (Array.isArray(issues)) return err(invalidInput(message.type, issues.map(inputIssue)))
  if (issues || !('value' in answer)) throw new SchemaAnswerError(message.type, answer)
  return ok(new message(answer.value))
}

function invalidInput(messageType: string, issues: readonly InputIssue[]): InvalidInput {
  const [first] = issues
  const where = first === undefined || first.path === '' ? '' : ` at ${first.path}`
  const count = issues.length === 1 ? 'an issue' : `${issues.length} issues, the first`
  return failure(
    'InvalidInput',
    `input of ${messageType} has ${count}${where}: ${first?.message ?? 'unnamed'}`,
    {
      messageType,
      issues,
    },
  )
}

function inputIssue({ path, message }: StandardSchemaV1.Issue): InputIssue {
  return { path: cut(pathText(path ?? []), 200), message: cut(String(message), 500) }
}

function pathText(path: readonly (PropertyKey | StandardSchemaV1.PathSegment)[]): string {
  let text = ''
  for (const segment of path) {
    const key = typeof segment === 'object' ? segment.key : segment
    if (typeof key === 'number') text += `[${key}]`
    else text += text === '' ? String(key) : `.${String(key)}`
  }
  return text
}

/** Schemas quote what they found; a failure should not carry a megabyte of it into a log. */
function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
}

function isPromise<T>(answer: T | Promise<T>): answer is Promise<T> {
  return isObject(answer) && 'then' in answer
}

function isObject(answer: unknown): answer is object {
  return typeof answer === 'object' && answer !== null
}

/** The promise is nobody's any more; its rejection must not end the process. */
function ignore(): void {}
