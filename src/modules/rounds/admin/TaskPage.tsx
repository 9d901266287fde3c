// One task with its evidence: stop by stop, when, how proven, what was answered, photos, what looks wrong and why.
import { Button, Image } from 'antd'
import { useState } from 'react'
import { Go, useParam, writeSearch } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { MomentInput } from '../../../ui/MomentInput.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { Sops } from '../../office/admin/shared.tsx'
import { rounds, type StopSeen, type TaskFull } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { DueInput } from './inputs.tsx'
import { FlagTags, StateOf, hour, spanText } from './shared.tsx'

type Open = 'pass' | 'reject' | 'redo' | 'move' | 'cancel'
export default function TaskPage() {
  const [on_day, task_id] = [useParam('on_day'), useParam('task_id')]
  const reading = useRead(rounds.task, { on_day, task_id }, { refresh_ms: 30_000 })
  const [open, setOpen] = useState<Open>()
  const t = reading.data
  const shows = (can: true | string | undefined): boolean => can !== undefined && can !== 'kernel.forbidden' && can !== 'rounds.wrong_state'
  return (
    <>
      <DetailPage
        title={t?.name ?? '巡查任务'} loading={reading.loading} error={reading.error} retry={reading.retry} back="/rounds/tasks"
        tags={t ? <><StateOf row={t} />{t.round_no > 1 ? <StateTag value="r" words={{ r: `第 ${t.round_no} 次做` }} tones={{ r: 'warn' }} /> : null}<FlagTags flags={t.flags} /></> : null}
        actions={t ? (
          <>
            {shows(t.can.pass) ? <CanButton type="primary" can={t.can.pass} words={words} onClick={() => setOpen('pass')}>审核通过</CanButton> : null}
            {shows(t.can.reject) ? <CanButton can={t.can.reject} words={words} onClick={() => setOpen('reject')}>判不合格</CanButton> : null}
            {shows(t.can.redo) ? <CanButton type="primary" can={t.can.redo} words={words} onClick={() => setOpen('redo')}>责令补做</CanButton> : null}
            {shows(t.can.move) ? <Button onClick={() => setOpen('move')}>改期</Button> : null}
            {shows(t.can.cancel) ? <Button onClick={() => setOpen('cancel')}>取消任务</Button> : null}
          </>
        ) : null}
        facts={t ? factsOf(t) : []}
      >
        {t ? (
          <>
            <Sops at="task" id={task_id} on_day={on_day} />
            <section className="hy-card hy-stack" aria-label="点位"><h2>点位 {t.checked_count} / {t.point_count}</h2>{t.stops.map((s) => <StopCard key={s.stop_no} t={t} s={s} />)}</section>
            {t.steps.length ? <section className="hy-card hy-stack" aria-label="处理记录"><h2>处理记录</h2>{t.steps.map((s) => <div key={s.step_no}><strong>{said('action', s.action)}</strong> <span className="hy-muted">{s.by_name} · {instant(s.at)}</span>{s.note ? <div>{s.note}</div> : null}</div>)}</section> : null}
          </>
        ) : null}
      </DetailPage>
      {t && open ? <Decide t={t} kind={open} close={() => setOpen(undefined)} /> : null}
    </>
  )
}
function factsOf(t: TaskFull) {
  return [
    ['小区', t.community_name], ['种类', `${t.kind_name} · ${t.department}`], ['时间规律', t.rule_zh], ['班组', t.crew_name ?? '不限'], ['时段', spanText(t.starts_at, t.due_at)], ['过此算漏', instant(t.miss_at)],
    ['执行人', t.done_by_name ?? '—'], ['开始', t.started_at ? instant(t.started_at) : '—'], ['完成', t.ended_at && t.state !== 'missed' ? instant(t.ended_at) : '—'], ['得分', t.score_max ? `${t.score_got} / ${t.score_max}` : '—'],
    ['计划', <Go key="p" to={`/rounds/tasks${writeSearch({ plan_id: t.plan_id })}`}>同一计划的任务</Go>],
  ] as const
}
function StopCard({ t, s }: { t: TaskFull; s: StopSeen }) {
  const r = s.record
  return (
    <div className="rd-stop">
      <div className="hy-line"><strong>{s.stop_no}. {s.point_name}</strong><span className="hy-muted">{s.place}</span>{r ? <StateTag value={r.outcome} words={words.states?.['outcome']} tones={{ ok: 'good', abnormal: 'bad', skipped: 'warn' }} /> : <span className="hy-muted">未到</span>}{r ? <FlagTags flags={r.flags} /> : null}</div>
      {r ? (
        <>
          <div className="hy-muted">{r.by_name} · {instant(r.done_at, { seconds: true })}{r.device_at === r.done_at ? '' : `(手机 ${instant(r.device_at, { seconds: true }).slice(11)})`} · {said('proof', r.proof)}{r.proof_ok ? '' : ',没有证明到位'}{Date.parse(r.received_at) - Date.parse(r.done_at) > 120_000 ? ` · ${hour(r.received_at)} 补传` : ''}</div>
          {r.position ? <Where t={t} s={s} r={r} position={r.position} /> : null}
          {r.reasons.length ? <div className="hy-red">{r.reasons.join(';')}</div> : null}
          {r.values.length ? <div className="hy-line">{r.values.map((v) => <span key={v.item_id} className={v.bad ? 'hy-red hy-strong' : ''}>{v.text}:{v.value}</span>)}</div> : null}
          {r.note ? <div>{r.note}</div> : null}
          {r.finding ? <div className="hy-line"><span>{r.finding.words}</span><StateTag value={r.finding.way} words={words.states?.['way']} tones={{ fixed: 'good', order: 'warn', deadline: 'warn' }} />{r.finding.order_id ? <Go to={`/orders/list/${r.finding.order_id}`}>{r.finding.order_no}</Go> : <span className="hy-muted">{said('finding_state', r.finding.state)}</span>}</div> : null}
          {r.photos.length ? <Image.PreviewGroup><div className="hy-line">{r.photos.map((p, i) => <figure key={p.file_id} className="rd-photo"><Image width={96} height={96} style={{ objectFit: 'cover' }} alt={`${s.point_name}照片 ${i + 1}`} src={fileUrl(rounds.photo, { on_day: t.on_day, task_id: t.task_id, file_id: p.file_id })} /><figcaption className="hy-muted">{p.part === 'before' && r.finding?.way === 'fixed' ? '整改前' : p.part === 'after' ? '整改后' : '现场'}</figcaption></figure>)}</div></Image.PreviewGroup> : null}
        </>
      ) : null}
    </div>
  )
}
function Where({ t, s, r, position: p }: { t: TaskFull; s: StopSeen; r: NonNullable<StopSeen['record']>; position: NonNullable<NonNullable<StopSeen['record']>['position']> }) {
  const may = useMay()
  const locate = useWrite(rounds.locatePoint, { done: '已作为点位位置' })
  if (p.state !== 'given') return <div className="hy-muted">{said('position', p.state)}</div>
  return (
    <div className="hy-line hy-muted">
      <span>定位 {p.lat}, {p.lon},误差 {p.accuracy_m} 米{p.distance_m === null ? ',点位位置未知' : `,离点位 ${p.distance_m} 米`}</span>
      {may('rounds.plan.write') && p.distance_m === null && r.proof_ok ? <Button size="small" loading={locate.running} onClick={() => void confirm({ title: `以这次定位作为「${s.point_name}」的位置?`, content: '以后的检查离这里太远会标为可疑。请确认检查人当时确实在点位上。', ok: '确定' }).then((yes) => (yes ? locate.run({ on_day: t.on_day, task_id: t.task_id, record_id: r.record_id }) : undefined))}>设为点位位置</Button> : null}
    </div>
  )
}
function Decide({ t, kind, close }: { t: TaskFull; kind: Open; close: () => void }) {
  const pass = useWrite(rounds.passTask, { in_form: true, done: '已通过' })
  const reject = useWrite(rounds.rejectTask, { in_form: true, done: '已判不合格' })
  const redo = useWrite(rounds.redoTask, { in_form: true, done: '已责令补做' })
  const move = useWrite(rounds.moveTask, { in_form: true, done: '已改期' })
  const cancel = useWrite(rounds.cancelTask, { in_form: true, done: '已取消' })
  const common = { open: true, onClose: close, fixed: { on_day: t.on_day, task_id: t.task_id } } as const
  const done = async (made: Promise<unknown>) => { if (await made) close() }
  if (kind === 'pass') return <FormModal {...common} title="审核通过" submit="通过" call={rounds.passTask} fields={[{ name: 'note', kind: 'area' }]} loading={pass.running} submitError={pass.error} onSubmit={(i) => done(pass.run(i))} />
  if (kind === 'reject') return <FormModal {...common} title="判不合格" submit="判不合格" danger call={rounds.rejectTask} fields={['reason']} loading={reject.running} submitError={reject.error} onSubmit={(i) => done(reject.run(i))} />
  if (kind === 'redo') return <FormModal {...common} title="责令补做" submit="责令补做" call={rounds.redoTask} fields={[{ name: 'due_at', control: (c) => <DueInput {...c} /> }, 'reason']} loading={redo.running} submitError={redo.error} onSubmit={(i) => done(redo.run(i))} />
  if (kind === 'move') return <FormModal {...common} title="任务改期" submit="改期" call={rounds.moveTask} fields={[{ name: 'starts_at', control: (c) => <MomentInput {...c} /> }, { name: 'due_at', control: (c) => <MomentInput {...c} /> }, 'reason']} loading={move.running} submitError={move.error} onSubmit={(i) => done(move.run(i))} />
  return <FormModal {...common} title="取消任务" submit="取消任务" danger call={rounds.cancelTask} fields={['reason']} loading={cancel.running} submitError={cancel.error} onSubmit={(i) => done(cancel.run(i))} />
}
