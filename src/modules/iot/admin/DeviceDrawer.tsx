// A device, new or changed; a new one shows its secret once.
import { Alert, Modal } from 'antd'
import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { mayWith, useMay, usePlace, useSession } from '../../../ui/session.ts'
import { equipment, type DeviceRow as EquipmentRow } from '../../equipment/contract.ts'
import { meters, type MeterRow } from '../../meters/contract.ts'
import { property } from '../../property/contract.ts'
import { iot, type Device } from '../contract.ts'
import { DeviceSelect } from './DeviceSelect.tsx'
import './iot.css'

export function Secret({ device_id, secret, close }: { device_id: string; secret: string; close: () => void }) {
  return (
    <Modal open title="接入口令" onCancel={close} onOk={close} okText="已抄下" cancelButtonProps={{ style: { display: 'none' } }} mask={{ closable: false }}>
      <div className="hy-stack"><Alert type="warning" showIcon title="口令只在这里显示一次,请写入设备或妥善保存;忘记只能重置。" /><code className="iot-code">{`账号 ${device_id}\n口令 ${secret}`}</code></div>
    </Modal>
  )
}
export function DeviceDrawer({ device, close }: { device?: Device; close: () => void }) {
  const go = useGo()
  const may = useMay()
  const { place_id, places } = usePlace()
  const save = useWrite(iot.saveDevice, { in_form: true, done: '已保存' })
  const [community_id, setCommunity] = useState(device?.community_id ?? place_id ?? places[0]?.id ?? '')
  const [product_id, setProduct] = useState(device?.product_id)
  const [made, setMade] = useState<{ device_id: string; secret: string }>()
  const products = useRead(iot.products, {}, { stale_ms: 60_000 })
  const tree = useRead(property.tree, { community_id }, { stale_ms: 60_000, enabled: community_id !== '' && may('property.house.read') })
  const lines = useRead(iot.buses, { community_id }, { stale_ms: 30_000, enabled: community_id !== '' })
  const brokers = useRead(iot.channels, {}, { stale_ms: 60_000, enabled: mayWith(useSession().company_permissions, 'iot.device.read') })
  const product = products.data?.rows.find((p) => p.product_id === product_id)
  const framed = product !== undefined && (product.link === 'gb26875' || product.link === 'fire_printer' || product.link === 'hj212' || product.link === 'nbiot')
  const nb = product?.link === 'nbiot'
  const bussed = product !== undefined && product.link !== 'mqtt' && product.link !== 'http' && !framed
  const here = tree.data?.communities.find((c) => c.community_id === community_id)
  if (made) return <Secret {...made} close={() => { close(); go(`/iot/devices/${made.device_id}`) }} />
  return (
    <FormDrawer
      open onClose={close} columns={2} title={device ? `修改 ${device.no} ${device.name}` : '登记智能设备'} call={iot.saveDevice} loading={save.running} submitError={save.error} fixed={{ ...(device ? { device_id: device.device_id } : {}), ...(bussed ? { gateway_id: null } : { ...(framed ? { gateway_id: null } : { address: null }), bus_id: null, ...(nb ? {} : { meter_id: null }), ...(product?.link === 'mqtt' ? {} : { broker_id: null }) }) }}
      fields={[
        { name: 'product_id', kind: 'select', options: (products.data?.rows ?? []).map((p) => ({ value: p.product_id, label: p.name })) }, 'name', 'no', { name: 'community_id', kind: 'select', disabled: device !== undefined, options: places.map((p) => ({ value: p.id, label: p.name })) },
        { name: 'place', wide: true, placeholder: '如:2栋1单元门厅' }, { name: 'building_id', kind: 'select', options: (here?.buildings ?? []).map((b) => ({ value: b.building_id, label: b.name })) },
        { name: 'bus_id', kind: 'select', when: () => bussed, options: (lines.data?.rows ?? []).filter((b) => product !== undefined && b.protocol.startsWith(product.link)).map((b) => ({ value: b.bus_id, label: b.name })) }, { name: 'address', when: () => bussed || framed, placeholder: framed ? (nb ? 'IMEI,或平台上的设备号' : product.link === 'hj212' ? '设备唯一标识 MN' : product.link === 'fire_printer' ? '串口服务器的注册包,如 XFZJ-01' : '传输装置源地址,12 位十六进制') : '表计上的通信地址' },
        { name: 'gateway_id', when: () => !bussed && !framed, control: (c) => <DeviceSelect {...(c.id ? { id: c.id } : {})} label="所属网关" placeholder="不经网关" community_id={community_id} except={device?.device_id} value={(c.value as string | null | undefined) ?? null} onChange={(v: string | null) => c.onChange?.(v)} /> },
        ...((brokers.data?.brokers.length ?? 0) > 0 ? [{ name: 'broker_id' as const, kind: 'select' as const, when: () => product?.link === 'mqtt', placeholder: '直接连网关', options: (brokers.data?.brokers ?? []).map((b) => ({ value: b.broker_id, label: b.name })) }] : []),
        { name: 'equipment_id', control: (c) => <SearchSelect {...c} label="设备台账" placeholder="没有对应的台账设备" call={equipment.devices} input={{ community_id }} enabled={community_id !== '' && may('equipment.device.read')} known={device?.equipment_id ? [{ value: device.equipment_id, label: device.equipment_name ?? '' }] : []} option={(d: EquipmentRow) => ({ value: d.equipment_id, label: `${d.no} ${d.name}` })} /> },
        { name: 'meter_id', when: () => bussed || nb, control: (c) => <SearchSelect {...c} label="对应表计" placeholder="没有对应的表计" call={meters.meters} input={{ community_id, use: 'shared' }} enabled={community_id !== '' && may('meters.meter.read')} known={device?.meter_id ? [{ value: device.meter_id, label: device.meter_no ?? '' }] : []} option={(m: MeterRow) => ({ value: m.meter_id, label: `${m.no} ${m.house_label ?? ''}` })} /> },
        { name: 'note', wide: true },
      ]}
      follows={(changed) => {
        if ('product_id' in changed) setProduct(changed['product_id'] as string)
        if ('community_id' in changed) { setCommunity(changed['community_id'] as string); return { building_id: null, gateway_id: null, equipment_id: null, meter_id: null, bus_id: null } }
        return undefined
      }}
      initial={device ? { ...device } : { community_id, building_id: null, place: '', no: '', name: '', address: null, bus_id: null, gateway_id: null, broker_id: null, equipment_id: null, meter_id: null, note: null }}
      onSubmit={async (input) => {
        const a = await save.run(input)
        if (!a) return
        if (a.secret) setMade({ device_id: a.device_id, secret: a.secret })
        else {
          close()
          if (!device) go(`/iot/devices/${a.device_id}`)
        }
      }}
    />
  )
}
