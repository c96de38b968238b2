import { describe, expect, it } from 'vitest'
import { registryContract } from '../testing/registry-contract.ts'
import { StaticRegistry } from './static-registry.ts'

registryContract('static', async () => {
  const registry = StaticRegistry.of({})._unsafeUnwrap()
  return {
    registry,
    canRegister: false,
    other: async () => registry,
    publish: async (service, instances) => registry.reload({ [service]: instances })._unsafeUnwrap(),
    close: () => registry.close(),
  }
})

describe('a static registry', () => {
  it('keeps its list where another one has an entry that can not be', async () => {
    const registry = StaticRegistry.of({ payments: [{ host: '10.0.0.1', port: 80 }] })._unsafeUnwrap()

    const refused = registry.reload({
      payments: [
        { host: '10.0.0.2', port: 80 },
        { host: '0.0.0.0', port: 80 },
      ],
    })

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'RegistrationInvalid', field: 'host' })
    expect((await registry.get('payments'))._unsafeUnwrap().instances.map(({ host }) => host)).toEqual([
      '10.0.0.1',
    ])
  })

  it('refuses two instances of one id', () => {
    const twice = StaticRegistry.of({
      payments: [
        { host: 'a', port: 80 },
        { host: 'a', port: 80 },
      ],
    })

    expect(twice._unsafeUnwrapErr()).toMatchObject({ type: 'RegistrationInvalid', field: 'id' })
  })

  it.each([
    ['nothing', null],
    ['a service without a list', { payments: null }],
    ['an instance that is none', { payments: [null] }],
  ])('refuses %s, as a configuration may have it', (_, services) => {
    const made = StaticRegistry.of(services as never)

    expect(made._unsafeUnwrapErr()).toMatchObject({ type: 'RegistrationInvalid' })
  })
})
