// 检验与证件: what is valid, what runs out, what is missing, as lights; register, history, evidence.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { LIGHTS, equipment, type CertRow } from '../contract.ts'
import { LIGHT_TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import { CertDrawer, CertHistory, aboutOf, leftText, type CertAbout } from './CertParts.tsx'

export default function CertsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const kinds = useRead(equipment.certKinds, {}, { stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '设备、人员、编号、单位' }, { kind: 'select', name: 'kind_id', label: '种类', options: (kinds.data?.rows ?? []).filter((k) => !k.retired).map((k) => ({ value: k.kind_id, label: k.name })), loading: kinds.loading }, { kind: 'select', name: 'subject', label: '对象', options: optionsOf(words.states?.['subject']) }, { kind: 'select', name: 'light', label: '状态', options: optionsOf(words.states?.['light']) },
  ], [kinds.data, kinds.loading])
  const list = useList(equipment.certBoard, { filters, fixed: { ...(place_id ? { community_id: place_id } : search['community_id'] ? { community_id: search['community_id'] } : {}) } })
  const [adding, setAdding] = useState<CertAbout | 'new'>()
  const [open, setOpen] = useState<CertRow>()
  const writes = may('equipment.cert.write')
  const columns: readonly Column<CertRow>[] = [
    { key: 'about', title: '设备、人员或小区', width: 235, always: true },
    { key: 'light', title: '状态', width: 130, show: (r) => <span className="hy-line"><StateTag value={r.light} words={words.states?.['light']} tones={LIGHT_TONE} />{r.stops && r.light === 'expired' ? <StateTag value="s" words={{ s: '须停用' }} tones={{ s: 'bad' }} /> : null}</span> },
    { key: 'kind_name', title: '种类', width: 150 },
    { key: 'valid_to_on', title: '有效期至', width: 105 }, { key: 'days_left', title: '剩余', width: 105, show: (r) => <span className={r.light === 'expired' ? 'hy-red hy-strong' : ''}>{leftText(r)}</span> },
    { key: 'valid_from_on', title: '检验日', width: 105, hidden: true }, { key: 'issuer', title: '单位', width: 150 }, { key: 'no', title: '编号', width: 120, hidden: true }, { key: 'file_count', title: '附件', width: 60, align: 'right', show: (r) => r.file_count || '—' },
    { key: 'community_name', title: '小区', width: 90 }, { key: 'subject', title: '对象', width: 70, hidden: true, show: (r) => said('subject', r.subject) }, { key: 'result', title: '结论', width: 90, hidden: true, show: (r) => (r.result ? said('result', r.result) : '—') },
    { key: 'device', title: '档案', width: 65, show: (r) => (r.equipment_id ? <Go to={`/equipment/devices/${r.equipment_id}`}>设备</Go> : null) },
    ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: CertRow) => <Button size="small" onClick={() => setAdding(aboutOf(r))}>登记</Button> }] : []),
  ]
  const counts = list.data?.counts
  return (
    <>
      <ListPage
        {...list} title="检验与证件" name="equipment.certs" columns={columns} row_key="key" open={setOpen} empty={{ text: '没有符合条件的检验与证件' }} excel={may('equipment.device.export') ? equipment.certBoardExcel : undefined}
        note={counts ? <div className="hy-line" role="group" aria-label="按状态">{LIGHTS.map((l) => <Button key={l} size="small" danger={(l === 'expired' || l === 'missing') && counts[l] > 0} type={search['light'] === l ? 'primary' : 'default'} aria-pressed={search['light'] === l} onClick={() => setSearch({ page: undefined, light: search['light'] === l ? undefined : l })}>{said('light', l)} {counts[l]}</Button>)}</div> : null}
        actions={writes ? <Button type="primary" onClick={() => setAdding('new')}>登记检验与证件</Button> : null}
      />
      {adding ? <CertDrawer about={adding === 'new' ? undefined : adding} close={() => setAdding(undefined)} /> : null}
      {open ? <CertHistory row={open} close={() => setOpen(undefined)} /> : null}
    </>
  )
}
