// One round, stop by stop: the next stop as one big button.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { instant } from '../../../ui/format.ts'
import { Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { putAndWait } from '../../../ui/phone/outbox_sender.ts'
import { OutboxCard } from '../../../ui/phone/OutboxCard.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { SopCard } from '../../office/staff/shared.tsx'
import { rounds } from '../contract.ts'
import { said } from '../shown.ts'
import { clock } from './RoundsPage.tsx'
import { useShift, type StopHere, type TaskHere } from './shift.ts'
import { StopForm } from './StopForm.tsx'

const isWalked = (s: StopHere): boolean => s.done || s.entry?.state === 'waiting'
const minutes = (seconds: number): string => (seconds >= 60 ? `${Math.round(seconds / 60)} 分钟` : `${seconds} 秒`)

export function WalkPage() {
  const task_id = useParam('task_id')
  const { reading, shift } = useShift()
  const t = shift?.tasks.find((x) => x.task_id === task_id)
  const [stop_no, setStop] = useState<number>()
  const [skipping, setSkipping] = useState(false)
  const open = t?.stops.find((s) => s.stop_no === stop_no)
  const next = (after?: number): StopHere | undefined => t?.stops.filter((s) => !isWalked(s) && s.stop_no !== after).toSorted((a, b) => Number(a.stop_no < (after ?? 0)) - Number(b.stop_no < (after ?? 0)) || a.stop_no - b.stop_no)[0]
  const may = t !== undefined && (t.when === 'now' || t.when === 'late')
  const first = next()
  return (
    <Page title={t?.name ?? '巡查'} back="/rounds" {...(may && first ? { foot: <Button className="ph-big" block color="primary" onClick={() => setStop(first.stop_no)}>{t.stops.length > 1 ? `到点:${first.name}` : '开始做'}</Button> } : {})}>
      <OutboxCard />
      <Loaded reading={reading}>
        {({ old, saved_at }) => (t ? (
          <>
            <section className="ph-card ph-section">
              <p className="ph-between"><b className="ph-num">{clock(t.starts_at)} – {clock(t.due_at)}</b><span className="ph-num">已到 {t.walked} / {t.stops.length}</span></p>
              {t.when === 'late' ? <p className="ph-red ph-strong">已过应完成时间 {instant(t.due_at).slice(5, 16)},补上算迟到</p> : t.when === 'later' ? <p className="ph-amber">{instant(t.starts_at).slice(5, 16)} 开始</p> : null}
              {t.parts ? <p>带上:{t.parts}</p> : null}
              {t.ordered && t.stops.length > 1 ? <p className="ph-weak ph-small">按顺序走</p> : null}
              {old ? <p className="ph-weak ph-small">没有网络,可以照常做。任务存于 {instant(saved_at)}。</p> : null}
            </section>
            <SopCard at="task" id={t.task_id} on_day={t.on_day} />
            <ul className="ph-list" aria-label="点位">{t.stops.map((s) => <li key={s.stop_no}><StopRow s={s} may={may} open={() => setStop(s.stop_no)} /></li>)}</ul>
            {may && t.walked === 0 ? <Button className="ph-mid" block onClick={() => setSkipping(true)}>申请免做</Button> : null}
          </>
        ) : <StateBlock icon="shield" title="这项任务不在本班的清单里" text="可能已经完成、取消,或派给了别的班组" />)}
      </Loaded>
      <Sheet open={open !== undefined} title={open ? `${open.stop_no}. ${open.name}` : ''} close={() => setStop(undefined)}>{t && open ? <StopForm key={open.stop_no} t={t} s={open} saved={() => setStop(next(open.stop_no)?.stop_no)} /> : null}</Sheet>
      <Sheet open={skipping} title="申请免做" close={() => setSkipping(false)}>{t ? <SkipForm t={t} done={() => setSkipping(false)} /> : null}</Sheet>
    </Page>
  )
}
function StopRow({ s, may, open }: { s: StopHere; may: boolean; open: () => void }) {
  const walked = isWalked(s)
  const side = s.entry?.state === 'refused' ? <Tag kind="bad">没有通过</Tag> : s.entry ? <Tag kind="busy">{s.entry.about['value']} 待上传</Tag> : s.done ? <Tag kind="good">已到</Tag> : null
  const body = <><span className="ph-row-body"><span className="ph-strong">{s.stop_no}. {s.name}</span><span className="ph-weak ph-small" style={{ display: 'block' }}>{[s.place, s.checklist_name, s.travel_seconds > 0 ? `路程至少 ${minutes(s.travel_seconds)}` : '', s.proof === 'none' ? '' : said('point_proof', s.proof)].filter(Boolean).join(' · ')}</span></span><span className="ph-row-side">{side}</span></>
  return may && (!walked || s.entry !== undefined) ? <button type="button" className="ph-row" onClick={open}>{body}</button> : <div className="ph-row">{body}</div>
}
function SkipForm({ t, done }: { t: TaskHere; done: () => void }) {
  const me = usePhoneMe()
  const [text, setText] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      const end = await putAndWait({ owner: ownerOf(me), call: rounds.skipTask.name, subject: `${rounds.skipTask.name} ${t.task_id}`, input: { on_day: t.on_day, task_id: t.task_id, reason: text.trim() }, about: { task: t.name } })
      if (end.kind === 'refused') setError(end.message)
      else done()
    } catch {
      setError('没有保存:手机存储不可用')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void send() }}>
      <Field label="为什么不能做" error={error} hint="主管同意后才算免做,不同意按不合格计">{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={200} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" loading={busy} disabled={text.trim().length < 2}>提交申请</Button>
    </form>
  )
}
