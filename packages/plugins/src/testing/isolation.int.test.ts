import { getQuickJS } from 'quickjs-emscripten'
import { quickJsRunner } from '../run/sandbox/quickjs-runner.ts'
import { isolationContract } from './isolation-contract.ts'

isolationContract('the host itself', { isolation: 'trusted' })
isolationContract('a thread', { isolation: 'worker' })
isolationContract('a process', { isolation: 'process' })

const quickjs = await getQuickJS()
isolationContract('QuickJS', { isolation: 'sandbox', runner: () => quickJsRunner(quickjs) })
