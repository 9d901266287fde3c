import { Button, Tag } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { people } from '../contract.ts'
import { words } from '../words.ts'
import { PersonDrawer } from './PersonsPage.tsx'
import { useReveal } from './reveal.ts'
import { SignInCode } from './SignInCode.tsx'

export default function PersonPage() {
  const person_id = useParam('person_id')
  const person = useRead(people.person, { person_id })
  const [editing, setEditing] = useState(false)
  const [issuing, setIssuing] = useState(false)
  const { shown, showPhone, showId, busy } = useReveal(person_id)
  const p = person.data
  return (
    <>
      <DetailPage
        title={p?.name ?? '业户档案'} loading={person.loading} error={person.error} retry={person.retry} back="/people/persons"
        tags={p ? <Tag>{words.states?.['person_kind']?.[p.kind]}</Tag> : null}
        actions={p ? <><CanButton can={p.can.issue_code} words={words} onClick={() => setIssuing(true)}>开具登录码</CanButton><CanButton can={p.can.write} words={words} onClick={() => setEditing(true)}>修改</CanButton></> : null}
        facts={
          p
            ? [
                ['手机号', <span key="p" className="hy-line">{shown.phone ?? p.phone_masked ?? '—'}{p.phone_masked && !shown.phone && p.can.reveal_phone === true ? <Button size="small" type="link" loading={busy} onClick={() => void showPhone()}>查看完整号码</Button> : null}</span>],
                ['备用电话', shown.phone2 ?? p.phone2_masked],
                ['证件', <span key="i" className="hy-line">{p.id_kind ? words.states?.['id_kind']?.[p.id_kind] : ''} {shown.id_number ?? (p.id_number_tail ? `****${p.id_number_tail}` : '—')}{p.id_number_tail && !shown.id_number && p.can.reveal_id === true ? <Button size="small" type="link" loading={busy} onClick={() => void showId()}>查看完整证件号</Button> : null}</span>],
                ['备注', p.note],
              ]
            : []
        }
        tabs={[
          { key: 'houses', label: '房产', children: () => <HousesTab person_id={person_id} /> },
          {
            key: 'vehicles', label: '车辆',
            children: () => (
              <RowsTable label="车辆" rows={p?.vehicles ?? []} row_key="vehicle_id" empty="没有登记车辆" columns={[{ key: 'plate', title: '车牌', width: 120 }, { key: 'kind', title: '车型', width: 100, show: (v) => words.states?.['vehicle_kind']?.[v.kind] }, { key: 'brand', title: '品牌颜色', width: 140 }, { key: 'house_label', title: '房号', width: 120 }]} />
            ),
          },
        ]}
      />
      {issuing && p ? <SignInCode person_id={person_id} name={p.name} close={() => setIssuing(false)} /> : null}
      {editing && p ? <PersonDrawer person={p} close={() => setEditing(false)} done={person.retry} /> : null}
    </>
  )
}

function HousesTab({ person_id }: { person_id: string }) {
  const houses = useRead(people.housesOfPerson, { person_id })
  if (houses.error) return <ErrorBlock error={houses.error} retry={houses.retry} />
  if (houses.loading) return <LoadingBlock />
  return (
    <RowsTable
      label="房产" rows={(houses.data?.rows ?? []).map((r, i) => ({ ...r, key: `${r.house_id}-${r.role}-${i}` }))} row_key="key" empty="名下没有房产"
      columns={[
        { key: 'label', title: '房号', width: 130, show: (r) => <Go to={`/property/houses/${r.house_id}`}>{r.label}</Go> },
        { key: 'community_name', title: '小区', width: 130 },
        { key: 'role', title: '身份', width: 90, show: (r) => words.states?.['house_role']?.[r.role] },
        { key: 'detail', title: '说明', width: 200 },
        { key: 'from_on', title: '起', width: 110 },
        { key: 'to_on', title: '止', width: 110 },
        { key: 'active', title: '现况', width: 90, show: (r) => <StateTag value={r.active ? 'on' : 'off'} words={{ on: '有效', off: '已结束' }} tones={{ on: 'good' }} /> },
      ]}
    />
  )
}
