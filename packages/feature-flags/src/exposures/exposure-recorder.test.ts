import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { ManualTimer, settled } from '../../test/exposures/manual-timer.ts'
import { KeepingLogger, KeepingSink } from '../../test/exposures/sinks.ts'
import { documentOf, everybody, onOff } from '../../test/flag-document.ts'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { ExposureRecorder, type ExposureRecorderOptions } from './exposure-recorder.ts'

const flags = defineFlags({
  ab: flag.boolean(),
  ruled: flag.boolean(),
  constant: flag.boolean(),
  off: flag.boolean(),
  held: flag.boolean(),
  forced: flag.boolean(),
  missing: flag.boolean(),
})
const split = { split: { on: 1, off: 1 } } as const
const document = documentOf(
  {
    ab: onOff({ fallthrough: split }),
    ruled: onOff({
      rules: [
        {
          id: 'kr',
          when: { attribute: 'country', operator: 'equals', value: 'KR' },
          serve: { variant: 'on' },
        },
      ],
    }),
    constant: onOff(),
    off: onOff({ enabled: false, fallthrough: split }),
    held: onOff({ holdout: 'all', rules: [everybody({ variant: 'on' })] }),
    forced: onOff({ overrides: { 'u-1': { variant: 'on' } }, fallthrough: split }),
  },
  { holdouts: { all: { weight: 1, of: 1, salt: 'h', by: 'targetingKey' } } },
)
const user = { targetingKey: 'u-1', country: 'KR', email: 'someone@example.org' }
const noon = new Date('2030-01-01T12:00:00.000Z')

function givenRecorder(options: Partial<ExposureRecorderOptions<typeof flags>> = {}) {
  const sink = new KeepingSink()
  const timer = new ManualTimer()
  const logger = new KeepingLogger()
  const evaluator = new FeatureFlagEvaluator(flags, { document })
  const recorder = new ExposureRecorder(evaluator, {
    sink,
    timer,
    logger,
    clock: { now: () => noon },
    random: { next: () => 0.5 },
    ...options,
  })
  return { recorder, evaluator, sink, timer, logger }
}

/** So many different users see a flag. */
function seenBy(recorder: ExposureRecorder<typeof flags>, users: number, from = 0): void {
  for (let index = from; index < from + users; index++) recorder.value('ab', { targetingKey: `u-${index}` })
}

