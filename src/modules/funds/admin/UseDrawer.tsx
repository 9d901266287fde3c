// 立项: what is to be repaired, at whose cost, for how much.
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { HousesPicker } from '../../people/admin/shared.tsx'
import { property } from '../../property/contract.ts'
import { funds } from '../contract.ts'
import { words } from '../words.ts'

type Use = Out<(typeof funds.use)['gives']>

export function UseDrawer({ community_id, use, close }: { community_id: string; use?: Use; close: (made?: string) => void }) {
  const save = useWrite(funds.saveUse, { in_form: true, done: '已保存' })
  const tree = useRead(property.tree, { community_id })
  const rules = useRead(funds.policies, { community_id })
  const buildings = (tree.data?.communities ?? []).flatMap((c) => c.buildings)
  const dangers = (rules.data?.rows.find((r) => r.in_force)?.dangers ?? '').split('\n').map((d) => d.trim()).filter(Boolean)
  return (
    <FormDrawer
      open title={use ? '修改项目' : '维修资金使用立项'} width={560} call={funds.saveUse} onClose={() => close()} loading={save.running} submitError={save.error} words={{ path: words.states?.['use_path'], scope_kind: words.states?.['scope_kind'] }} fixed={{ community_id, ...(use ? { use_id: use.use_id } : {}) }}
      initial={use ? { path: use.path, title: use.title, plan: use.plan, danger: use.danger, scope_kind: use.scope_kind, scope_ids: use.scope_ids, budget_fen: use.budget_fen } : { path: 'ordinary', scope_kind: 'building', scope_ids: [] }}
      fields={[
        { name: 'path', kind: 'select' }, 'title', { name: 'plan', kind: 'area', wide: true },
        { name: 'danger', kind: 'select', options: dangers.map((d) => ({ value: d, label: d })), when: (v) => v['path'] === 'emergency' },
        { name: 'scope_kind', kind: 'select' },
        { name: 'scope_ids', label: '楼栋', kind: 'many', options: buildings.map((b) => ({ value: b.building_id, label: b.name })), when: (v) => v['scope_kind'] === 'building' },
        { name: 'scope_ids', label: '单元', kind: 'many', options: buildings.flatMap((b) => b.units.map((u) => ({ value: u.unit_id, label: `${b.name} ${u.no}单元` }))), when: (v) => v['scope_kind'] === 'unit' },
        { name: 'scope_ids', label: '房产', control: (c) => <HousesPicker {...c} />, when: (v) => v['scope_kind'] === 'houses' },
        'budget_fen',
      ]}
      onSubmit={async (input) => { const made = await save.run({ ...input, scope_ids: input.scope_kind === 'community' ? [] : input.scope_ids }); if (made) close(made.use_id) }}
    />
  )
}
