// 值班室设置: rooms with shifts, what is counted at a handover, hourly logs; what the law wants of each kind, by version.
import { Button, Tabs } from 'antd'
import { useState } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { today } from '../../../kernel/clock.ts'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace, useSession } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { equipment } from '../../equipment/contract.ts'
import { property } from '../../property/contract.ts'
import { rounds } from '../../rounds/contract.ts'
import { duty, type DutyRule, type Room } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import './duty.css'
import { InventoryInput, ShiftsInput } from './inputs.tsx'

const KINDS = optionsOf(words.states?.['kind'])
export default function RoomsPage() {
  const [search, setSearch] = useSearchState()
  return (
    <ReadPage title="值班室设置" loading={false} error={null}>
      <div className="hy-card hy-detail-tabs"><Tabs activeKey={search['tab'] ?? 'rooms'} onChange={(k) => setSearch({ tab: k })} destroyOnHidden items={[{ key: 'rooms', label: '值班室', children: <RoomsTab /> }, { key: 'rules', label: '值班要求', children: <RulesTab /> }]} /></div>
    </ReadPage>
  )
}
function RoomsTab() {
  const { place_id } = usePlace()
  const rooms = useRead(duty.rooms, { ...(place_id ? { community_id: place_id } : {}), retired: true })
  const writes = useMay()('duty.room.write')
  const [edit, setEdit] = useState<Room | 'new'>()
  const [shifts, setShifts] = useState<Room>()
  const [log, setLog] = useState<Room>()
  const [stop, setStop] = useState<{ room: Room; plan_id: string; name: string }>()
  if (rooms.error) return <ErrorBlock error={rooms.error} retry={rooms.retry} />
  if (!rooms.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit('new')}>新增值班室</Button></div> : null}
      <RowsTable
        label="值班室" rows={rooms.data.rows} row_key="room_id" empty="还没有值班室"
        columns={[
          { key: 'name', title: '值班室', width: 125, show: (r) => <span className="hy-line">{r.name}{r.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}</span> }, { key: 'kind', title: '种类', width: 92, show: (r) => said('kind', r.kind) }, { key: 'place', title: '位置', width: 110, show: (r) => [r.building_name, r.place].filter(Boolean).join(' ') || '—' },
          { key: 'shifts', title: '班次', width: 155, show: (r) => (r.shifts.length ? <span className="du-rows">{r.shifts.map((s) => <span key={s.shift_id}>{s.name} <span className="hy-num">{s.from_time}–{s.to_time}</span></span>)}</span> : <span className="hy-red">还没有班次</span>) }, { key: 'rule', title: '每班', width: 105, show: (r) => `${r.rule.min_persons} 人${r.rule.min_certified ? `,持证 ${r.rule.min_certified}` : ''}` }, { key: 'inventory', title: '清点', width: 65, align: 'right', show: (r) => <span title={r.inventory.map((x) => `${x.name} ${x.count}`).join('、')}>{r.inventory.length} 项</span> },
          { key: 'logs', title: '运行记录', width: 200, show: (r) => (r.logs.length === 0 ? '—' : <span className="hy-stack">{r.logs.map((l) => <span key={l.plan_id} className="hy-line">{l.name}<span className="hy-muted">{l.rule_zh}</span>{l.state === 'stopped' ? <StateTag value="s" words={{ s: '已停用' }} /> : r.can.write === true ? <Button size="small" onClick={() => setStop({ room: r, plan_id: l.plan_id, name: l.name })}>停用</Button> : null}</span>)}</span>) },
          { key: 'community_name', title: '小区', width: 85 },
          ...(writes ? [{ key: 'act', title: '操作', width: 205, show: (r: Room) => <span className="hy-line"><CanButton size="small" can={r.can.write} words={words} onClick={() => setEdit(r)}>修改</CanButton><CanButton size="small" can={r.can.write} words={words} onClick={() => setShifts(r)}>班次</CanButton><CanButton size="small" can={r.can.write} words={words} onClick={() => setLog(r)}>运行记录</CanButton></span> }] : []),
        ]}
      />
      {edit ? <RoomDrawer row={edit === 'new' ? undefined : edit} close={() => setEdit(undefined)} /> : null}
      {shifts ? <ShiftsDrawer room={shifts} close={() => setShifts(undefined)} /> : null}
      {log ? <LogDrawer room={log} close={() => setLog(undefined)} /> : null}
      {stop ? <StopModal {...stop} close={() => setStop(undefined)} /> : null}
    </div>
  )
}
function StopModal({ room, plan_id, name, close }: { room: Room; plan_id: string; name: string; close: () => void }) {
  const save = useWrite(duty.stopLog, { in_form: true, done: (a) => `已停用,取消以后的 ${a.task_count} 次` })
  return <ReasonModal open title={`停用 ${name}`} onClose={close} loading={save.running} submitError={save.error} onConfirm={async (reason) => { if (await save.run({ room_id: room.room_id, plan_id, reason })) close() }} />
}
function RoomDrawer({ row, close }: { row: Room | undefined; close: () => void }) {
  const { places } = useSession()
  const { place_id } = usePlace()
  const save = useWrite(duty.saveRoom, { in_form: true, done: '已保存' })
  const [community_id, setCommunity] = useState(row?.community_id ?? place_id ?? places[0]?.id)
  const buildings = useRead(property.tree, {}, { stale_ms: 60_000 }).data?.communities.find((x) => x.community_id === community_id)?.buildings ?? []
  return (
    <FormDrawer
      open onClose={close} columns={2} width={640} title={row ? `修改 ${row.name}` : '新增值班室'} call={duty.saveRoom} loading={save.running} submitError={save.error} fixed={row ? { room_id: row.room_id } : {}}
      fields={['name', { name: 'kind', kind: 'select', options: KINDS }, { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: row !== undefined }, { name: 'building_id', kind: 'select', options: buildings.map((b) => ({ value: b.building_id, label: b.name })) }, { name: 'place', placeholder: '如:1 栋一层东侧' }, 'retired', { name: 'inventory', wide: true, control: (c) => <InventoryInput {...c} /> }]}
      follows={(changed) => { if ('community_id' in changed) { setCommunity(changed['community_id'] as string); return { building_id: null } } return undefined }}
      initial={row ? { name: row.name, kind: row.kind, community_id: row.community_id, building_id: row.building_id, place: row.place, inventory: row.inventory, retired: row.retired } : { name: '', kind: 'fire_control', ...(community_id ? { community_id } : {}), building_id: null, place: '', inventory: [], retired: false }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
const DAYS_8 = [['早班', '08:00', '16:00'], ['中班', '16:00', '00:00'], ['夜班', '00:00', '08:00']] as const
function ShiftsDrawer({ room, close }: { room: Room; close: () => void }) {
  const save = useWrite(duty.saveShifts, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} width={560} title={`${room.name}:班次`} call={duty.saveShifts} loading={save.running} submitError={save.error} fixed={{ room_id: room.room_id }} fields={[{ name: 'shifts', wide: true, control: (c) => <ShiftsInput {...c} />, help: `一班最长 ${room.rule.max_hours} 小时(${room.rule.source})` }]}
      initial={{ shifts: room.shifts.length ? room.shifts : DAYS_8.map(([name, from_time, to_time]) => ({ name, from_time, to_time })) }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
function LogDrawer({ room, close }: { room: Room; close: () => void }) {
  const lists = useRead(rounds.checklists, {}, { stale_ms: 30_000 })
  const save = useWrite(duty.saveLog, { in_form: true, done: (a) => `已启用,已排 ${a.task_count} 次`, invalidates: 'all' })
  return (
    <FormDrawer
      open onClose={close} columns={2} title={`${room.name}:加运行记录`} call={duty.saveLog} loading={save.running} submitError={save.error} fixed={{ room_id: room.room_id }}
      fields={[{ name: 'name', placeholder: '如:配电房运行记录' }, { name: 'checklist_id', kind: 'select', options: (lists.data?.rows ?? []).filter((l) => !l.retired).map((l) => ({ value: l.checklist_id, label: `${l.name}(${l.kind_name})` })), help: '项目和上下限在「巡查设置 → 检查表」维护' }, { name: 'every_minutes', suffix: '分钟' }, 'from', { name: 'to', help: '与「从」相同为一整天,早于它的为次日' }, { name: 'catch_up_minutes', suffix: '分钟', help: '过了时段还可补记;再过即为漏记' }, 'from_on']}
      initial={{ name: `${room.name}运行记录`, every_minutes: room.kind === 'fire_control' ? 120 : 60, from: room.shifts[0]?.from_time ?? '08:00', to: room.shifts[0]?.from_time ?? '08:00', catch_up_minutes: 120, from_on: today() }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}

function RulesTab() {
  const rules = useRead(duty.rules, {})
  const writes = useMay()('duty.room.write')
  const [edit, setEdit] = useState<DutyRule>()
  if (rules.error) return <ErrorBlock error={rules.error} retry={rules.retry} />
  if (!rules.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      <RowsTable
        label="值班要求" rows={rules.data.rows.map((r) => ({ ...r, key: `${r.kind} ${r.room_id ?? ''} ${r.from_on} ${r.source}` }))} row_key="key" empty="没有要求"
        columns={[
          { key: 'kind', title: '种类', width: 100, show: (r) => said('kind', r.kind) }, { key: 'room_name', title: '只对', width: 120, show: (r) => r.room_name ?? '全部' }, { key: 'from_on', title: '生效日', width: 105, show: (r) => (r.shipped ? '出厂' : r.from_on) }, { key: 'min_persons', title: '每班人数', width: 80, align: 'right' }, { key: 'min_certified', title: '其中持证', width: 80, align: 'right' }, { key: 'cert_name', title: '证件', width: 140 }, { key: 'max_hours', title: '一班最长', width: 85, align: 'right', show: (r) => `${r.max_hours} 小时` }, { key: 'handover_minutes', title: '交接宽限', width: 85, align: 'right', show: (r) => `${r.handover_minutes} 分` }, { key: 'source', title: '依据', width: 380, show: (r) => <span className="du-text">{r.source}</span> },
          ...(writes ? [{ key: 'act', title: '操作', width: 90, show: (r: DutyRule) => <Button size="small" onClick={() => setEdit(r)}>改为新规</Button> }] : []),
        ]}
      />
      {edit ? <RuleDrawer row={edit} close={() => setEdit(undefined)} /> : null}
    </div>
  )
}
function RuleDrawer({ row, close }: { row: DutyRule; close: () => void }) {
  const save = useWrite(duty.publishRule, { in_form: true, done: '已设定' })
  const kinds = useRead(equipment.certKinds, {}, { stale_ms: 60_000 })
  const rooms = useRead(duty.rooms, {}, { stale_ms: 30_000 })
  return (
    <FormDrawer
      open onClose={close} columns={2} title={`${said('kind', row.kind)}:值班要求`} call={duty.publishRule} loading={save.running} submitError={save.error} fixed={{ kind: row.kind }}
      fields={[{ name: 'room_id', kind: 'select', options: (rooms.data?.rows ?? []).filter((r) => r.kind === row.kind).map((r) => ({ value: r.room_id, label: `${r.name}(${r.community_name})` })), help: '不选为公司全部同类值班室' }, 'from_on', 'min_persons', 'min_certified', { name: 'cert_kind_id', kind: 'select', options: (kinds.data?.rows ?? []).filter((k) => k.subject === 'person' && !k.retired).map((k) => ({ value: k.kind_id, label: k.name })) }, { name: 'max_hours', suffix: '小时' }, { name: 'handover_minutes', suffix: '分钟' }, { name: 'source', wide: true, placeholder: '法规、标准或当地文件的名称与条款' }]}
      initial={{ room_id: row.room_id, from_on: today(), min_persons: row.min_persons, min_certified: row.min_certified, cert_kind_id: row.cert_kind_id, max_hours: row.max_hours, handover_minutes: row.handover_minutes, source: row.source }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
