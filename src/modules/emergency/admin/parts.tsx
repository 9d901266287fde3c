// What drills and emergencies share: improvements, photos, the list of improvements within a form.
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { DayInput } from '../../../ui/dates.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import type { Column } from '../../../ui/columns.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { emergency, type Task } from '../contract.ts'
import { TASK_TONE } from '../shown.ts'
import { words } from '../words.ts'
import './emergency.css'

export const Photos = ({ subject_id, ids }: { subject_id: string; ids: readonly string[] }) => (ids.length === 0 ? <p className="hy-muted">没有照片</p> : <div className="em-photos">{ids.map((file_id, i) => <a key={file_id} href={fileUrl(emergency.photo, { subject_id, file_id })} target="_blank" rel="noreferrer"><img alt={`照片 ${i + 1}`} src={fileUrl(emergency.photo, { subject_id, file_id })} /></a>)}</div>)

export function useTaskColumns(about: boolean): { columns: readonly Column<Task>[]; modals: React.ReactNode } {
  const check = useWrite(emergency.checkTask, { done: '已验收' })
  const [finish, setFinish] = useState<Task>()
  const [back, setBack] = useState<Task>()
  const columns: readonly Column<Task>[] = [
    { key: 'words', title: '改进事项', width: 280, always: true }, { key: 'state', title: '状态', width: 130, show: (t) => <span className="hy-line"><StateTag value={t.state} words={words.states?.['task']} tones={TASK_TONE} />{t.late ? <StateTag value="l" words={{ l: '超期' }} tones={{ l: 'bad' }} /> : null}</span> }, { key: 'owner_name', title: '负责人', width: 90 }, { key: 'due_on', title: '期限', width: 105 },
    { key: 'done_note', title: '完成说明', width: 220, show: (t) => (t.done_note ? `${t.done_note}(${instant(t.done_at).slice(0, 10)})` : t.back_reason ? <span className="hy-red">退回:{t.back_reason}</span> : '—') }, { key: 'checked_by_name', title: '验收人', width: 90 }, ...(about ? [{ key: 'about', title: '来自', width: 200 }, { key: 'community_name', title: '小区', width: 90 }] : []),
    { key: 'act', title: '操作', width: 150, show: (t) => <span className="hy-line">{t.state === 'open' && t.can.finish === true ? <Button size="small" type="primary" onClick={() => setFinish(t)}>完成</Button> : null}{t.state === 'done' ? <><CanButton size="small" can={t.can.check} words={words} type="primary" onClick={() => void check.run({ task_id: t.task_id }, t.task_id)}>验收</CanButton><CanButton size="small" can={t.can.back} words={words} onClick={() => setBack(t)}>退回</CanButton></> : null}</span> },
  ]
  return { columns, modals: <>{finish ? <FinishModal t={finish} close={() => setFinish(undefined)} /> : null}{back ? <BackModal t={back} close={() => setBack(undefined)} /> : null}</> }
}
function FinishModal({ t, close }: { t: Task; close: () => void }) {
  const save = useWrite(emergency.finishTask, { in_form: true, done: '已完成,等验收' })
  return <FormModal open onClose={close} title={t.words} submit="完成" call={emergency.finishTask} fields={['note']} fixed={{ task_id: t.task_id }} loading={save.running} submitError={save.error} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function BackModal({ t, close }: { t: Task; close: () => void }) {
  const save = useWrite(emergency.backTask, { in_form: true, done: '已退回' })
  return <ReasonModal open title={`退回:${t.words}`} onClose={close} loading={save.running} submitError={save.error} onConfirm={async (reason) => { if (await save.run({ task_id: t.task_id, reason })) close() }} />
}
export function TasksCard({ tasks }: { tasks: readonly Task[] }) {
  const { columns, modals } = useTaskColumns(false)
  return <><RowsTable label="改进事项" rows={tasks} row_key="task_id" empty="没有改进事项" columns={columns} />{modals}</>
}
interface In { words: string; owner_id: string; due_on: string }
export function TasksInput({ value, onChange, community_id }: Control & { community_id: string }) {
  const list = (value as In[] | undefined) ?? []
  const staff = useRead(emergency.staff, { community_id }, { stale_ms: 60_000 }).data?.rows ?? []
  const set = (i: number, change: Partial<In>): void => onChange?.(list.map((x, n) => (n === i ? { ...x, ...change } : x)))
  return (
    <div className="em-rows">
      {list.map((x, i) => <span key={i} className="hy-line"><Input className="em-grow" aria-label={`第 ${i + 1} 项改进`} maxLength={200} value={x.words} onChange={(e) => set(i, { words: e.target.value })} /><Select aria-label={`第 ${i + 1} 项负责人`} style={{ width: 130 }} placeholder="负责人" showSearch={{ optionFilterProp: 'label' }} value={x.owner_id || null} options={staff.map((s) => ({ value: s.account_id, label: s.name }))} onChange={(owner_id: string) => set(i, { owner_id })} /><span style={{ width: 140 }}><DayInput aria-label={`第 ${i + 1} 项期限`} value={x.due_on} onChange={(d) => set(i, { due_on: d ?? '' })} /></span><Button size="small" onClick={() => onChange?.(list.filter((_, n) => n !== i))}>删</Button></span>)}
      <div><Button size="small" disabled={list.length >= 20} onClick={() => onChange?.([...list, { words: '', owner_id: '', due_on: addDays(today(), 14) }])}>加一项</Button></div>
    </div>
  )
}
