import {
  type ContextOf,
  defineFlags,
  type ExposureRecorder,
  type FeatureFlagEvaluator,
  flag,
} from '@ashlar/feature-flags'
import type { Customer } from '../../domain/customers/customer.ts'
import { tierNames } from '../../domain/customers/tier.ts'

/** What the shop leaves to its flag document, and what that may ask about a customer. */
export const shopFlags = defineFlags(
  {
    /** An experiment: how the parcel of a new order travels. */
    'express-shipping': flag.variants({ control: 'standard', treatment: 'express' }, { fallback: 'control' }),
    /** Switched off while cards can't be charged; without a word of the document they can. */
    'pay-by-card': flag.boolean({ fallback: true }),
    /** Who may have a look at what is new: the best customers, then more and more of the others. */
    'early-access': flag.boolean(),
  },
  { attributes: { tier: tierNames, country: 'string' } },
)

export type ShopFlags = typeof shopFlags

/** Tells the flags as they are now; a snapshot is for what is decided together. */
export type Flags = Pick<FeatureFlagEvaluator<ShopFlags>, 'enabled' | 'snapshot'>

/** Notes who was told which variant; never fails, never waits. */
export type Exposures = Pick<ExposureRecorder<ShopFlags>, 'record'>

/** What the flags are told about a customer: no name, no address but its country. */
export function flagContextOf({ id, tier, address }: Customer): ContextOf<ShopFlags> {
  return { targetingKey: id, tier, country: address.country }
}
