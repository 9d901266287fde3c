// One device on the phone: what it is, its standards and papers, its repairs; report what is broken, read its hours.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { fileUrl, readNow, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { OutboxCard } from '../../../ui/phone/OutboxCard.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { go, useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { SopCard } from '../../office/staff/shared.tsx'
import { DeviceOrders } from '../../orders/staff/shared.tsx'
import { equipment, type DeviceCard } from '../contract.ts'
import { said } from '../shown.ts'
import { StateMark } from './parts.tsx'

export function DevicePage() {
  const equipment_id = useParam('equipment_id')
  const me = usePhoneMe()
  const card = useMemory([equipment.deviceCard.name], `${ownerOf(me)} equipment ${equipment_id}`, () => readNow(equipment.deviceCard, { equipment_id }))
  const [reading, setReading] = useState(false)
  const d = card.data?.value
  return (
    <Page title={d?.name ?? '设备'} back="/equipment" {...(card.error && !d ? {} : { foot: <Button className="ph-big" block color="primary" onClick={() => go(`/equipment/${equipment_id}/report`)}>报修</Button> })}>
      <OutboxCard />
      <Loaded reading={card}>
        {({ value, old, saved_at }) => (
          <>
            {old ? <p className="ph-weak ph-small">没有网络,显示 {instant(saved_at)} 存在手机上的档案</p> : null}
            <Card d={value} />
            {value.can.run === true ? <Button className="ph-mid" block onClick={() => setReading(true)}>抄运行小时</Button> : null}
            <SopCard at="device" id={equipment_id} />
            <DeviceOrders equipment_id={equipment_id} />
          </>
        )}
      </Loaded>
      <Sheet open={reading} title="抄运行小时" close={() => setReading(false)}>{d ? <HoursForm d={d} close={() => setReading(false)} /> : null}</Sheet>
    </Page>
  )
}
function Card({ d }: { d: DeviceCard }) {
  const data = d.fields.flatMap((f): [string, string][] => (d.details[f.field_id] ? [[f.name, `${d.details[f.field_id]}${f.unit ? ` ${f.unit}` : ''}`]] : []))
  const standards = ([['安装标准', d.standards.install], ['维修标准', d.standards.repair], ['更换标准', d.standards.replace]] as const).flatMap(([k, v]): [string, string][] => (v ? [[k, v]] : []))
  return (
    <>
      <section className="ph-card">
        <h2 className="ph-line"><span>{d.no}</span><StateMark state={d.state} /></h2>
        {d.must_stop ? <p className="ph-fault" role="alert">检验证件已过期,须停用,请勿投入运行</p> : null}
        {d.state === 'in_use' || !d.state_reason ? null : <p className="ph-amber">{d.state_reason}</p>}
        <Facts rows={[['类别', `${d.system_name} / ${d.category_name}`], ['位置', `${d.community_name} ${d.place}`], d.maker || d.model ? ['厂家型号', [d.maker, d.model].filter(Boolean).join(' ')] : null, d.serial ? ['出厂编号', d.serial] : null, d.used_on ? ['投用', d.used_on] : null, d.warranty_on ? ['质保到期', `${d.warranty_on}${d.in_warranty ? '(在保)' : '(已过)'}`] : null, d.supplier ? ['供应商', [d.supplier, d.supplier_phone].filter(Boolean).join(' ')] : null, d.keeper_name ? ['责任人', d.keeper_name] : null, d.total_hours ? ['累计运行', `${d.total_hours} 小时`] : null]} />
      </section>
      {d.certs.length ? <section className="ph-card ph-section"><h2>检验与证件</h2>{d.certs.map((x) => <p key={x.kind_name} className="ph-between"><span>{x.kind_name}</span><span className="ph-line">{x.valid_to_on ? <span className="ph-num ph-small">至 {x.valid_to_on}</span> : null}<Tag {...(x.light === 'good' || x.light === 'soon' ? { kind: 'good' as const } : x.light === 'near' ? { kind: 'warn' as const } : { kind: 'bad' as const })}>{said('light', x.light)}</Tag></span></p>)}</section> : null}
      {data.length || standards.length ? <section className="ph-card"><h2>技术参数与标准</h2><Facts rows={[...data, ...standards]} /></section> : null}
      {d.papers.length ? <section className="ph-card ph-section"><h2>资料</h2>{d.papers.map((p) => <a key={p.document_id} href={fileUrl(equipment.paper, { equipment_id: d.equipment_id, document_id: p.document_id })} target="_blank" rel="noreferrer">{p.title}({said('paper', p.kind)})</a>)}</section> : null}
    </>
  )
}
function HoursForm({ d, close }: { d: DeviceCard; close: () => void }) {
  const [hours, setHours] = useState('')
  const [replaced, setReplaced] = useState(false)
  const save = useWrite(equipment.noteRunning, { in_form: true, done: (a) => `已记,累计 ${a.total_hours} 小时` })
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void save.run({ equipment_id: d.equipment_id, hours, replaced }).then((a) => { if (a) close() }) }}>
      <Field label="表上小时数" error={save.error?.message} hint={d.total_hours ? `累计已有 ${d.total_hours} 小时` : undefined}>{(p) => <input {...p} className="ph-input" inputMode="decimal" autoComplete="off" value={hours} onChange={(e) => setHours(e.target.value.replace(/[^\d.]/g, ''))} />}</Field>
      <button type="button" className="ph-chip" aria-pressed={replaced} onClick={() => setReplaced(!replaced)}>换过计时器,从零起</button>
      <Button className="ph-big" block color="primary" type="submit" loading={save.running} disabled={hours === ''}>保存</Button>
    </form>
  )
}
