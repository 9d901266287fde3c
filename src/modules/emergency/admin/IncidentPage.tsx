// One emergency: its checklist with the times, who answered, how it ended, what is to be made better.
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { emergency, type IncidentFull } from '../contract.ts'
import { INCIDENT_TONE } from '../shown.ts'
import { words } from '../words.ts'
import { Photos, TasksCard, TasksInput } from './parts.tsx'

const POLL_MS = 15_000
export default function IncidentPage() {
  const incident_id = useParam('incident_id')
  const seen = useRead(emergency.incident, { incident_id }, { refresh_ms: POLL_MS, keep: true })
  const end = useWrite(emergency.endIncident, { in_form: true, done: '已解除' })
  const review = useWrite(emergency.closeIncident, { in_form: true, done: '已复盘' })
  const mark = useWrite(emergency.markStep, { done: '已记下' })
  const [open, setOpen] = useState<'end' | 'close'>()
  const close = (): void => setOpen(undefined)
  const i = seen.data
  return (
    <>
      <DetailPage
        title={i ? `${i.plan_name} · ${i.place}` : '应急处置'} loading={seen.loading} error={seen.error} retry={seen.retry} back="/emergency/incidents"
        tags={i ? <><Tag>{i.kind_name}</Tag><StateTag value={i.state} words={words.states?.['incident']} tones={INCIDENT_TONE} /></> : null}
        actions={i ? <>{i.state === 'running' ? <CanButton can={i.can.end} words={words} type="primary" onClick={() => setOpen('end')}>解除</CanButton> : null}{i.state === 'ended' ? <CanButton can={i.can.close} words={words} type="primary" onClick={() => setOpen('close')}>复盘</CanButton> : null}<Button href={fileUrl(emergency.incidentPaper, { incident_id })} target="_blank">打印</Button></> : null}
        facts={i ? [['小区', i.community_name], ['情况', i.words], ['启动', `${i.started_by_name} ${instant(i.started_at)}`], ['解除', i.ended_at ? `${i.ended_by_name} ${instant(i.ended_at)}` : null], ['历时', i.minutes === null ? null : `${i.minutes} 分钟`], ['预案版本', `第 ${i.version_no} 版`], ['解除说明', i.end_note], ['复盘', i.review ? `${i.review}(${i.reviewed_by_name})` : null]] : []}
        tabs={i ? [
          { key: 'steps', label: `处置清单 ${i.done_count}/${i.step_count}`, children: () => <Steps i={i} mark={(step_id) => void mark.run({ incident_id, step_id, done_at: nowIso(), note: null }, step_id)} /> },
          { key: 'told', label: `通知 ${i.seen_count}/${i.told_count}`, children: () => <RowsTable label="通知" rows={i.told} row_key="account_id" empty="预案里没有可通知的员工" columns={[{ key: 'name', title: '姓名', width: 120 }, { key: 'role', title: '职责', width: 140 }, { key: 'told_at', title: '通知时间', width: 150 }, { key: 'seen_at', title: '回复收到', width: 150, show: (x) => (x.seen_at ? instant(x.seen_at) : <span className="hy-red">未回复</span>) }]} /> },
          { key: 'photos', label: '照片', badge: i.photos.length || undefined, children: () => <Photos subject_id={incident_id} ids={i.photos} /> },
          { key: 'tasks', label: '改进事项', badge: i.open_count || undefined, children: () => <TasksCard tasks={i.tasks} /> },
        ] : []}
      />
      {open === 'end' ? <FormModal open onClose={close} title="解除应急" submit="解除" call={emergency.endIncident} fields={['note']} fixed={{ incident_id, photo_ids: [] }} loading={end.running} submitError={end.error} onSubmit={async (x) => { if (await end.run(x)) close() }} /> : null}
      {open === 'close' && i ? <FormDrawer open onClose={close} width={680} title="复盘" call={emergency.closeIncident} fields={[{ name: 'review', kind: 'area', placeholder: '原因、处置是否及时、预案要不要改' }, { name: 'tasks', wide: true, control: (c) => <TasksInput {...c} community_id={i.community_id} /> }]} fixed={{ incident_id }} initial={{ review: '', tasks: [] }} loading={review.running} submitError={review.error} onSubmit={async (x) => { if (await review.run(x)) close() }} /> : null}
    </>
  )
}
function Steps({ i, mark }: { i: IncidentFull; mark: (step_id: string) => void }) {
  const rows = i.content.steps.map((s, n) => ({ ...s, no: n + 1, done: i.steps.find((x) => x.step_id === s.step_id) }))
  return (
    <RowsTable label="处置清单" rows={rows} row_key="step_id" empty="没有步骤" columns={[
      { key: 'no', title: '序', width: 50, align: 'right' }, { key: 'text', title: '步骤', width: 420 }, { key: 'role', title: '谁做', width: 110 }, { key: 'within_minutes', title: '时限', width: 100, show: (s) => (s.within_minutes ? `${s.within_minutes} 分钟内` : '—') },
      { key: 'done', title: '完成', width: 240, show: (s) => (s.done ? <span className={s.done.late ? 'hy-red' : ''}>{s.done.by_name} {instant(s.done.done_at).slice(5, 16)}{s.done.late ? ' 超时' : ''}{s.done.note ? `:${s.done.note}` : ''}</span> : i.state === 'running' ? <CanButton size="small" can={i.can.mark} words={words} onClick={() => mark(s.step_id)}>完成</CanButton> : '未做') },
    ]} />
  )
}
