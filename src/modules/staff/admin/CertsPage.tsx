// 员工证书: held, running out, missing, as lights over everybody on the books.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { LIGHTS, staff, type CertRow } from '../contract.ts'
import { LIGHT_TONES, leftText, said } from '../shown.ts'
import { words } from '../words.ts'
import { CertDrawer } from './Forms.tsx'
import { useOrg } from './inputs.tsx'

export default function CertsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const org = useOrg()
  const [search, setSearch] = useSearchState()
  const [adding, setAdding] = useState<CertRow>()
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '姓名、工号、证书编号' }, { kind: 'select', name: 'kind_id', label: '证书', options: org.kinds }, { kind: 'select', name: 'light', label: '状态', options: optionsOf(words.states!['light']) }, { kind: 'check', name: 'needed', label: '只看岗位要求的' },
  ], [org])
  const list = useList(staff.certs, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const writes = may('staff.cert.write')
  const columns: readonly Column<CertRow>[] = [
    { key: 'employee_name', title: '姓名', width: 100, always: true, show: (r) => <Go to={`/staff/employees/${r.employee_id}?tab=certs`}>{r.employee_name}</Go> }, { key: 'kind_name', title: '证书', width: 170 }, { key: 'light', title: '状态', width: 90, show: (r) => <StateTag value={r.light} words={words.states!['light']} tones={LIGHT_TONES} /> }, { key: 'valid_to_on', title: '有效期至', width: 105, show: (r) => (r.cert_id ? (r.valid_to_on ?? '长期') : '—') }, { key: 'days_left', title: '剩余', width: 100, show: (r) => (r.cert_id ? leftText(r.days_left) : '—') }, { key: 'needed', title: '岗位要求', width: 85, show: (r) => (r.needed ? '是' : '—') }, { key: 'post_name', title: '岗位', width: 130 }, { key: 'community_name', title: '小区', width: 110 }, { key: 'employee_no', title: '工号', width: 90 },
    { key: 'no', title: '编号', width: 130, hidden: true }, { key: 'class', title: '等级', width: 90, hidden: true }, { key: 'issuer', title: '发证机关', width: 150, hidden: true }, { key: 'issued_on', title: '发证日', width: 105, hidden: true }, { key: 'file', title: '扫描件', width: 70, show: (r) => (r.has_file && r.cert_id ? <a href={fileUrl(staff.certFile, { employee_id: r.employee_id, cert_id: r.cert_id })} target="_blank" rel="noreferrer">查看</a> : '—') },
    ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: CertRow) => <Button size="small" onClick={() => setAdding(r)}>{r.cert_id ? '续期' : '登记'}</Button> }] : []),
  ]
  const counts = list.data?.counts
  return (
    <>
      <ListPage
        {...list} title="员工证书" name="staff.certs" columns={columns} row_key="key" excel={may('staff.file.export') ? staff.certsExcel : undefined} empty={{ text: '没有符合条件的证书' }}
        note={counts ? <div className="hy-line" role="group" aria-label="按状态">{LIGHTS.map((l) => <Button key={l} size="small" danger={(l === 'expired' || l === 'missing') && counts[l] > 0} type={search['light'] === l ? 'primary' : 'default'} aria-pressed={search['light'] === l} onClick={() => setSearch({ page: undefined, light: search['light'] === l ? undefined : l })}>{said('light', l)} {counts[l]}</Button>)}</div> : null}
      />
      {adding ? <CertDrawer employee={{ employee_id: adding.employee_id, name: adding.employee_name }} kind_id={adding.kind_id} close={() => setAdding(undefined)} /> : null}
    </>
  )
}
