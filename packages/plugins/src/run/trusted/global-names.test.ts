import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { GlobalNames } from './global-names.ts'

const names = new GlobalNames()

describe('GlobalNames', () => {
  it('tells what has appeared since, and only that', () => {
    Reflect.set(globalThis, 'nameBefore', 1)
    const changes = names.watch()

    expect(changes()).toEqual([])
    Reflect.set(globalThis, 'nameBefore', 2)
    Reflect.set(globalThis, 'nameAfter', 1)
    expect(changes()).toEqual([{ kind: 'global', what: 'globalThis.nameAfter' }])

    Reflect.deleteProperty(globalThis, 'nameBefore')
    Reflect.deleteProperty(globalThis, 'nameAfter')
    expect(changes()).toEqual([])
  })

  it('does not mind what is filled in at its first use', () => {
    const fill = {
      configurable: true,
      get: () => Object.defineProperty(globalThis, 'lazy', { value: () => 1 }),
    }
    Object.defineProperty(globalThis, 'lazy', fill)
    const changes = new GlobalNames().watch()

    Reflect.get(globalThis, 'lazy')

    expect(changes()).toEqual([])
    Reflect.deleteProperty(globalThis, 'lazy')
  })

  it('tells a function that was replaced once more, and not one that was put back', async () => {
    const { parse } = JSON
    await setImmediate()
    JSON.parse = (text: string) => parse(text)
    const changes = names.watch()

    expect(changes()).toEqual([])
    JSON.parse = (text: string) => parse(text, undefined)
    expect(changes()).toEqual([{ kind: 'global', what: 'JSON.parse' }])
    JSON.parse = parse
    expect(changes()).toEqual([])
  })

  it('looks once for all who begin to watch in one turn, and anew for each who asks', async () => {
    await setImmediate()

    const one = names.watch()
    Reflect.set(globalThis, 'nameBetween', 1)
    const other = names.watch()
    await setImmediate()
    const later = names.watch()

    const found = [{ kind: 'global', what: 'globalThis.nameBetween' }]
    expect([one(), other(), later()]).toEqual([found, found, []])
    Reflect.deleteProperty(globalThis, 'nameBetween')
  })
})
