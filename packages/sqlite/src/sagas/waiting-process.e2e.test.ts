import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createContext } from '@ashlar/kernel'
import { SagaOrchestrator } from '@ashlar/saga'
import { describe, expect, it } from 'vitest'
import { greeting } from '../../test/greeting.ts'
import { script, temporaryFolder } from '../../test/temporary.ts'
import { SqliteStorage } from '../sqlite-storage.ts'

describe('a process that only waits for the outcome of a saga', () => {
  const folder = temporaryFolder()

  it('lives until another process has ended the saga, then ends by itself', async () => {
    const path = join(folder(), 'a.db')
    const storage = await SqliteStorage.open({ path })
    const orchestrator = new SagaOrchestrator({ store: storage.sagas, sagas: [greeting] })
    const waiting = waitFor(path, 'g-1')
    await waiting.hasBegun

    const started = await orchestrator.start(greeting, 'Ada', { id: 'g-1', context: createContext() })
    const running = orchestrator.run({ signal: createContext().signal })
    const exitCode = await waiting.exitCode

    const outcome = { status: 'completed', value: 'hello Ada' }
    expect(started.isOk()).toBe(true)
    expect([exitCode, waiting.told.map((line) => JSON.parse(line))]).toEqual([0, [outcome]])
    await orchestrator.close()
    await running
    await storage.close()
  })
})

/** Begins when the process can do nothing but wait. */
function waitFor(path: string, id: string) {
  const [file, parameters] = script('wait-for-outcome.ts', [path, id])
  const child = spawn(file, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
  const begun = Promise.withResolvers<void>()
  const told: string[] = []
  createInterface(child.stdout).on('line', (line) => {
    if (line === 'waiting') begun.resolve()
    else told.push(line)
  })
  const exitCode = once(child, 'close').then(([code]) => code as number)
  return { hasBegun: Promise.race([begun.promise, exitCode]), exitCode, told }
}
