// 登记访客: who comes unannounced. The guard rings the host first, looks at the paper, and writes what is needed.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { Field, Row, RowButton } from '../../../ui/phone/bits.tsx'
import { access } from '../contract.ts'

type Host = Out<typeof access.hosts.gives>['rows'][number]
const PURPOSES = ['探访', '送货', '维修', '家政', '看房']
const HOURS = [1, 2, 4, 8, 24]
export function Register({ done }: { done: () => void }) {
  const [host, setHost] = useState<Host>()
  return host ? <Visitor host={host} change={() => setHost(undefined)} done={done} /> : <FindHost choose={setHost} cancel={done} />
}
function FindHost({ choose, cancel }: { choose: (h: Host) => void; cancel: () => void }) {
  const [typed, setTyped] = useState('')
  const q = typed.trim()
  const found = useRead(access.hosts, { q: q || '-' }, { enabled: q !== '', stale_ms: 5_000 })
  return (
    <>
      <section className="ph-card ph-section"><Field label="受访房号" hint="如 3-1-502 或 3栋1单元502">{(p) => <input {...p} className="ph-input ph-num" autoComplete="off" maxLength={20} value={typed} onChange={(e) => setTyped(e.target.value)} />}</Field></section>
      {q && found.data ? <div className="ph-list">{found.data.rows.length === 0 ? <Row title="没有这个房号" /> : found.data.rows.map((h) => <RowButton key={h.house_id} icon="house" title={h.label} under={`${h.names.join('、') || '没有登记住户'} · ${h.community_name}`} onClick={() => choose(h)} />)}</div> : null}
      <Button className="ph-mid" block onClick={cancel}>返回核验</Button>
    </>
  )
}
function Visitor({ host, change, done }: { host: Host; change: () => void; done: () => void }) {
  const save = useWrite(access.registerVisit, { done: '已登记并放入' })
  const [f, setF] = useState({ host_name: host.names[0] ?? '', visitor_name: '', visitor_phone: '', id_number: '', plate: '', people_count: 1, purpose: '探访', hours: 4 })
  const put = (o: Partial<typeof f>): void => setF({ ...f, ...o })
  const send = async (): Promise<void> => {
    if (await save.run({ house_id: host.house_id, ...f, visitor_phone: f.visitor_phone || null, id_number: f.id_number || null, plate: f.plate || null })) done()
  }
  return (
    <form className="ph-card ph-section" onSubmit={(e) => { e.preventDefault(); void send() }}>
      <div className="ph-between"><h2>{host.label}</h2><button type="button" className="ph-text-button" onClick={change}>换一户</button></div>
      <Field label="受访人">{(p) => <input {...p} className="ph-input" maxLength={30} value={f.host_name} onChange={(e) => put({ host_name: e.target.value })} />}</Field>
      <Field label="访客姓名">{(p) => <input {...p} className="ph-input" maxLength={30} autoComplete="off" value={f.visitor_name} onChange={(e) => put({ visitor_name: e.target.value })} />}</Field>
      <Field label="电话(可不填)">{(p) => <input {...p} className="ph-input ph-num" inputMode="tel" maxLength={11} autoComplete="off" value={f.visitor_phone} onChange={(e) => put({ visitor_phone: e.target.value })} />}</Field>
      <Field label="证件号(可不填)" hint="核对证件后填写;只保存头三位和末四位">{(p) => <input {...p} className="ph-input ph-num" maxLength={18} autoComplete="off" value={f.id_number} onChange={(e) => put({ id_number: e.target.value.toUpperCase() })} />}</Field>
      <Field label="车牌(可不填)">{(p) => <input {...p} className="ph-input ph-num" maxLength={12} autoComplete="off" value={f.plate} onChange={(e) => put({ plate: e.target.value.toUpperCase() })} />}</Field>
      <Field label="人数">{(p) => <input {...p} className="ph-input ph-num" type="number" min={1} max={50} value={f.people_count} onChange={(e) => put({ people_count: Number(e.target.value) })} />}</Field>
      <Field label="事由">{(p) => <select {...p} className="ph-input" value={f.purpose} onChange={(e) => put({ purpose: e.target.value })}>{PURPOSES.map((x) => <option key={x}>{x}</option>)}</select>}</Field>
      <Field label="停留">{(p) => <select {...p} className="ph-input" value={f.hours} onChange={(e) => put({ hours: Number(e.target.value) })}>{HOURS.map((h) => <option key={h} value={h}>{h} 小时</option>)}</select>}</Field>
      <Button className="ph-big" block color="primary" type="submit" loading={save.running} disabled={f.visitor_name.trim() === '' || f.host_name.trim() === ''}>登记并放入</Button>
    </form>
  )
}
