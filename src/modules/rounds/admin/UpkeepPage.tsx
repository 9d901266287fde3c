// 保养计划: which devices, by calendar or running hours, by whom, with which steps and parts.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, writeSearch } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace, useSession } from '../../../ui/session.ts'
import { equipment, type DeviceRow } from '../../equipment/contract.ts'
import { rounds, type Rule, type UpkeepPlan } from '../contract.ts'
import { words } from '../words.ts'
import { FRESH, RuleInput } from './inputs.tsx'

const TONES = { draft: 'plain', active: 'good', stopped: 'bad' } as const
const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '计划', placeholder: '名称' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['plan_state']) }]
export default function UpkeepPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const writes = may('rounds.plan.write')
  const activate = useWrite(rounds.activatePlans, { done: (a) => `已启用,排出 ${a.task_count} 项任务` })
  const remove = useWrite(rounds.removePlan, { done: '已删除' })
  const [edit, setEdit] = useState<UpkeepPlan | 'new'>()
  const [stop, setStop] = useState<UpkeepPlan>()
  const list = useList(rounds.upkeepPlans, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const columns: readonly Column<UpkeepPlan>[] = [
    { key: 'name', title: '计划', width: 190, always: true, show: (r) => <Go to={`/rounds/tasks${writeSearch({ plan_id: r.plan_id })}`}>{r.name}</Go> },
    { key: 'state', title: '状态', width: 130, show: (r) => <span className="hy-line"><StateTag value={r.state} words={words.states?.['plan_state']} tones={TONES} />{r.overdue && r.state === 'active' ? <StateTag value="o" words={{ o: '逾期' }} tones={{ o: 'bad' }} /> : null}</span> },
    { key: 'devices', title: '设备', width: 210, show: (r) => <span>{r.devices.slice(0, 2).map((d, i) => <span key={d.equipment_id}>{i ? '、' : ''}<Go to={`/equipment/devices/${d.equipment_id}?tab=upkeep`}>{d.no} {d.name}</Go></span>)}{r.devices.length > 2 ? ` 等 ${r.devices.length} 台` : ''}</span> },
    { key: 'rule_zh', title: '时间规律', width: 200, show: (r) => <span>{r.rule_zh}{r.hours_since === null ? null : <span className="hy-muted">(已运行 {r.hours_since} 小时)</span>}</span> },
    { key: 'checklist_name', title: '步骤', width: 130 }, { key: 'crew_name', title: '班组', width: 80, show: (r) => r.crew_name ?? '不限' },
    { key: 'last_at', title: '上次完成', width: 105, show: (r) => (r.last_at ? instant(r.last_at).slice(0, 10) : '—') }, { key: 'next_at', title: '应完成', width: 105, show: (r) => (r.next_at ? <span className={r.overdue ? 'hy-red' : ''}>{instant(r.next_at).slice(0, 10)}</span> : '—') },
    { key: 'parts', title: '备件与工具', width: 130, hidden: true }, { key: 'notice_days', title: '提前通知', width: 80, hidden: true, show: (r) => (r.notice_days ? `${r.notice_days} 天` : '—') }, { key: 'community_name', title: '小区', width: 100, hidden: true },
    ...(writes ? [{ key: 'act', title: '操作', width: 190, show: (r: UpkeepPlan) => (
      <span className="hy-line">
        <CanButton size="small" can={r.can.change} words={words} onClick={() => setEdit(r)}>修改</CanButton>
        {r.state === 'draft' ? <><CanButton size="small" type="primary" can={r.can.activate} words={words} onClick={() => void activate.run({ plan_ids: [r.plan_id] }, r.plan_id)}>启用</CanButton><CanButton size="small" can={r.can.remove} words={words} onClick={() => void confirm({ title: `删除草稿「${r.name}」?` }).then((y) => (y ? remove.run({ plan_id: r.plan_id }, r.plan_id) : undefined))}>删除</CanButton></> : null}
        {r.state === 'active' ? <CanButton size="small" can={r.can.stop} words={words} onClick={() => setStop(r)}>停用</CanButton> : null}
      </span>
    ) }] : []),
  ]
  return (
    <>
      <ListPage
        {...list} title="保养计划" name="rounds.upkeep" columns={columns} row_key="plan_id" empty={{ text: '还没有保养计划' }} excel={may('rounds.task.export') ? rounds.upkeepPlansExcel : undefined}
        {...(writes ? { batch: [{ label: '启用', run: async (rows: readonly UpkeepPlan[]) => (await activate.run({ plan_ids: rows.map((r) => r.plan_id) })) !== undefined }] } : {})}
        actions={writes ? <Button type="primary" onClick={() => setEdit('new')}>新增保养计划</Button> : null}
      />
      {edit ? <UpkeepDrawer row={edit === 'new' ? undefined : edit} close={() => setEdit(undefined)} /> : null}
      {stop ? <StopForm row={stop} close={() => setStop(undefined)} /> : null}
    </>
  )
}
function StopForm({ row, close }: { row: UpkeepPlan; close: () => void }) {
  const stop = useWrite(rounds.stopPlan, { in_form: true, done: (a) => `已停用,取消以后的 ${a.task_count} 项任务` })
  return <FormModal open onClose={close} title={`停用 ${row.name}`} submit="停用" danger call={rounds.stopPlan} fields={['reason']} fixed={{ plan_id: row.plan_id }} loading={stop.running} submitError={stop.error} onSubmit={async (i) => { if (await stop.run(i)) close() }} />
}
function UpkeepDrawer({ row, close }: { row: UpkeepPlan | undefined; close: () => void }) {
  const { places } = useSession()
  const { place_id } = usePlace()
  const save = useWrite(rounds.saveUpkeep, { in_form: true, done: (a) => (row?.state === 'active' ? `已保存,重排 ${a.task_count} 项任务` : `已存为 ${a.plan_ids.length} 个草稿,启用后派出`) })
  const [community_id, setCommunity] = useState(row?.community_id ?? place_id ?? places[0]?.id)
  const [span, setSpan] = useState<{ from_on: string; to_on: string | null }>({ from_on: row?.from_on ?? today(), to_on: row?.to_on ?? null })
  const at = community_id ? { community_id } : {}
  const crews = useRead(rounds.crews, at)
  const lists = useRead(rounds.checklists, {})
  const fresh: Rule = FRESH.half_month()
  return (
    <FormDrawer
      open onClose={close} columns={2} title={row ? `修改 ${row.name}` : '新增保养计划'} call={rounds.saveUpkeep} loading={save.running} submitError={save.error} fixed={row ? { plan_id: row.plan_id } : {}}
      fields={[
        { name: 'name', placeholder: '如:电梯半月保养' }, { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: row !== undefined },
        { name: 'equipment_ids', wide: true, control: (c) => <SearchSelect {...c} multiple label="设备" placeholder="选择设备" call={equipment.devices} input={at} chosen={(equipment_ids) => ({ equipment_ids })} option={(d: DeviceRow) => (d.state === 'scrapped' ? null : { value: d.equipment_id, label: `${d.no} ${d.name}` })} /> },
        { name: 'rule', label: '时间规律', wide: true, control: (c) => <RuleInput {...c} {...span} devices /> },
        { name: 'hours_done', kind: 'decimal', help: '不填为现在的累计小时', when: (v) => (v['rule'] as Rule | undefined)?.kind === 'hours' },
        { name: 'checklist_id', kind: 'select', options: (lists.data?.rows ?? []).filter((l) => !l.retired).map((l) => ({ value: l.checklist_id, label: l.name })), help: '步骤与读数,在「巡查设置 → 检查表」中维护' }, { name: 'crew_id', kind: 'select', options: (crews.data?.rows ?? []).filter((c) => !c.retired).map((c) => ({ value: c.crew_id, label: `${c.name}(${c.account_ids.length} 人)` })), help: '不选为该小区有权的人都可以做' },
        { name: 'parts', placeholder: '如:轴承、机封、黄油枪' }, { name: 'notice_days', suffix: '天', help: '提前通知班组,0 为不通知' }, 'from_on', { name: 'to_on', help: '不填为长期' }, { name: 'grace_days', suffix: '天', help: '过了应完成时间还可补做的天数' }, { name: 'photo', help: '每台设备至少一张' },
      ]}
      follows={(changed) => {
        if ('community_id' in changed) { setCommunity(changed['community_id'] as string); return { equipment_ids: [], crew_id: null } }
        if ('from_on' in changed || 'to_on' in changed) setSpan((s) => ({ ...s, ...(changed as object) }))
        return undefined
      }}
      initial={row ? { name: row.name, community_id: row.community_id, equipment_ids: row.devices.map((d) => d.equipment_id), checklist_id: row.checklist_id, crew_id: row.crew_id, rule: row.rule, from_on: row.from_on, to_on: row.to_on, notice_days: row.notice_days, grace_days: Math.floor(row.grace_minutes / 1440), parts: row.parts, photo: row.photo } : { name: '', ...(community_id ? { community_id } : {}), equipment_ids: [], checklist_id: null, crew_id: null, rule: fresh, from_on: span.from_on, to_on: null, notice_days: 3, grace_days: 2, parts: null, photo: true }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
