// 火警 on the phone, for whoever stands at the place: what reported it, what was done by itself; confirm it, or end it with what it was.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { iot, type FireOne } from '../contract.ts'
import { said } from '../shown.ts'

const POLL_MS = 5000
/** The address that a message carries. */
export function FirePage() {
  const fire_id = useParam('fire_id')
  const fire = useRead(iot.fire, { fire_id }, { refresh_ms: POLL_MS, keep: true })
  return <Page title="火警" back="/iot/alarms"><Loaded reading={fire}>{(f) => <Fire f={f} />}</Loaded></Page>
}
function Fire({ f }: { f: FireOne }) {
  const [doing, setDoing] = useState<'confirm' | 'end'>()
  const close = () => setDoing(undefined)
  return (
    <>
      <section className="ph-card ph-section" aria-label="火警">
        <h2 className="ph-between"><span>{f.first_part}</span><Tag {...(f.state === 'ended' ? {} : { kind: 'bad' as const })}>{said('fire', f.state)}</Tag></h2>
        <Facts rows={[['位置', `${f.community_name} ${f.place}`], ['首个火警', instant(f.begun_at, { seconds: true })], f.confirmed_why ? ['确认依据', f.confirmed_why] : null, f.held_why && f.state === 'reported' ? ['没有自动联动', `${f.held_why},请现场核实`] : null, f.verdict ? ['结论', said('verdict', f.verdict)] : null, f.note ? ['处置情况', f.note] : null]} />
        {f.can.confirm === true ? <Button className="ph-big" block color="danger" onClick={() => setDoing('confirm')}>现场属实,确认火警</Button> : null}
        {f.can.end === true ? <Button className="ph-mid" block onClick={() => setDoing('end')}>结束火警</Button> : null}
      </section>
      <section className="ph-card"><h2>报警部件</h2><Facts rows={f.parts.map((p) => [instant(p.heard_at, { seconds: true }).slice(11), `${p.part_text}${p.manual ? '(手动)' : ''}`] as const)} /></section>
      <section className="ph-card"><h2>联动</h2><Facts rows={[...f.acts.map((a) => [said('act', a.act), `${said('act_state', a.state)}:${a.detail}`] as const), ...f.devices.map((d) => [d.device_name, `${d.name ?? said('act', d.act)} ${said('item', d.state)}${d.why ? `(${d.why})` : ''}`] as const)]} /></section>
      <Sheet open={doing === 'confirm'} title="确认火警" close={close}><ConfirmForm fire_id={f.fire_id} close={close} /></Sheet>
      <Sheet open={doing === 'end'} title="结束火警" close={close}><EndForm fire_id={f.fire_id} close={close} /></Sheet>
    </>
  )
}
function ConfirmForm({ fire_id, close }: { fire_id: string; close: () => void }) {
  const [reason, setReason] = useState('')
  const save = useWrite(iot.confirmFire, { in_form: true, done: '已确认,联动已执行' })
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void save.run({ fire_id, reason }).then((x) => { if (x) close() }) }}>
      <p>立即执行电梯迫降、停通风空调、释放门禁,不能撤回。</p>
      <Field label="看到什么" error={save.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={200} placeholder="如:现场有明火、有浓烟" value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
      <Button className="ph-big" block color="danger" type="submit" loading={save.running} disabled={reason.trim() === ''}>确认并联动</Button>
    </form>
  )
}
const VERDICTS = [{ value: 'false', label: '误报' }, { value: 'real', label: '真实火警' }, { value: 'test', label: '测试或演练' }] as const
function EndForm({ fire_id, close }: { fire_id: string; close: () => void }) {
  const [verdict, setVerdict] = useState<(typeof VERDICTS)[number]['value']>('false')
  const [note, setNote] = useState('')
  const save = useWrite(iot.endFire, { in_form: true, done: '已结束' })
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void save.run({ fire_id, verdict, note }).then((x) => { if (x) close() }) }}>
      <Chips label="结论" choices={VERDICTS} value={verdict} choose={(v) => setVerdict(v as typeof verdict)} />
      <Field label="处置情况" error={save.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={4} maxLength={300} value={note} onChange={(e) => setNote(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" loading={save.running} disabled={note.trim() === ''}>结束</Button>
    </form>
  )
}
