import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildHouse, type Files, runGuard } from './small-house.ts'

const manifest = {
  name: '@ashlar/saga',
  version: '1.0.0',
  type: 'module',
  license: 'MIT',
  repository: { type: 'git', url: 'git+https://example.invalid/ashlar.git' },
  files: ['dist', 'src'],
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
}
const sound = {
  'package/package.json': JSON.stringify(manifest),
  'package/README.md': '# Saga\n',
  'package/LICENSE': 'MIT\n',
  'package/src/index.ts': 'export const step = 1\n',
  'package/dist/index.js': 'export const step = 1\n',
  'package/dist/index.d.ts': 'export declare const step = 1\n',
}

describe('the guard of tarballs', () => {
  it('passes a sound one', () => {
    expect(lookAt(sound)).toMatchObject({ passed: true, output: expect.stringContaining('1 tarballs, 0') })
  })

  it('finds missing files, tests, install scripts and dependencies from elsewhere', () => {
    const { 'package/LICENSE': _, ...unlicensed } = sound
    const scripts = { postinstall: 'node build.js' }
    const dependencies = { '@ashlar/kernel': 'workspace:^' }
    const verdict = lookAt({
      ...unlicensed,
      'package/src/step.test.ts': 'export {}\n',
      'package/package.json': JSON.stringify({ ...manifest, scripts, dependencies }),
    })

    expect(verdict.passed).toBe(false)
    expect.soft(verdict.output).toContain('LICENSE is missing')
    expect.soft(verdict.output).toContain('step.test.ts is of no use')
    expect.soft(verdict.output).toContain('runs a script at postinstall')
    expect.soft(verdict.output).toContain('takes @ashlar/kernel from workspace:^')
  })

  it('finds an export that leads nowhere', () => {
    const exports = { ...manifest.exports, './testing': './dist/testing.js' }
    const verdict = lookAt({ ...sound, 'package/package.json': JSON.stringify({ ...manifest, exports }) })

    expect(verdict.output).toContain('publint objects')
  })

  it('finds types that do not resolve', () => {
    const exports = { '.': { types: './dist/nowhere.d.ts', default: './dist/index.js' } }
    const verdict = lookAt({ ...sound, 'package/package.json': JSON.stringify({ ...manifest, exports }) })

    expect(verdict.output).toContain('attw objects')
  })

  it('finds that there is nothing to look at', () => {
    expect(runGuard('check-tarballs.mjs', buildHouse())).toMatchObject({ passed: false })
  })
})

function lookAt(files: Files) {
  const house = buildHouse(files)
  const folder = join(house, 'tarballs')
  mkdirSync(folder)
  const { status } = spawnSync('tar', ['-czf', join(folder, 'saga-1.0.0.tgz'), '-C', house, 'package'])
  expect(status).toBe(0)
  return runGuard('check-tarballs.mjs', folder)
}
