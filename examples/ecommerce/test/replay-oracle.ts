/** What a replay must come to, reckoned from the file in plain whole numbers; knows no cart and no order. */
export function reckon(csv: string) {
  const skipped = { cancellation: 0, guest: 0, quantity: 0, price: 0 }
  const sums = new Map<string, { customer: string; date: string; thousandths: number }>()
  const rows = csv.split('\n').slice(1, csv.endsWith('\n') ? -1 : undefined)
  let lines = 0
  for (const row of rows) {
    const [invoice = '', , , quantity = '', date = '', price = '', customer = ''] = cells(row)
    const thousandths = inThousandths(price)
    if (invoice[0] === 'C') skipped.cancellation++
    else if (customer === '') skipped.guest++
    else if (Number(quantity) <= 0) skipped.quantity++
    else if (thousandths <= 0) skipped.price++
    else {
      lines++
      const sum = sums.get(invoice) ?? { customer, date, thousandths: 0 }
      sum.thousandths += Number(quantity) * thousandths
      sums.set(invoice, sum)
    }
  }
  return { rows: rows.length, skipped, orders: sums.size, lines, ...spend([...sums.values()], lines) }
}

const limits = [1_000_00, 5_000_00, 20_000_00, 50_000_00]
const borders = [0, 5_000_00, 20_000_00, 50_000_00]

function spend(sums: { customer: string; date: string; thousandths: number }[], lines: number) {
  const spent = new Map<string, number>()
  let refusedByCredit = 0
  let tierUpgrades = 0
  for (const { customer, thousandths } of sums.sort((a, b) => Date.parse(a.date) - Date.parse(b.date))) {
    const before = spent.get(customer) ?? 0
    const pence = (thousandths - (thousandths % 10)) / 10 + (thousandths % 10 >= 5 ? 1 : 0)
    const isRefused = pence > (limits[tier(before)] ?? 0)
    const after = isRefused ? before : before + pence
    if (isRefused) refusedByCredit++
    if (tier(after) > tier(before)) tierUpgrades++
    spent.set(customer, after)
  }
  const tiers = [0, 1, 2, 3].map(
    (wanted) => [...spent.values()].filter((value) => tier(value) === wanted).length,
  )
  const events = spent.size + sums.length + lines + 3 * (sums.length - refusedByCredit) + tierUpgrades
  const revenuePence = [...spent.values()].reduce((sum, value) => sum + value, 0)
  return { customers: spent.size, refusedByCredit, tierUpgrades, tiers, revenuePence, events }
}

function tier(spent: number): number {
  return borders.filter((border) => border <= spent).length - 1
}

/** The year has no line end within a field, no sign but a minus, and three decimals at most. */
function inThousandths(price: string): number {
  const [, minus, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(price) ?? []
  if (whole === undefined) throw new Error(`can't reckon with the price ${price}`)
  return Number(whole + fraction.padEnd(3, '0')) * (minus === '-' ? -1 : 1)
}

function cells(row: string): string[] {
  return Array.from(
    row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g),
    ([, quoted, plain]) => quoted ?? plain ?? '',
  )
}
