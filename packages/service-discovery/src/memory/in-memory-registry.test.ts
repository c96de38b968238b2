import { registryContract } from '../testing/registry-contract.ts'
import { InMemoryRegistry } from './in-memory-registry.ts'

registryContract('memory', async () => {
  const registry = new InMemoryRegistry()
  return { registry, canRegister: true, other: async () => registry.client(), close: () => registry.close() }
})
