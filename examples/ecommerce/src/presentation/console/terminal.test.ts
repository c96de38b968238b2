import { describe, expect, it } from 'vitest'
import { screenOf, Terminal } from './terminal.ts'

describe('screenOf', () => {
  it.each([
    ['a terminal', { isTTY: true }, {}, true],
    ['a pipe', {}, {}, false],
    ['a terminal under NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
    ['a pipe under FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true],
    ['a terminal with FORCE_COLOR=0', { isTTY: true }, { FORCE_COLOR: '0' }, false],
    ['NO_COLOR and FORCE_COLOR', {}, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('decides about colour for %s', (_, stream, env, isColoured) => {
    expect(screenOf(stream, env).isColoured).toBe(isColoured)
  })

  it.each([
    [20, 60],
    [72, 72],
    [300, 80],
    [0, 80],
    [undefined, 80],
  ])('makes of %s columns %i', (columns, expected) => {
    expect(screenOf(columns === undefined ? {} : { columns }, {}).columns).toBe(expected)
  })
})

describe('Terminal', () => {
  const lines = [
    { kind: 'fact', holds: true, text: 'lamps on the shelf', found: '0' },
    {
      kind: 'fact',
      holds: false,
      text: 'short',
      found: 'found something that is far too long for its column',
    },
    { kind: 'note', text: 'why: '.padEnd(200, 'because it is so ') },
    {
      kind: 'split',
      text: 'how their parcels travel',
      shares: [
        { name: 'standard', count: 700 },
        { name: 'express', count: 300 },
      ],
    },
    { kind: 'step', step: 'payment', phase: 'undo', attempt: 2, outcome: 'thrown' },
  ] as const

  it.each([60, 80])('keeps every line within %i columns', (columns) => {
    const terminal = new Terminal({ columns, isColoured: false })

    const told = terminal.act({ number: 1, title: 'An act', lines })

    expect(Math.max(...told.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns)
    expect(told).toContain('✗ short')
    expect(told).toContain('← payment       undo  attempt 2   thrown')
  })

  it.each([
    [[700, 300], '█'.repeat(39) + '░'.repeat(17)],
    [[1_000, 0], '█'.repeat(56)],
    [
      [1, 1, 1, 1, 1],
      `${'█'.repeat(11)}${'░'.repeat(11)}${'▓'.repeat(12)}${'▒'.repeat(11)}${'█'.repeat(11)}`,
    ],
    [[0, 0], ''],
  ])('draws %j as one bar over the whole line', (counts, bar) => {
    const terminal = new Terminal({ columns: 60, isColoured: false })
    const shares = counts.map((count, index) => ({ name: `arm-${index}`, count }))

    const told = terminal.act({
      number: 1,
      title: 'An act',
      lines: [{ kind: 'split', text: 'arms', shares }],
    })

    expect(told.split('\n').slice(1, 3)).toEqual(['    arms:', `    ${bar}`])
    expect(told).toContain(`░ arm-1 ${counts[1]}`)
  })

  it('counts the invariants that hold', () => {
    const terminal = new Terminal({ columns: 80, isColoured: false })
    const verdict = { name: 'one', holds: true, detail: '3 orders', checked: 3 }

    const told = terminal.verdicts([verdict, { ...verdict, holds: false }], [], 'seed 5 · memory')

    expect(told).toContain('1 of 2 invariants hold · seed 5 · memory')
  })

  it('says in red how many facts of the story did not hold, although all invariants hold', () => {
    const terminal = new Terminal({ columns: 80, isColoured: true })
    const verdict = { name: 'one', holds: true, detail: '3 orders', checked: 3 }
    const act = { number: 1, title: 'An act', lines }

    const told = terminal.verdicts([verdict], [act], 'memory')

    const sum = '1 of 1 invariants hold · 1 fact of the story did not hold · memory'
    expect(told.split('\n').at(-1)).toBe(`\u001b[31m${sum}\u001b[0m`)
    expect(terminal.verdicts([verdict], [act, act], 'memory')).toContain('2 facts of the story did not hold')
  })

  it('does not count an invariant that had nothing to look at', () => {
    const terminal = new Terminal({ columns: 80, isColoured: false })
    const verdict = { name: 'one', holds: true, detail: '0 orders', checked: 0 }

    const told = terminal.verdicts([verdict], [], 'memory')

    expect(told).toContain('✗ one')
    expect(told).toContain('0 of 1 invariants hold')
  })
})
