import { describe, expect, it } from 'vitest'
import { flagSourceContract } from '../testing/flag-source-contract.ts'
import { objectSource } from './object-source.ts'

flagSourceContract('objectSource', async () => {
  const source = objectSource(undefined)
  return {
    source,
    put: (document) => source.replace(document),
    remove: () => source.replace(undefined),
  }
})

describe('objectSource', () => {
  it('keeps a copy that nobody can change from outside', async () => {
    const document = { flags: { a: 1 } }
    const source = objectSource(document)

    document.flags.a = 2
    const loaded = await source.load()

    expect(loaded).toEqual({ document: { flags: { a: 1 } } })
  })

  it('takes a document of the same content for no change', async () => {
    const source = objectSource({ a: 1 })
    await source.load()

    source.replace({ a: 1 })

    expect(await source.load()).toBe('unchanged')
  })

  it('is called what it is told', async () => {
    await expect(objectSource(undefined, { name: 'flags of the tests' }).load()).rejects.toMatchObject({
      code: 'ASHLAR_FEATURE_FLAGS_SOURCE',
      message: 'flags of the tests: there is no document',
    })
    expect(objectSource({}).name).toBe('object')
  })

  it('refuses what can not be written as JSON', () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle

    expect(() => objectSource(circle)).toThrow(TypeError)
    expect(() => objectSource({}).replace({ weight: 1n })).toThrow(TypeError)
  })

  it('hands a key __proto__ on as a key, for the check to refuse', async () => {
    const loaded = await objectSource(JSON.parse('{"__proto__":{"enabled":true}}')).load()

    expect(Object.keys((loaded as { document: object }).document)).toEqual(['__proto__'])
  })
})
