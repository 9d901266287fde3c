// The forms of a staff file: entering, changing, moving, contracts, certificates, leaving.
import { addDays, today } from '../../../kernel/clock.ts'
import { useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { useSession, usePlace } from '../../../ui/session.ts'
import { staff, type EmployeeDetail } from '../contract.ts'
import { words } from '../words.ts'
import { PlaceInput, ScanInput, TextsInput, useOrg } from './inputs.tsx'

const AccountInput = ({ known, ...c }: Control & { known?: { account_id: string; name: string } | undefined }) => <SearchSelect {...c} clear label="登录账号" placeholder="没有账号可不选" empty="没有未关联的账号" call={staff.accounts} input={{}} known={known ? [{ value: known.account_id, label: known.name }] : []} option={(a: { account_id: string; name: string; login: string }) => ({ value: a.account_id, label: `${a.name}(${a.login})` })} />
/** Linking an account is for the staff office of the whole company. */
const useLinks = (): boolean => useSession().company_permissions.some((p) => p === '*' || p === 'staff.file.write')
const WORDS = { id_kind: words.states!['id_kind'] }

export function HireDrawer({ close, done }: { close: () => void; done: (employee_id: string) => void }) {
  const { place_id, places } = usePlace()
  const org = useOrg()
  const links = useLinks()
  const save = useWrite(staff.hire, { in_form: true, done: (a) => `已建档,工号 ${a.no}` })
  return (
    <FormDrawer
      open onClose={close} columns={2} title="新增员工" call={staff.hire} loading={save.running} submitError={save.error} words={WORDS}
      note={org.loaded && (org.departments.length === 0 || org.posts.length === 0) ? <p className="hy-red">请先在「部门」和「岗位与编制」里设好部门和岗位。</p> : null}
      fields={['name', { name: 'no', help: '留空自动编号' }, { name: 'community_id', control: (c) => <PlaceInput {...c} /> }, { name: 'department_id', kind: 'select', options: org.departments }, { name: 'post_id', kind: 'select', options: org.posts }, 'entered_on', { name: 'probation_to_on', help: '没有试用期可不填' }, 'phone', 'id_kind', { name: 'id_number', help: '加密保存' }, 'emergency_name', 'emergency_phone', ...(links ? [{ name: 'account_id' as const, wide: true, control: (c: Control) => <AccountInput {...c} />, help: '关联后离职时自动停用' }] : []), { name: 'note', wide: true }]}
      initial={{ name: '', community_id: place_id ?? places[0]?.id ?? null, entered_on: today(), id_kind: 'id_card' }}
      onSubmit={async (i) => { const a = await save.run(i); if (a) done(a.employee_id) }}
    />
  )
}
export function EditDrawer({ e, close }: { e: EmployeeDetail; close: () => void }) {
  const links = useLinks()
  const save = useWrite(staff.saveEmployee, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} columns={2} title={`修改 ${e.name} 的档案`} call={staff.saveEmployee} loading={save.running} submitError={save.error} words={WORDS} fixed={{ employee_id: e.employee_id }}
      fields={['name', { name: 'probation_to_on' }, { name: 'phone', help: e.phone_masked ? `现在是 ${e.phone_masked};不填不改` : '不填不改', send: (v) => v || undefined }, 'id_kind', { name: 'id_number', help: e.id_tail ? `现在尾号 ${e.id_tail};不填不改` : '加密保存', send: (v) => v || undefined }, 'emergency_name', { name: 'emergency_phone', help: e.emergency_phone_masked ? `现在是 ${e.emergency_phone_masked};不填不改` : '', send: (v) => v || undefined }, ...(links ? [{ name: 'account_id' as const, wide: true, control: (c: Control) => <AccountInput {...c} known={e.account_id ? { account_id: e.account_id, name: `${e.account_name ?? ''}(${e.account_login ?? ''})` } : undefined} /> }] : []), { name: 'note', wide: true }]}
      initial={{ name: e.name, probation_to_on: e.probation_to_on, id_kind: e.id_kind, emergency_name: e.emergency_name, note: e.note, ...(links ? { account_id: e.account_id } : {}) }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
export function TransferDrawer({ e, close }: { e: EmployeeDetail; close: () => void }) {
  const org = useOrg()
  const save = useWrite(staff.transfer, { in_form: true, done: '已登记调动' })
  return (
    <FormDrawer
      open onClose={close} title={`${e.name} 调动`} submit="登记调动" call={staff.transfer} loading={save.running} submitError={save.error} fixed={{ employee_id: e.employee_id }} note={<p className="hy-muted">从生效日起按新岗位;可以预先登记,到日子自动生效。</p>}
      fields={['from_on', { name: 'community_id', control: (c) => <PlaceInput {...c} /> }, { name: 'department_id', kind: 'select', options: org.departments }, { name: 'post_id', kind: 'select', options: org.posts }, 'reason']}
      initial={{ from_on: today(), community_id: e.community_id, department_id: e.department_id, post_id: e.post_id, reason: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
export function ContractDrawer({ e, close }: { e: EmployeeDetail; close: () => void }) {
  const save = useWrite(staff.addContract, { in_form: true, done: '已登记' })
  const last = e.contracts.find((k) => k.ended_on === null && k.to_on !== null)
  const from = last?.to_on ? addDays(last.to_on, 1) : e.entered_on
  return (
    <FormDrawer
      open onClose={close} title={`${e.name} 的劳动合同`} call={staff.addContract} loading={save.running} submitError={save.error} fixed={{ employee_id: e.employee_id }} words={{ kind: words.states!['contract'] }}
      note={e.fixed_count >= 2 ? <p className="hy-red">已签过 {e.fixed_count} 次固定期限合同,续订时员工可要求无固定期限(劳动合同法第十四条)。</p> : null}
      fields={['kind', 'from_on', { name: 'to_on', when: (v) => v['kind'] !== 'open', help: '固定期限必填' }, 'signed_on', 'note', { name: 'file_id', wide: true, control: (c) => <ScanInput {...c} /> }]}
      initial={{ kind: 'fixed', from_on: from, to_on: null, signed_on: today(), note: null, file_id: null }} onSubmit={async (i) => { if (await save.run({ ...i, to_on: i.kind === 'open' ? null : i.to_on })) close() }}
    />
  )
}
export function CertDrawer({ employee, kind_id, close }: { employee: { employee_id: string; name: string }; kind_id?: string; close: () => void }) {
  const org = useOrg()
  const save = useWrite(staff.addCert, { in_form: true, done: '已登记' })
  return (
    <FormDrawer
      open onClose={close} title={`登记 ${employee.name} 的证书`} call={staff.addCert} loading={save.running} submitError={save.error} fixed={{ employee_id: employee.employee_id }}
      fields={[{ name: 'kind_id', kind: 'select', options: org.kinds }, 'no', { name: 'class', placeholder: '如:四级/中级、低压' }, 'issuer', { name: 'issued_on', help: '复审的填复审日' }, { name: 'valid_to_on', help: '长期有效的不填' }, { name: 'file_id', wide: true, control: (c) => <ScanInput {...c} /> }]}
      initial={{ ...(kind_id ? { kind_id } : {}), issuer: '', issued_on: today(), valid_to_on: null, file_id: null }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
export function LeaveDrawer({ e, close }: { e: EmployeeDetail; close: () => void }) {
  const save = useWrite(staff.startLeaving, { in_form: true, done: '已登记离职' })
  return (
    <FormDrawer
      open danger onClose={close} title={`办理 ${e.name} 离职`} submit="办理离职" call={staff.startLeaving} loading={save.running} submitError={save.error} fixed={{ employee_id: e.employee_id }} words={{ kind: words.states!['leaving'] }}
      note={<p className="hy-muted">{e.has_account ? '最后工作日过后自动停用登录账号;' : ''}交接事项按人事规则列出,可另加。最后工作日之前可以撤销。</p>}
      fields={['kind', 'last_on', 'reason', { name: 'more_items', wide: true, control: (c) => <TextsInput {...c} />, help: '每项输入后回车' }]} initial={{ kind: 'resign', last_on: addDays(today(), 30), reason: '', more_items: [] }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
