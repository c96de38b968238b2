import { chargesOf } from '../../../infrastructure/providers/card-payments.ts'
import type { Act } from '../act.ts'
import { soon, withWorker } from '../worker-process.ts'

export const killedWorker: Act = {
  title: 'kill -9 within a step, and between two',
  async play(stage, narrator) {
    const name = 'shared-by-processes'
    const till = await stage.openShop(name, 'sqlite')
    const directory = stage.directoryOf(name)
    const { ledger } = till.shop
    const asked = () => ledger.requests('payments', 'charge')
    const charged = () => chargesOf(ledger).length
    if (stage.store === 'memory') narrator.note('memory dies with its process, so this act runs on a file')
    await till.receive({ sku: 'LAMP-007', quantity: 3 })
    const customerId = await till.register(stage.cast.witness)
    ledger.arrange('payments', 'charge', 'hang-after')
    const orderId = await till.order(customerId, 'survivor', { sku: 'LAMP-007', quantity: 2 })

    await withWorker(directory, async (first) => {
      await soon(() => charged() === 1)
      narrator.fact('a worker charges; the answer is lost', asked() === 1, `pid ${first.pid}`)
      narrator.same('it is killed within the payment, by', await first.kill(), 'SIGKILL')
    })
    ledger.calm()
    ledger.arrange('shipping', 'create', 'hang-before')
    await withWorker(directory, async (second) => {
      await soon(() => ledger.requests('shipping', 'create') > 0)
      narrator.fact('the next one asks again, under the same key', asked() === 2, `pid ${second.pid}`)
      narrator.same('it is killed before it hands over a parcel, by', await second.kill(), 'SIGKILL')
    })
    const last = (await till.log(orderId)).at(-1)
    narrator.same('the last step that is written down', `${last?.step} ${last?.outcome}`, 'payment ok')
    narrator.same('parcels, so far', ledger.effects('shipping', 'create').length, 0)
    ledger.calm()
    await withWorker(directory, async (third) => {
      const outcome = await till.outcome(orderId)
      narrator.fact('a third one finishes the order', outcome.status === 'completed', `pid ${third.pid}`)
      narrator.same('it goes by itself when told so, with code', await third.end(), 0)
    })
    narrator.same('requests for the money', asked(), 2)
    narrator.same('charges', charged(), 1)
    narrator.same('parcels', ledger.effects('shipping', 'create').length, 1)
  },
}
