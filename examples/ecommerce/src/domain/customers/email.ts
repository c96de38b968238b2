import { ValueObject } from '@ashlar/domain'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'

export type InvalidEmail = Failure<'InvalidEmail', { readonly expected: string }>

const maxLength = 254
const maxLocalLength = 64
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+$/i
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/** An address that mail can be sent to; kept as it was written, compared without regard to case. */
export class Email extends ValueObject {
  static readonly components = ['key'] as const
  readonly value: string
  /** The same for all spellings of one address; what makes it unique. */
  readonly key: string

  private constructor(value: string) {
    super()
    this.value = value
    this.key = value.toLowerCase()
  }

  /** Every check is bounded by a check of the length before it. */
  static parse(text: string): Result<Email, InvalidEmail> {
    const trimmed = text.length <= maxLength + 2 ? text.replaceAll(/^ +| +$/g, '') : text
    if (trimmed === '') return refuse('at least one character')
    if (trimmed.length > maxLength) return refuse(`at most ${maxLength} characters`)
    const [local = '', domain, ...more] = trimmed.split('@')
    if (domain === undefined || more.length > 0) return refuse('exactly one "@"')
    if (local.length > maxLocalLength) return refuse(`at most ${maxLocalLength} characters before the "@"`)
    if (!localPart.test(local) || hasLooseDot(local))
      return refuse('letters, digits and signs of ASCII before the "@"')
    const labels = domain.split('.')
    if (labels.length < 2 || !labels.every((part) => label.test(part)))
      return refuse(
        'a domain of ASCII letters, digits and hyphens after the "@"; write others in their xn-- form',
      )
    return ok(Email.freeze(new Email(`${local}@${domain.toLowerCase()}`)))
  }

  static restore(value: string): Email {
    return Email.freeze(new Email(value))
  }

  override toString(): string {
    return this.value
  }
}

function hasLooseDot(local: string): boolean {
  return local.startsWith('.') || local.endsWith('.') || local.includes('..')
}

function refuse(expected: string): Result<never, InvalidEmail> {
  return err(failure('InvalidEmail', `an e-mail address must have ${expected}`, { expected }))
}
