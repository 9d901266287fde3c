// One drill: held, signed, photographed, closed with what is to be made better.
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { Button, Input, Tag } from 'antd'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { Upload } from '../../../ui/Upload.tsx'
import { emergency, type DrillFull } from '../contract.ts'
import { DRILL_TONE } from '../shown.ts'
import { words } from '../words.ts'
import { Photos, TasksCard, TasksInput } from './parts.tsx'

export default function DrillPage() {
  const drill_id = useParam('drill_id')
  const drill = useRead(emergency.drill, { drill_id })
  const cancel = useWrite(emergency.cancelDrill, { in_form: true, done: '已取消' })
  const move = useWrite(emergency.moveDrill, { in_form: true, done: '已改期' })
  const [open, setOpen] = useState<'hold' | 'close' | 'cancel' | 'move'>()
  const close = (): void => setOpen(undefined)
  const d = drill.data
  return (
    <>
      <DetailPage
        title={d ? `${d.plan_name}演练` : '演练'} loading={drill.loading} error={drill.error} retry={drill.retry} back="/emergency/drills"
        tags={d ? <><Tag>{d.kind_name}</Tag><StateTag value={d.state} words={words.states?.['drill']} tones={DRILL_TONE} />{d.overdue ? <StateTag value="o" words={{ o: '逾期' }} tones={{ o: 'bad' }} /> : null}</> : null}
        actions={d ? <>{d.state === 'planned' ? <><CanButton can={d.can.hold} words={words} type="primary" onClick={() => setOpen('hold')}>登记演练</CanButton><CanButton can={d.can.move} words={words} onClick={() => setOpen('move')}>改期</CanButton><CanButton can={d.can.cancel} words={words} onClick={() => setOpen('cancel')}>取消</CanButton></> : null}{d.state === 'held' ? <CanButton can={d.signed_count === 0 ? 'emergency.unsigned' : d.can.close} words={words} type="primary" onClick={() => setOpen('close')}>总结</CanButton> : null}{d.held_at ? <Button href={fileUrl(emergency.drillPaper, { drill_id })} target="_blank">打印</Button> : null}</> : null}
        facts={d ? [['小区', d.community_name], ['应在此日前', d.due_on], ['演练时间', d.held_at ? instant(d.held_at) : null], ['地点', d.place], ['总指挥', d.leader_name], ['预案版本', d.version_no ? `第 ${d.version_no} 版` : null], ['评分', d.score === null ? null : `${d.score} 分`], ['总结', d.closed_at ? `${d.closed_by_name} ${instant(d.closed_at)}` : null], ['取消原因', d.end_reason]] : []}
        tabs={d ? [
          { key: 'record', label: '经过与评估', children: () => <div className="hy-stack"><p><strong>经过</strong> {d.summary ?? '还没有登记'}</p><p><strong>评估</strong> {d.evaluation ?? '还没有总结'}</p><Photos subject_id={drill_id} ids={d.photos} /></div> },
          { key: 'people', label: '参加人', badge: d.person_count || undefined, children: () => <RowsTable label="参加人" rows={d.people} row_key="account_id" empty="登记演练时选择参加人" columns={[{ key: 'name', title: '姓名', width: 140 }, { key: 'signed_at', title: '签字', width: 180, show: (p) => (p.signed_at ? `${instant(p.signed_at)} 已签` : <span className="hy-muted">未签,请在手机「应急」里签到</span>) }]} /> },
          { key: 'tasks', label: '改进事项', badge: d.open_count || undefined, children: () => <TasksCard tasks={d.tasks} /> },
        ] : []}
      />
      {open === 'hold' && d ? <HoldDrawer d={d} close={close} /> : null}
      {open === 'close' && d ? <CloseDrawer d={d} close={close} /> : null}
      {open === 'cancel' ? <ReasonModal open danger title="取消演练" onClose={close} loading={cancel.running} submitError={cancel.error} onConfirm={async (reason) => { if (await cancel.run({ drill_id, reason })) close() }} /> : null}
      {open === 'move' ? <FormModal open onClose={close} title="演练改期" call={emergency.moveDrill} fields={['due_on', 'reason']} fixed={{ drill_id }} initial={{ due_on: today() }} loading={move.running} submitError={move.error} onSubmit={async (i) => { if (await move.run(i)) close() }} /> : null}
    </>
  )
}
function Moment({ value, onChange, id }: Control) {
  const text = typeof value === 'string' && value !== '' ? instant(value).slice(0, 16).replace(' ', 'T') : ''
  return <Input {...(id ? { id } : {})} type="datetime-local" value={text} onChange={(e) => onChange?.(e.target.value ? `${e.target.value}:00+08:00` : undefined)} />
}
function HoldDrawer({ d, close }: { d: DrillFull; close: () => void }) {
  const save = useWrite(emergency.holdDrill, { in_form: true, done: '已登记,请参加人在手机上签字' })
  const staff = useRead(emergency.staff, { community_id: d.community_id }, { stale_ms: 60_000 }).data?.rows ?? []
  const [photos, setPhotos] = useState<{ file_id: string; name: string }[]>([])
  return (
    <FormDrawer open onClose={close} columns={2} title={`登记 ${d.plan_name}演练`} call={emergency.holdDrill} loading={save.running} submitError={save.error} fixed={{ drill_id: d.drill_id, photo_ids: photos.map((p) => p.file_id) }}
      fields={[{ name: 'held_at', control: (c) => <Moment {...c} /> }, 'place', 'leader_name', { name: 'account_ids', kind: 'many', wide: true, options: staff.map((s) => ({ value: s.account_id, label: s.post ? `${s.name}(${s.post})` : s.name })) }, { name: 'summary', kind: 'area', wide: true, placeholder: '时间顺序写:报警、到场、处置、恢复' }]}
      initial={{ account_ids: [], summary: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }}>
      <div className="hy-line">{photos.map((p) => <span key={p.file_id}>{p.name}</span>)}{photos.length < 9 ? <Upload purpose="photo" accept=".jpg,.jpeg,.png" label="上传照片" onDone={(f) => setPhotos((x) => [...x, f])} /> : null}</div>
    </FormDrawer>
  )
}
function CloseDrawer({ d, close }: { d: DrillFull; close: () => void }) {
  const save = useWrite(emergency.closeDrill, { in_form: true, done: '已总结' })
  return <FormDrawer open onClose={close} width={680} title={`总结 ${d.plan_name}演练`} call={emergency.closeDrill} loading={save.running} submitError={save.error} fixed={{ drill_id: d.drill_id }} fields={['score', { name: 'evaluation', kind: 'area', placeholder: '哪里做得好,哪里不足' }, { name: 'tasks', wide: true, control: (c) => <TasksInput {...c} community_id={d.community_id} /> }]} initial={{ score: 85, evaluation: '', tasks: [] }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
