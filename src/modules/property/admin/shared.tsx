// What other modules' pages use of the register.
import { useMemo } from 'react'
import { useRead } from '../../../ui/api.ts'
import { useMay } from '../../../ui/session.ts'
import { property } from '../contract.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'
/** Choices of a 管家 filter: those who look after something, and nobody. */
export function useStewards(community_id: string | undefined): { options: { value: string; label: string }[]; loading: boolean } {
  const read = useRead(property.stewards, community_id ? { community_id } : {}, { enabled: useMay()('property.house.read'), stale_ms: 60_000 })
  const options = useMemo(() => {
    const by = new Map((read.data?.rows ?? []).flatMap((r) => (r.steward ? [[r.steward.account_id, r.steward.steward_name] as const] : [])))
    return [...[...by].map(([value, label]) => ({ value, label })), { value: NOBODY, label: '未安排管家' }]
  }, [read.data])
  return { options, loading: read.loading }
}
