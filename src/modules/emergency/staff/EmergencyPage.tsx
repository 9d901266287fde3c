// 应急: what runs, drills to sign, improvements to do, and every plan to read, without network too.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Field, RowLink, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { uploadPhoto } from '../../../ui/phone/kept_photos.ts'
import { OutboxCard } from '../../../ui/phone/OutboxCard.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { SignaturePad } from '../../../ui/phone/SignaturePad.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { emergency, type DrillFull, type Task } from '../contract.ts'
import { said } from '../shown.ts'
import { useEmergency } from './kept.ts'

export function EmergencyPage() {
  const { reading } = useEmergency()
  const [sign, setSign] = useState<DrillFull>()
  const [task, setTask] = useState<Task>()
  const done = (): void => { setSign(undefined); setTask(undefined); reading.retry() }
  return (
    <Page title="应急" back="/">
      <OutboxCard />
      <Loaded reading={reading} rows={4}>
        {({ value, old, saved_at }) => (
          <>
            {old ? <p className="ph-weak ph-small">没有网络,预案照常可看。存于 {instant(saved_at)}。</p> : null}
            {value.running.length ? <section className="ph-section"><h2 className="ph-h2">处置中</h2><ul className="ph-list">{value.running.map((i) => <li key={i.incident_id}><RowLink icon="warn" title={<span className="ph-red ph-strong">{i.plan_name}</span>} under={`${i.place} · ${instant(i.started_at).slice(5, 16)} 启动`} side={<span className="ph-num">{i.done_count}/{i.step_count}</span>} to={`/emergency/incidents/${i.incident_id}`} /></li>)}</ul></section> : null}
            {value.drills.map((d) => <section key={d.drill_id} className="ph-card ph-section" aria-label={`${d.plan_name}演练`}><p className="ph-between"><b>{d.plan_name}演练</b><Tag kind="warn">待签字</Tag></p><p className="ph-weak ph-small">{d.held_at ? instant(d.held_at).slice(0, 16) : ''} {d.place}</p><Button className="ph-big" block color="primary" onClick={() => setSign(d)}>签到</Button></section>)}
            {value.tasks.length ? <section className="ph-section"><h2 className="ph-h2">我的改进事项</h2>{value.tasks.map((t) => <div key={t.task_id} className="ph-card ph-section"><p className="ph-between"><b>{t.words}</b><Tag {...(t.late ? { kind: 'bad' as const } : {})}>{t.state === 'open' ? `${t.due_on.slice(5)} 前` : said('task', t.state)}</Tag></p><p className="ph-weak ph-small">{t.about}</p>{t.back_reason && t.state === 'open' ? <p className="ph-red ph-small">退回:{t.back_reason}</p> : null}{t.state === 'open' ? <Button className="ph-mid" block onClick={() => setTask(t)}>完成</Button> : null}</div>)}</section> : null}
            {value.rows.length ? <section className="ph-section"><h2 className="ph-h2">预案</h2><ul className="ph-list">{value.rows.map((p) => <li key={p.plan_id}><RowLink title={p.name} under={`${p.kind_name} · ${p.community_name} · ${p.content.steps.length} 步`} to={`/emergency/plans/${p.plan_id}`} /></li>)}</ul></section> : <StateBlock icon="warn" title="还没有发布的预案" text="发布后保存在手机上,没有网络也能看" />}
          </>
        )}
      </Loaded>
      <Sheet open={sign !== undefined} title={sign ? `${sign.plan_name}演练签到` : ''} close={() => setSign(undefined)}>{sign ? <SignForm d={sign} done={done} /> : null}</Sheet>
      <Sheet open={task !== undefined} title={task?.words ?? ''} close={() => setTask(undefined)}>{task ? <FinishForm t={task} done={done} /> : null}</Sheet>
    </Page>
  )
}
function SignForm({ d, done }: { d: DrillFull; done: () => void }) {
  const save = useWrite(emergency.signDrill, { in_form: true })
  const [png, setPng] = useState<Blob>()
  const [busy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    if (!png) return
    setBusy(true)
    try {
      if (await save.run({ drill_id: d.drill_id, photo_ids: [await uploadPhoto(png)] })) done()
    } finally {
      setBusy(false)
    }
  }
  return <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void send() }}><p>{d.summary}</p><SignaturePad label="签名" signed={setPng} />{save.error ? <p className="ph-fault" role="alert">{save.error.message}</p> : null}<Button className="ph-big" block color="primary" type="submit" loading={busy} disabled={!png}>签到</Button></form>
}
function FinishForm({ t, done }: { t: Task; done: () => void }) {
  const save = useWrite(emergency.finishTask, { in_form: true })
  const [text, setText] = useState('')
  const send = async (): Promise<void> => {
    if (await save.run({ task_id: t.task_id, note: text.trim() })) done()
  }
  return <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void send() }}><Field label="怎样改进的" error={save.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={300} value={text} onChange={(e) => setText(e.target.value)} />}</Field><Button className="ph-big" block color="primary" type="submit" loading={save.running} disabled={text.trim() === ''}>完成,等验收</Button></form>
}
