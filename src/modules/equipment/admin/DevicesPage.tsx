// 设备台账: systems and kinds at the left, devices, labels, Excel.
import { Button, Dropdown, Tree } from 'antd'
import { useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage, type Batch } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { LABEL_SIZES, equipment, type DeviceRow } from '../contract.ts'
import { TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import { DeviceDrawer } from './DeviceDrawer.tsx'

const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '编号、名称、位置、型号' },
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['state']) },
  { kind: 'select', name: 'warranty', label: '质保', options: optionsOf(words.states?.['warranty']) },
  { kind: 'check', name: 'must_stop', label: '须停用' },
  { kind: 'check', name: 'aged', label: '超设计年限' },
]
const COLUMNS: readonly Column<DeviceRow>[] = [
  { key: 'no', title: '设备编号', width: 115, always: true },
  { key: 'name', title: '名称', width: 160 },
  { key: 'state', title: '状态', width: 120, show: (r) => <span className="hy-line"><StateTag value={r.state} words={words.states?.['state']} tones={TONE} />{r.must_stop && r.state !== 'scrapped' ? <StateTag value="s" words={{ s: '须停用' }} tones={{ s: 'bad' }} /> : null}</span> },
  { key: 'system_name', title: '系统', width: 90 },
  { key: 'category_name', title: '类别', width: 110 },
  { key: 'place', title: '安装位置', width: 160 },
  { key: 'maker', title: '生产厂家', width: 120 },
  { key: 'model', title: '规格型号', width: 120 },
  { key: 'used_on', title: '投用日期', width: 105 },
  { key: 'warranty_on', title: '质保到期', width: 105, show: (r) => (r.warranty_on ? <span className={r.in_warranty ? '' : 'hy-muted'}>{r.warranty_on}</span> : '—') },
  { key: 'keeper_name', title: '责任人', width: 80 },
  { key: 'serial', title: '出厂编号', width: 120, hidden: true },
  { key: 'installed_on', title: '安装日期', width: 105, hidden: true },
  { key: 'community_name', title: '小区', width: 100, hidden: true },
]

export default function DevicesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const list = useList(equipment.devices, { filters: FILTERS, fixed: { ...(place_id ? { community_id: place_id } : {}), ...(search['category_id'] ? { category_id: search['category_id'] } : {}) } })
  const [adding, setAdding] = useState(false)
  const writes = may('equipment.device.write')
  const sizes = (input: object) => LABEL_SIZES.map((size) => ({ key: size, label: <a href={fileUrl(equipment.deviceLabels, { ...input, size } as never)} target="_blank" rel="noreferrer">{said('label', size)}</a> }))
  const batch: readonly Batch<DeviceRow>[] = LABEL_SIZES.map((size) => ({ label: `打印标签·${said('label', size)}`, run: (rows) => { window.open(fileUrl(equipment.deviceLabels, { equipment_ids: rows.map((r) => r.equipment_id), size }), '_blank') } }))
  const counts = list.data?.counts
  return (
    <>
      <ListPage
        {...list} title="设备台账" name="equipment.devices" columns={COLUMNS} row_key="equipment_id" href={(r) => `/equipment/devices/${r.equipment_id}`} side={<Systems />} batch={batch}
        excel={may('equipment.device.export') ? equipment.devicesExcel : undefined}
        note={counts ? <div className="hy-line" role="group" aria-label="按状态">{(['in_use', 'repair', 'stopped', 'scrapped'] as const).map((s) => <Button key={s} size="small" type={search['state'] === s ? 'primary' : 'default'} aria-pressed={search['state'] === s} onClick={() => setSearch({ page: undefined, state: search['state'] === s ? undefined : s })}>{said('state', s)} {counts[s]}</Button>)}</div> : null}
        actions={<><Dropdown menu={{ items: sizes(list.asked) }} disabled={!list.data?.total}><Button>打印标签</Button></Dropdown>{writes && may('system.import.use') ? <Go to="/system/imports/new?kind=equipment.devices"><Button>导入</Button></Go> : null}{writes ? <Button type="primary" onClick={() => setAdding(true)}>新增设备</Button> : null}</>}
        empty={{ text: '没有符合条件的设备', next: writes ? <Button onClick={() => setAdding(true)}>新增设备</Button> : null }}
      />
      {adding ? <DeviceDrawer close={() => setAdding(false)} /> : null}
    </>
  )
}

function Systems() {
  const tree = useRead(equipment.categories, {}, { stale_ms: 30_000 })
  const [search, setSearch] = useSearchState()
  if (tree.error) return <ErrorBlock error={tree.error} retry={tree.retry} />
  if (!tree.data) return <LoadingBlock />
  const rows = tree.data.rows
  const nodes = rows.filter((s) => s.parent_id === null && !s.retired).map((s) => ({ key: s.category_id, title: `${s.name} (${s.device_count})`, children: rows.filter((k) => k.parent_id === s.category_id && !k.retired).map((k) => ({ key: k.category_id, title: `${k.name} (${k.device_count})` })) }))
  const chosen = search['category_id']
  const open = rows.find((k) => k.category_id === chosen)?.parent_id
  return <Tree treeData={nodes} blockNode aria-label="设备系统" selectedKeys={chosen ? [chosen] : []} defaultExpandedKeys={open ? [open] : rows.filter((s) => s.parent_id === null && s.device_count > 0).map((s) => s.category_id)} onSelect={(keys) => setSearch({ category_id: keys[0] as string | undefined, page: undefined })} />
}
