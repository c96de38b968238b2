import { RegisterCustomer } from '../../../application/customers/register-customer.ts'
import type { Act } from '../act.ts'

export const registration: Act = {
  title: 'A customer registers',
  async play({ till, cast: { regular }, props }, narrator) {
    const registered = (input: unknown) =>
      till.shop.mediator.sendInput(RegisterCustomer, input, till.context())

    props.customerId = await till.register(regular)
    const { name, tier, creditLimit } = await till.customer(props.customerId)
    narrator.same('the customer is', name, regular.name)
    narrator.same('begins as', tier, 'Basic')
    narrator.same('may owe us, in GBP', creditLimit.amount, '1000.00')

    narrator.refusal(
      'an address without a sign in the middle',
      await registered({ ...regular, email: regular.email.replace('@', ' at ') }),
      'InvalidEmail',
      `write it as ${regular.email}`,
    )
    narrator.refusal(
      'the same address, spelled otherwise',
      await registered({ ...regular, email: regular.email.toUpperCase() }),
      'EmailTaken',
      'sign in, or register with another address',
    )
  },
}
