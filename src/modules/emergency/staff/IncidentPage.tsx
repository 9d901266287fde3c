// An emergency on the phone: the checklist with big buttons, steps marked without network, answered and ended from here.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { readNow, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { putAndWait, useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { OutboxCard } from '../../../ui/phone/OutboxCard.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Photos, type Taken } from '../../../ui/phone/photos.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { PHOTOS_MAX, emergency, type IncidentFull } from '../contract.ts'
import { said } from '../shown.ts'
import { People } from './PlanPage.tsx'

const subjectOf = (incident_id: string, step_id: string): string => `${emergency.markStep.name} ${incident_id} ${step_id}`
export function IncidentPage() {
  const incident_id = useParam('incident_id')
  const me = usePhoneMe()
  const owner = ownerOf(me)
  const { entries } = useOutbox()
  const seen = useMemory([emergency.incident.name, incident_id], `${owner} emergency ${incident_id}`, () => readNow(emergency.incident, { incident_id }), { refresh_ms: 15_000 })
  const see = useWrite(emergency.seeIncident, { done: '已回复收到' })
  const [ending, setEnding] = useState(false)
  const [error, setError] = useState<string>()
  const waits = new Set(entries.filter((e) => e.state === 'waiting').map((e) => e.subject))
  const mark = async (i: IncidentFull, step_id: string, text: string): Promise<void> => {
    setError(undefined)
    try {
      const end = await putAndWait({ owner, call: emergency.markStep.name, subject: subjectOf(incident_id, step_id), photo_keys: [], input: { incident_id, step_id, done_at: nowIso(), note: null }, about: { step: text, plan: i.plan_name } })
      if (end.kind === 'refused') setError(end.message)
      seen.retry()
    } catch {
      setError('没有保存:手机存储不可用')
    }
  }
  const i = seen.data?.value
  const mine = i?.told.find((x) => x.account_id === me.account_id)
  return (
    <Page title={i?.plan_name ?? '应急处置'} back="/emergency" {...(i && i.state === 'running' && i.can.end === true ? { foot: <Button className="ph-big" block onClick={() => setEnding(true)}>解除应急</Button> } : {})}>
      <OutboxCard />
      <Loaded reading={seen} rows={5}>
        {({ value: x, old, saved_at }) => (
          <>
            {old ? <p className="ph-weak ph-small">没有网络,步骤照常可记。存于 {instant(saved_at)}。</p> : null}
            <section className="ph-card ph-section"><p className="ph-between"><b>{x.place}</b><Tag kind={x.state === 'running' ? 'bad' : x.state === 'ended' ? 'warn' : 'good'}>{said('incident', x.state)}</Tag></p><p>{x.words}</p><Facts rows={[['启动', `${x.started_by_name} ${instant(x.started_at).slice(5, 16)}`], ['通知', `${x.seen_count} / ${x.told_count} 人已回复`], x.ended_at ? ['解除', `${x.ended_by_name ?? ''} ${instant(x.ended_at).slice(5, 16)}`] : null, x.end_note ? ['说明', x.end_note] : null]} />
              {mine && !mine.seen_at && x.state === 'running' ? <Button className="ph-big" block color="primary" loading={see.running} onClick={() => void see.run({ incident_id }).then(() => seen.retry())}>收到,马上到({mine.role})</Button> : null}
            </section>
            {error ? <p className="ph-fault" role="alert">{error}</p> : null}
            <ol className="ph-list" aria-label="处置清单">
              {x.content.steps.map((s, n) => {
                const done = x.steps.find((y) => y.step_id === s.step_id)
                const here = waits.has(subjectOf(incident_id, s.step_id))
                return <li key={s.step_id} className="ph-row"><span className="ph-row-body"><span className="ph-strong">{n + 1}. {s.text}</span><span className="ph-weak ph-small" style={{ display: 'block' }}>{[s.role, s.within_minutes ? `${s.within_minutes} 分钟内` : ''].filter(Boolean).join(' · ')}{done ? <span className={done.late ? 'ph-red' : ''}> {done.by_name} {instant(done.done_at).slice(11, 16)}{done.late ? ' 超时' : ''}</span> : null}</span></span><span className="ph-row-side">{done ? <Tag kind={done.late ? 'warn' : 'good'}>已做</Tag> : here ? <Tag kind="busy">待上传</Tag> : x.can.mark === true ? <Button className="ph-mid" color="primary" onClick={() => void mark(x, s.step_id, s.text)}>完成</Button> : null}</span></li>
              })}
            </ol>
            {x.content.people.length ? <><h2 className="ph-h2">人员与电话</h2><People c={x.content} /></> : null}
          </>
        )}
      </Loaded>
      <Sheet open={ending} title="解除应急" close={() => setEnding(false)}><EndForm incident_id={incident_id} done={() => { setEnding(false); seen.retry() }} /></Sheet>
    </Page>
  )
}
function EndForm({ incident_id, done }: { incident_id: string; done: () => void }) {
  const save = useWrite(emergency.endIncident, { in_form: true })
  const [note, setNote] = useState('')
  const [photos, setPhotos] = useState<Taken[]>([])
  const send = async (): Promise<void> => {
    if (await save.run({ incident_id, note: note.trim(), photo_ids: photos.map((p) => p.file_id) })) done()
  }
  return <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void send() }}><Field label="怎样处置的" error={save.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={500} value={note} onChange={(e) => setNote(e.target.value)} />}</Field><Photos label="现场照片(选填)" photos={photos} set={setPhotos} max={PHOTOS_MAX} camera /><Button className="ph-big" block color="primary" type="submit" loading={save.running} disabled={note.trim() === ''}>解除</Button></form>
}
