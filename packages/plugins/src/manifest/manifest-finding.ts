/** What is wrong with one part of a manifest. */
export interface ManifestFinding {
  /** Where it stands, such as `needs[2].paths`; empty for the manifest itself. */
  readonly path: string
  /** What could have stood there. */
  readonly expected: string
  /** What stood there, in a few words; never a long text. */
  readonly found: string
}
