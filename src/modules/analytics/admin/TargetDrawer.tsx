// What is aimed at, from a month on, for all or one community; what was aimed at before stays to be read.
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { usePlace } from '../../../ui/session.ts'
import { analytics } from '../contract.ts'
import { specOf, type Indicator } from '../contract_cockpit.ts'
import { words } from '../words.ts'
import { GoalInput, howOf, named, valueText } from './indicators.tsx'

export function TargetDrawer({ code, month, close }: { code: Indicator; month: string; close: () => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(analytics.saveTarget, { in_form: true, done: '已设定' })
  const before = useRead(analytics.targets, { code })
  const rows = before.data?.rows ?? []
  const now = rows.find((r) => r.state === 'in_force' && r.community_id === (place_id ?? null)) ?? rows.find((r) => r.state === 'in_force' && r.community_id === null)
  if (!before.data && !before.error) return null
  const { better } = specOf(code)
  return (
    <FormDrawer
      open onClose={() => { save.reset(); close() }} width={720} title={`${named(code)}的目标`} call={analytics.saveTarget} loading={save.running} submitError={save.error} fixed={{ code }} initial={{ from_month: month, goal: now?.goal ?? null, warn: now?.warn ?? null, ...(place_id ? { community_id: place_id } : {}) }}
      fields={[
        { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), placeholder: '全公司', help: '留空为全公司;小区自己设的优先' }, { name: 'from_month', kind: 'month' },
        { name: 'goal', control: (c) => <GoalInput {...c} code={code} />, help: better === 'up' ? '达到即达标;留空不设' : '不超过即达标;留空不设' }, { name: 'warn', control: (c) => <GoalInput {...c} code={code} />, help: better === 'up' ? '低于它即预警;留空不设' : '高于它即预警;留空不设' }, 'reason',
      ]}
      note={<p className="hy-muted">{howOf(code)}。已过月份仍按当时的目标评价。</p>}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    >
      <RowsTable label="历次目标" rows={rows} row_key="target_id" empty="还没有设过目标" columns={[
        { key: 'from_month', title: '自', width: 80 }, { key: 'community_name', title: '小区', width: 110, show: (r) => r.community_name ?? '全公司' }, { key: 'goal', title: '目标', width: 90, align: 'right', show: (r) => valueText(code, r.goal) }, { key: 'warn', title: '预警线', width: 90, align: 'right', show: (r) => valueText(code, r.warn) },
        { key: 'state', title: '状态', width: 76, show: (r) => <StateTag value={r.state} words={words.states!['target_state']} tones={{ in_force: 'good', coming: 'busy', over: 'plain' }} /> }, { key: 'reason', title: '原因', width: 130 }, { key: 'made_by_name', title: '设定人', width: 80 }, { key: 'made_at', title: '时间', width: 140, show: (r) => instant(r.made_at) },
      ]} />
    </FormDrawer>
  )
}
