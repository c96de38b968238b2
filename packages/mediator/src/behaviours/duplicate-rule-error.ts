/** A behaviour was given two rules for a message that may have one. */
export class DuplicateRuleError extends Error {
  override readonly name = 'DuplicateRuleError'
  readonly code = 'ASHLAR_MEDIATOR_DUPLICATE_RULE'
  /** The message's name. */
  readonly messageType: string

  /**
   * @param behaviour - that was given the rules
   * @param messageType - that has two of them
   */
  constructor(behaviour: string, messageType: string) {
    super(`${behaviour} has two rules for message "${messageType}": expected one at most`)
    this.messageType = messageType
  }
}

/** Rules by message type, of which each may have one. */
export function ruleByType<Rule extends { readonly messageType: string }>(
  behaviour: string,
  rules: readonly Rule[],
): Map<string, Rule> {
  const byType = new Map<string, Rule>()
  for (const rule of rules) {
    if (byType.has(rule.messageType)) throw new DuplicateRuleError(behaviour, rule.messageType)
    byType.set(rule.messageType, rule)
  }
  return byType
}
