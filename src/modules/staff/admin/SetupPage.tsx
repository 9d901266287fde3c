// 人事规则: by date, and the kinds of certificates.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useSession } from '../../../ui/session.ts'
import { ErrorBlock } from '../../../ui/states.tsx'
import { staff, type CertKind, type PolicyVersion } from '../contract.ts'
import { VERSION_TONES } from '../shown.ts'
import { words } from '../words.ts'
import { DaysInput, TextsInput } from './inputs.tsx'
import { LeaveKinds } from './LeaveKinds.tsx'

const days = (list: readonly number[]): string => list.map((d) => `${d} 天`).join('、')
export default function SetupPage() {
  const q = useRead(staff.policy, {})
  const writes = useSession().company_permissions.some((p) => p === '*' || p === 'staff.org.write')
  const [open, setOpen] = useState(false)
  const p = q.data?.now
  return (
    <>
      <DetailPage
        title="人事规则" loading={q.loading} error={q.error} retry={q.retry} actions={writes ? <Button type="primary" onClick={() => setOpen(true)}>设定新规则</Button> : null}
        facts={p ? [['工号前缀', p.no_prefix], ['证书到期提醒', days(p.cert_ladder)], ['合同到期提醒', days(p.contract_ladder)], ['试用期满提醒', days(p.probation_ladder)], ['签书面合同', `入职后 ${p.sign_days} 天内`], ['持证率要求', `${p.bar_percent}%`], ['离职后信息保留', `${p.keep_days} 天`], ['离职交接事项', p.handover_items.join('、')], ['依据', p.basis], ['生效日', p.from_on]] : []}
        tabs={q.data ? [{ key: 'kinds', label: '证书种类', children: () => <Kinds writes={writes} /> }, { key: 'leave', label: '假期种类', children: () => <LeaveKinds writes={writes} /> }, { key: 'versions', label: '历次规则', children: () => <RowsTable<PolicyVersion & { key: string }> cards label="历次规则" rows={q.data!.rows.map((r) => ({ ...r, key: `${r.from_on} ${r.made_at}` }))} row_key="key" empty="没有" columns={[{ key: 'from_on', title: '生效日', width: 105 }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states!['version']} tones={VERSION_TONES} /> }, { key: 'ladders', title: '提醒(证书;合同;试用)', width: 260, show: (r) => [r.cert_ladder, r.contract_ladder, r.probation_ladder].map((l) => l.join('、')).join(';') }, { key: 'sign_days', title: '签合同', width: 80, show: (r) => `${r.sign_days} 天` }, { key: 'bar_percent', title: '持证率', width: 80, show: (r) => `${r.bar_percent}%` }, { key: 'keep_days', title: '信息保留', width: 90, show: (r) => `${r.keep_days} 天` }, { key: 'basis', title: '依据', width: 200 }, { key: 'made_at', title: '设定', width: 180, show: (r) => `${r.made_by_name} ${instant(r.made_at)}` }]} /> }] : []}
      />
      {open && p ? <PolicyDrawer p={p} close={() => setOpen(false)} /> : null}
    </>
  )
}
function PolicyDrawer({ p, close }: { p: PolicyVersion; close: () => void }) {
  const save = useWrite(staff.savePolicy, { in_form: true, done: (a) => `已设定,${a.from_on} 起` })
  return (
    <FormDrawer
      open onClose={close} columns={2} title="设定人事规则" call={staff.savePolicy} loading={save.running} submitError={save.error}
      fields={['from_on', { name: 'no_prefix', help: '大写字母,如 YG' }, { name: 'cert_ladder', control: (c) => <DaysInput {...c} />, help: '输入天数后回车' }, { name: 'contract_ladder', control: (c) => <DaysInput {...c} /> }, { name: 'probation_ladder', control: (c) => <DaysInput {...c} /> }, { name: 'sign_days', help: '劳动合同法第十条:一个月内' }, 'bar_percent', { name: 'keep_days', help: '劳动合同法第五十条:至少二年备查' }, { name: 'handover_items', wide: true, control: (c) => <TextsInput {...c} />, help: '每项输入后回车' }, { name: 'basis', wide: true }]}
      initial={{ from_on: today(), no_prefix: p.no_prefix, cert_ladder: p.cert_ladder, contract_ladder: p.contract_ladder, probation_ladder: p.probation_ladder, sign_days: p.sign_days, bar_percent: p.bar_percent, keep_days: p.keep_days, handover_items: p.handover_items, basis: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
function Kinds({ writes }: { writes: boolean }) {
  const q = useRead(staff.certKinds, { with_retired: true })
  const save = useWrite(staff.saveCertKind, { in_form: true, done: '已保存' })
  const [row, setRow] = useState<CertKind | 'new'>()
  const close = (): void => { setRow(undefined); save.reset() }
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  return (
    <div className="hy-stack">
      {writes ? <div><Button onClick={() => setRow('new')}>新增证书种类</Button></div> : null}
      <RowsTable<CertKind> cards label="证书种类" rows={q.data?.rows ?? []} row_key="kind_id" empty="没有" columns={[{ key: 'name', title: '名称', width: 180, show: (r) => <span className="hy-line">{r.name}{r.retired ? <StateTag value="x" words={{ x: '停用' }} /> : null}</span> }, { key: 'law', title: '依据', width: 420 }, { key: 'sort_no', title: '排序', width: 70, align: 'right' }, ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: CertKind) => <Button size="small" onClick={() => setRow(r)}>修改</Button> }] : [])]} />
      {row ? <FormDrawer open onClose={close} title={row === 'new' ? '新增证书种类' : `修改 ${row.name}`} call={staff.saveCertKind} loading={save.running} submitError={save.error} fixed={row === 'new' ? { retired: false } : { kind_id: row.kind_id }} fields={['name', 'law', 'sort_no', ...(row === 'new' ? [] : ['retired' as const])]} initial={row === 'new' ? { name: '', law: '', sort_no: 200 } : { name: row.name, law: row.law, sort_no: row.sort_no, retired: row.retired }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
