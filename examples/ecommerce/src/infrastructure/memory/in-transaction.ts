import { type Context, portOf } from '@ashlar/kernel'

type Method = (subject: never, context: Context) => unknown

/** A port whose methods find their place in the context's transaction, where there is one. */
export function inTransaction<Port extends { get: Method; add: Method; save: Method }>(
  name: string,
  outer: Port,
): Pick<Port, 'get' | 'add' | 'save'> {
  const passOn =
    (method: 'get' | 'add' | 'save'): Method =>
    (subject, context) =>
      portOf(context, name, outer)[method](subject, context)
  return { get: passOn('get'), add: passOn('add'), save: passOn('save') } as Pick<
    Port,
    'get' | 'add' | 'save'
  >
}
