// What staff do with the people of a house: owners, delivery, transfer, tenants, household. One drawer each.
import { Alert } from 'antd'
import { useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { people, type HouseFile } from '../contract.ts'
import { words } from '../words.ts'
import { OwnersEditor, ownersToSend } from './OwnersEditor.tsx'
import { PersonInput } from './PersonInput.tsx'

export type Act = 'owners' | 'move_in' | 'transfer' | 'tenancy' | 'household'
interface Props {
  file: HouseFile
  close: () => void
  done: () => void
}

const OWNERS = { name: 'owners' as const, wide: true, control: OwnersEditor, send: ownersToSend }
// The editor's own lines; `send` turns them into what the contract takes.
const NEW_OWNER = [{ name: '', phone: '', share_num: 1, share_den: 1 }] as never

export function HouseActs({ act, ...p }: Props & { act: Act }) {
  switch (act) {
    case 'owners':
      return <SetOwners {...p} />
    case 'move_in':
      return <MoveIn {...p} />
    case 'transfer':
      return <Transfer {...p} />
    case 'tenancy':
      return <Tenancy {...p} />
    case 'household':
      return <Member {...p} />
  }
}
const after = (p: Props) => {
  p.done()
  p.close()
}

function SetOwners(p: Props) {
  const save = useWrite(people.setOwners, { in_form: true, done: '已登记', invalidates: 'all' })
  return (
    <FormDrawer
      open onClose={p.close} title={`${p.file.label} 登记业主`} call={people.setOwners} loading={save.running} submitError={save.error} width={560}
      fields={['from_on', OWNERS, { name: 'reason', label: '说明', wide: true }]} fixed={{ house_id: p.file.house_id }} initial={{ owners: NEW_OWNER, ...(p.file.delivered_on ? { from_on: p.file.delivered_on } : {}) }}
      onSubmit={async (i) => { if (await save.run(i)) after(p) }}
    />
  )
}

function MoveIn(p: Props) {
  const save = useWrite(people.moveIn, { in_form: true, done: '已交付', invalidates: 'all' })
  return (
    <FormDrawer
      open onClose={p.close} title={`${p.file.label} 交付入住`} call={people.moveIn} loading={save.running} submitError={save.error} width={560} words={{ state: { vacant: '空置', lived_in: '已住', renovating: '装修', let: '出租' } }}
      fields={['delivered_on', { name: 'state', kind: 'select' }, OWNERS]} fixed={{ house_id: p.file.house_id }} initial={{ state: 'vacant', owners: NEW_OWNER }}
      note={<Alert type="info" showIcon title="交付日之前的费用由开发商承担,之后由业主承担(按小区的起费规则)。" style={{ marginBottom: 12 }} />}
      onSubmit={async (i) => { if (await save.run(i)) after(p) }}
    />
  )
}

function Transfer(p: Props) {
  const save = useWrite(people.transferHouse, { in_form: true, done: '已过户', invalidates: 'all' })
  return (
    <FormDrawer
      open onClose={p.close} title={`${p.file.label} 过户`} call={people.transferHouse} loading={save.running} submitError={save.error} submit="过户" width={560} words={{ arrears_to: words.states?.['arrears_to'] ?? {} }}
      fields={[{ name: 'on_day', kind: 'day' }, OWNERS, { name: 'arrears_to', kind: 'select' }, 'keep_household', { name: 'reason', label: '原因', wide: true }]}
      fixed={{ house_id: p.file.house_id }} initial={{ owners: NEW_OWNER, arrears_to: 'old', keep_household: false, reason: '房屋买卖' }}
      note={<Alert type="info" showIcon title={`现业主:${p.file.owners.map((o) => o.name).join('、')}。新业主自过户日起承担费用,之前的账单仍归原业主。`} style={{ marginBottom: 12 }} />}
      onSubmit={async (i) => { if (await save.run(i)) after(p) }}
    />
  )
}

/** Name and phone as two plain fields of the form; the contract takes a person. */
interface Named {
  person_name?: string
  person_phone?: string
}
const personOf = (v: Named) => ({ name: (v.person_name ?? '').trim(), phone: v.person_phone?.trim() || null })

function Tenancy(p: Props) {
  const save = useWrite(people.saveTenancy, { in_form: true, done: '已登记', invalidates: 'all' })
  return (
    <FormDrawer
      open onClose={p.close} title={`${p.file.label} 登记租户`} call={people.saveTenancy} loading={save.running} submitError={save.error} words={{ pays: words.states?.['tenant_pays'] ?? {} }}
      fields={[{ name: 'person', label: '租户', control: PersonInput, send: (v) => personOf((v ?? {}) as Named) }, { name: 'pays', kind: 'select' }, 'from_on', { name: 'to_on', help: '不含当日;未定可留空' }, 'contract_no']}
      fixed={{ house_id: p.file.house_id }} initial={{ pays: 'use', to_on: null }} onSubmit={async (i) => { if (await save.run(i)) after(p) }}
    />
  )
}

function Member(p: Props) {
  const save = useWrite(people.addHousehold, { in_form: true, done: '已登记', invalidates: 'all' })
  return (
    <FormDrawer
      open onClose={p.close} title={`${p.file.label} 登记住户`} call={people.addHousehold} loading={save.running} submitError={save.error}
      fields={[{ name: 'person', label: '住户', control: PersonInput, send: (v) => personOf((v ?? {}) as Named) }, { name: 'relation', kind: 'suggest', options: ['配偶', '子女', '父母', '其他亲属', '保姆', '合租人'].map((x) => ({ value: x, label: x })) }, { name: 'from_on', label: '入住日' }]}
      fixed={{ house_id: p.file.house_id }} initial={{}} onSubmit={async (i) => { if (await save.run(i)) after(p) }}
    />
  )
}
