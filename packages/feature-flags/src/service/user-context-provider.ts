/** Who somebody is, as far as flags may know. */
export interface FlagUser {
  /** The id by which the user is put into buckets; an empty one is nobody's. */
  readonly id: string
  /** Asked for as the attribute `email`. */
  readonly email?: string | undefined
  /** Asked for as the attribute `roles`. */
  readonly roles?: readonly string[] | undefined
  /** Whatever else rules may ask for, by attribute. */
  readonly attributes?: { readonly [name: string]: unknown } | undefined
}

/**
 * Tells who is asking, and who others are.
 *
 * @see {@link FeatureFlagService} for an example
 */
export interface UserContextProvider {
  /**
   * The user of the request at hand.
   *
   * @param options - `signal`, which gives up waiting
   * @returns the user, or undefined where nobody is signed in
   */
  current(options: UserLookupOptions): FlagUser | undefined | Promise<FlagUser | undefined>
  /**
   * Another user; without this method nothing is known of others but their id.
   *
   * @param id - never empty
   * @param options - `signal`, which gives up waiting
   * @returns the user of this very id, or undefined where there is none
   */
  byId?(id: string, options: UserLookupOptions): FlagUser | undefined | Promise<FlagUser | undefined>
}

/** Options of a {@link UserContextProvider}'s methods. */
export interface UserLookupOptions {
  /** Gives up waiting. */
  readonly signal?: AbortSignal
}
