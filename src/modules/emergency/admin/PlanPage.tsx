// One plan: the version in force, what is being changed, start it for real.
import { Button, Select, Tag } from 'antd'
import { useState } from 'react'
import { useGo, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { emergency, type Version } from '../contract.ts'
import { VERSION_TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import { PlanDrawer } from './PlanDrawer.tsx'

export default function PlanPage() {
  const plan_id = useParam('plan_id')
  const go = useGo()
  const plan = useRead(emergency.plan, { plan_id })
  const submit = useWrite(emergency.submitPlan, { done: '已提交,等别人审核' })
  const publish = useWrite(emergency.publishPlan, { done: '已发布,员工手机上可看' })
  const back = useWrite(emergency.backPlan, { in_form: true, done: '已退回' })
  const retire = useWrite(emergency.retirePlan, { in_form: true, done: '已停用' })
  const start = useWrite(emergency.startIncident, { in_form: true, done: (a) => `已启动,通知了 ${a.told_count} 人` })
  const [open, setOpen] = useState<'edit' | 'back' | 'retire' | 'start'>()
  const [no, setNo] = useState<number>()
  const p = plan.data
  const v = p?.versions.find((x) => x.version_no === no) ?? p?.versions[0]
  const close = (): void => setOpen(undefined)
  return (
    <>
      <DetailPage
        title={p?.name ?? '应急预案'} loading={plan.loading} error={plan.error} retry={plan.retry} back="/emergency/plans"
        tags={p ? <><Tag>{p.kind_name}</Tag><Tag>{p.community_name}</Tag>{p.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : p.live_no === null ? <StateTag value="n" words={{ n: '未发布' }} tones={{ n: 'warn' }} /> : null}</> : null}
        actions={p && v ? (
          <>
            {p.open_state === 'draft' ? <CanButton can={p.can.submit} words={words} type="primary" onClick={() => void submit.run({ plan_id })}>提交审核</CanButton> : null}
            {p.open_state === 'submitted' ? <><CanButton can={p.can.publish} words={words} type="primary" onClick={() => void confirm({ title: `发布「${p.name}」?`, content: '发布后员工手机上立即换成新版。' }).then((y) => (y ? publish.run({ plan_id }) : undefined))}>发布</CanButton><CanButton can={p.can.back} words={words} onClick={() => setOpen('back')}>退回</CanButton></> : null}
            <CanButton can={p.can.edit} words={words} onClick={() => setOpen('edit')}>修改</CanButton>
            <Button href={fileUrl(emergency.planPaper, { plan_id, version_no: v.version_no })} target="_blank">打印</Button>
            {p.retired ? null : <CanButton can={p.can.retire} words={words} onClick={() => setOpen('retire')}>停用</CanButton>}
            <CanButton can={p.can.start} words={words} danger onClick={() => setOpen('start')}>启动</CanButton>
          </>
        ) : null}
        facts={p ? [['现行版本', p.live_no ? `第 ${p.live_no} 版` : '未发布'], ['发布时间', p.published_at ? instant(p.published_at) : null], ['最近演练', p.last_drill_on ?? '没有演练过'], ['显示版本', <Select key="v" size="small" aria-label="版本" value={v?.version_no ?? null} style={{ minWidth: 150 }} options={p.versions.map((x) => ({ value: x.version_no, label: `第 ${x.version_no} 版 ${said('version', x.state)}` }))} onChange={setNo} />]] : []}
        tabs={v ? [{ key: 'content', label: '预案内容', children: () => <ContentView v={v} /> }] : []}
      />
      {open === 'edit' && p ? <PlanDrawer plan={p} close={close} /> : null}
      {open === 'back' ? <ReasonModal open title="退回修改" onClose={close} loading={back.running} submitError={back.error} onConfirm={async (reason) => { if (await back.run({ plan_id, reason })) close() }} /> : null}
      {open === 'retire' ? <ReasonModal open danger title="停用预案" onClose={close} loading={retire.running} submitError={retire.error} onConfirm={async (reason) => { if (await retire.run({ plan_id, reason })) close() }} /> : null}
      {open === 'start' && p ? <FormModal open onClose={close} danger title={`启动 ${p.name}`} submit="启动" call={emergency.startIncident} fields={[{ name: 'place', placeholder: '如:3 栋负一层水泵房' }, { name: 'words', placeholder: '发生了什么' }]} fixed={{ plan_id }} loading={start.running} submitError={start.error} onSubmit={async (i) => { const a = await start.run(i); if (a) go(`/emergency/incidents/${a.incident_id}`) }} /> : null}
    </>
  )
}
function ContentView({ v }: { v: Version }) {
  const c = v.content
  return (
    <div className="hy-stack">
      <div className="hy-line"><StateTag value={v.state} words={words.states?.['version']} tones={VERSION_TONE} /><span className="hy-muted">编制 {v.made_by_name} {instant(v.made_at)}{v.decided_at ? `;${v.reason ? '退回' : '审核'} ${v.decided_by_name} ${instant(v.decided_at)}` : ''}</span>{v.reason ? <span className="hy-red">退回原因:{v.reason}</span> : null}</div>
      {c.summary ? <p>{c.summary}</p> : null}
      <RowsTable label="步骤" rows={c.steps.map((s, i) => ({ ...s, no: i + 1 }))} row_key="step_id" empty="没有步骤" columns={[{ key: 'no', title: '序', width: 50, align: 'right' }, { key: 'text', title: '步骤', width: 480 }, { key: 'role', title: '谁做', width: 120 }, { key: 'within_minutes', title: '时限', width: 110, show: (s) => (s.within_minutes ? `${s.within_minutes} 分钟内` : '—') }]} />
      <RowsTable label="人员与电话树" rows={c.people.map((p, i) => ({ ...p, key: String(i) }))} row_key="key" empty="没有人员" columns={[{ key: 'role', title: '职责', width: 120 }, { key: 'name', title: '姓名', width: 130 }, { key: 'phone', title: '电话', width: 140, show: (p) => p.phone || (p.account_id ? '消息通知' : '—') }, { key: 'calls', title: '由他通知', width: 260, show: (p) => p.calls.map((n) => c.people[n]?.name).join('、') || '—' }]} />
      <RowsTable label="物资" rows={c.materials.map((m, i) => ({ ...m, key: String(i) }))} row_key="key" empty="没有物资" columns={[{ key: 'name', title: '物资', width: 200 }, { key: 'count', title: '数量', width: 100 }, { key: 'place', title: '存放处', width: 240 }]} />
    </div>
  )
}
