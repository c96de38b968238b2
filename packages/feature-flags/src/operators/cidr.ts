/**
 * Operators on IP addresses, for evaluators that need them.
 *
 * @packageDocumentation
 */
import { noAddress, readAddress } from './cidr/address.ts'
import { type Block, blockOf, isInBlock } from './cidr/block.ts'
import type { ConditionOperator, OperandValue } from './operator.ts'

/**
 * The operators `in_cidr` and `not_in_cidr`: whether an IP address is in one of the blocks.
 *
 * Blocks are written as `10.0.0.0/8` or `2001:db8::/32`, or as one address. An IPv6 address that stands for an IPv4 one
 * (`::ffff:10.1.2.3`) is in the IPv4 block, too. What is no address, or has a zone id, can't be asked: a condition on it
 * is neither true nor false.
 *
 * @example
 * ```ts
 * import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
 * import { parseFlagDocument } from '@ashlar/feature-flags/document'
 * import { cidr } from '@ashlar/feature-flags/operators/cidr'
 *
 * const flags = defineFlags({ 'new-checkout': flag.boolean() }, { attributes: { address: 'string' } })
 * const isOffice = { attribute: 'address', operator: 'in_cidr', values: ['10.0.0.0/8', '2001:db8::/32'] }
 * const document = parseFlagDocument(
 *   {
 *     version: 1,
 *     flags: {
 *       'new-checkout': {
 *         enabled: true,
 *         type: 'boolean',
 *         defaultVariant: 'off',
 *         rules: [{ id: 'office', when: isOffice, serve: 'on' }],
 *       },
 *     },
 *   },
 *   { operators: cidr },
 * )
 * if (document.isErr()) throw new Error(document.error.message)
 *
 * const evaluator = new FeatureFlagEvaluator(flags, { document: document.value, operators: cidr })
 * console.log(evaluator.enabled('new-checkout', { address: '10.1.2.3' })) // true
 * console.log(evaluator.enabled('new-checkout', { address: '203.0.113.9' })) // false
 * ```
 */
export const cidr: readonly ConditionOperator[] = [operator('in_cidr', true), operator('not_in_cidr', false)]

function operator(name: string, wanted: boolean): ConditionOperator {
  return {
    name,
    operand: 'values',
    attributes: ['string'],
    expects: (operand) => (readBlock(operand) === undefined ? 'a CIDR block' : undefined),
    test: (operands) =>
      testOf(
        operands.map(readBlock).filter((block) => block !== undefined),
        wanted,
      ),
  }
}

function readBlock(operand: OperandValue): Block | undefined {
  return typeof operand === 'string' ? blockOf(operand) : undefined
}

function testOf(blocks: readonly Block[], wanted: boolean): ReturnType<ConditionOperator['test']> {
  const address = noAddress()
  return (value) => {
    const family = typeof value === 'string' ? readAddress(value, address) : undefined
    if (family === undefined) return
    for (const block of blocks) if (isInBlock(block, address, family)) return wanted
    return !wanted
  }
}
