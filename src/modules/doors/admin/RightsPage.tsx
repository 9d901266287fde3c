// 通行权限: who opens which doors, on which days and hours; groups of doors; why somebody can enter.
import { Button, Select, Tabs } from 'antd'
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock } from '../../../ui/states.tsx'
import { HousePicker } from '../../people/admin/shared.tsx'
import { doors, type GroupRow, type RightRow } from '../contract.ts'
import { reachedText, said, timesText } from '../shown.ts'
import { words } from '../words.ts'
import { BuildingPicker, PersonPicker, RolePicker, StaffPicker, TimesInput } from './parts.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '对象', placeholder: '姓名、房号、楼栋、岗位' }, { kind: 'select', name: 'who', label: '给谁', options: optionsOf(words.states!['who']) }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['right']) }]
export default function RightsPage() {
  const [search, setSearch] = useSearchState()
  return (
    <ReadPage title="通行权限" loading={false} error={null}>
      <div className="hy-card hy-detail-tabs">
        <Tabs activeKey={search['tab'] ?? 'rights'} onChange={(k) => setSearch({ tab: k === 'rights' ? undefined : k, page: undefined, person: undefined })} destroyOnHidden items={[{ key: 'rights', label: '权限', children: <Rights /> }, { key: 'groups', label: '门组', children: <Groups /> }, { key: 'why', label: '为何能进', children: <Why /> }]} />
      </div>
    </ReadPage>
  )
}
function Rights() {
  const { place_id } = usePlace()
  const writes = useMay()('doors.right.write')
  const list = useList(doors.rights, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const end = useWrite(doors.endRight, { in_form: true, done: (a) => `已停止;${reachedText(a.reached)}` })
  const [open, setOpen] = useState<'new' | RightRow>()
  const close = (): void => { setOpen(undefined); end.reset() }
  const columns = useMemo((): readonly Column<RightRow>[] => [
    { key: 'who_name', title: '对象', width: 130, always: true }, { key: 'who', title: '给谁', width: 90, show: (r) => said('who', r.who) }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states!['right']} tones={{ now: 'good', future: 'busy' }} /> }, { key: 'group_name', title: '门组', width: 140 }, { key: 'times', title: '时段', width: 180, show: (r) => timesText(r.times) }, { key: 'from_on', title: '有效期', width: 190, show: (r) => `${r.from_on} 至 ${r.to_on ?? '长期'}` }, { key: 'reason', title: '依据', width: 150 }, { key: 'created_name', title: '设置人', width: 85 }, { key: 'ended_reason', title: '停止', width: 150, hidden: true, show: (r) => (r.ended_by ? `${r.ended_by}:${r.ended_reason ?? ''}` : '') }, { key: 'community_name', title: '小区', width: 100, hidden: true },
    ...(writes ? [{ key: 'act', title: '操作', width: 75, show: (r: RightRow) => <CanButton size="small" can={r.can.end} words={words} onClick={() => setOpen(r)}>停止</CanButton> }] : []),
  ], [writes])
  return (
    <>
      <ListPage {...list} inside title="通行权限" name="doors.rights" columns={columns} row_key="right_id" empty={{ text: '还没有授权' }} actions={writes ? <Button type="primary" onClick={() => setOpen('new')}>授权</Button> : null} />
      {open === 'new' ? <Grant close={close} /> : null}
      {open !== undefined && open !== 'new' ? <ReasonModal open danger title={`停止 ${open.who_name} 的「${open.group_name}」`} suggestions={['搬离', '施工结束', '岗位调整']} loading={end.running} submitError={end.error} onClose={close} onConfirm={async (reason) => { if (await end.run({ right_id: open.right_id, reason })) close() }} /> : null}
    </>
  )
}
function Grant({ close }: { close: () => void }) {
  const { place_id } = usePlace()
  const groups = useRead(doors.groups, place_id ? { community_id: place_id } : {})
  const grant = useWrite(doors.grantRight, { in_form: true, done: (a) => `已授权;${reachedText(a.reached)}` })
  const [group_id, setGroup] = useState('')
  const community_id = groups.data?.rows.find((g) => g.group_id === group_id)?.community_id
  const is = (who: string) => (v: Record<string, unknown>) => v['who'] === who
  return (
    <FormDrawer
      open onClose={close} title="授权" submit="授权" call={doors.grantRight} loading={grant.running} submitError={grant.error} words={{ who: words.states!['who'] }}
      fields={[
        { name: 'group_id', kind: 'select', options: (groups.data?.rows ?? []).map((g) => ({ value: g.group_id, label: `${g.name}(${g.door_names.length} 扇门)` })) }, 'who', { name: 'person_id', when: is('person'), control: (c) => <PersonPicker {...c} /> }, { name: 'house_id', when: is('house'), control: (c) => <HousePicker {...c} /> }, { name: 'building_id', when: is('building'), control: (c) => <BuildingPicker {...c} community_id={community_id ?? place_id ?? undefined} /> }, { name: 'account_id', when: is('staff'), control: (c) => <StaffPicker {...c} /> }, { name: 'role_id', when: is('role'), control: (c) => <RolePicker {...c} /> },
        { name: 'times', wide: true, control: (c) => <TimesInput {...c} /> }, 'from_on', { name: 'to_on', help: '不填为长期' }, { name: 'reason', help: '欠费不能作为停权或限制的依据' },
      ]}
      follows={(changed) => { if (typeof changed['group_id'] === 'string') setGroup(changed['group_id']); return undefined }}
      initial={{ who: 'community', times: [], from_on: today(), to_on: null, reason: null }} onSubmit={async (i) => { if (await grant.run(i)) close() }}
    />
  )
}
function Groups() {
  const { place_id, places } = usePlace()
  const writes = useMay()('doors.right.write')
  const groups = useRead(doors.groups, place_id ? { community_id: place_id } : {})
  const board = useRead(doors.board, {})
  const save = useWrite(doors.saveGroup, { in_form: true, done: '已保存' })
  const [edit, setEdit] = useState<{ row?: GroupRow }>()
  const [community, setCommunity] = useState<string>()
  const close = (): void => { setEdit(undefined); setCommunity(undefined); save.reset() }
  const at = community ?? edit?.row?.community_id ?? place_id ?? places[0]?.id
  if (groups.error) return <ErrorBlock error={groups.error} retry={groups.retry} />
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit({})}>新增门组</Button></div> : null}
      <RowsTable label="门组" rows={groups.data?.rows ?? []} row_key="group_id" empty="还没有门组" columns={[{ key: 'name', title: '门组', width: 160 }, { key: 'door_names', title: '门', width: 460, show: (g) => g.door_names.join('、') }, { key: 'right_count', title: '授权', width: 70 }, { key: 'community_name', title: '小区', width: 120 }, ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (g: GroupRow) => <Button size="small" onClick={() => setEdit({ row: g })}>修改</Button> }] : [])]} />
      {edit ? (
        <FormDrawer
          key={edit.row?.group_id ?? 'new'} open onClose={close} title={edit.row ? `修改 ${edit.row.name}` : '新增门组'} call={doors.saveGroup} loading={save.running} submitError={save.error} fixed={edit.row ? { group_id: edit.row.group_id, community_id: edit.row.community_id } : {}}
          fields={[...(edit.row ? [] : [{ name: 'community_id' as const, kind: 'select' as const, options: places.map((p) => ({ value: p.id, label: p.name })) }]), 'name', { name: 'door_ids', wide: true, control: (c) => <Select mode="multiple" {...(c.id ? { id: c.id } : {})} optionFilterProp="label" placeholder="选择门" value={(c.value as string[] | undefined) ?? []} onChange={(v: string[]) => c.onChange?.(v)} options={(board.data?.rows ?? []).filter((d) => d.community_id === at).map((d) => ({ value: d.door_id, label: `${d.name}(${d.place})` }))} /> }]}
          follows={(changed) => { if (typeof changed['community_id'] === 'string') setCommunity(changed['community_id']); return undefined }}
          initial={{ community_id: at ?? '', name: edit.row?.name ?? '', door_ids: edit.row?.door_ids ?? [] }} onSubmit={async (i) => { if (await save.run(i)) close() }}
        />
      ) : null}
    </div>
  )
}
function Why() {
  const [search, setSearch] = useSearchState()
  const person_id = typeof search['person'] === 'string' ? search['person'] : undefined
  const why = useRead(doors.why, person_id ? { person_id } : {}, { enabled: person_id !== undefined })
  return (
    <div className="hy-stack">
      <div style={{ maxWidth: 420 }}><PersonPicker value={person_id} onChange={(v) => setSearch({ person: v as string | undefined })} id="why-person" /></div>
      {why.error ? <ErrorBlock error={why.error} retry={why.retry} /> : null}
      {why.data ? (
        <>
          <p><strong>{why.data.name}</strong>:{why.data.houses.join('、') || '没有房产'};卡 {why.data.cards.map((c) => `${c.card_no}(${said('card', c.state)})`).join('、') || '没有'}</p>
          <RowsTable label="能开的门" rows={why.data.doors} row_key="door_id" empty="没有一扇门能开:没有权限,或还没有卡和开门码" columns={[{ key: 'name', title: '门', width: 160 }, { key: 'rights', title: '依据', width: 520, show: (d) => <ul style={{ margin: 0, paddingLeft: 18 }}>{d.rights.map((r) => <li key={r.right_id}>{r.by}「{r.group_name}」{timesText(r.times)},{r.from_on} 至 {r.to_on ?? '长期'}</li>)}</ul> }, { key: 'left', title: '生效', width: 100, show: (d) => (d.left ? <span className="hy-red">未生效</span> : '已生效') }]} />
        </>
      ) : person_id ? null : <p className="hy-muted">选一个人,看他能开哪些门、依据是什么。</p>}
    </div>
  )
}
