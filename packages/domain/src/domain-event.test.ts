import { describe, expect, it } from 'vitest'
import { UnknownEventError, unknownEvent } from './domain-event.ts'

describe('unknownEvent', () => {
  it('throws, naming the type, with a stable code', () => {
    const fromAnOldStore = { type: 'CartMelted', data: null } as never

    expect(() => unknownEvent(fromAnOldStore)).toThrow(UnknownEventError)
    expect(() => unknownEvent(fromAnOldStore)).toThrow(
      expect.objectContaining({
        code: 'ASHLAR_DOMAIN_UNKNOWN_EVENT',
        message: expect.stringContaining('"CartMelted"'),
      }),
    )
  })

  it('throws the same for what is no event at all', () => {
    expect(() => unknownEvent(undefined as never)).toThrow(UnknownEventError)
  })
})
