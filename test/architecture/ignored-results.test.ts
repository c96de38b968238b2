import { describe, expect, it } from 'vitest'
import { expectEach, textsOf } from './faults.ts'
import { buildHouse, runGuard } from './small-house.ts'

describe('the guard of ignored Results', () => {
  const head = "import { ok, type Result } from '@ashlar/result'\n"
  const now = `${head}const now = (): Result<number, string> => ok(1)\n`
  const soon = `${head}const soon = async (): Promise<Result<number, string>> => ok(1)\n`
  const faults = {
    'packages/saga/src/plain.ts': [`${now}now()`, 'ignores a Result: now()'],
    'packages/saga/src/mapped.ts': [`${now}now().map(console.log)`, 'ignores a Result'],
    'packages/saga/src/awaited.ts': [`${soon}await soon()`, 'ignores a Result: await soon()'],
    'packages/saga/src/floating.ts': [`${soon}soon()`, 'ignores a Result: soon()'],
    'packages/saga/src/voided.ts': [`${soon}void soon()`, 'ignores a Result: void soon()'],
    'packages/saga/src/perhaps.ts': [`${soon}if (Date) (await soon())`, 'ignores a Result'],
    'packages/saga/src/both.ts': [`${soon}export const x = true\nx && (await soon())`, 'ignores a Result'],
    'packages/saga/src/some.test.ts': [`${soon}await soon()`, 'ignores a Result'],
    'examples/ecommerce/src/application/ignore.ts': [`${soon}await soon()`, 'ignores a Result'],
    'examples/ecommerce/test/ignore.test.ts': [`${soon}await soon()`, 'ignores a Result'],
    'test/integration/ignore.test.ts': [`${soon}await soon()`, 'ignores a Result'],
  } as const

  it('names each file and the statement', () => {
    const verdict = runGuard('check-ignored-results.mjs', buildHouse(textsOf(faults)))

    expectEach(faults, verdict)
  })

  it('passes a sound house, which may return, keep and unwrap Results, and leave those that can not fail', () => {
    const house = buildHouse({
      'packages/saga/src/used.ts': `${soon}let kept = await soon()\nkept = await soon()\nkept._unsafeUnwrap()\nconsole.log(kept.isOk())\nexport const later = () => soon()\n`,
      'packages/saga/src/sure.ts': `${head}const sure = async () => ok(1)\nawait sure()\n`,
      'packages/saga/src/used.test-d.ts': `${now}now()\n`,
    })

    expect(runGuard('check-ignored-results.mjs', house)).toMatchObject({ passed: true })
  })
})
