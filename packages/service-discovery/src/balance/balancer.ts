import type { Random, Timer } from '@ashlar/kernel'
import type { Target } from '../pool/target.ts'

/** Chooses which instance gets the next call; one for each service and client. */
export interface Balancer {
  /**
   * Told before the first choice, and whenever there are others to choose from; the same instance stays the same target.
   *
   * @param targets - in the order of machine and id; those that are ejected are not among them
   */
  update(targets: readonly Target[]): void
  /**
   * Chooses. Runs for every call: it should allocate nothing and wait for nothing.
   *
   * @param key - what belongs together, for balancers that send it to one instance
   * @returns one of the targets, or nothing where there are none
   */
  pick(key: string | undefined): Target | undefined
  /**
   * Told how each call ended.
   *
   * @param target - who was called
   * @param latencyMs - how long it took
   * @param isFailure - whether it failed, a time-out included
   */
  report?(target: Target, latencyMs: number, isFailure: boolean): void
}

/** What a balancer is handed. */
export interface BalancerTools {
  /** Chance. */
  readonly random: Random
  /** Time, for what fades. */
  readonly timer: Timer
}

/** Makes balancers of one kind. */
export interface BalancerPolicy {
  /** Such as `round-robin`, for telemetry. */
  readonly name: string
  /** Makes one for a service. */
  create(tools: BalancerTools): Balancer
}
