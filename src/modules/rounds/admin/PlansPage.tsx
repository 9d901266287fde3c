import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, writeSearch } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace, useSession } from '../../../ui/session.ts'
import { rounds, type PlanRow, type Rule } from '../contract.ts'
import { words } from '../words.ts'
import { FRESH, RuleInput } from './inputs.tsx'

const TONES = { draft: 'plain', active: 'good', stopped: 'bad' } as const
export default function PlansPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const kinds = useRead(rounds.kinds, {}, { stale_ms: 300_000 })
  const activate = useWrite(rounds.activatePlans, { done: (a) => `已启用,排出 ${a.task_count} 项任务` })
  const remove = useWrite(rounds.removePlan, { done: '已删除' })
  const [edit, setEdit] = useState<PlanRow | 'new'>()
  const [stop, setStop] = useState<PlanRow>()
  const [crewed, setCrewed] = useState<readonly PlanRow[]>()
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '计划', placeholder: '名称' },
    { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['plan_state']) },
    { kind: 'select', name: 'kind_id', label: '种类', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: k.name })), loading: kinds.loading },
  ], [kinds.data, kinds.loading])
  const list = useList(rounds.plans, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const writes = may('rounds.plan.write')
  const columns: readonly Column<PlanRow>[] = [
    { key: 'name', title: '计划', width: 190, always: true, show: (r) => <Go to={`/rounds/tasks${writeSearch({ plan_id: r.plan_id })}`}>{r.name}</Go> },
    { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['plan_state']} tones={TONES} /> },
    { key: 'kind_name', title: '种类', width: 90 }, { key: 'rule_zh', title: '时间规律', width: 230 },
    { key: 'route_name', title: '路线', width: 130, show: (r) => (r.route_name ? `${r.route_name}(${r.point_count})` : (r.checklist_name ?? '—')) },
    { key: 'crew_name', title: '班组', width: 90, show: (r) => r.crew_name ?? '不限' },
    { key: 'planned_on', title: '已排到', width: 100, hidden: true }, { key: 'community_name', title: '小区', width: 100 },
    { key: 'department', title: '部门', width: 80, hidden: true }, { key: 'source', title: '来自标准', width: 120, hidden: true }, { key: 'grace_minutes', title: '迟到宽限', width: 90, hidden: true, show: (r) => `${r.grace_minutes} 分钟` },
    ...(writes ? [{ key: 'act', title: '操作', width: 190, show: (r: PlanRow) => <Acts r={r} edit={() => setEdit(r)} activate={() => void activate.run({ plan_ids: [r.plan_id] }, r.plan_id)} stop={() => setStop(r)} remove={() => void confirm({ title: `删除草稿「${r.name}」?` }).then((y) => (y ? remove.run({ plan_id: r.plan_id }, r.plan_id) : undefined))} /> }] : []),
  ]
  return (
    <>
      <ListPage
        {...list} title="巡查计划" name="rounds.plans" columns={columns} row_key="plan_id" empty={{ text: '还没有巡查计划' }}
        {...(writes ? { batch: [{ label: '设班组', run: async (rows: readonly PlanRow[]) => (setCrewed(rows), false) }, { label: '启用', run: async (rows: readonly PlanRow[]) => (await activate.run({ plan_ids: rows.map((r) => r.plan_id) })) !== undefined }] } : {})}
        actions={writes ? <Button type="primary" onClick={() => setEdit('new')}>新增计划</Button> : null}
      />
      {edit ? <PlanDrawer row={edit === 'new' ? undefined : edit} close={() => setEdit(undefined)} /> : null}
      {crewed ? <CrewForm rows={crewed} close={() => setCrewed(undefined)} /> : null}
      {stop ? <StopForm row={stop} close={() => setStop(undefined)} /> : null}
    </>
  )
}
function Acts({ r, edit, activate, stop, remove }: { r: PlanRow; edit: () => void; activate: () => void; stop: () => void; remove: () => void }) {
  return (
    <span className="hy-line">
      <CanButton size="small" can={r.can.change} words={words} onClick={edit}>修改</CanButton>
      {r.state === 'draft' ? <><CanButton size="small" type="primary" can={r.can.activate} words={words} onClick={activate}>启用</CanButton><CanButton size="small" can={r.can.remove} words={words} onClick={remove}>删除</CanButton></> : null}
      {r.state === 'active' ? <CanButton size="small" can={r.can.stop} words={words} onClick={stop}>停用</CanButton> : null}
    </span>
  )
}
function CrewForm({ rows, close }: { rows: readonly PlanRow[]; close: () => void }) {
  const assign = useWrite(rounds.assignCrew, { in_form: true, done: (a) => `已设 ${a.plan_count} 个计划,${a.task_count} 项未开始的任务改派` })
  const crews = useRead(rounds.crews, { community_id: rows[0]!.community_id })
  return <FormModal open onClose={close} title={`给 ${rows.length} 个计划设班组`} call={rounds.assignCrew} fields={[{ name: 'crew_id', kind: 'select', options: (crews.data?.rows ?? []).filter((w) => !w.retired).map((w) => ({ value: w.crew_id, label: `${w.name}(${w.account_ids.length} 人)` })), help: '计划须在同一小区' }]} fixed={{ plan_ids: rows.map((r) => r.plan_id) }} loading={assign.running} submitError={assign.error} onSubmit={async (i) => { if (await assign.run(i)) close() }} />
}
function StopForm({ row, close }: { row: PlanRow; close: () => void }) {
  const stop = useWrite(rounds.stopPlan, { in_form: true, done: (a) => `已停用,取消以后的 ${a.task_count} 项任务` })
  return <FormModal open onClose={close} title={`停用 ${row.name}`} submit="停用" danger call={rounds.stopPlan} fields={['reason']} fixed={{ plan_id: row.plan_id }} loading={stop.running} submitError={stop.error} note={<p className="hy-muted">还没有开始的任务会取消,做过的保留。停用后不能再启用,要用时新建。</p>} onSubmit={async (i) => { if (await stop.run(i)) close() }} />
}

