import { describe, expect, it } from 'vitest'
import { buildHouse, type Files, runGate } from './small-house.ts'

describe('the gate', () => {
  it.each([
    ['monorepo', monorepoOf('^1.0.0'), 'FAIL monorepo', 'multiple-dependency-versions'],
    ['types of benches', benchOf("'one'"), 'FAIL types of benches', 'src/main.ts(3,14): error TS2322'],
    ['reference', kernelWith('export const spare: number = 1\n'), 'FAIL reference', 'spare'],
    [
      'reference',
      kernelWith('/** As {@link Nowhere}. */\nexport const spare: number = 1\n'),
      'FAIL reference',
      'Failed to resolve link to "Nowhere"',
    ],
    [
      'documentation',
      siteOf('/nowhere'),
      'FAIL documentation',
      'Found dead link /nowhere in file guide/one.md',
    ],
  ])('%s finds a planted fault: %#', (gate, files, failed, finding) => {
    const verdict = runGate(gate, buildHouse(files))

    expect(verdict).toMatchObject({ passed: false, output: expect.stringContaining(failed) })
    expect(verdict.output).toContain(finding)
  })

  it.each([
    ['monorepo', monorepoOf('^2.0.0')],
    ['types of benches', benchOf('1')],
    ['reference', kernelWith('/** As {@link systemClock}. */\nexport const spare: number = 1\n')],
    ['documentation', siteOf('/guide/one')],
  ])('%s passes a sound house', (gate, files) => {
    expect(runGate(gate, buildHouse(files))).toMatchObject({ passed: true })
  })
})

/** Two packages that depend on the same third, in versions that may differ. */
function monorepoOf(version: string): Files {
  const manifest = (name: string, range: string) =>
    JSON.stringify({ name: `@ashlar/${name}`, type: 'module', dependencies: { valibot: range } })
  return {
    'package.json': '{ "name": "house", "private": true, "type": "module" }',
    'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
    'packages/mediator/package.json': manifest('mediator', '^2.0.0'),
    'packages/saga/package.json': manifest('saga', version),
  }
}

function benchOf(value: string): Files {
  return {
    'benchmarks/src/main.ts': `import '@ashlar/kernel'\n\nexport const runs: number = ${value}\n`,
  }
}

function kernelWith(text: string): Files {
  return {
    'packages/kernel/src/index.ts':
      "/**\n * Clocks.\n *\n * @packageDocumentation\n */\nexport { type Clock, systemClock } from './clock.ts'\nexport { spare } from './spare.ts'\n",
    'packages/kernel/src/spare.ts': text,
  }
}

/** A page with one link. */
function siteOf(link: string): Files {
  const page = '# House\n'
  return {
    'docs/index.md': page,
    'docs/guide/one.md': `# One\n\n[here](${link})\n`,
    'docs/failures/index.md': page,
    'docs/decisions/index.md': page,
    'docs/api/typedoc-sidebar.json': '[]',
  }
}
