// The people of a house on the phone: masked numbers, shown and called only by those who may, each look kept in the audit.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Tag } from '../../../ui/phone/bits.tsx'
import { Icon } from '../../../ui/phone/icons.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { Loaded } from '../../../ui/phone/states.tsx'
import { people, type HouseFile } from '../contract.ts'

const PAYS_WORDS = { none: '不承担费用', use: '承担水电等', all: '承担全部费用' } as const

export function HousePeople({ house_id }: { house_id: string }) {
  const me = usePhoneMe()
  const may = mayDo(me, 'people.person.read')
  const file = useRead(people.houseFile, { house_id }, { enabled: may })
  if (!may) return null
  return <Loaded reading={file} rows={1}>{(f) => <Residents file={f} />}</Loaded>
}

function Residents({ file }: { file: HouseFile }) {
  const tenants = file.tenancies.filter((t) => t.active)
  const household = file.household.filter((h) => h.active)
  const vehicles = file.vehicles.filter((v) => v.to_on === null)
  const nobody = file.owners.length + tenants.length + household.length === 0
  return (
    <section className="ph-section" aria-label="住户">
      <h2 className="ph-h2">住户</h2>
      {nobody ? <p className="ph-card ph-weak">还没有登记业主</p> : null}
      <ul className="ph-list">
        {file.owners.map((o) => <li key={o.ownership_id}><PersonRow person_id={o.person_id} name={o.name} phone_masked={o.phone_masked} role={o.kind === 'developer' ? '开发商' : '业主'} under={file.owners.length > 1 ? `份额 ${o.share_num}/${o.share_den}` : ''} /></li>)}
        {tenants.map((t) => <li key={t.tenancy_id}><PersonRow person_id={t.person_id} name={t.name} phone_masked={t.phone_masked} role="租户" under={PAYS_WORDS[t.pays]} /></li>)}
        {household.map((h) => <li key={h.household_id}><PersonRow person_id={h.person_id} name={h.name} phone_masked={h.phone_masked} role="住户" under={h.relation} /></li>)}
      </ul>
      {vehicles.length > 0 ? <p className="ph-card ph-line"><Icon name="car" />{vehicles.map((v) => v.plate).join('、')}</p> : null}
    </section>
  )
}

function PersonRow({ person_id, name, phone_masked, role, under }: { person_id: string; name: string; phone_masked: string | null; role: string; under: string }) {
  const me = usePhoneMe()
  const reveal = useWrite(people.revealPhone, { invalidates: [] })
  const [phone, setPhone] = useState<string | undefined>()
  const show = async (): Promise<void> => {
    const answer = await reveal.run({ person_id }, person_id)
    if (answer) setPhone(answer.phone ?? answer.phone2 ?? '')
  }
  return (
    <div className="ph-row">
      <span className="ph-row-body"><span className="ph-strong">{name}</span> <Tag kind="busy">{role}</Tag><span className="ph-weak ph-small" style={{ display: 'block' }}>{[phone ?? phone_masked ?? '没有登记电话', under].filter(Boolean).join(' · ')}</span></span>
      {phone ? <a className="st-call" aria-label={`拨打,${name}`} href={`tel:${phone.replace(/[^\d-]/g, '')}`}><Icon name="phone" />拨打</a> : phone_masked && mayDo(me, 'people.phone.reveal') ? <Button className="ph-mid" loading={reveal.running} aria-label={`查看电话,${name}`} onClick={() => void show()}>查看电话</Button> : null}
    </div>
  )
}
