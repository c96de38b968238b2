import { type Id, parseId } from '@ashlar/domain'
import * as v from 'valibot'

/** An id in a command's input: text that could be one. */
export function id<Name extends string>(): v.GenericSchema<Id<Name>> {
  return v.custom<Id<Name>>((input) => parseId(input).isOk(), 'an id of 1 to 128 characters')
}
