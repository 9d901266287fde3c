// One work plan: its items, each a plan of its own with tasks; the plans under it.
import { Button } from 'antd'
import { useState } from 'react'
import { Go, useParam, writeSearch } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { count, percent } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { rounds, type PlanRow } from '../contract.ts'
import { periodText, said } from '../shown.ts'
import { words } from '../words.ts'
import { PlanDrawer } from './PlansPage.tsx'
import { tasksOf } from './WorkPage.tsx'

const ITEMS_SHOWN = 200
export default function WorkPlanPage() {
  const work_plan_id = useParam('work_plan_id')
  const work = useRead(rounds.workPlan, { work_plan_id })
  const items = useRead(rounds.plans, { work_plan_id, page_size: ITEMS_SHOWN })
  const [edit, setEdit] = useState<PlanRow | 'new'>()
  const publish = useWrite(rounds.publishWorkPlan, { done: (a) => `已发布,${a.item_count} 个事项排出 ${a.task_count} 项任务` })
  const remove = useWrite(rounds.removePlan, { done: '已删除' })
  const w = work.data
  const drafts = (items.data?.rows ?? []).filter((i) => i.state === 'draft').length
  return (
    <>
      <DetailPage
        title={w?.title ?? '工作计划'} loading={work.loading} error={work.error} retry={work.retry} back="/rounds/work-plans" tags={w ? <StateTag value={w.state} words={{ draft: '编制中', published: '已发布' }} tones={{ published: 'good' }} /> : null}
        actions={w?.can.change === true ? <><Button onClick={() => setEdit('new')}>加事项</Button><CanButton type="primary" can={drafts ? w.can.publish : w.state === 'draft' ? w.can.publish : 'rounds.work_done'} words={words} loading={publish.running} onClick={() => void publish.run({ work_plan_id })}>{w.state === 'draft' ? '发布' : '发布新增事项'}</CanButton></> : null}
        facts={w ? [['层级', said('level', w.level)], ['期间', periodText(w.level, w.period_on, w.to_on)], ['小区', w.community_name], ['部门', w.department], ['任务', <Go key="t" to={tasksOf(w)}>{`${count(w.task_count)} 项`}</Go>], ['完成 / 到期', `${count(w.done_count)} / ${count(w.due_count)}`], ['完成率', percent(w.done_bp)]] : []}
      >
        <section className="hy-card hy-stack"><h2>事项</h2>
          <RowsTable
            label="事项" rows={items.data?.rows ?? []} row_key="plan_id" empty="还没有事项;加事项后发布,任务就排给班组"
            columns={[{ key: 'name', title: '事项', width: 240, show: (r) => <Go to={`/rounds/tasks${writeSearch({ plan_id: r.plan_id, from_on: r.from_on > (w?.period_on ?? '') && w?.level !== 'year' ? r.from_on : undefined })}`}>{r.name}</Go> }, { key: 'rule_zh', title: '时间', width: 220 }, { key: 'kind_name', title: '种类', width: 90 }, { key: 'crew_name', title: '谁做', width: 110, show: (r) => r.crew_name ?? '不限' }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['plan_state']} tones={{ active: 'good', stopped: 'bad' }} /> },
              { key: 'act', title: '操作', width: 150, show: (r) => <span className="hy-line"><CanButton size="small" can={r.can.change} words={words} onClick={() => setEdit(r)}>修改</CanButton>{r.state === 'draft' ? <CanButton size="small" can={r.can.remove} words={words} onClick={() => void confirm({ title: `删除「${r.name}」?` }).then((y) => (y ? remove.run({ plan_id: r.plan_id }, r.plan_id) : undefined))}>删除</CanButton> : null}</span> }]}
          />
        </section>
      </DetailPage>
      {edit && w ? <PlanDrawer row={edit === 'new' ? undefined : edit} close={() => setEdit(undefined)} work={{ work_plan_id, community_id: w.community_id, from_on: w.period_on, to_on: w.to_on }} /> : null}
    </>
  )
}
