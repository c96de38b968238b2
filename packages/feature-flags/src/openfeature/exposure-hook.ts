import type { Hook } from '@openfeature/server-sdk'
import type { ExposedVariant } from '../exposures/exposure.ts'
import { flagDetailsOf } from './resolution.ts'

/** Records what was told; an `ExposureRecorder` does. */
export interface ExposureLog {
  /** Records a flag that was told for a context; never throws, never waits. */
  record(flag: string, told: ExposedVariant, context: unknown): void
}

/**
 * Makes a hook that records who saw which variant, for the whole of OpenFeature or for one client.
 *
 * An evaluation that has failed, and with it the caller's default, is no exposure; the hook comes last, so that it knows.
 * The recorder decides what is worth recording. Flags of other providers are recorded without rule and revision.
 *
 * @param recorder - an `ExposureRecorder`
 * @returns the hook, for `OpenFeature.addHooks` or a client's
 * @example
 * ```ts
 * import { defineFlags, ExposureRecorder, FeatureFlagEvaluator } from '@ashlar/feature-flags'
 * import { parseFlagDocument } from '@ashlar/feature-flags/document'
 * import { AshlarProvider, exposureHook } from '@ashlar/feature-flags/openfeature'
 * import { OpenFeature } from '@openfeature/server-sdk'
 *
 * const document = parseFlagDocument({
 *   version: 1,
 *   flags: { banner: { enabled: true, type: 'boolean', fallthrough: { split: { on: 50, off: 50 } } } },
 * })
 * if (document.isErr()) throw new Error(document.error.message)
 *
 * const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document: document.value })
 * const recorder = new ExposureRecorder(evaluator, {
 *   sink: { record: async (exposures) => console.log(exposures.map(({ flag, unit }) => `${flag} ${unit}`)) },
 * })
 * await OpenFeature.setProviderAndWait(new AshlarProvider(evaluator))
 * const client = OpenFeature.getClient().addHooks(exposureHook(recorder))
 * await client.getBooleanValue('banner', false, { targetingKey: 'c-1' })
 * await recorder.flush() // [ 'banner c-1' ]
 *
 * await recorder.close()
 * await OpenFeature.close()
 * ```
 */
export function exposureHook(recorder: ExposureLog): Hook {
  return {
    finally({ flagKey, context }, details) {
      const { variant, reason = 'UNKNOWN', errorCode } = details
      if (errorCode !== undefined) return
      recorder.record(flagKey, flagDetailsOf(details) ?? { variant, reason, revision: '' }, context)
    },
  }
}
