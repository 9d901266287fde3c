// 工作计划: of a year, a month, a week; each with its completion, which is that of its tasks and of the plans under it.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useSearchState, writeSearch } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { count, percent } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace, useSession } from '../../../ui/session.ts'
import { rounds, type WorkPlan } from '../contract.ts'
import { periodText, said } from '../shown.ts'
import { words } from '../words.ts'
import './rounds.css'

const workPath = (w: Pick<WorkPlan, 'work_plan_id'>): string => `/rounds/work-plans/${w.work_plan_id}`
const DEPTH = { year: 0, month: 1, week: 2 } as const
/** Each under its parent; what has none stands where its period does. */
function inTree(rows: readonly WorkPlan[]): WorkPlan[] {
  const under = (id: string | null): WorkPlan[] => rows.filter((r) => r.parent_id === id || (id === null && r.parent_id !== null && !rows.some((x) => x.work_plan_id === r.parent_id))).flatMap((r) => [r, ...under(r.work_plan_id)])
  return under(null)
}
export default function WorkPage() {
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const year = Number(search['year'] ?? today().slice(0, 4))
  const work = useRead(rounds.workPlans, { ...(place_id ? { community_id: place_id } : {}), year })
  const writes = useMay()('rounds.plan.write')
  const [edit, setEdit] = useState<WorkPlan | 'new'>()
  const publish = useWrite(rounds.publishWorkPlan, { done: (a) => `已发布,${a.item_count} 个事项排出 ${a.task_count} 项任务` })
  const remove = useWrite(rounds.removeWorkPlan, { done: '已删除' })
  return (
    <ReadPage title="工作计划" loading={work.loading} error={work.error} retry={work.retry}
      actions={<span className="hy-line"><Button onClick={() => setSearch({ year: String(year - 1) })}>上一年</Button><strong className="hy-num">{year} 年</strong><Button onClick={() => setSearch({ year: String(year + 1) })}>下一年</Button>{writes ? <Button type="primary" onClick={() => setEdit('new')}>新增计划</Button> : null}</span>}>
      {work.data ? (
        <div className="hy-card">
          <RowsTable
            label="工作计划" rows={inTree(work.data.rows)} row_key="work_plan_id" empty="这一年还没有工作计划"
            columns={[
              { key: 'title', title: '计划', width: 260, show: (w) => <span style={{ paddingInlineStart: DEPTH[w.level] * 18 }}><Go to={workPath(w)}>{w.title}</Go></span> }, { key: 'level', title: '层级', width: 75, show: (w) => said('level', w.level) }, { key: 'period_on', title: '期间', width: 190, show: (w) => periodText(w.level, w.period_on, w.to_on) }, { key: 'department', title: '部门', width: 90 },
              { key: 'state', title: '状态', width: 80, show: (w) => <StateTag value={w.state} words={{ draft: '编制中', published: '已发布' }} tones={{ published: 'good' }} /> }, { key: 'item_count', title: '事项', width: 60, align: 'right' }, { key: 'due', title: '完成 / 到期', width: 100, align: 'right', show: (w) => `${count(w.done_count)} / ${count(w.due_count)}` }, { key: 'done_bp', title: '完成率', width: 85, align: 'right', show: (w) => percent(w.done_bp) }, { key: 'community_name', title: '小区', width: 100 },
              ...(writes ? [{ key: 'act', title: '操作', width: 200, show: (w: WorkPlan) => <span className="hy-line"><CanButton size="small" can={w.can.change} words={words} onClick={() => setEdit(w)}>修改</CanButton>{w.state === 'draft' ? <><CanButton size="small" type="primary" can={w.can.publish} words={words} onClick={() => void publish.run({ work_plan_id: w.work_plan_id }, w.work_plan_id)}>发布</CanButton><CanButton size="small" can={w.can.remove} words={words} onClick={() => void confirm({ title: `删除「${w.title}」?` }).then((y) => (y ? remove.run({ work_plan_id: w.work_plan_id }, w.work_plan_id) : undefined))}>删除</CanButton></> : null}</span> }] : []),
            ]}
          />
        </div>
      ) : null}
      {edit ? <WorkDrawer row={edit === 'new' ? undefined : edit} all={work.data?.rows ?? []} close={() => setEdit(undefined)} /> : null}
    </ReadPage>
  )
}
export const tasksOf = (w: WorkPlan): string => `/rounds/tasks${writeSearch({ work_plan_id: w.work_plan_id, from_on: w.period_on, to_on: w.to_on })}`
function WorkDrawer({ row, all, close }: { row: WorkPlan | undefined; all: readonly WorkPlan[]; close: () => void }) {
  const { places } = useSession()
  const { place_id } = usePlace()
  const save = useWrite(rounds.saveWorkPlan, { in_form: true, done: '已保存,请在计划里加事项' })
  const kinds = useRead(rounds.kinds, {}, { stale_ms: 300_000 })
  const departments = [...new Set((kinds.data?.rows ?? []).map((k) => k.department))]
  return (
    <FormDrawer
      open onClose={close} title={row ? `修改 ${row.title}` : '新增工作计划'} call={rounds.saveWorkPlan} loading={save.running} submitError={save.error} words={{ level: words.states?.['level'] }} fixed={row ? { work_plan_id: row.work_plan_id } : {}}
      fields={[
        { name: 'title', placeholder: '如:2026 年 12 月工程部月计划' }, { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: row !== undefined }, { name: 'level', disabled: row !== undefined }, { name: 'period_on', disabled: row !== undefined, help: '年、月、周由这一天所在的期间决定' },
        { name: 'department', kind: 'suggest', options: departments.map((d) => ({ value: d, label: d })) }, { name: 'parent_id', kind: 'select', options: all.filter((w) => w.level !== 'week' && w.work_plan_id !== row?.work_plan_id).map((w) => ({ value: w.work_plan_id, label: `${w.title}(${said('level', w.level)})` })), help: '完成率计入上级' },
      ]}
      initial={row ? { title: row.title, community_id: row.community_id, level: row.level, period_on: row.period_on, department: row.department, parent_id: row.parent_id } : { title: '', ...((place_id ?? places[0]?.id) ? { community_id: place_id ?? places[0]!.id } : {}), level: 'month', period_on: today(), department: '', parent_id: null }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
