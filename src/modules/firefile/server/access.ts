// The one place where who asks becomes which files: a community as a whole within reach. The file counts lines of other registers; opening them asks those registers' own rights.
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'

export interface Place {
  community_id: string
  name: string
  address: string | null
}
export async function placeOf(scope: Scope, community_id: string): Promise<Place> {
  const c = await communityToChange(scope, community_id)
  return { community_id, name: c.name, address: c.address }
}
export function mayWrite(scope: Scope, community_id: string): boolean {
  const r = scope.reach('firefile.file.write')
  return r.all || r.community_ids.includes(community_id)
}
/** What one company decides holds in all its communities. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
