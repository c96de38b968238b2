import { describe, expect, it } from 'vitest'
import { buildHouse, findingsAbout, runGuard } from './small-house.ts'

describe('the guard of failure pages', () => {
  const made = {
    'packages/saga/src/late.ts':
      "import { failure } from '@ashlar/result'\n\nexport const late = failure(\n  'TooLate',\n)\n",
    'packages/saga/src/error.ts':
      "export class LeaseLostError extends Error {\n  readonly code = 'ASHLAR_SAGA_LEASE_LOST'\n}\n",
  }
  const entry = '\n\n**What** a. **Why** b. **Fix** c.\n\n'

  it('names the place of a failure and of a code without an entry', () => {
    const verdict = runGuard('check-failure-pages.mjs', buildHouse(made))

    expect(findingsAbout('packages/saga/src/late.ts', verdict)).toContain('TooLate has no entry')
    expect(findingsAbout('packages/saga/src/error.ts', verdict)).toContain(
      'ASHLAR_SAGA_LEASE_LOST has no entry',
    )
  })

  it('names an entry that is incomplete, and one that nothing makes', () => {
    const page = `# Saga\n\n## TooLate\n\n**What** a.\n\n## ASHLAR_SAGA_LEASE_LOST${entry}## Gone${entry}`
    const verdict = runGuard(
      'check-failure-pages.mjs',
      buildHouse({ ...made, 'docs/failures/saga.md': page }),
    )

    expect(findingsAbout('docs/failures/saga.md', verdict).split('\n')).toEqual([
      expect.stringContaining('Gone is made nowhere'),
      expect.stringContaining('TooLate does not say'),
    ])
  })

  it('passes a house whose failures are all explained', () => {
    const page = `# Saga\n\n## TooLate${entry}## ASHLAR_SAGA_LEASE_LOST${entry}`

    const verdict = runGuard(
      'check-failure-pages.mjs',
      buildHouse({ ...made, 'docs/failures/saga.md': page }),
    )

    expect(verdict).toMatchObject({ passed: true })
  })
})
