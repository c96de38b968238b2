import type { AttributeDefinitions, AttributeValue } from './attributes.ts'

/** What every context may say, whatever attributes are declared. */
export interface StandardContext {
  /** Whom the flag is told for: the id by which users are put into buckets, unless the flag says another attribute. */
  readonly targetingKey?: string | undefined
  /** Where the program runs, such as `production`. */
  readonly environment?: string | undefined
  /** The moment for schedules, ramps and conditions on `timestamp`; the evaluator's clock unless told. */
  readonly timestamp?: Date | undefined
}

/**
 * For whom, where and when a flag is told: a flat object in the shape of OpenFeature's evaluation context.
 *
 * @see {@link defineFlags} for an example
 */
export type EvaluationContext<Attributes extends AttributeDefinitions = AttributeDefinitions> =
  string extends keyof Attributes
    ? StandardContext & { readonly [attribute: string]: unknown }
    : StandardContext & { readonly [Name in keyof Attributes]?: AttributeValue<Attributes[Name]> | undefined }
