// A plan on the phone: steps, persons to call, materials; start it.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { Field, Sheet } from '../../../ui/phone/bits.tsx'
import { mayDo, ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { putAndWait } from '../../../ui/phone/outbox_sender.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { go, useParam } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { emergency, type Content } from '../contract.ts'
import { useEmergency, type Kept } from './kept.ts'

export function PlanPage() {
  const plan_id = useParam('plan_id')
  const me = usePhoneMe()
  const { reading } = useEmergency()
  const [open, setOpen] = useState(false)
  const p = reading.data?.value.rows.find((x) => x.plan_id === plan_id)
  return (
    <Page title={p?.name ?? '预案'} back="/emergency" {...(p && mayDo(me, 'emergency.incident.work') ? { foot: <Button className="ph-big" block color="danger" onClick={() => setOpen(true)}>启动预案</Button> } : {})}>
      <Loaded reading={reading}>{() => (p ? <><p className="ph-weak ph-small">{p.kind_name} · {p.community_name} · 第 {p.version_no} 版</p><ContentView c={p.content} /></> : <StateBlock icon="warn" title="这份预案不在手机上" text="可能已停用或换了小区" />)}</Loaded>
      <Sheet open={open} title={p ? `启动 ${p.name}` : ''} close={() => setOpen(false)}>{p ? <StartForm p={p} /> : null}</Sheet>
    </Page>
  )
}
export function People({ c }: { c: Content }) {
  return <ul className="ph-list" aria-label="人员与电话">{c.people.map((x, i) => <li key={i} className="ph-row"><span className="ph-row-body">{x.role} · {x.name}{x.calls.length ? <span className="ph-weak ph-small" style={{ display: 'block' }}>由他通知 {x.calls.map((n) => c.people[n]?.name).join('、')}</span> : null}</span><span className="ph-row-side">{x.phone ? <a className="ph-text-button ph-num" href={`tel:${x.phone}`}>{x.phone}</a> : null}</span></li>)}</ul>
}
export function ContentView({ c }: { c: Content }) {
  return (
    <>
      {c.summary ? <p>{c.summary}</p> : null}
      <h2 className="ph-h2">步骤</h2>
      <ol className="ph-list">{c.steps.map((s, i) => <li key={s.step_id} className="ph-row"><span className="ph-row-body"><span className="ph-strong">{i + 1}. {s.text}</span><span className="ph-weak ph-small" style={{ display: 'block' }}>{[s.role, s.within_minutes ? `${s.within_minutes} 分钟内` : ''].filter(Boolean).join(' · ')}</span></span></li>)}</ol>
      {c.people.length ? <><h2 className="ph-h2">人员与电话</h2><People c={c} /></> : null}
      {c.materials.length ? <><h2 className="ph-h2">物资</h2><ul className="ph-list">{c.materials.map((m, i) => <li key={i} className="ph-row"><span className="ph-row-body">{m.name}<span className="ph-weak ph-small" style={{ display: 'block' }}>{m.place}</span></span><span className="ph-row-side">{m.count}</span></li>)}</ul></> : null}
    </>
  )
}
function StartForm({ p }: { p: Kept['rows'][number] }) {
  const owner = ownerOf(usePhoneMe())
  const [place, setPlace] = useState('')
  const [words, setWords] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      const end = await putAndWait({ owner, call: emergency.startIncident.name, subject: `${emergency.startIncident.name} ${p.plan_id} ${place.trim()}`, photo_keys: [], input: { plan_id: p.plan_id, place: place.trim(), words: words.trim(), started_at: nowIso() }, about: { plan: p.name, place: place.trim() } })
      if (end.kind === 'refused') setError(end.message)
      else go(end.kind === 'sent' ? `/emergency/incidents/${(end.answer as { incident_id: string }).incident_id}` : '/emergency')
    } catch {
      setError('没有保存:手机存储不可用')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void send() }}>
      <p>启动后名单里的员工立即收到通知,步骤从现在起计时。</p>
      <Field label="地点">{(x) => <input {...x} className="ph-input" maxLength={60} value={place} onChange={(e) => setPlace(e.target.value)} />}</Field>
      <Field label="情况">{(x) => <textarea {...x} className="ph-input" rows={2} maxLength={300} value={words} onChange={(e) => setWords(e.target.value)} />}</Field>
      {error ? <p className="ph-fault" role="alert">{error}</p> : null}
      <Button className="ph-big" block color="danger" type="submit" loading={busy} disabled={place.trim() === '' || words.trim() === ''}>启动</Button>
    </form>
  )
}
