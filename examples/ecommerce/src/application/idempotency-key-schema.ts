import * as v from 'valibot'

/** A client's name for one request, so that sending it again does nothing more; any random text will do. */
export const idempotencyKey = v.pipe(
  v.string(),
  v.regex(/^[\w-]{1,64}$/, '1 to 64 letters, digits, "_" or "-"'),
)
