const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Works, and calls back each time that the process is told to end meanwhile, instead of ending. */
export async function withEndingSignals<Value>(
  onSignal: (signal: NodeJS.Signals) => void,
  work: () => Promise<Value>,
): Promise<Value> {
  for (const signal of signals) process.on(signal, onSignal)
  try {
    return await work()
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
