// 员工名册: who works where, on which post; what waits to be done stands above.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go, useGo, useSearchState } from '../../../ui/address.tsx'
import { fileUrl } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { FACTS, staff, type EmployeeRow } from '../contract.ts'
import { LIGHT_TONES, STATE_TONES, said } from '../shown.ts'
import { words } from '../words.ts'
import { HireDrawer } from './Forms.tsx'
import { useOrg } from './inputs.tsx'

const COLUMNS: readonly Column<EmployeeRow>[] = [
  { key: 'name', title: '姓名', width: 100, always: true }, { key: 'no', title: '工号', width: 90 }, { key: 'state', title: '状态', width: 95, show: (r) => <StateTag value={r.state} words={words.states!['state']} tones={STATE_TONES} /> }, { key: 'post_name', title: '岗位', width: 140 }, { key: 'department_name', title: '部门', width: 110 }, { key: 'community_name', title: '小区', width: 110 },
  { key: 'phone_masked', title: '手机', width: 120 }, { key: 'entered_on', title: '入职日', width: 105 }, { key: 'contract_to_on', title: '劳动合同', width: 170, show: (r) => (r.contract_kind ? `${said('contract', r.contract_kind)}${r.contract_to_on ? ` 至 ${r.contract_to_on}` : ''}` : r.state === 'left' ? '—' : <span className="hy-red">未签</span>) },
  { key: 'cert_light', title: '证书', width: 115, show: (r) => (r.cert_light ? <span className="hy-line"><StateTag value={r.cert_light} words={words.states!['light']} tones={LIGHT_TONES} /><span className="hy-num">{r.held_count}/{r.needed_count}</span></span> : '—') }, { key: 'probation_to_on', title: '试用期至', width: 105, hidden: true }, { key: 'left_on', title: '最后工作日', width: 105, hidden: true }, { key: 'has_account', title: '账号', width: 60, hidden: true, show: (r) => (r.has_account ? '有' : '—') },
]
export default function EmployeesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const go = useGo()
  const org = useOrg()
  const [search] = useSearchState()
  const [open, setOpen] = useState(false)
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '姓名、拼音首字母、工号、手机后四位' }, { kind: 'select', name: 'department_id', label: '部门', options: org.departments }, { kind: 'select', name: 'post_id', label: '岗位', options: org.posts }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['state']) }, { kind: 'select', name: 'fact', label: '要办的事', options: optionsOf(words.states!['fact']) }, { kind: 'check', name: 'hq', label: '只看公司本部' },
  ], [org])
  const fixed = place_id ? { community_id: place_id } : search['community_id'] ? { community_id: search['community_id'] } : {}
  const list = useList(staff.employees, { filters, fixed })
  return (
    <>
      <ListPage
        {...list} title="员工名册" name="staff.employees" columns={COLUMNS} row_key="employee_id" href={(r) => `/staff/employees/${r.employee_id}`} excel={may('staff.file.export') ? staff.employeesExcel : undefined} note={<Quick />}
        actions={<><Button href={fileUrl(staff.rosterPdf, list.asked)} target="_blank" disabled={!list.data?.total}>打印名册</Button>{may('staff.file.write') && may('system.import.use') ? <Button onClick={() => go('/system/imports/new?kind=staff.employees')}>导入</Button> : null}{may('staff.file.write') ? <Button type="primary" onClick={() => setOpen(true)}>新增员工</Button> : null}</>}
        empty={{ text: '没有符合条件的员工', next: may('staff.org.write') && org.posts.length === 0 ? <Go to="/staff/posts">先设岗位</Go> : undefined }}
      />
      {open ? <HireDrawer close={() => setOpen(false)} done={(id) => { setOpen(false); go(`/staff/employees/${id}`) }} /> : null}
    </>
  )
}
function Quick() {
  const [search, setSearch] = useSearchState()
  const at = search['fact']
  return (
    <div className="hy-line" role="group" aria-label="要办的事">
      <Button size="small" type={at ? 'default' : 'primary'} onClick={() => setSearch({ fact: undefined, page: undefined })}>全部</Button>
      {FACTS.map((f) => <Button key={f} size="small" type={at === f ? 'primary' : 'default'} aria-pressed={at === f} onClick={() => setSearch({ fact: f, page: undefined })}>{said('fact', f)}</Button>)}
    </div>
  )
}
