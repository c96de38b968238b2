/** Options of the expectations that chance may fail. */
export interface SignificanceOptions {
  /** How often chance alone may fail a sound distribution, from 0 to 1; 0.001 unless told. */
  readonly significance?: number
}

export function significanceOf({ significance = 0.001 }: SignificanceOptions): number {
  if (significance > 0 && significance < 1) return significance
  throw new RangeError(`significance must lie between 0 and 1, found ${significance}`)
}
