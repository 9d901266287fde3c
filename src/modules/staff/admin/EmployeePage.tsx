// 员工档案: who somebody is, where he worked since when, contracts, certificates, and leaving with what is handed over.
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { staff, type AssignmentRow, type CertRow, type ContractRow, type EmployeeDetail } from '../contract.ts'
import { LIGHT_TONES, STATE_TONES, leftText, said } from '../shown.ts'
import { words } from '../words.ts'
import { LeaveTab } from './LeaveForms.tsx'
import { CertDrawer, ContractDrawer, EditDrawer, LeaveDrawer, TransferDrawer } from './Forms.tsx'

type Open = 'edit' | 'transfer' | 'leave'
export default function EmployeePage() {
  const employee_id = useParam('employee_id')
  const q = useRead(staff.employee, { employee_id })
  const reveal = useWrite(staff.reveal, { invalidates: [] })
  const [seen, setSeen] = useState<{ phone: string | null; id_number: string | null; emergency_phone: string | null }>()
  const [open, setOpen] = useState<Open>()
  const close = (): void => { setOpen(undefined); setSeen(undefined) }
  const leave = useMay()('staff.leave.view')
  const e = q.data
  return (
    <>
      <DetailPage
        title={e ? `${e.name} ${e.no}` : '员工档案'} loading={q.loading} error={q.error} retry={q.retry} back="/staff/employees"
        tags={e ? <><StateTag value={e.state} words={words.states!['state']} tones={STATE_TONES} />{e.cert_light && e.cert_light !== 'good' && e.state !== 'left' ? <StateTag value={e.cert_light} words={{ expired: '证书过期', missing: '缺证书', soon: '证书将到期' }} tones={LIGHT_TONES} /> : null}{e.sign_late ? <StateTag value="x" words={{ x: '逾期未签合同' }} tones={{ x: 'bad' }} /> : null}</> : null}
        actions={e ? <>{e.can.reveal === true ? <Button loading={reveal.running} disabled={seen !== undefined || e.forgotten_at !== null} onClick={async () => { const a = await reveal.run({ employee_id }); if (a) setSeen(a) }}>查看完整号码</Button> : null}<CanButton can={e.can.write} words={words} onClick={() => setOpen('edit')}>修改</CanButton><CanButton can={e.can.transfer} words={words} onClick={() => setOpen('transfer')}>调动</CanButton><CanButton can={e.can.leave} words={words} danger onClick={() => setOpen('leave')}>办理离职</CanButton></> : null}
        facts={e ? [['岗位', e.post_name], ['部门', e.department_name], ['小区', e.community_name], ['手机', seen?.phone ?? e.phone_masked], [e.id_kind ? said('id_kind', e.id_kind) : '证件号', seen?.id_number ?? (e.id_tail ? `****${e.id_tail}` : null)], ['紧急联系人', [e.emergency_name, seen?.emergency_phone ?? e.emergency_phone_masked].filter(Boolean).join(' ')], ['入职日', e.entered_on], ['试用期至', e.probation_to_on], ['劳动合同', e.contract_kind ? `${said('contract', e.contract_kind)}${e.contract_to_on ? ` 至 ${e.contract_to_on}` : ''}` : '未签'], ['登录账号', e.account_login ? `${e.account_name ?? ''}(${e.account_login})` : null], ['岗位职责', e.duties], ['备注', e.note], ...(e.left_on ? [['最后工作日', e.left_on] as const] : []), ...(e.forget_on ? [['个人信息删除日', e.forget_on] as const] : []), ...(e.forgotten_at ? [['个人信息', `已于 ${instant(e.forgotten_at)} 删除`] as const] : []), ['建档', `${e.created_by_name} ${instant(e.created_at)}`]] : []}
        tabs={e ? [
          { key: 'posts', label: '岗位经历', children: () => <Assignments e={e} /> }, { key: 'certs', label: '证书', badge: e.certs.filter((k) => k.light !== 'good').length || undefined, children: () => <Certs e={e} /> },
          { key: 'contracts', label: '劳动合同', children: () => <Contracts e={e} /> }, ...(leave ? [{ key: 'leave', label: '请假与加班', children: () => <LeaveTab e={e} /> }] : []), ...(e.leaving ? [{ key: 'leaving', label: '离职交接', badge: e.leaving.items.filter((i) => !i.done_at).length || undefined, children: () => <Leaving e={e} /> }] : []),
        ] : []}
      />
      {e && open === 'edit' ? <EditDrawer e={e} close={close} /> : null}
      {e && open === 'transfer' ? <TransferDrawer e={e} close={close} /> : null}
      {e && open === 'leave' ? <LeaveDrawer e={e} close={close} /> : null}
    </>
  )
}
function Assignments({ e }: { e: EmployeeDetail }) {
  const undo = useWrite(staff.voidTransfer, { in_form: true, done: '已撤销' })
  const [row, setRow] = useState<AssignmentRow>()
  const writes = e.can.write === true
  const close = (): void => { setRow(undefined); undo.reset() }
  return (
    <>
      <RowsTable<AssignmentRow> cards label="岗位经历" rows={e.assignments} row_key="assignment_id" empty="没有记录" columns={[
        { key: 'from_on', title: '起', width: 105 }, { key: 'to_on', title: '止', width: 105, show: (r) => r.to_on ?? (r.voided ? '' : '至今') }, { key: 'post_name', title: '岗位', width: 140, show: (r) => <span className="hy-line">{r.post_name}{r.voided ? <StateTag value="x" words={{ x: '已撤销' }} /> : r.now ? <StateTag value="x" words={{ x: '现在' }} tones={{ x: 'good' }} /> : null}</span> }, { key: 'department_name', title: '部门', width: 120 }, { key: 'community_name', title: '小区', width: 110 }, { key: 'kind', title: '种类', width: 70, show: (r) => said('assignment', r.kind) }, { key: 'reason', title: '原因', width: 200, show: (r) => (r.voided ? `${r.reason}(${r.voided})` : r.reason) }, { key: 'made_at', title: '登记', width: 190, show: (r) => `${r.made_by_name} ${instant(r.made_at)}` },
        ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: AssignmentRow) => (r.can.void === true ? <Button size="small" onClick={() => setRow(r)}>撤销</Button> : null) }] : []),
      ]} />
      {row ? <ReasonModal open title={`撤销 ${row.from_on} 的调动`} suggestions={['登记错误', '调动取消']} loading={undo.running} submitError={undo.error} onClose={close} onConfirm={async (reason) => { if (await undo.run({ employee_id: e.employee_id, assignment_id: row.assignment_id, reason })) close() }} /> : null}
    </>
  )
}
function Certs({ e }: { e: EmployeeDetail }) {
  const end = useWrite(staff.endCert, { in_form: true, done: '已作废' })
  const [adding, setAdding] = useState<string>()
  const [row, setRow] = useState<CertRow>()
  const writes = e.can.cert === true
  const close = (): void => { setRow(undefined); end.reset() }
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setAdding('')}>登记证书</Button></div> : null}
      <RowsTable<CertRow> cards label="证书" rows={e.certs} row_key="key" empty="没有登记证书,岗位也没有要求" columns={[
        { key: 'kind_name', title: '证书', width: 160, show: (r) => <span className="hy-line">{r.kind_name}{r.needed ? <StateTag value="x" words={{ x: '岗位要求' }} tones={{ x: 'busy' }} /> : null}</span> }, { key: 'light', title: '状态', width: 90, show: (r) => <StateTag value={r.light} words={words.states!['light']} tones={LIGHT_TONES} /> }, { key: 'valid_to_on', title: '有效期至', width: 170, show: (r) => (r.cert_id ? (r.valid_to_on ? `${r.valid_to_on} ${leftText(r.days_left)}` : '长期') : '—') }, { key: 'issued_on', title: '发证日', width: 105 }, { key: 'no', title: '编号', width: 130 }, { key: 'class', title: '等级', width: 90 }, { key: 'issuer', title: '发证机关', width: 150 }, { key: 'file', title: '扫描件', width: 70, show: (r) => (r.has_file && r.cert_id ? <a href={fileUrl(staff.certFile, { employee_id: e.employee_id, cert_id: r.cert_id })} target="_blank" rel="noreferrer">查看</a> : '—') },
        ...(writes ? [{ key: 'act', title: '操作', width: 130, show: (r: CertRow) => <span className="hy-line"><Button size="small" onClick={() => setAdding(r.kind_id)}>{r.cert_id ? '续期' : '登记'}</Button>{r.cert_id ? <Button size="small" danger onClick={() => setRow(r)}>作废</Button> : null}</span> }] : []),
      ]} />
      {adding !== undefined ? <CertDrawer employee={e} {...(adding ? { kind_id: adding } : {})} close={() => setAdding(undefined)} /> : null}
      {row?.cert_id ? <ReasonModal open danger title={`作废 ${row.kind_name}`} suggestions={['登记错误', '证书被注销']} loading={end.running} submitError={end.error} onClose={close} onConfirm={async (reason) => { if (await end.run({ employee_id: e.employee_id, cert_id: row.cert_id!, reason })) close() }} /> : null}
    </div>
  )
}
function Contracts({ e }: { e: EmployeeDetail }) {
  const end = useWrite(staff.endContract, { in_form: true, done: '已终止' })
  const [adding, setAdding] = useState(false)
  const [row, setRow] = useState<ContractRow>()
  const scans = useMay()('staff.file.reveal')
  const writes = e.can.write === true
  const close = (): void => { setRow(undefined); end.reset() }
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setAdding(true)}>登记合同</Button></div> : null}
      <RowsTable<ContractRow> cards label="劳动合同" rows={e.contracts} row_key="contract_id" empty="还没有登记劳动合同" columns={[
        { key: 'kind', title: '种类', width: 150, show: (r) => <span className="hy-line">{said('contract', r.kind)}{r.now ? <StateTag value="x" words={{ x: '现行' }} tones={{ x: 'good' }} /> : null}</span> }, { key: 'from_on', title: '起', width: 105 }, { key: 'to_on', title: '止', width: 105, show: (r) => r.to_on ?? '无固定期限' }, { key: 'signed_on', title: '签订日', width: 105 }, { key: 'ended_on', title: '提前终止', width: 200, show: (r) => (r.ended_on ? `${r.ended_on} ${r.end_reason ?? ''}` : '—') }, { key: 'note', title: '备注', width: 160 }, { key: 'made_by_name', title: '登记人', width: 100 }, { key: 'file', title: '扫描件', width: 70, show: (r) => (r.has_file && scans ? <a href={fileUrl(staff.contractFile, { employee_id: e.employee_id, contract_id: r.contract_id })} target="_blank" rel="noreferrer">查看</a> : r.has_file ? '有' : '—') },
        ...(writes ? [{ key: 'act', title: '操作', width: 90, show: (r: ContractRow) => (r.ended_on ? null : <Button size="small" danger onClick={() => setRow(r)}>终止</Button>) }] : []),
      ]} />
      {adding ? <ContractDrawer e={e} close={() => setAdding(false)} /> : null}
      {row ? <FormDrawer open danger onClose={close} title="提前终止劳动合同" submit="终止" call={staff.endContract} loading={end.running} submitError={end.error} fixed={{ employee_id: e.employee_id, contract_id: row.contract_id }} fields={['ended_on', 'reason']} initial={{ reason: '' }} onSubmit={async (i) => { if (await end.run(i)) close() }} /> : null}
    </div>
  )
}
function Leaving({ e }: { e: EmployeeDetail }) {
  const item = useWrite(staff.doItem, { done: '已记录' })
  const cancel = useWrite(staff.cancelLeaving, { in_form: true, done: '已撤销离职' })
  const [asking, setAsking] = useState(false)
  const may = useMay()('staff.file.write')
  const l = e.leaving!
  const close = (): void => { setAsking(false); cancel.reset() }
  return (
    <div className="hy-stack">
      <div className="hy-line"><span>{said('leaving', l.kind)},最后工作日 {l.last_on}:{l.reason}({l.made_by_name} {instant(l.made_at)})</span>{l.account_words ? <StateTag value="x" words={{ x: l.account_words }} /> : null}<Button href={fileUrl(staff.handoverPdf, { employee_id: e.employee_id })} target="_blank">打印交接单</Button>{may && !l.done_at ? <Button onClick={() => setAsking(true)}>撤销离职</Button> : null}</div>
      <RowsTable cards label="交接事项" rows={l.items} row_key="item_id" empty="没有交接事项" columns={[{ key: 'text', title: '事项', width: 260, show: (i) => (may ? <Checkbox checked={i.done_at !== null} disabled={item.running} onChange={(x) => void item.run({ employee_id: e.employee_id, item_id: i.item_id, done: x.target.checked }, i.item_id)}>{i.text}</Checkbox> : i.text) }, { key: 'done_at', title: '交接时间', width: 150, show: (i) => (i.done_at ? instant(i.done_at) : <span className="hy-red">未交接</span>) }, { key: 'done_by_name', title: '接收人', width: 110 }, { key: 'note', title: '说明', width: 200 }]} />
      {asking ? <ReasonModal open title="撤销离职" suggestions={['本人撤回', '登记错误']} loading={cancel.running} submitError={cancel.error} onClose={close} onConfirm={async (reason) => { if (await cancel.run({ employee_id: e.employee_id, reason })) close() }} /> : null}
    </div>
  )
}
