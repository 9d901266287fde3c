// 设备监控: what every device says now; asks again every five seconds.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { nowMs } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { STATES, iot, type DeviceRow } from '../contract.ts'
import { TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import { DeviceDrawer } from './DeviceDrawer.tsx'
import { GatewayLine, Values } from './shared.tsx'

const REFRESH_MS = 5000
const COLUMNS: readonly Column<DeviceRow>[] = [
  { key: 'name', title: '名称', width: 170, always: true },
  { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={TONE} /> },
  { key: 'values', title: '当前值', width: 420, show: (r) => <Values values={r.values} /> },
  { key: 'heard_at', title: '最近上报', width: 150, show: (r) => instant(r.heard_at, { seconds: true }) },
  { key: 'place', title: '安装位置', width: 160 },
  { key: 'product_name', title: '产品', width: 140 },
  { key: 'no', title: '设备编号', width: 110 },
  { key: 'building_name', title: '楼栋', width: 80, hidden: true },
  { key: 'state_at', title: '状态自', width: 150, hidden: true },
  { key: 'community_name', title: '小区', width: 100, hidden: true },
]
export default function DevicesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const products = useRead(iot.products, {}, { stale_ms: 60_000 })
  const filters = useMemo<readonly Filter[]>(() => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '编号、名称、位置、表号' }, { kind: 'select', name: 'category', label: '类别', options: optionsOf(words.states?.['category']) },
    { kind: 'select', name: 'product_id', label: '产品', options: (products.data?.rows ?? []).map((p) => ({ value: p.product_id, label: p.name })) }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['state']) }, { kind: 'check', name: 'retired', label: '含停用', more: true },
  ], [products.data])
  const list = useList(iot.devices, { filters, fixed: place_id ? { community_id: place_id } : {}, refresh_ms: REFRESH_MS })
  const [adding, setAdding] = useState(false)
  const { search, setSearch, data } = list
  const writes = may('iot.device.write')
  return (
    <>
      <ListPage
        {...list} title="设备监控" name="iot.devices" columns={COLUMNS} row_key="device_id" href={(r) => `/iot/devices/${r.device_id}`} excel={iot.devicesExcel}
        note={data ? <div className="hy-stack"><GatewayLine heard_at={data.gateway_heard_at} now_ms={nowMs()} /><div className="hy-line" role="group" aria-label="按状态">{STATES.map((s) => <Button key={s} size="small" type={search['state'] === s ? 'primary' : 'default'} aria-pressed={search['state'] === s} onClick={() => setSearch({ page: undefined, state: search['state'] === s ? undefined : s })}>{said('state', s)} {data.counts[s]}</Button>)}</div></div> : null}
        actions={writes ? <Button type="primary" onClick={() => setAdding(true)}>登记设备</Button> : null}
        empty={{ text: '没有符合条件的智能设备', next: writes ? (products.data?.rows.length === 0 ? <Go to="/iot/products">先载入产品模型</Go> : <Button onClick={() => setAdding(true)}>登记设备</Button>) : null }}
      />
      {adding ? <DeviceDrawer close={() => setAdding(false)} /> : null}
    </>
  )
}
