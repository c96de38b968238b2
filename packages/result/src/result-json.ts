import { err, ok, type Result } from 'neverthrow'

/** A Result as it goes over a wire; neverthrow's own JSON loses whether it was Ok or Err. */
export type ResultJson<Value, Fails> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Fails }

/**
 * Writes a Result as a plain object that keeps its tag.
 *
 * @param result - value and failure should be what JSON can carry
 * @returns `{ ok: true, value }` or `{ ok: false, error }`
 * @example
 * ```ts
 * import { fromJson, ok, toJson } from '@ashlar/result'
 *
 * const text = JSON.stringify(toJson(ok(42)))
 * console.log(text, fromJson(JSON.parse(text)).isOk())
 * ```
 */
export function toJson<Value, Fails>(result: Result<Value, Fails>): ResultJson<Value, Fails> {
  return result.isOk() ? { ok: true, value: result.value } : { ok: false, error: result.error }
}

/**
 * Reads what {@link toJson} wrote.
 *
 * @param json - trusted to carry the tag; its value and error are not looked at
 * @returns the Result
 * @throws TypeError when `ok` is neither true nor false
 * @example See {@link toJson}.
 */
export function fromJson<Value, Fails>(json: ResultJson<Value, Fails>): Result<Value, Fails> {
  if (json?.ok === true) return ok(json.value)
  if (json?.ok === false) return err(json.error)
  throw new TypeError(`a Result as JSON has "ok": true or false, found ${JSON.stringify(json)?.slice(0, 60)}`)
}
