import { createContext } from '@ashlar/kernel'
import { orThrow } from '@ashlar/result'
import { afterEach } from 'vitest'
import { GetCustomer } from '../src/application/customers/get-customer.ts'
import { RegisterCustomer } from '../src/application/customers/register-customer.ts'
import { openShop, type Shop, type ShopOptions } from '../src/composition.ts'
import type { CustomerId } from '../src/domain/customers/customer.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const context = createContext({ userId: 'test' })

export const registration = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  phone: '+44 20 7946 0958',
  address: {
    street: '12 St James Square',
    city: 'London',
    state: 'England',
    postalCode: 'SW1Y 4JH',
    country: 'United Kingdom',
  },
}

type Opening = Partial<ShopOptions> & Pick<ShopOptions, 'store'>

/** Opens shops that fulfil orders, all of a test in one folder; closes them after it. */
export function openedShops(): { open(options: Opening): Promise<Shop>; folder(): string } {
  const folder = temporaryFolder()
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  return {
    folder,
    async open(options) {
      const shop = await openShop({ directory: folder(), ...options })
      const stop = new AbortController()
      const running = shop.orchestrator.run({ signal: stop.signal })
      closing.push(async () => {
        stop.abort()
        await running
        await shop.close()
      })
      return shop
    },
  }
}

/** Registers somebody under an address that nobody else has. */
export async function newCustomer(shop: Shop, email = `${nextNumber()}@example.com`): Promise<CustomerId> {
  const registered = shop.mediator.sendInput(RegisterCustomer, { ...registration, email }, context)
  return (await orThrow(registered)).value.customerId
}

export async function creditOf(shop: Shop, customerId: CustomerId): Promise<{ open: string; limit: string }> {
  const { openValue, creditLimit } = (
    await orThrow(shop.mediator.send(new GetCustomer({ customerId }), context))
  ).value
  return { open: openValue.amount, limit: creditLimit.amount }
}

let lastNumber = 0

function nextNumber(): number {
  lastNumber++
  return lastNumber
}
