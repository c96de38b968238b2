/** Why a text can't be asked for in DNS; nothing where it can. */
export function dnsNameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return name === null ? 'null' : typeof name
  const plain = name.endsWith('.') ? name.slice(0, -1) : name
  if (plain.length > 253) return `${plain.length} characters`
  const label = plain.split('.').find((each) => !labelPattern.test(each))
  return label === undefined ? undefined : `${JSON.stringify(label.slice(0, 80))} in ${JSON.stringify(name)}`
}

/** What {@link dnsNameProblem} finds missing. */
export const dnsNameExpected =
  'a DNS name of up to 253 characters, its parts of 1 to 63 letters, digits, "-" and "_"'

const labelPattern = /^[A-Za-z0-9_-]{1,63}$/
