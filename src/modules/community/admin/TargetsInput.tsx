// To which houses: the whole community, zones, buildings, units out of the tree, single houses by their number.
import { Form, TreeSelect } from 'antd'
import { useRead } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { property } from '../../property/contract.ts'
import type { Target } from '../contract.ts'

interface Node {
  value: string
  title: string
  children?: Node[]
}
export const keyOf = (t: Target): string => `${t.scope}:${t.target_id}`
const targetOf = (key: string): Target => ({ scope: key.split(':')[0] as Target['scope'], target_id: key.split(':')[1]! })
const HOUSES_MAX = 100

export function TargetsInput({ value, onChange, id, known }: Control & { known: readonly { value: string; label: string }[] }) {
  const community_id = Form.useWatch<string | undefined>('community_id', Form.useFormInstance())
  const tree = useRead(property.tree, { community_id: community_id ?? '' }, { enabled: Boolean(community_id), stale_ms: 60_000 })
  const all = (value as Target[] | undefined) ?? []
  const [houses, wider] = [all.filter((t) => t.scope === 'house'), all.filter((t) => t.scope !== 'house')]
  return (
    <div className="hy-stack">
      <TreeSelect
        {...(id ? { id } : {})} aria-label="范围" value={wider.map(keyOf)} onChange={(keys: string[]) => onChange?.([...keys.map(targetOf), ...houses])} treeData={treeOf(tree.data)} loading={tree.loading} treeCheckable showCheckedStrategy={TreeSelect.SHOW_PARENT} showSearch treeNodeFilterProp="title"
        placeholder="整个小区、分区、楼栋或单元" style={{ width: '100%' }} allowClear maxTagCount={8} {...(community_id ? { treeDefaultExpandedKeys: [`community:${community_id}`] } : {})} key={community_id ?? ''}
      />
      <SearchSelect
        label="个别房产" placeholder="另加个别房产,如 1-2-301" multiple max={HOUSES_MAX} call={property.houses} input={community_id ? { community_id } : {}} enabled={Boolean(community_id)} known={known}
        option={(h: { house_id: string; label: string }) => ({ value: h.house_id, label: h.label })} value={houses.map((t) => t.target_id)} onChange={(ids) => onChange?.([...wider, ...((ids as string[] | undefined) ?? []).map((target_id): Target => ({ scope: 'house', target_id }))])}
      />
    </div>
  )
}
type Tree = (typeof property.tree)['gives']['_zod']['output']
function treeOf(data: Tree | undefined): Node[] {
  return (data?.communities ?? []).map((c) => {
    const buildings = (zone_id: string | null): Node[] => c.buildings.filter((b) => b.zone_id === zone_id).map((b) => ({ value: `building:${b.building_id}`, title: b.name, ...(b.units.length ? { children: b.units.map((u) => ({ value: `unit:${u.unit_id}`, title: `${b.name}${u.no}单元` })) } : {}) }))
    const zones = c.zones.map((z) => ({ value: `zone:${z.zone_id}`, title: z.name, children: buildings(z.zone_id) }))
    return { value: `community:${c.community_id}`, title: `整个${c.name}`, children: [...zones, ...buildings(null)] }
  })
}
