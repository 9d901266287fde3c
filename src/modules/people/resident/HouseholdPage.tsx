// 家庭成员: who may open this house's bills with his own phone. The owner adds and removes.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { day } from '../../../ui/format.ts'
import { Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { people } from '../contract.ts'
import { words } from '../words.ts'
import { HouseSwitcher, ROLE_WORDS, useMyHouse, type MyHouse } from './shared.tsx'

type Member = Out<typeof people.myHousehold.gives>['members'][number]
const RELATIONS = ['配偶', '子女', '父母', '其他亲属', '同住人'] as const

export function HouseholdPage() {
  const { reading, houses, house } = useMyHouse()
  return (
    <Page title="家庭成员" back="/mine">
      <Loaded reading={reading}>
        {() => (house ? <><HouseSwitcher houses={houses} house={house} /><OneHouse key={house.house_id} house={house} /></> : <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心,把手机号登记到您的房产上" />)}
      </Loaded>
    </Page>
  )
}

function OneHouse({ house }: { house: MyHouse }) {
  const list = useRead(people.myHousehold, { house_id: house.house_id })
  const end = useWrite(people.endMyHousehold, { done: '已移出' })
  const [adding, setAdding] = useState(false)
  const remove = async (m: Member): Promise<void> => {
    const sure = m.me ? { title: `退出 ${house.label}?`, text: '退出后不再看到这套房产的账单,需要时请业主重新添加。', yes: '退出' } : { title: `移出「${m.name}」?`, text: '对方不再能用手机查看这套房产的账单。', yes: '移出' }
    if (await confirm(sure)) await end.run({ household_id: m.household_id }, m.household_id)
  }
  return (
    <Loaded reading={list}>
      {(d) => (
        <>
          <ul className="ph-list" aria-label="业主与租户">
            {d.holders.map((h, i) => (
              <li key={i} className="ph-row">
                <span className="ph-row-body">{h.name}{h.me ? '(我)' : ''}<span className="ph-weak ph-small" style={{ display: 'block' }}>{h.phone_masked ?? '未登记手机号'}</span></span>
                <span className="ph-row-side"><Tag kind="busy">{ROLE_WORDS[h.role]}</Tag></span>
              </li>
            ))}
          </ul>
          {d.members.length === 0 ? <p className="ph-weak">还没有登记家庭成员。</p> : (
            <ul className="ph-list" aria-label="家庭成员">
              {d.members.map((m) => (
                <li key={m.household_id} className="ph-row">
                  <span className="ph-row-body">{m.name}{m.me ? '(我)' : ''} <Tag>{m.relation}</Tag><span className="ph-weak ph-small" style={{ display: 'block' }}>{m.phone_masked ?? '未登记手机号'} · {day(m.from_on)} 起</span></span>
                  {m.can.end === true ? <span className="ph-row-side"><Button className="ph-mid" disabled={end.running} aria-label={m.me ? '退出本房产' : `移出 ${m.name}`} onClick={() => void remove(m)}>{m.me ? '退出' : '移出'}</Button></span> : null}
                </li>
              ))}
            </ul>
          )}
          {d.can.add === true ? <Button className="ph-big" color="primary" block onClick={() => setAdding(true)}>添加家庭成员</Button> : <p className="ph-weak">{words.refusals[d.can.add]?.replace('{max}', String(d.members.length))}</p>}
          <p className="ph-weak ph-small">家庭成员用自己的手机号登录,可以查看并缴纳这套房产的费用。手机号只显示前三位和后四位。</p>
          <AddSheet open={adding} close={() => setAdding(false)} house={house} />
        </>
      )}
    </Loaded>
  )
}

function AddSheet({ open, close, house }: { open: boolean; close: () => void; house: MyHouse }) {
  return <Sheet open={open} title={`添加家庭成员 · ${house.label}`} close={close}><AddForm close={close} house={house} /></Sheet>
}

function AddForm({ close, house }: { close: () => void; house: MyHouse }) {
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [relation, setRelation] = useState<string>(RELATIONS[0])
  const [said, setSaid] = useState<{ name?: string; phone?: string }>({})
  const add = useWrite(people.addMyHousehold, { in_form: true, done: '已添加' })
  const send = async (): Promise<void> => {
    const faults = { ...(name.trim() ? {} : { name: '请填写姓名' }), ...(/^1[3-9]\d{9}$/.test(phone) ? {} : { phone: '请填写 11 位手机号' }) }
    setSaid(faults)
    if (Object.keys(faults).length === 0 && (await add.run({ house_id: house.house_id, name: name.trim(), phone, relation }))) close()
  }
  return (
    <form style={{ display: 'grid', gap: '0.875rem' }} onSubmit={(e) => { e.preventDefault(); void send() }}>
      <Field label="姓名" error={said.name}>{(p) => <input {...p} className="ph-input" autoComplete="off" maxLength={30} value={name} onChange={(e) => setName(e.target.value)} />}</Field>
      <Field label="手机号" error={said.phone}>{(p) => <input {...p} className="ph-input" type="tel" inputMode="numeric" autoComplete="off" maxLength={11} value={phone} onChange={(e) => setPhone(e.target.value.replace(/\D/g, ''))} />}</Field>
      <Field label="与业主关系">{(p) => <select {...p} className="ph-input" value={relation} onChange={(e) => setRelation(e.target.value)}>{RELATIONS.map((r) => <option key={r}>{r}</option>)}</select>}</Field>
      {add.error ? <p className="ph-fault" role="alert">{add.error.message}</p> : null}
      <Button className="ph-big" color="primary" block type="submit" loading={add.running}>添加</Button>
    </form>
  )
}
