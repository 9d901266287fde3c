// 编外人员: helpers outside the register who open doors for a time: who vouches, which doors and hours, by which card or code.
import { Alert, Button, Space } from 'antd'
import { useMemo, useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { HousePicker } from '../../people/admin/shared.tsx'
import { doors, type HelperRow } from '../contract.ts'
import { reachedText, said, timesText } from '../shown.ts'
import { words } from '../words.ts'
import { PersonPicker, TimesInput, untilReached } from './parts.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '姓名、电话、房号、担保人' }, { kind: 'select', name: 'kind', label: '身份', options: optionsOf(words.states!['helper']) }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['right']) }]
const MONTH = 30
type Open = { what: 'new' } | { what: 'card' | 'end'; row: HelperRow }
export default function HelpersPage() {
  const { place_id } = usePlace()
  const writes = useMay()('doors.helper.write')
  const list = useList(doors.helpers, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {}, refresh_ms: (d) => untilReached(d?.rows.some((r) => r.left_doors > 0)) })
  const end = useWrite(doors.endHelper, { in_form: true, done: (a) => `已停止;${reachedText(a.reached)}` })
  const card = useWrite(doors.helperCard, { in_form: true, done: (a) => `已发卡;${reachedText(a.reached)}` })
  const [open, setOpen] = useState<Open>()
  const [code, setCode] = useState('')
  const close = (): void => { setOpen(undefined); end.reset(); card.reset() }
  const columns = useMemo((): readonly Column<HelperRow>[] => [
    { key: 'name', title: '姓名', width: 90, always: true }, { key: 'kind', title: '身份', width: 80, show: (r) => said('helper', r.kind) }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states!['right']} tones={{ now: 'good', future: 'busy' }} /> }, { key: 'phone_masked', title: '电话', width: 110, hidden: true }, { key: 'house_label', title: '房号', width: 90, show: (r) => r.house_label ?? '—' }, { key: 'vouch_name', title: '担保人', width: 90 }, { key: 'group_name', title: '门组', width: 130 }, { key: 'times', title: '时段', width: 150, show: (r) => timesText(r.times) }, { key: 'code', title: '密码', width: 90, show: (r) => r.code ?? '—' }, { key: 'cards', title: '卡尾号', width: 75, hidden: true, show: (r) => r.cards || '—' }, { key: 'to_on', title: '期限', width: 180, show: (r) => `${r.from_on} 至 ${r.to_on}` }, { key: 'left', title: '生效', width: 100, hidden: true, show: (r) => (r.left_doors > 0 ? <span className="hy-red">{r.left_doors} 台未生效</span> : '已生效') }, { key: 'employer', title: '单位', width: 120, hidden: true }, { key: 'created_name', title: '登记人', width: 85, hidden: true }, { key: 'ended_reason', title: '停止', width: 140, hidden: true, show: (r) => (r.ended_by ? `${r.ended_by}:${r.ended_reason ?? ''}` : '') }, { key: 'community_name', title: '小区', width: 100, hidden: true },
    ...(writes ? [{ key: 'act', title: '操作', width: 120, show: (r: HelperRow) => (r.can.end === true ? <Space size={4}><CanButton size="small" can={r.can.card} words={words} onClick={() => setOpen({ what: 'card', row: r })}>发卡</CanButton><CanButton size="small" danger can={r.can.end} words={words} onClick={() => setOpen({ what: 'end', row: r })}>停止</CanButton></Space> : '') }] : []),
  ], [writes])
  return (
    <>
      <ListPage {...list} title="编外人员" name="doors.helpers" columns={columns} row_key="helper_id" note={code ? <Alert type="success" showIcon closable onClose={() => setCode('')} title={`开门密码 ${code}`} description="请当面告诉本人;到期自动失效。" /> : undefined} empty={{ text: '还没有登记编外人员' }} actions={writes ? <Button type="primary" onClick={() => setOpen({ what: 'new' })}>登记</Button> : null} />
      {open?.what === 'new' ? <Register close={close} made={(c) => setCode(c ?? '')} /> : null}
      {open?.what === 'card' ? <FormModal open onClose={close} title={`给 ${open.row.name} 发卡`} submit="发卡" call={doors.helperCard} loading={card.running} submitError={card.error} fixed={{ helper_id: open.row.helper_id }} fields={['card_no']} initial={{ card_no: '' }} onSubmit={async (i) => { if (await card.run(i)) close() }} /> : null}
      {open?.what === 'end' ? <ReasonModal open danger title={`停止 ${open.row.name} 的通行`} suggestions={['工作结束', '更换人员', '担保人不再担保']} loading={end.running} submitError={end.error} onClose={close} onConfirm={async (reason) => { if (await end.run({ helper_id: open.row.helper_id, reason })) close() }} /> : null}
    </>
  )
}
function Register({ close, made }: { close: () => void; made: (code: string | null) => void }) {
  const { place_id, places } = usePlace()
  const [community_id, setCommunity] = useState(place_id ?? places[0]?.id ?? '')
  const groups = useRead(doors.groups, community_id ? { community_id } : {})
  const save = useWrite(doors.registerHelper, { in_form: true, done: (a) => `已登记;${reachedText(a.reached)}` })
  return (
    <FormDrawer
      open onClose={close} columns={2} title="登记编外人员" submit="登记" call={doors.registerHelper} loading={save.running} submitError={save.error} words={{ kind: words.states!['helper'] }}
      fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, 'kind', 'name', 'phone', 'employer', { name: 'house_id', help: '填写后单元门只开这套房所在单元', control: (c) => <HousePicker {...c} /> }, { name: 'vouch_person_id', control: (c) => <PersonPicker {...c} /> }, { name: 'vouch_name', help: '快递等没有住户担保的,写担保的员工或单位' }, { name: 'group_id', kind: 'select', options: (groups.data?.rows ?? []).map((g) => ({ value: g.group_id, label: `${g.name}(${g.door_names.length} 扇门)` })) }, 'with_code', 'from_on', { name: 'to_on', help: '最长一年,到期自动失效' }, { name: 'times', wide: true, control: (c) => <TimesInput {...c} /> }]}
      follows={(changed) => { if (typeof changed['community_id'] === 'string') setCommunity(changed['community_id']); return undefined }}
      initial={{ community_id, kind: 'nanny', name: '', phone: '', employer: null, vouch_name: null, times: [], with_code: true, from_on: today(), to_on: addDays(today(), MONTH) }} onSubmit={async (i) => { const a = await save.run(i); if (a) { made(a.code); close() } }}
    />
  )
}