describe('ExposureRecorder', () => {
  it('tells what the reader tells', () => {
    const { recorder, evaluator } = givenRecorder()

    expect(recorder.details('ab', user)).toBe(evaluator.details('ab', user))
    expect(recorder.value('ab', user)).toBe(evaluator.value('ab', user))
    expect(recorder.enabled('ruled', user)).toBe(true)
  })

  it('records who saw which variant, why, by which revision and when', async () => {
    const { recorder, sink } = givenRecorder()

    recorder.value('ruled', user)
    await recorder.flush()

    expect(sink.kept).toEqual([
      {
        flag: 'ruled',
        variant: 'on',
        unit: 'u-1',
        ruleId: 'kr',
        reason: 'TARGETING_MATCH',
        revision: 'r1',
        at: '2030-01-01T12:00:00.000Z',
        attributes: {},
      },
    ])
    expect(Object.isFrozen(sink.kept[0])).toBe(true)
  })

  it('records those for whom a variant was chosen, and no others', async () => {
    const { recorder, sink } = givenRecorder()

    for (const key of ['ab', 'ruled', 'constant', 'off', 'held', 'forced', 'missing'] as const)
      recorder.value(key, user)
    recorder.value('ruled', { targetingKey: 'u-2' })
    recorder.value('ab', {})
    await recorder.flush()

    expect(sink.kept.map(({ flag: key, unit, reason }) => `${key} ${unit} ${reason}`)).toEqual([
      'ab u-1 SPLIT',
      'ruled u-1 TARGETING_MATCH',
      'held u-1 HOLDOUT',
      'forced u-1 OVERRIDE',
      'ruled u-2 DEFAULT',
    ])
  })

  it('records the same unit with the same variant once, whatever revision told it', async () => {
    const { recorder, evaluator, sink } = givenRecorder()

    recorder.value('ruled', user)
    recorder.value('ruled', user)
    evaluator.use({ ...document, revision: 'r2' })
    recorder.value('ruled', user)
    await recorder.flush()

    expect(sink.kept.map(({ revision }) => revision)).toEqual(['r1'])
    expect(recorder.recorded).toBe(1)
  })

  it('records a variant that changed', async () => {
    const { recorder, evaluator, sink } = givenRecorder()

    recorder.value('ruled', user)
    evaluator.use(documentOf({ ruled: onOff({ rules: [everybody({ variant: 'off' })] }) }))
    recorder.value('ruled', user)
    await recorder.flush()

    expect(sink.kept.map(({ variant }) => variant)).toEqual(['on', 'off'])
  })

  it('records what a snapshot told', async () => {
    const { recorder, evaluator, sink } = givenRecorder()
    const snapshot = evaluator.snapshot()

    recorder.record('ruled', snapshot.details('ruled', user), user)
    await recorder.flush()

    expect(sink.kept).toMatchObject([{ flag: 'ruled', variant: 'on', ruleId: 'kr' }])
  })

  it('takes another attribute for the unit', async () => {
    const { recorder, sink } = givenRecorder({ unit: 'account' })

    recorder.value('ab', { targetingKey: 'u-1', account: 7 })
    await recorder.flush()

    expect(sink.kept.map(({ unit }) => unit)).toEqual(['7'])
  })
})

describe('The attributes of an exposure', () => {
  const attributesOf = async (context: object, attributes: readonly string[]) => {
    const { recorder, sink } = givenRecorder({ attributes })
    recorder.value('ab', { targetingKey: 'u-1', ...context })
    await recorder.flush()
    return sink.kept[0]?.attributes
  }

  it('are those on the list, and nothing else', async () => {
    expect(await attributesOf({ country: 'KR', email: 'a@b.c', card: '4242' }, ['country'])).toEqual({
      country: 'KR',
    })
  })

  it('are copied as JSON', async () => {
    const roles = ['admin']
    const context = { roles, age: 7, isNew: true, joined: noon }

    const attributes = await attributesOf(context, ['roles', 'age', 'isNew', 'joined'])
    roles.push('intruder')

    expect(attributes).toEqual({ roles: ['admin'], age: 7, isNew: true, joined: '2030-01-01T12:00:00.000Z' })
    expect(Object.isFrozen(attributes)).toBe(true)
    expect(Object.isFrozen(attributes?.roles)).toBe(true)
  })

  it.each([
    ['a text of a megabyte', 'x'.repeat(1_000_000)],
    ['a long list', Array.from({ length: 101 }, () => 'x')],
    ['a list of long texts', ['x'.repeat(1_000), 'x'.repeat(25)]],
    ['NaN', Number.NaN],
    ['an object', { street: 'Main Street 1' }],
    ['a list of objects', [{ street: 'Main Street 1' }]],
    ['a function', () => 1],
    ['a symbol', Symbol('secret')],
    ['a bigint', 1n],
    ['a date that is none', new Date(Number.NaN)],
    ['null', null],
  ])('leave out %s', async (_, value) => {
    expect(await attributesOf({ value, kept: 1 }, ['value', 'kept'])).toEqual({ kept: 1 })
  })

  it('leave out one that throws when it is read', async () => {
    const { recorder, sink } = givenRecorder({ attributes: ['trap', 'kept'] })
    const context = {
      targetingKey: 'u-1',
      kept: 1,
      get trap(): string {
        throw new Error('sprung')
      },
    }

    recorder.value('ab', context)
    await recorder.flush()

    expect(sink.kept[0]?.attributes).toEqual({ kept: 1 })
  })

  it('never show what every object has', async () => {
    expect(await attributesOf({}, ['__proto__', 'constructor', 'toString'])).toEqual({})
  })
})

