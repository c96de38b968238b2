import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createContext } from '@ashlar/kernel'
import type { PagedResult } from '@ashlar/specification'
import type { CustomerListItem } from '../application/customers/customer-directory.ts'
import { SearchCustomers } from '../application/customers/search-customers.ts'
import { openShop } from '../composition.ts'
import { readOptions } from './read-options.ts'

const usage = `Lists the customers of a shop, page by page.

Usage: npm run shop -- customers --directory DIR [options]

Options:
  --directory DIR    where the shop's files lie
  --term TEXT        only those whose name or e-mail address has this text
  --status STATUS    only those who are active, or suspended
  --tier TIER        only those of Basic, Silver, Gold or Platinum
  --sort ORDER       name, email, tier or createdAt; name unless told
  --descending       the last ones first
  --page N           which page, 1 unless told
  --size N           how many on a page, 1 to 100; 10 unless told
  --json             prints one JSON object instead of a table
  --help             shows this text`

/** Takes what follows `customers` on the command line, and gives the exit code. */
export async function listCustomers(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv, {
    directory: { type: 'string' },
    term: { type: 'string' },
    status: { type: 'string' },
    tier: { type: 'string' },
    sort: { type: 'string' },
    descending: { type: 'boolean' },
    page: { type: 'string' },
    size: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (options.isErr()) return complain(`${options.error.message}\n\n${usage}`, 2)
  const { directory, json: isJson, help: isHelp, ...wanted } = options.value
  if (isHelp) return say(usage)
  if (directory === undefined) return complain(`--directory is missing\n\n${usage}`, 2)
  if (!existsSync(join(directory, 'shop.db'))) return complain(`there is no shop in "${directory}"`, 1)

  const shop = await openShop({ store: 'sqlite', directory })
  try {
    const page = await shop.mediator.sendInput(SearchCustomers, inputOf(wanted), createContext())
    if (page.isErr()) return complain(page.error.message, 2)
    return say(isJson ? JSON.stringify(page.value) : tableOf(page.value))
  } finally {
    await shop.close()
  }
}

type Wanted = {
  readonly term?: string
  readonly status?: string
  readonly tier?: string
  readonly sort?: string
  readonly descending?: boolean
  readonly page?: string
  readonly size?: string
}

/** Says nothing of its own about what may be asked for; the query's schema does. */
function inputOf({ term, status, tier, sort, descending, page, size }: Wanted): object {
  return {
    searchTerm: term,
    status,
    tier,
    sortBy: sort,
    sortDescending: descending,
    pageNumber: page === undefined ? undefined : Number(page),
    pageSize: size === undefined ? undefined : Number(size),
  }
}

function tableOf({ items, pageNumber, totalPages, totalCount }: PagedResult<CustomerListItem>): string {
  const rows = items.map(({ name, email, status, tier, createdAt }) => [
    name,
    email,
    status,
    tier,
    createdAt.slice(0, 10),
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return [...lines, `page ${pageNumber} of ${totalPages}, ${totalCount} in all`].join('\n')
}

function say(text: string): number {
  console.log(text)
  return 0
}

function complain(problem: string, exitCode: number): number {
  console.error(problem)
  return exitCode
}
