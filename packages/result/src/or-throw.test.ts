import { err, errAsync, ok, okAsync } from 'neverthrow'
import { describe, expect, it } from 'vitest'
import { failure } from './failure.ts'
import { FailureError } from './failure-error.ts'
import { orThrow } from './or-throw.ts'

const mailboxFull = failure('MailboxFull', 'mailbox "ada" is full', { mailbox: 'ada' })

describe('orThrow', () => {
  it.each([
    ['a Result', ok(42)],
    ['the promise of one', Promise.resolve(ok(42))],
    ['a ResultAsync', okAsync(42)],
  ])('gives back %s that is Ok', async (_, result) => {
    expect((await orThrow(result)).value).toBe(42)
  })

  it.each([
    ['a Result', () => err(mailboxFull)],
    ['the promise of one', () => Promise.resolve(err(mailboxFull))],
    ['a ResultAsync', () => errAsync(mailboxFull)],
  ])('throws the failure of %s', async (_, result) => {
    const thrown = await orThrow(result()).catch((error: unknown) => error)

    expect(thrown).toBeInstanceOf(FailureError)
    expect(thrown).toMatchObject({
      name: 'FailureError',
      code: 'ASHLAR_RESULT_FAILURE',
      message: 'MailboxFull: mailbox "ada" is full',
    })
    expect((thrown as FailureError).failure).toBe(mailboxFull)
    expect((thrown as FailureError).cause).toBe(mailboxFull)
  })

  it('lets a rejection through as it is', async () => {
    const broken = new Error('the network is down')

    await expect(orThrow(Promise.reject(broken))).rejects.toBe(broken)
  })
})
