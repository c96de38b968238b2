/**
 * Feature flags: targeting, stable rollouts and A/B variants, typed and told without waiting.
 *
 * @packageDocumentation
 */
export type {
  AttributeCondition,
  DocumentedFlag,
  FlagBucketing,
  FlagCondition,
  FlagDocument,
  FlagDraw,
  FlagHoldout,
  FlagLayer,
  FlagLayerSlice,
  FlagOverride,
  FlagPrerequisite,
  FlagRamp,
  FlagRange,
  FlagRule,
  FlagSchedule,
  FlagServe,
} from './document/flag-document.ts'
export { type EvaluatorOptions, FeatureFlagEvaluator } from './evaluate/feature-flag-evaluator.ts'
export type {
  FlagDetails,
  FlagFailure,
  FlagMetadata,
  FlagReason,
  ToldFlag,
  UntoldFlag,
} from './evaluate/flag-details.ts'
export type { FlagReader } from './evaluate/flag-reader.ts'
export type { ExposedVariant, Exposure, ExposureSink } from './exposures/exposure.ts'
export {
  type AttributeNameOf,
  ExposureRecorder,
  type ExposureRecorderOptions,
} from './exposures/exposure-recorder.ts'
export { ExposuresUndeliveredError } from './exposures/exposures-undelivered-error.ts'
export type {
  AttributeDefinition,
  AttributeDefinitions,
  AttributeValue,
  AttributeValues,
} from './flags/attributes.ts'
export type { EvaluationContext, StandardContext } from './flags/evaluation-context.ts'
export {
  type FlagDefinition,
  type FlagKinds,
  type FlagOptions,
  type FlagType,
  flag,
  type VariantsOf,
} from './flags/flag.ts'
export {
  type BooleanFlagKey,
  type ContextOf,
  defineFlags,
  type FlagDefinitions,
  type FlagKey,
  type FlagSet,
  type FlagSetOptions,
  type FlagValue,
  type FlagVariant,
} from './flags/flag-set.ts'
export type { ConditionOperator, OperandValue } from './operators/operator.ts'
export {
  type FeatureContext,
  FeatureFlagService,
  type FeatureFlagServiceOptions,
  type FeatureOptions,
} from './service/feature-flag-service.ts'
export type { ContextFacts } from './service/user-context.ts'
export type { FlagUser, UserContextProvider, UserLookupOptions } from './service/user-context-provider.ts'
export type { FlagSource, FlagSourceOptions, LoadedFlags } from './sources/flag-source.ts'
