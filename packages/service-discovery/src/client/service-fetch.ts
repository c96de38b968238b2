import type { Result } from '@ashlar/result'
import { authorityOf } from '../registry/address.ts'
import type { CallFailure } from './call-failure.ts'
import type { AttemptWork, CallOptions } from './call-options.ts'
import { isIdempotent, isWhole, repeatableInit, repeatableRequest } from './repeatable-request.ts'
import { ServiceCallError } from './service-call-error.ts'
import { servicePath } from './service-path.ts'

/** The part of a client that a `fetch` needs. */
interface Caller {
  readonly service: string
  execute<T>(work: AttemptWork<T>, options?: CallOptions<T>): Promise<Result<T, CallFailure>>
}

/** Makes a `fetch` of a client. */
export function serviceFetch(
  caller: Caller,
  { scheme, fetch }: { readonly scheme: 'http' | 'https'; readonly fetch: typeof globalThis.fetch },
): typeof globalThis.fetch {
  return async (input, init) => {
    const request = input instanceof Request ? input : undefined
    const path = servicePath(caller.service, request?.url ?? String(input))
    const asked = request === undefined ? repeatableInit(init) : await repeatableRequest(request, init)
    const signal = asked.signal ?? undefined
    const isOnce = !isWhole(asked)
    const unread: Response[] = []
    let kept: Response | undefined
    const work: AttemptWork<Response> = async ({ host, port }, attempt) => {
      if (unread.length > 0) discard(unread)
      const url = `${scheme}://${authorityOf(host, port)}${path}`
      // the attempt's signal ends with the headers, the caller's also ends the body
      const either = signal === undefined ? attempt.signal : AbortSignal.any([signal, attempt.signal])
      const answer = await fetch(url, { ...asked, signal: either })
      // a fetch may be deaf to its signal
      if (attempt.signal.aborted) void cancel(answer)
      else unread.push(answer)
      return answer
    }
    try {
      const answer = await caller.execute(work, {
        isIdempotent: !isOnce && isIdempotent(asked),
        isOnce,
        isFailure: ({ status }) => status === 429 || (status >= 500 && status !== 501),
        ...(signal !== undefined && { signal }),
      })
      if (answer.isErr()) throw new ServiceCallError(answer.error)
      kept = answer.value
      return kept
    } finally {
      discard(unread, kept)
    }
  }
}

/** Lets the connections of answers go that nobody will read. */
function discard(answers: Response[], kept?: Response): void {
  for (const answer of answers) if (answer !== kept) void cancel(answer)
  answers.length = 0
}

async function cancel({ body }: Response): Promise<void> {
  try {
    await body?.cancel()
  } catch {
    // it has broken already, which is none of the next attempt's business
  }
}