describe('The delivery of exposures', () => {
  it('hands them over together after a while', async () => {
    const { recorder, sink, timer } = givenRecorder({ flushEveryMs: 1_000 })
    seenBy(recorder, 3)

    await timer.pass(999)
    expect(sink.batches).toEqual([])
    await timer.pass(1)

    expect(sink.batches.map(({ length }) => length)).toEqual([3])
    expect(timer.alarms).toEqual([])
  })

  it('does not wait when a batch is full', async () => {
    const { recorder, sink, timer } = givenRecorder({ batchSize: 2 })

    seenBy(recorder, 5)
    expect(sink.calls).toBe(0)
    for (let turn = 0; turn < 3; turn++) await timer.pass(0)

    expect(sink.batches.map(({ length }) => length)).toEqual([2, 2])
    expect(timer.alarms).toEqual([10_000])
  })

  it('does not wait when no more can wait, though a batch would hold more', async () => {
    const { recorder, sink, timer } = givenRecorder({ maxBuffered: 2, batchSize: 500 })

    seenBy(recorder, 2)
    await timer.pass(0)
    seenBy(recorder, 2, 2)
    await timer.pass(0)

    expect(sink.kept).toHaveLength(4)
    expect(recorder.dropped).toBe(0)
  })

  it('keeps the batch of a sink that fails, and tries again after rests that grow', async () => {
    const { recorder, sink, timer, logger } = givenRecorder({ flushEveryMs: 1_000 })
    sink.answer = () => Promise.reject(new Error('down'))
    seenBy(recorder, 2)

    await timer.pass(1_000)
    const rests = [timer.alarms]
    for (let turn = 0; turn < 3; turn++) {
      await timer.pass(timer.alarms[0] ?? 0)
      rests.push(timer.alarms)
    }
    sink.answer = undefined
    seenBy(recorder, 1, 2)
    await timer.pass(timer.alarms[0] ?? 0)
    await recorder.flush()

    expect(rests).toEqual([[500], [1_000], [2_000], [4_000]])
    expect(sink.kept.map(({ unit }) => unit)).toEqual(['u-0', 'u-1', 'u-2'])
    expect(logger.messages).toEqual(['warn exposures were not delivered and are tried again'])
  })

  it('never lets a busy flag shorten the rest', async () => {
    const { recorder, sink, timer } = givenRecorder({ batchSize: 1 })
    sink.answer = () => Promise.reject(new Error('down'))
    seenBy(recorder, 1)
    await timer.pass(0)

    seenBy(recorder, 100, 1)
    await timer.pass(499)

    expect(sink.calls).toBe(1)
  })

  it.each([
    ['time', undefined],
    ['rest', () => Promise.reject(new Error('down'))],
  ])('never lets a busy flag put off the end of a %s', async (_, answer) => {
    const { recorder, sink, timer } = givenRecorder({ flushEveryMs: 500, batchSize: 100 })
    sink.answer = answer
    seenBy(recorder, 1)
    await timer.pass(500)

    for (let turn = 1; turn <= 5; turn++) {
      seenBy(recorder, 1, turn)
      await timer.pass(100)
    }

    expect(sink.calls).toBe(2)
  })

  it('begins with a short rest again after it went well', async () => {
    const { recorder, sink, timer, logger } = givenRecorder({ flushEveryMs: 9 })
    const fail = () => Promise.reject(new Error('down'))
    for (const turn of [0, 1]) {
      sink.answer = fail
      seenBy(recorder, 1, turn)
      await timer.pass(9)
      expect(timer.alarms).toEqual([500])
      sink.answer = undefined
      await timer.pass(500)
    }

    expect(sink.kept).toHaveLength(2)
    expect(logger.messages).toHaveLength(2)
  })

  it('drops the oldest when too many wait, counts them, and says so once', async () => {
    const { recorder, sink, logger } = givenRecorder({ maxBuffered: 3 })

    seenBy(recorder, 10)
    await recorder.flush()

    expect(sink.kept.map(({ unit }) => unit)).toEqual(['u-7', 'u-8', 'u-9'])
    expect({ dropped: recorder.dropped, recorded: recorder.recorded }).toEqual({ dropped: 7, recorded: 10 })
    expect(logger.messages).toEqual(['error too many exposures wait to be delivered; the oldest are dropped'])
  })

  it('records again what was dropped', async () => {
    const { recorder, sink } = givenRecorder({ maxBuffered: 1 })
    seenBy(recorder, 2)
    await recorder.flush()

    seenBy(recorder, 1)
    await recorder.flush()

    expect(sink.kept.map(({ unit }) => unit)).toEqual(['u-1', 'u-0'])
  })

  it('gives up a sink that never settles, and tries again', async () => {
    const { recorder, sink, timer } = givenRecorder({ flushEveryMs: 1_000, timeoutMs: 200 })
    sink.answer = () => new Promise(() => {})
    seenBy(recorder, 1)

    await timer.pass(1_000)
    await timer.pass(200)
    sink.answer = undefined
    await timer.pass(500)

    expect(sink.signals[0]?.aborted).toBe(true)
    expect(sink.kept.map(({ unit }) => unit)).toEqual(['u-0'])
  })

  it('bears a sink that throws at once', async () => {
    const { recorder, sink, timer } = givenRecorder({ flushEveryMs: 1_000 })
    sink.answer = () => {
      throw new Error('at once')
    }
    seenBy(recorder, 1)

    await timer.pass(1_000)
    sink.answer = undefined
    await recorder.flush()

    expect(sink.kept).toHaveLength(1)
    expect(timer.alarms).toEqual([])
  })

  it('hands over one batch at a time', async () => {
    const { recorder, sink, timer } = givenRecorder({ batchSize: 1 })
    const slow = Promise.withResolvers<void>()
    sink.answer = () => slow.promise
    seenBy(recorder, 2)

    await timer.pass(0)
    const flushed = recorder.flush()
    await settled()
    expect(sink.calls).toBe(1)
    slow.resolve()
    await flushed

    expect(sink.kept.map(({ unit }) => unit)).toEqual(['u-0', 'u-1'])
  })

  it('goes on after a sink that sees a flag itself and takes longer than the next ones wait', async () => {
    const { recorder, sink, timer } = givenRecorder({ flushEveryMs: 1_000 })
    const slow = Promise.withResolvers<void>()
    sink.answer = () => {
      sink.answer = undefined
      seenBy(recorder, 1, 1)
      return slow.promise
    }
    seenBy(recorder, 1)

    await timer.pass(1_000)
    await timer.pass(1_000)
    slow.resolve()
    await settled()
    await timer.pass(1_000)

    expect(sink.kept.map(({ unit }) => unit)).toEqual(['u-0', 'u-1'])
  })

  it('holds no signal of a batch that was kept, though its sink still listens to it', async () => {
    const signals: WeakRef<AbortSignal>[] = []
    const { recorder } = givenRecorder({
      sink: {
        async record(_, { signal }) {
          signal.addEventListener('abort', () => {})
          signals.push(new WeakRef(signal))
        },
      },
    })
    seenBy(recorder, 1)

    await recorder.flush()
    await settled()
    collectGarbage()

    expect(signals.map((signal) => signal.deref())).toEqual([undefined])
  })

  it.each(['flush', 'close'] as const)(
    'hands a batch over once to a sink that calls `%s`',
    async (method) => {
      const { recorder, sink, timer } = givenRecorder()
      const inside: Promise<void>[] = []
      sink.answer = () => {
        if (sink.calls < 10) inside.push(recorder[method]())
      }
      seenBy(recorder, 1)

      await recorder[method]()
      await Promise.all(inside)

      expect(sink.calls).toBe(1)
      expect(sink.kept).toHaveLength(1)
      expect(timer.alarms).toEqual([])
    },
  )
})

