import { frozenJson, type Json } from '@ashlar/kernel'
import {
  ErrorCode,
  type EvaluationDetails,
  type FlagMetadata,
  type FlagValue,
  type ResolutionDetails,
} from '@openfeature/server-sdk'
import type { FlagDetails, FlagFailure } from '../evaluate/flag-details.ts'
import { type FlagType, typeOf } from '../flags/flag.ts'

/** What our evaluators tell of any flag. */
export type AnyFlagDetails = FlagDetails<Json | undefined>

/** Says in OpenFeature's words what was told; the caller's default stands where there is no value of the type. */
export function resolutionOf<Value>(
  key: string,
  details: AnyFlagDetails,
  type: FlagType,
  defaultValue: Value,
): ResolutionDetails<Value> {
  const { value, variant, reason, revision } = details
  const flagMetadata = metadataOf(details)
  if (!details.ok) {
    const { message } = details.failure
    return failed(defaultValue, errorCodeOf(details.failure, revision), message, flagMetadata)
  }
  if (value === undefined) return { value: defaultValue, reason, flagMetadata }
  if (value === null || typeOf(value) !== type) {
    const message = `flag "${key}": expected type ${type}, found ${value === null ? 'null' : typeOf(value)}`
    return failed(defaultValue, ErrorCode.TYPE_MISMATCH, message, flagMetadata)
  }
  const told = { value: frozen(value) as Value, reason, flagMetadata }
  return variant === undefined ? told : { ...told, variant }
}

/** What is said where nobody was asked. */
export function failed<Value>(
  value: Value,
  errorCode: ErrorCode,
  errorMessage: string,
  flagMetadata: FlagMetadata = noMetadata,
): ResolutionDetails<Value> {
  return { value, reason: 'ERROR', errorCode, errorMessage, flagMetadata }
}

/**
 * The details that an evaluator told, with rule and revision, behind those of an OpenFeature client.
 *
 * @param details - what a client returned, or what a hook was handed
 * @returns undefined where another provider told the flag, or the client none at all
 * @example
 * ```ts
 * import { defineFlags, FeatureFlagEvaluator } from '@ashlar/feature-flags'
 * import { parseFlagDocument } from '@ashlar/feature-flags/document'
 * import { AshlarProvider, flagDetailsOf } from '@ashlar/feature-flags/openfeature'
 * import { OpenFeature } from '@openfeature/server-sdk'
 *
 * const document = parseFlagDocument({
 *   version: 1,
 *   revision: '7',
 *   flags: { banner: { enabled: true, type: 'boolean', rules: [{ id: 'all', serve: 'on' }] } },
 * })
 * if (document.isErr()) throw new Error(document.error.message)
 *
 * const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document: document.value })
 * await OpenFeature.setProviderAndWait(new AshlarProvider(evaluator))
 * const details = await OpenFeature.getClient().getBooleanDetails('banner', false)
 * console.log(flagDetailsOf(details)?.ruleId, flagDetailsOf(details)?.revision) // all 7
 * await OpenFeature.close()
 * ```
 */
export function flagDetailsOf(details: EvaluationDetails<FlagValue>): AnyFlagDetails | undefined {
  return behind.get(details.flagMetadata)
}

const noMetadata: FlagMetadata = Object.freeze({})

/** OpenFeature's clients pass the metadata on as it is, so that it can stand for what it came from. */
const behind = new WeakMap<FlagMetadata, AnyFlagDetails>()
const inFront = new WeakMap<AnyFlagDetails, FlagMetadata>()

function metadataOf(details: AnyFlagDetails): FlagMetadata {
  const known = inFront.get(details)
  if (known !== undefined) return known
  const metadata = Object.freeze({ ...details.metadata })
  inFront.set(details, metadata)
  behind.set(metadata, details)
  return metadata
}

const copies = new WeakMap<object, Json>()

/** One frozen copy for all: nobody who is told an object can change what the next one is told. */
function frozen(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  const copy = frozenJson(value)
  copies.set(value, copy)
  return copy
}

function errorCodeOf({ type }: FlagFailure, revision: string): ErrorCode {
  switch (type) {
    case 'FlagsNotLoaded':
      return ErrorCode.PROVIDER_NOT_READY
    case 'FlagNotFound':
      return revision === '' ? ErrorCode.PROVIDER_NOT_READY : ErrorCode.FLAG_NOT_FOUND
    case 'FlagTypeMismatch':
      return ErrorCode.TYPE_MISMATCH
    case 'BucketingKeyMissing':
      return ErrorCode.TARGETING_KEY_MISSING
    case 'InvalidEvaluationContext':
      return ErrorCode.INVALID_CONTEXT
    default: {
      const unknown: never = type
      throw new TypeError(`failure "${unknown}" has no error code`)
    }
  }
}
