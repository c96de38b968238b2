import type { BalancerPolicy } from '../src/balance/balancer.ts'
import type { Target } from '../src/pool/target.ts'

/** One after the other, beginning with the first: what tests can count on. */
export const inOrder: BalancerPolicy = {
  name: 'in-order',
  create() {
    let targets: readonly Target[] = []
    let next = 0
    return {
      update(given) {
        targets = given
      },
      pick: () => targets[next++ % targets.length],
    }
  },
}