describe('flush', () => {
  it('waits for what was recorded before, not for what comes meanwhile', async () => {
    const { recorder, sink } = givenRecorder({ batchSize: 1 })
    let next = 2
    sink.answer = async () => seenBy(recorder, 1, next++)
    seenBy(recorder, 2)

    await recorder.flush()

    expect(sink.kept.map(({ unit }) => unit)).toEqual(['u-0', 'u-1'])
  })

  it('fails with what the sink said, and keeps the exposures', async () => {
    const { recorder, sink } = givenRecorder()
    const down = new Error('down')
    sink.answer = () => Promise.reject(down)
    seenBy(recorder, 3)

    const failed = await recorder.flush().catch((error: unknown) => error)
    sink.answer = undefined
    await recorder.flush()

    expect(failed).toMatchObject({
      code: 'ASHLAR_FEATURE_FLAGS_EXPOSURES_UNDELIVERED',
      cause: down,
      waiting: 3,
      dropped: 0,
    })
    expect(sink.kept).toHaveLength(3)
  })

  it('fails when some that it waits for are dropped', async () => {
    const { recorder, sink } = givenRecorder({ batchSize: 1, maxBuffered: 2 })
    const slow = Promise.withResolvers<void>()
    sink.answer = () => slow.promise
    seenBy(recorder, 2)

    const flushed = recorder.flush()
    seenBy(recorder, 3, 2)
    slow.resolve()

    await expect(flushed).rejects.toMatchObject({ dropped: 2 })
  })

  it('waits no longer than its signal lets it, and the delivery goes on', async () => {
    const { recorder, sink } = givenRecorder()
    const slow = Promise.withResolvers<void>()
    sink.answer = () => slow.promise
    seenBy(recorder, 1)
    const stop = new AbortController()

    const flushed = recorder.flush({ signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(flushed).rejects.toThrow('enough')
    slow.resolve()
    await recorder.flush()

    expect(sink.kept).toHaveLength(1)
  })

  it('has nothing to do when nothing waits', async () => {
    const { recorder, sink } = givenRecorder()

    await recorder.flush()

    expect(sink.calls).toBe(0)
  })
})

describe('close', () => {
  it('delivers what waits, and stops', async () => {
    const { recorder, sink, timer } = givenRecorder()
    seenBy(recorder, 1)

    await recorder.close()
    seenBy(recorder, 1, 1)

    expect(sink.kept).toHaveLength(1)
    expect(recorder.dropped).toBe(1)
    expect(timer.alarms).toEqual([])
  })

  it('drops what a sink does not take in time, and tells', async () => {
    const { recorder, sink, timer, logger } = givenRecorder()
    sink.answer = () => new Promise(() => {})
    seenBy(recorder, 2)

    const closed = recorder.close({ timeoutMs: 50 })
    await timer.pass(50)
    await closed

    expect(recorder.dropped).toBe(2)
    expect(sink.signals[0]?.aborted).toBe(true)
    expect(logger.messages).toEqual(['error exposures were given up at closing'])
    expect(timer.alarms).toEqual([])
  })

  it('never throws, whatever the sink does', async () => {
    const { recorder, sink, timer } = givenRecorder()
    sink.answer = () => Promise.reject(new Error('down'))
    seenBy(recorder, 2)

    await recorder.close()
    await recorder.close()

    expect(recorder.dropped).toBe(2)
    expect(timer.alarms).toEqual([])
  })

  it.each([Infinity, 2 ** 31])(
    'gives a sink all the time that a timer can, for a `timeoutMs` of %d',
    async (timeoutMs) => {
      const { recorder, timer } = givenRecorder({ sink: { record: () => new Promise(() => {}) } })
      seenBy(recorder, 1)

      void recorder.close({ timeoutMs })

      expect(Math.max(...timer.alarms)).toBe(2 ** 31 - 1)
    },
  )

  it('counts what its sink sees meanwhile as lost', async () => {
    const { recorder, sink } = givenRecorder()
    sink.answer = () => seenBy(recorder, 1, 1)
    seenBy(recorder, 1)

    await recorder.close()

    expect(sink.kept.map(({ unit }) => unit)).toEqual(['u-0'])
    expect(recorder.dropped).toBe(1)
  })

  it('comes at the end of an `await using` block', async () => {
    const { recorder: made, sink } = givenRecorder()
    {
      await using recorder = made
      seenBy(recorder, 1)
    }

    expect(sink.kept).toHaveLength(1)
  })
})

describe('Recording', () => {
  it.each([
    ['a clock that throws', { clock: { now: () => raise() } }],
    [
      'a logger that throws',
      { logger: { debug: raise, info: raise, warn: raise, error: raise }, maxBuffered: 1 },
    ],
    ['a clock without time', { clock: { now: () => new Date(Number.NaN) } }],
  ])('never throws, with %s', (_, options) => {
    const { recorder, evaluator } = givenRecorder(options)

    for (const targetingKey of ['u-1', 'u-2', 'u-3'])
      expect(recorder.value('ab', { targetingKey })).toBe(evaluator.value('ab', { targetingKey }))
  })

  it.each([undefined, null, 7, 'text', new Proxy({}, { get: () => raise() })])(
    'never throws for the context %#',
    (context) => {
      const { recorder } = givenRecorder()
      const told = { variant: 'on', reason: 'SPLIT', revision: 'r1' }

      expect(() => recorder.record('ab', told, context)).not.toThrow()
      expect(recorder.recorded).toBe(0)
    },
  )

  it('tells a logger once that sees flags itself', () => {
    const messages: string[] = []
    const tell = (_: object, message = '') => {
      messages.push(message)
      if (messages.length < 10) seen(messages.length)
    }
    const logger = { debug: tell, info: tell, warn: tell, error: tell }
    const { recorder } = givenRecorder({ logger, maxBuffered: 1 })
    const seen = (index: number) => {
      seenBy(recorder, 1, index)
      recorder.value('ab', { targetingKey: 'x'.repeat(1_025) })
    }

    seenBy(recorder, 1, 100)
    seenBy(recorder, 1, 101)

    expect(messages).toEqual([
      'too many exposures wait to be delivered; the oldest are dropped',
      'an exposure could not be recorded',
    ])
  })

  it('refuses a unit that is too long, and counts it', () => {
    const { recorder, logger } = givenRecorder()

    for (const letter of ['x', 'y']) recorder.value('ab', { targetingKey: letter.repeat(1_025) })

    expect({ dropped: recorder.dropped, recorded: recorder.recorded }).toEqual({ dropped: 2, recorded: 0 })
    expect(logger.messages).toEqual(['warn an exposure could not be recorded'])
  })

  it('holds 1,000 users apart from their repetitions when it remembers as many', async () => {
    const { recorder, sink } = givenRecorder({ maxRemembered: 2_000 })

    for (let turn = 0; turn < 3; turn++) seenBy(recorder, 1_000)
    await recorder.flush()

    expect(new Set(sink.kept.map(({ unit }) => unit)).size).toBe(1_000)
    expect(sink.kept).toHaveLength(1_000)
  })

  it.each(['maxRemembered', 'rememberForMs', 'maxBuffered', 'batchSize', 'flushEveryMs', 'timeoutMs'])(
    'refuses a `%s` that is no count',
    (option) => {
      for (const value of [0, -1, 1.5, Number.NaN, Infinity])
        expect(() => givenRecorder({ [option]: value })).toThrow(RangeError)
    },
  )
})

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

function raise(): never {
  throw new Error('raised')
}
