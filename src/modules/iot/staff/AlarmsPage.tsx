// 设备报警 on the phone: confirm, write what was done.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useParam, useQuerySetter, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { iot, type AlarmRow } from '../contract.ts'
import { said } from '../shown.ts'

const POLL_MS = 15_000
const SHOWN = 100
const KIND = { notice: undefined, minor: undefined, major: 'warn', critical: 'bad' } as const
export function AlarmsPage() {
  const box = useQueryText('box') === 'all' ? 'all' : 'open'
  const set = useQuerySetter()
  const list = useRead(iot.alarms, { ...(box === 'open' ? { open: true } : {}), page_size: SHOWN }, { keep: true, refresh_ms: POLL_MS })
  return (
    <Page title="设备报警" back="/">
      <Chips label="报警" choices={[{ value: 'open', label: '未处置' }, { value: 'all', label: '全部' }]} value={box} choose={(v) => set('box', v === 'open' ? undefined : v)} />
      <Loaded reading={list}>{({ rows }) => (rows.length === 0 ? <StateBlock icon="shield" title="没有报警" text="设备故障、越限和离线会显示在这里" /> : <div className="ph-section">{rows.map((a) => <Card key={a.alarm_id} a={a} />)}</div>)}</Loaded>
    </Page>
  )
}
/** The address that a message carries. */
export function AlarmPage() {
  const alarm_id = useParam('alarm_id')
  const alarm = useRead(iot.alarm, { alarm_id }, { refresh_ms: POLL_MS })
  return <Page title="设备报警" back="/iot/alarms"><Loaded reading={alarm}>{(a) => <><Card a={a} /><section className="ph-card"><h2>依据与记录</h2><Facts rows={[...a.facts.map((f) => [f.name, f.text] as const), ...a.fires.flatMap((f) => f.acts.map((x) => [`联动 ${instant(f.at)}`, `${x.what}:${said('fired', x.state)}${x.told ? `,${x.told}` : ''}`] as const)), ...a.steps.map((s) => [`${said('alarm_step', s.action)} ${instant(s.at)}`, [s.by_name, s.note].filter(Boolean).join(':')] as const)]} /></section></>}</Loaded></Page>
}
function Card({ a }: { a: AlarmRow }) {
  const ack = useWrite(iot.ackAlarm, { done: '已确认' })
  const [writing, setWriting] = useState(false)
  const kind = KIND[a.level]
  return (
    <section className="ph-card ph-section" aria-label={a.title}>
      <h2 className="ph-between"><span>{a.title}</span><Tag {...(kind ? { kind } : {})}>{said('level', a.level)}</Tag></h2>
      <Facts rows={[['状态', said('alarm', a.state)], ['位置', [a.community_name, a.place].filter(Boolean).join(' ')], ['发生', `${instant(a.raised_at)}${a.times_count > 1 ? `,共 ${a.times_count} 次` : ''}`], a.cleared_at ? ['恢复', instant(a.cleared_at)] : null, a.acked_by_name ? ['确认人', a.acked_by_name] : null, a.disposal ? ['处置', a.disposal] : null]} />
      {a.can.ack === true ? <Button className="ph-big" block color="primary" loading={ack.running} onClick={() => void ack.run({ alarm_id: a.alarm_id })}>确认收到</Button> : null}
      {a.can.dispose === true ? <Button className="ph-mid" block onClick={() => setWriting(true)}>写处置情况</Button> : null}
      <Sheet open={writing} title="处置情况" close={() => setWriting(false)}><Disposal a={a} close={() => setWriting(false)} /></Sheet>
    </section>
  )
}
function Disposal({ a, close }: { a: AlarmRow; close: () => void }) {
  const [disposal, setDisposal] = useState('')
  const save = useWrite(iot.disposeAlarm, { in_form: true, done: '已处置' })
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void save.run({ alarm_id: a.alarm_id, disposal }).then((x) => { if (x) close() }) }}>
      <Field label="怎么处置的" error={save.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={4} maxLength={300} value={disposal} onChange={(e) => setDisposal(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" loading={save.running} disabled={disposal.trim() === ''}>保存</Button>
    </form>
  )
}
