import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Databases of this run's PostgreSQL server, one for each way of comparing text; empty when it starts. */
    postgres: { readonly C: string; readonly icu: string }
  }
}

/** One server for all suites of a project; where none can be had, the run fails and says why. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  project.provide('postgres', {
    C: await server.createDatabase({ locale: 'C' }),
    icu: await server.createDatabase({ locale: 'icu' }),
  })
  return () => server.stop()
}
