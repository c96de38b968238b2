/** A number as it was written, digit by digit: `digits` × 10^−`scale`. */
export type Decimal = { readonly digits: bigint; readonly scale: number }

const pattern = /^([+-]?\d{1,30})(?:\.(\d{0,30}))?(?:e([+-]?\d{1,2}))?$/i

/** Takes text such as `2.55`, `-11062.06` or `1e-3`; undefined for what is no number. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, whole, fraction = '', exponent = '0'] = pattern.exec(text) ?? []
  if (whole === undefined) return undefined
  return { digits: BigInt(whole + fraction), scale: fraction.length - Number(exponent) }
}

/** The shortest text without an exponent; for numbers that are not below zero. */
export function plainText({ digits, scale }: Decimal): string {
  let rest = scale < 0 ? digits * 10n ** BigInt(-scale) : digits
  let decimals = Math.max(scale, 0)
  for (; decimals > 0 && rest % 10n === 0n; decimals--) rest /= 10n
  const text = String(rest).padStart(decimals + 1, '0')
  return decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`
}
