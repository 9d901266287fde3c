// Roles of a person, each with the places it holds for.
import { Button, Select } from 'antd'
import { useMemo } from 'react'
import type { Control } from '../../../ui/fields.tsx'
import { useRead } from '../../../ui/api.ts'
import { optionsOf } from '../../../ui/list.ts'
import { useMay } from '../../../ui/session.ts'
import { property } from '../../property/contract.ts'
import { identity, type Member } from '../contract.ts'
import { words } from '../words.ts'

export interface Grant {
  role_id: string
  scope_kind: 'company' | 'community' | 'building'
  scope_ids: string[]
}
const KINDS = optionsOf(words.states?.['scope_kind'])

interface Places {
  community: { value: string; label: string }[]
  building: { value: string; label: string }[]
  names: Map<string, string>
}
/** Communities and buildings by id, for choosing and for showing. */
export function usePlaces(): Places {
  const may = useMay()
  const tree = useRead(property.tree, {}, { enabled: may('property.house.read'), stale_ms: 60_000 })
  return useMemo(() => {
    const communities = tree.data?.communities ?? []
    const community = communities.map((c) => ({ value: c.community_id, label: c.name }))
    const building = communities.flatMap((c) => c.buildings.map((b) => ({ value: b.building_id, label: `${c.name} ${b.name}` })))
    return { community, building, names: new Map([...community, ...building].map((o) => [o.value, o.label])) }
  }, [tree.data])
}

/** '收费员:和院花园、松涛苑' */
export function grantText(g: Member['grants'][number], names: Map<string, string>): string {
  if (g.scope_kind === 'company') return g.role_name
  const shown = g.scope_ids.slice(0, 2).map((id) => names.get(id) ?? '…').join('、')
  return `${g.role_name}:${shown}${g.scope_ids.length > 2 ? `等 ${g.scope_ids.length} 处` : ''}`
}

export function GrantsEditor({ value, onChange }: Control) {
  const grants = (value as Grant[] | undefined) ?? []
  const roles = useRead(identity.roles, {}, { stale_ms: 30_000 })
  const places = usePlaces()
  const options = (roles.data?.rows ?? []).map((r) => ({ value: r.role_id, label: r.name }))
  const set = (i: number, change: Partial<Grant>) => onChange?.(grants.map((g, k) => (k === i ? { ...g, ...change } : g)))
  return (
    <div className="id-grants" role="group" aria-label="角色与范围">
      {grants.map((g, i) => (
        <div key={i} className="id-grant">
          <Select aria-label={`角色 ${i + 1}`} className="id-grant-role" placeholder="选择角色" loading={roles.loading} showSearch={{ optionFilterProp: 'label' }} options={options} value={g.role_id || null} onChange={(v: string | null) => set(i, { role_id: v ?? '' })} />
          <Select aria-label={`范围 ${i + 1}`} className="id-grant-kind" options={KINDS} value={g.scope_kind} onChange={(v) => set(i, { scope_kind: v as Grant['scope_kind'], scope_ids: [] })} />
          <Button type="text" danger aria-label={`删除授权 ${i + 1}`} onClick={() => onChange?.(grants.filter((_, k) => k !== i))}>删除</Button>
          {g.scope_kind === 'company' ? null : (
            <Select aria-label={`${g.scope_kind === 'community' ? '小区' : '楼栋'} ${i + 1}`} className="id-grant-places" mode="multiple" placeholder={g.scope_kind === 'community' ? '选择小区' : '选择楼栋'} optionFilterProp="label" maxTagCount={6} options={places[g.scope_kind]} value={g.scope_ids} onChange={(v) => set(i, { scope_ids: v })} />
          )}
        </div>
      ))}
      <Button type="dashed" block disabled={grants.length >= 20} onClick={() => onChange?.([...grants, { role_id: '', scope_kind: 'company', scope_ids: [] }])}>添加角色</Button>
    </div>
  )
}
