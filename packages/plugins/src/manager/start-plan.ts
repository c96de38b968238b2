import type { PluginRefusal } from '../load/plugin-refusal.ts'
import type { PlannedPlugin } from '../plan/plugin-plan.ts'
import { dependencyNotActive, type StartProblem } from './manage-failure.ts'
import type { ManagedPlugin } from './managed-plugin.ts'

/** What has become of a plan. */
export interface StartReport {
  /** The plugins that are active now, in the order of the plan; those that were before are among them. */
  readonly active: readonly string[]
  /** Those that were not in the plan, each with the reason. */
  readonly refusals: readonly PluginRefusal[]
  /** Those that could not be started. */
  readonly problems: readonly StartProblem[]
}

/**
 * Starts plugins, each when those that it waits for have started, at the same time where none waits for the other.
 *
 * @param endsWithFirst - whether no more are started after the first problem
 * @returns those that could not be started
 * @throws the signal's reason
 */
export async function startAll(
  plugins: readonly PlannedPlugin[],
  managed: (plan: PlannedPlugin) => ManagedPlugin,
  signal: AbortSignal | undefined,
  endsWithFirst: boolean,
): Promise<readonly StartProblem[]> {
  const problems: StartProblem[] = []
  const begun = new Map<string, Promise<boolean>>()
  let goesOn = true
  for (const plan of plugins) begun.set(plan.manifest.id, start(plan))
  const settled = await Promise.allSettled(begun.values())
  for (const one of settled) if (one.status === 'rejected') throw one.reason
  return problems

  async function start(plan: PlannedPlugin): Promise<boolean> {
    const { id, dependsOn } = plan.manifest
    for (const before of plan.after) {
      const isActive = await begun.get(before)
      if (isActive === false && dependsOn.has(before)) return fail(plan, dependencyNotActive(id, before))
    }
    signal?.throwIfAborted()
    if (!goesOn) return false
    const failure = await managed(plan).start(plan, signal)
    if (failure !== undefined) return note(failure)
    return true
  }

  function fail(plan: PlannedPlugin, failure: StartProblem): boolean {
    managed(plan).fail(undefined)
    return note(failure)
  }

  function note(failure: StartProblem): boolean {
    problems.push(failure)
    if (endsWithFirst) goesOn = false
    return false
  }
}

/** Stops plugins, each after those that wait for it, whatever becomes of any. */
export async function stopAll(
  plans: readonly PlannedPlugin[],
  stop: (id: string) => Promise<unknown> | undefined,
): Promise<void> {
  const ended = new Map<string, Promise<unknown>>()
  for (const { manifest } of plans.toReversed()) {
    const users = plans.filter(({ after }) => after.includes(manifest.id))
    const before = users.map((user) => ended.get(user.manifest.id))
    ended.set(
      manifest.id,
      Promise.all(before).then(() => stop(manifest.id)),
    )
  }
  await Promise.allSettled(ended.values())
}
