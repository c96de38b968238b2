import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { buildHouse, runTool } from './small-house.ts'

const typescript = fileURLToPath(new URL('../../node_modules/typescript-7/bin/tsc', import.meta.url))
const step = 'packages/saga/src/step.ts'

describe('the settings of the tools', () => {
  it.each([
    ['double quotes', 'export const step = "step"\n', 'format'],
    [
      'a floating promise',
      'export function later(work: () => Promise<void>): void {\n  work()\n}\n',
      'noFloatingPromises',
    ],
    ['an undeclared dependency', "import 'fast-check'\n", 'noUndeclaredDependencies'],
    ['an import without its ending', "import './index'\n", 'useImportExtensions'],
  ])('let biome find %s', (_fault, text, rule) => {
    const house = buildHouse({ [step]: text })

    const verdict = runTool('biome', house, 'check', '--vcs-enabled=false', step)

    expect(verdict).toMatchObject({ passed: false, output: expect.stringContaining(rule) })
    expect(verdict.output).toContain(step)
  })

  it.each([
    ['an optional property set to undefined', 'export const step: { a?: 1 } = { a: undefined }\n', 'TS2375'],
    ['an index taken for certain', 'export const step: number = ([] as number[])[0]\n', 'TS2322'],
    ['an enum', 'export enum Step {\n  first,\n}\n', 'TS1294'],
    [
      'a value import of a type',
      "import { Clock } from '@ashlar/kernel'\n\nexport type S = Clock\n",
      'TS1484',
    ],
  ])('let the compiler find %s', (_fault, text, code) => {
    const house = buildHouse({ [step]: text })

    const verdict = runTool('node', house, typescript, '-p', 'tsconfig.test.json')

    expect(verdict).toMatchObject({ passed: false, output: expect.stringContaining(`error ${code}`) })
    expect(verdict.output).toContain(step)
  })

  it('let the compiler find a type test that does not hold', () => {
    const house = buildHouse({
      'packages/kernel/src/clock.test-d.ts':
        '// @ts-expect-error a number is no text\nexport const n: number = 1\n',
    })

    const verdict = runTool('node', house, typescript, '-p', 'tsconfig.test.json')

    expect(verdict.output).toContain('clock.test-d.ts(1,1): error TS2578')
  })

  it('let knip find an unused file, an unused export and an unused dependency', () => {
    const house = buildHouse({
      [step]: 'export const step = 1\n',
      'packages/kernel/src/clock.ts':
        'export const systemClock = { now: () => new Date() }\nexport const spare = 1\nexport type Clock = unknown\n',
      'packages/saga/package.json':
        '{ "name": "@ashlar/saga", "type": "module", "exports": { ".": "./src/index.ts" }, "dependencies": { "@ashlar/kernel": "*", "left-over": "1" } }',
    })

    const { output } = runTool('knip', house, '--no-progress', '--no-config-hints')

    expect(output).toContain(step)
    expect(output).toMatch(/spare .*packages\/kernel\/src\/clock\.ts/)
    expect(output).toMatch(/left-over .*packages\/saga\/package\.json/)
  })
})
