// 门禁黑名单: who may not open which doors, why, until when; one proposes, another agrees.
import { Button, Select, Space } from 'antd'
import { useMemo, useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { useFinding } from '../../../ui/finding.ts'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { doors, type BarredRow } from '../contract.ts'
import { reachedText, said } from '../shown.ts'
import { words } from '../words.ts'
import { untilReached } from './parts.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '姓名、完整卡号' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['barred']) }]
const MONTH = 30
const KIND = { person: '', staff: '(员工)', helper: '(编外)' }
type Open = { what: 'new' } | { what: 'decide' | 'lift'; row: BarredRow }
export default function DoorBarredPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [writes, decides] = [may('doors.barred.write'), may('doors.barred.decide')]
  const list = useList(doors.doorsBarred, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {}, refresh_ms: (d) => untilReached(d?.rows.some((r) => r.left_doors > 0)) })
  const lift = useWrite(doors.liftBar, { in_form: true, done: (a) => `已解除;${reachedText(a.reached)}` })
  const decide = useWrite(doors.decideBar, { in_form: true, done: (a) => (a.state === 'on' ? `已列入;${reachedText(a.reached)}` : '已退回') })
  const [open, setOpen] = useState<Open>()
  const close = (): void => { setOpen(undefined); lift.reset(); decide.reset() }
  const columns = useMemo((): readonly Column<BarredRow>[] => [
    { key: 'holder_name', title: '姓名', width: 130, always: true, show: (r) => `${r.holder_name}${KIND[r.holder_kind]}` }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states!['barred']} tones={{ on: 'bad', asked: 'busy' }} /> }, { key: 'houses', title: '房号', width: 90, show: (r) => r.houses || '—' }, { key: 'cards', title: '卡尾号', width: 80, hidden: true, show: (r) => r.cards || '—' }, { key: 'group_name', title: '限制的门', width: 110, show: (r) => r.group_name ?? '全部门' }, { key: 'reason', title: '原因', width: 110, show: (r) => said('bar_reason', r.reason) }, { key: 'detail', title: '经过', width: 150 }, { key: 'to_on', title: '期限', width: 170, show: (r) => `${r.from_on} 至 ${r.to_on}` },
    { key: 'asked_name', title: '提出/批准', width: 150, show: (r) => `${r.asked_name} / ${r.decided_name ?? '待批准'}` }, { key: 'decided_note', title: '批准意见', width: 130, hidden: true }, { key: 'asked_at', title: '提出时间', width: 145, hidden: true, show: (r) => instant(r.asked_at) }, { key: 'lifted_reason', title: '解除', width: 150, hidden: true, show: (r) => (r.lifted_name ? `${r.lifted_name}:${r.lifted_reason ?? ''}` : '') }, { key: 'left', title: '生效', width: 110, hidden: true, show: (r) => (r.left_doors > 0 ? `${r.left_doors} 台未生效` : '') }, { key: 'community_name', title: '小区', width: 100, hidden: true },
    ...(writes || decides ? [{ key: 'act', title: '操作', width: 130, show: (r: BarredRow) => <Space size={4}>{decides && r.state === 'asked' ? <CanButton size="small" can={r.can.decide} words={words} onClick={() => setOpen({ what: 'decide', row: r })}>批准</CanButton> : null}{writes && (r.state === 'on' || r.state === 'asked') ? <CanButton size="small" can={r.can.lift} words={words} onClick={() => setOpen({ what: 'lift', row: r })}>解除</CanButton> : null}</Space> }] : []),
  ], [writes, decides])
  return (
    <>
      <ListPage {...list} title="门禁黑名单" name="doors.barred" columns={columns} row_key="barred_id" note={list.data && list.data.asked_count > 0 ? <p className="hy-muted">待批准 {list.data.asked_count} 条:提出和批准必须是两个人。</p> : undefined} empty={{ text: '没有被限制的人' }} actions={writes ? <Button type="primary" onClick={() => setOpen({ what: 'new' })}>提出列入</Button> : null} />
      {open?.what === 'new' ? <Ask close={close} /> : null}
      {open?.what === 'decide' ? <FormModal open onClose={close} title={`${open.row.holder_name}:${said('bar_reason', open.row.reason)}`} submit="提交" call={doors.decideBar} loading={decide.running} submitError={decide.error} fixed={{ barred_id: open.row.barred_id }} note={<p>{open.row.asked_name} 提出:{open.row.detail};限制 {open.row.group_name ?? '全部门'},{open.row.from_on} 至 {open.row.to_on}</p>} fields={['agree', 'note']} initial={{ agree: true, note: '' }} onSubmit={async (i) => { if (await decide.run(i)) close() }} /> : null}
      {open?.what === 'lift' ? <ReasonModal open title={`解除 ${open.row.holder_name}`} suggestions={['已查清', '已赔偿并认错', '期限未满提前解除']} loading={lift.running} submitError={lift.error} onClose={close} onConfirm={async (reason) => { if (await lift.run({ barred_id: open.row.barred_id, reason })) close() }} /> : null}
    </>
  )
}
function HolderPicker({ value, onChange, id, community_id }: Control & { community_id: string }) {
  const [typed, setTyped] = useState('')
  const found = useFinding(doors.findHolders, (q) => ({ q, community_id }), typed, () => undefined)
  return <Select {...(id ? { id } : {})} showSearch filterOption={false} placeholder="输入姓名、房号或完整卡号" value={(value as string | undefined) ?? null} onSearch={setTyped} onChange={(v: string) => onChange?.(v)} notFoundContent={typed === '' ? '输入后查找' : found.looking ? '正在查找' : '没有有卡或开门码的这个人'} options={(found.data?.rows ?? []).map((h) => ({ value: h.holder_id, label: `${h.name}${KIND[h.kind]} ${h.houses}${h.cards ? ` 卡 ${h.cards}` : ''}` }))} />
}
function Ask({ close }: { close: () => void }) {
  const { place_id, places } = usePlace()
  const [community_id, setCommunity] = useState(place_id ?? places[0]?.id ?? '')
  const groups = useRead(doors.groups, community_id ? { community_id } : {})
  const ask = useWrite(doors.askBar, { in_form: true, done: '已提出,等另一位批准后生效' })
  return (
    <FormDrawer
      open onClose={close} title="提出列入门禁黑名单" submit="提出" call={doors.askBar} loading={ask.running} submitError={ask.error} words={{ reason: words.states!['bar_reason'] }}
      note={<p className="hy-muted">住户回家要走的大门和单元门不能限制(凭法院、公安文书除外)。欠费不在原因之列。</p>}
      fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'holder_id', control: (c) => <HolderPicker {...c} community_id={community_id} /> }, { name: 'group_id', kind: 'select', options: (groups.data?.rows ?? []).map((g) => ({ value: g.group_id, label: `${g.name}(${g.door_names.length} 扇门)` })), help: '不选为本小区全部门' }, 'reason', { name: 'detail', kind: 'area', wide: true }, 'from_on', { name: 'to_on', help: '最长一年,到期自动失效' }]}
      follows={(changed) => { if (typeof changed['community_id'] === 'string') setCommunity(changed['community_id']); return undefined }}
      initial={{ community_id, group_id: null, reason: 'identity', detail: '', from_on: today(), to_on: addDays(today(), MONTH) }} onSubmit={async (i) => { if (await ask.run(i)) close() }}
    />
  )
}
