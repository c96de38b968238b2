import { describe, expect, it } from 'vitest'
import { buildHouse, findingsAbout, runGuard } from './small-house.ts'

describe('the guard of snippets', () => {
  it('passes a sound house, whose contracts run in vitest', () => {
    const house = buildHouse({
      'README.md':
        "# House\n\n```ts\nimport { systemClock } from '@ashlar/kernel'\n\nconsole.log(systemClock.now())\n```\n",
    })

    const verdict = runGuard('check-snippets.mjs', house)

    expect(verdict).toMatchObject({ passed: true, output: expect.stringContaining('3 blocks') })
  })

  it('names the line of what does not compile, does not run, or does not pass', () => {
    const house = buildHouse({
      'README.md': "```ts\nimport { nothing } from '@ashlar/kernel'\n\nnothing()\n```\n",
      'docs/guide/one.md': "# One\n\n```ts\nthrow new Error('spoilt')\n```\n",
      'packages/saga/src/step.ts':
        "/**\n * Steps.\n *\n * @example\n * ```ts\n * import { it } from 'vitest'\n *\n * it('steps', () => {\n *   throw new Error('no step')\n * })\n * ```\n */\nexport const step = 1\n",
    })

    const verdict = runGuard('check-snippets.mjs', house)

    expect(findingsAbout('README.md', verdict)).toContain('README.md:2 does not compile')
    expect(findingsAbout('docs/guide/one.md', verdict)).toContain('one.md:3 does not run')
    expect(findingsAbout('packages/saga/src/step.ts', verdict)).toContain('step.ts:5 does not pass')
  })

  it('names what a README imports and does not install, but for modules of Node', () => {
    const block =
      "```ts\nimport 'node:fs'\nimport { failure } from '@ashlar/result'\n\nfailure('Late')\n```\n"
    const house = buildHouse({
      'packages/saga/README.md': `\`\`\`sh\nnpm install @ashlar/saga @ashlar/results\n\`\`\`\n\n${block}`,
      'packages/memory/README.md': `\`\`\`sh\nnpm install @ashlar/memory @ashlar/result\n\`\`\`\n\n${block}`,
    })

    const verdict = runGuard('check-snippets.mjs', house)

    expect(findingsAbout('packages/saga/README.md', verdict)).toBe(
      'packages/saga/README.md:5 imports @ashlar/result, which its npm install line lacks',
    )
    expect(findingsAbout('packages/memory/README.md', verdict)).toBe('')
  })
})
