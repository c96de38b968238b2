import { describe, expect, it } from 'vitest'
import { Progress } from './progress.ts'

function watched(isTTY: boolean, columns?: number) {
  const written: string[] = []
  const terminal = {
    isTTY,
    ...(columns !== undefined && { columns }),
    write: (text: string) => written.push(text),
  }
  let nowMs = 0
  const progress = new Progress(100, terminal, () => nowMs)
  return { written, progress, wait: (ms: number) => (nowMs += ms) }
}

describe('Progress', () => {
  it('tells rate and remaining time in one line, redrawn now and then', () => {
    const { written, progress, wait } = watched(true)

    for (let line = 0; line < 40; line++) {
      wait(50)
      progress.step()
    }

    expect(written).toHaveLength(10)
    expect(written.at(-1)).toBe('\r\x1b[K40 of 100 lines, 20 a second, 3 s left')
  })

  it('leaves the last column of a narrow terminal free', () => {
    const { written, progress, wait } = watched(true, 20)

    wait(1_000)
    progress.step()

    expect(written).toEqual(['\r\x1b[K1 of 100 lines, 1 a'])
  })

  it('takes the line away at the end', () => {
    const { written, progress } = watched(true)

    progress.end()

    expect(written).toEqual(['\r\x1b[K'])
  })

  it('says nothing where nobody watches', () => {
    const { written, progress, wait } = watched(false)

    wait(1_000)
    progress.step()
    progress.end()

    expect(written).toEqual([])
  })
})
