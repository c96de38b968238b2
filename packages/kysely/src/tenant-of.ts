import { type Context, TenantMismatchError, verifyTenant } from '@ashlar/kernel'

/**
 * Tells whose rows a context may see in a table.
 *
 * @param context - of the call
 * @param hasTenants - whether the table has a column for them
 * @returns the tenant; undefined for a table without tenants
 * @throws TenantMismatchError for a tenant where there are none, and for none where there are
 */
export function tenantOf(context: Context, hasTenants: boolean): string | undefined {
  if (!hasTenants) verifyTenant(undefined, context)
  else if (context.tenantId === undefined) throw new TenantMismatchError('any', undefined)
  return context.tenantId
}
