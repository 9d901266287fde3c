// 我的档案 at the desk: what the company keeps of whoever is signed in.
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { EmptyBlock } from '../../../ui/states.tsx'
import { staff } from '../contract.ts'
import { LIGHT_TONES, STATE_TONES, leftText, said } from '../shown.ts'
import { words } from '../words.ts'

export default function MyPage() {
  const q = useRead(staff.mine, {})
  const f = q.data?.file
  return (
    <DetailPage
      title={f ? `${f.name} ${f.no}` : '我的档案'} loading={q.loading} error={q.error} retry={q.retry} tags={f ? <StateTag value={f.state} words={words.states!['state']} tones={STATE_TONES} /> : null}
      facts={f ? [['岗位', f.post_name], ['部门', f.department_name], ['小区', f.community_name], ['手机', f.phone_masked], ['证件号', f.id_tail ? `****${f.id_tail}` : null], ['紧急联系人', [f.emergency_name, f.emergency_phone_masked].filter(Boolean).join(' ')], ['入职日', f.entered_on], ['试用期至', f.probation_to_on], ['劳动合同', f.contract_kind ? `${said('contract', f.contract_kind)}${f.contract_to_on ? ` 至 ${f.contract_to_on}` : ''}` : '未签'], ['岗位职责', f.duties]] : []}
      tabs={f ? [
        { key: 'certs', label: '证书', children: () => <RowsTable cards label="证书" rows={f.certs} row_key="key" empty="没有登记证书" columns={[{ key: 'kind_name', title: '证书', width: 180 }, { key: 'light', title: '状态', width: 90, show: (r) => <StateTag value={r.light} words={words.states!['light']} tones={LIGHT_TONES} /> }, { key: 'valid_to_on', title: '有效期至', width: 200, show: (r) => (r.cert_id ? (r.valid_to_on ? `${r.valid_to_on} ${leftText(r.days_left)}` : '长期') : '—') }, { key: 'issuer', title: '发证机关', width: 160 }]} /> },
        { key: 'posts', label: '岗位经历', children: () => <RowsTable cards label="岗位经历" rows={f.assignments.filter((a) => a.voided === null)} row_key="assignment_id" empty="没有记录" columns={[{ key: 'from_on', title: '起', width: 105 }, { key: 'post_name', title: '岗位', width: 140 }, { key: 'department_name', title: '部门', width: 120 }, { key: 'community_name', title: '小区', width: 120 }]} /> },
      ] : []}
    >
      {q.data && !f ? <EmptyBlock text="没有关联员工档案,请联系公司人事。" /> : null}
    </DetailPage>
  )
}
