// 总线与设备: the lines to which meters and controllers hang.
import { Button } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { BUS_DEFAULTS, iot, type BusOne, type BusRow } from '../contract.ts'
import { LINE_TONE, lineText, said } from '../shown.ts'
import { words } from '../words.ts'
import { SERIAL_DEFAULTS, SerialInput } from './SerialInput.tsx'
import { placeOf } from './shared.tsx'

const COLUMNS: readonly Column<BusRow>[] = [
  { key: 'name', title: '总线', width: 180, show: (r) => <Go to={`/iot/buses/${r.bus_id}`}>{r.name}</Go> }, { key: 'line', title: '线路', width: 90, show: (r) => <StateTag value={r.line} words={words.states?.['line']} tones={LINE_TONE} /> }, { key: 'protocol', title: '协议', width: 150, show: (r) => said('protocol', r.protocol) }, { key: 'host', title: '地址', width: 170, show: (r) => lineText(r) },
  { key: 'device_count', title: '设备数', width: 80 }, { key: 'silent_count', title: '未应答', width: 80, show: (r) => <span className={r.silent_count > 0 ? 'hy-red' : ''}>{r.silent_count}</span> }, { key: 'line_why', title: '说明', width: 150 }, { key: 'changed_at', title: '更新', width: 150, show: (r) => instant(r.changed_at, { seconds: true }) }, { key: 'community_name', title: '小区', width: 110 },
]
const REFRESH_MS = 5000
export default function BusesPage() {
  const { place_id } = usePlace()
  const list = useRead(iot.buses, place_id ? { community_id: place_id } : {}, { refresh_ms: REFRESH_MS })
  const writes = useMay()('iot.bus.write')
  const [adding, setAdding] = useState(false)
  const add = writes ? <Button type="primary" onClick={() => setAdding(true)}>新增总线</Button> : null
  return (
    <ReadPage title="总线与设备" loading={list.loading} error={list.error} retry={list.retry} actions={add}>
      <RowsTable label="总线" rows={list.data?.rows ?? []} row_key="bus_id" columns={COLUMNS} empty="还没有总线:表计经串口服务器或网关接入时,先建一条总线" next={writes ? <Button onClick={() => setAdding(true)}>新增总线</Button> : null} />
      {adding ? <BusDrawer close={() => setAdding(false)} /> : null}
    </ReadPage>
  )
}
/** Those that go by the network alone. */
const NETS: ReadonlySet<unknown> = new Set(['modbus_tcp', 'bacnet_ip'])
const onSerial = (v: Record<string, unknown>): boolean => v['link'] === 'serial' && !NETS.has(v['protocol'])
export function BusDrawer({ bus, close }: { bus?: BusOne; close: () => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(iot.saveBus, { in_form: true, done: '已保存,网关随即按新的参数连接' })
  return (
    <FormDrawer
      open onClose={close} columns={2} title={bus ? `修改 ${bus.name}` : '新增总线'} call={iot.saveBus} loading={save.running} submitError={save.error} fixed={bus ? { bus_id: bus.bus_id } : {}} words={{ protocol: words.states!['protocol'], link: words.states!['bus_link'] }}
      fields={['name', { name: 'community_id', kind: 'select', disabled: bus !== undefined, options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'protocol', kind: 'select', disabled: (bus?.device_count ?? 0) > 0 }, 'period_s', { name: 'link', kind: 'select', wide: true, when: (v) => !NETS.has(v['protocol']) }, { name: 'host', needed: true, when: (v) => !onSerial(v), placeholder: '串口服务器的 IP;BACnet 填设备 IP 或广播地址' }, { name: 'port', needed: true, when: (v) => !onSerial(v) }, { name: 'serial', wide: true, needed: true, when: onSerial, control: (c) => <SerialInput {...c} /> }, 'timeout_ms', 'retries', { name: 'cov', when: (v) => v['protocol'] === 'bacnet_ip', help: '设备在值变化时主动上报,轮询放慢;不支持的设备照常轮询' }, { name: 'gap_ms', more: true }, { name: 'preamble', more: true, help: '休眠的水表要先收到前导字节才醒' }, { name: 'break_after', more: true }, { name: 'break_s', more: true }]}
      initial={bus ? { ...bus, ...bus.settings, link: bus.serial ? 'serial' : 'tcp', port: bus.port ?? 8899, serial: bus.serial ?? SERIAL_DEFAULTS } : { ...placeOf(place_id ?? places[0]?.id), protocol: 'dlt645_2007', link: 'tcp', host: '', port: 8899, serial: SERIAL_DEFAULTS, ...BUS_DEFAULTS }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
