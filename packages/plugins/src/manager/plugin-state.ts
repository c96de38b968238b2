/**
 * Where a plugin stands: `discovered` when it was found, `resolved` when it may start, `starting`, `active`, `draining`
 * while its last calls end, `stopped`, `failed` when it has not started or has crashed, and `quarantined` when that
 * happened too often, so that it is not started again by itself.
 */
export type PluginState =
  | 'discovered'
  | 'resolved'
  | 'starting'
  | 'active'
  | 'draining'
  | 'stopped'
  | 'failed'
  | 'quarantined'
