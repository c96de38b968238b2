import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openShop } from '../src/composition.ts'
import { newCustomer } from './opened-shop.ts'
import { runProcess } from './shop-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('npm run shop -- customers', () => {
  const folder = temporaryFolder()
  const list = (...argv: readonly string[]) =>
    runProcess('../src/main.ts', ['customers', '--directory', folder(), ...argv])

  async function fillShop(): Promise<void> {
    const shop = await openShop({ store: 'sqlite', directory: folder(), isFulfilling: false })
    for (const name of ['ada', 'bob', 'cleo']) await newCustomer(shop, `${name}@example.com`)
    await shop.close()
  }

  it('prints a page for people, and how many there are', async () => {
    await fillShop()

    const { code, stdout } = await list('--sort', 'email', '--descending', '--size', '2')

    expect(code).toBe(0)
    expect(stdout.replaceAll(/\d{4}-\d\d-\d\d/g, 'DAY')).toBe(
      [
        'Ada Lovelace  cleo@example.com  active  Basic  DAY',
        'Ada Lovelace  bob@example.com   active  Basic  DAY',
        'page 1 of 2, 3 in all\n',
      ].join('\n'),
    )
  })

  it('prints a page for programs', async () => {
    await fillShop()

    const { stdout } = await list('--term', 'BOB@', '--status', 'active', '--tier', 'Basic', '--json')

    expect(JSON.parse(stdout)).toMatchObject({
      items: [{ email: 'bob@example.com' }],
      pageNumber: 1,
      pageSize: 10,
      totalCount: 1,
      totalPages: 1,
    })
  })

  it('finds nobody, and says so', async () => {
    await fillShop()

    expect((await list('--term', "' OR 1=1 --")).stdout).toBe('page 1 of 0, 0 in all\n')
  })

  it.each([
    [['--page', '0'], 'page.number'],
    [['--page', 'two'], 'pageNumber'],
    [['--size', '101'], 'page.size'],
    [['--sort', 'phone'], 'sortBy'],
    [['--tier', 'gold'], 'tier'],
  ])('refuses %j with code 2, and says why', async (argv, problem) => {
    await fillShop()

    const { code, stdout, stderr } = await list(...argv)

    expect(stderr).toContain(problem)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('makes no shop where there is none', async () => {
    const directory = join(folder(), 'empty')
    mkdirSync(directory)

    const { code, stderr } = await runProcess('../src/main.ts', ['customers', '--directory', directory])

    expect(stderr).toBe(`there is no shop in "${directory}"\n`)
    expect(code).toBe(1)
    expect(existsSync(join(directory, 'shop.db'))).toBe(false)
  })
})
