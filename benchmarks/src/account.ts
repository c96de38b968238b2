import { type DomainEvent, unknownEvent } from '@ashlar/domain'
import { EventSourcedAggregate } from '@ashlar/event-sourcing'

/** What can happen to an account. */
export type AccountEvent =
  | DomainEvent<'MoneyDeposited', { amount: number; from: string }>
  | DomainEvent<'MoneyWithdrawn', { amount: number; reason: string }>
  | DomainEvent<'AccountClosed', { by: string }>

/** An account as an aggregate. */
export class Account extends EventSourcedAggregate<AccountEvent> {
  static readonly category = 'account'
  #balance = 0
  #isOpen = true

  get balance(): number {
    return this.#balance
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  protected apply(event: AccountEvent): void {
    switch (event.type) {
      case 'MoneyDeposited':
        this.#balance += event.data.amount
        return
      case 'MoneyWithdrawn':
        this.#balance -= event.data.amount
        return
      case 'AccountClosed':
        this.#isOpen = false
        return
      default:
        return unknownEvent(event)
    }
  }
}

/** The same as a loop over a plain object, with nothing around it. */
export function foldByHand(history: readonly AccountEvent[]): { balance: number; isOpen: boolean } {
  const state = { balance: 0, isOpen: true }
  for (const event of history)
    switch (event.type) {
      case 'MoneyDeposited':
        state.balance += event.data.amount
        break
      case 'MoneyWithdrawn':
        state.balance -= event.data.amount
        break
      case 'AccountClosed':
        state.isOpen = false
        break
      default:
        unknownEvent(event)
    }
  return state
}