/** `work_plan_id`: an item of a work plan. */
export function PlanDrawer({ row, close, work }: { row: PlanRow | undefined; close: () => void; work?: { work_plan_id: string; community_id: string; from_on: string; to_on: string } }) {
  const { places } = useSession()
  const { place_id } = usePlace()
  const save = useWrite(rounds.savePlan, { in_form: true, done: (a) => (row?.state === 'active' ? `已保存,重排 ${a.task_count} 项任务` : '已存为草稿') })
  const kinds = useRead(rounds.kinds, {}, { stale_ms: 300_000 })
  const [community_id, setCommunity] = useState(row?.community_id ?? work?.community_id ?? place_id ?? places[0]?.id)
  const [span, setSpan] = useState<{ from_on: string; to_on: string | null }>({ from_on: row?.from_on ?? work?.from_on ?? today(), to_on: row ? row.to_on : (work?.to_on ?? null) })
  const at = community_id ? { community_id } : {}
  const routes = useRead(rounds.routes, at)
  const crews = useRead(rounds.crews, at)
  const lists = useRead(rounds.checklists, {})
  const work_kind = kinds.data?.rows.find((k) => k.code === 'work')?.kind_id
  const fresh: Rule = work ? { kind: 'once', on: work.from_on, span_days: 1 } : FRESH.daily()
  return (
    <FormDrawer
      open onClose={close} columns={2} title={row ? `修改 ${row.name}` : work ? '新增计划事项' : '新增巡查计划'} call={rounds.savePlan} loading={save.running} submitError={save.error}
      fixed={{ ...(row ? { plan_id: row.plan_id } : {}), ...(work ? { work_plan_id: work.work_plan_id } : row?.work_plan_id ? { work_plan_id: row.work_plan_id } : {}) }}
      fields={[
        'name', { name: 'community_id', options: places.map((p) => ({ value: p.id, label: p.name })), kind: 'select', disabled: row !== undefined || work !== undefined },
        { name: 'kind_id', kind: 'select', options: (kinds.data?.rows ?? []).filter((k) => !k.retired).map((k) => ({ value: k.kind_id, label: `${k.name}(${k.department})` })) },
        { name: 'route_id', kind: 'select', options: (routes.data?.rows ?? []).filter((r) => !r.retired).map((r) => ({ value: r.route_id, label: `${r.name}(${r.stops.length} 点)` })), help: '不选路线即是一件事,不用到点' },
        { name: 'checklist_id', kind: 'select', options: (lists.data?.rows ?? []).filter((l) => !l.retired).map((l) => ({ value: l.checklist_id, label: l.name })), when: (v) => !v['route_id'] },
        { name: 'crew_id', kind: 'select', options: (crews.data?.rows ?? []).filter((c) => !c.retired).map((c) => ({ value: c.crew_id, label: `${c.name}(${c.account_ids.length} 人)` })), help: '不选为该小区有权的人都可以做' },
        'from_on', { name: 'to_on', help: '不填为长期' }, { name: 'rule', label: '时间规律', wide: true, control: (c) => <RuleInput {...c} {...span} /> },
        { name: 'grace_minutes', suffix: '分钟', help: '到时后这段时间内补上算迟到,过后算漏检', more: true }, { name: 'photo', help: '每个点位至少一张', more: true },
      ]}
      follows={(changed) => {
        if ('community_id' in changed) { setCommunity(changed['community_id'] as string); return { route_id: null, crew_id: null } }
        if ('from_on' in changed || 'to_on' in changed) setSpan((s) => ({ ...s, ...(changed as object) }))
        return undefined
      }}
      initial={row ? { ...row } : { name: '', ...(community_id ? { community_id } : {}), ...(work && work_kind ? { kind_id: work_kind } : {}), route_id: null, checklist_id: null, crew_id: null, from_on: span.from_on, to_on: span.to_on, rule: fresh, grace_minutes: work ? 1440 : 30, photo: false }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
