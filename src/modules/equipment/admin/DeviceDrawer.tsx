// A device, new or changed: what it is, where it stands, whose it is, its technical data.
import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import type { Out } from '../../../kernel/contract.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { property } from '../../property/contract.ts'
import { equipment, type Device, type DeviceRow } from '../contract.ts'
import { DetailsInput, StandardsInput } from './inputs.tsx'

type Area = Out<typeof property.publicAreas.gives>['rows'][number]
const NONE = { install: null, repair: null, replace: null }
export function DeviceDrawer({ device, close }: { device?: Device; close: () => void }) {
  const go = useGo()
  const may = useMay()
  const { place_id, places } = usePlace()
  const save = useWrite(equipment.saveDevice, { in_form: true, done: (a) => `已保存,设备编号 ${a.no}` })
  const [community_id, setCommunity] = useState(device?.community_id ?? place_id ?? places[0]?.id ?? '')
  const [category_id, setCategory] = useState(device?.category_id)
  const [building_id, setBuilding] = useState(device?.building_id ?? null)
  const kinds = useRead(equipment.categories, {}, { stale_ms: 60_000 })
  const tree = useRead(property.tree, { community_id }, { stale_ms: 60_000, enabled: community_id !== '' && may('property.house.read') })
  const people = useRead(equipment.people, { community_id }, { stale_ms: 60_000, enabled: community_id !== '' })
  const here = tree.data?.communities.find((c) => c.community_id === community_id)
  const all = kinds.data?.rows ?? []
  const kind = all.find((k) => k.category_id === category_id)
  const leaves = all.filter((k) => k.parent_id !== null && (!k.retired || k.category_id === device?.category_id))
  const nameOf = (id: string | null) => all.find((s) => s.category_id === id)?.name ?? ''
  const units = here?.buildings.find((b) => b.building_id === building_id)?.units ?? []
  return (
    <FormDrawer
      open onClose={close} title={device ? `修改 ${device.no} ${device.name}` : '新增设备'} call={equipment.saveDevice} loading={save.running} submitError={save.error} columns={2} fixed={device ? { equipment_id: device.equipment_id } : {}}
      fields={[
        { name: 'category_id', kind: 'select', options: leaves.map((k) => ({ value: k.category_id, label: `${nameOf(k.parent_id)} / ${k.name}` })) }, 'name',
        { name: 'no', placeholder: kind ? `留空编为 ${kind.code}-…` : '留空由系统编号' }, { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: device !== undefined },
        { name: 'place', placeholder: '如:负一层 C 区水泵房', wide: true },
        { name: 'building_id', kind: 'select', options: (here?.buildings ?? []).map((b) => ({ value: b.building_id, label: b.name })) }, { name: 'unit_id', kind: 'select', options: units.map((u) => ({ value: u.unit_id, label: `${u.no}单元` })), when: () => units.length > 0 },
        { name: 'maker' }, { name: 'model' }, { name: 'serial' }, 'installed_on', 'used_on', 'warranty_on',
        { name: 'keeper_id', kind: 'select', options: (people.data?.rows ?? []).map((p) => ({ value: p.account_id, label: `${p.name}${p.post ? `(${p.post})` : ''}` })) },
        { name: 'details', wide: true, control: (c) => <DetailsInput {...c} fields={kind?.fields} /> },
        { name: 'made_on', more: true }, { name: 'purchase_fen', more: true }, { name: 'supplier', more: true }, { name: 'supplier_phone', more: true },
        { name: 'zone_id', kind: 'select', more: true, options: (here?.zones ?? []).map((z) => ({ value: z.zone_id, label: z.name })) }, { name: 'area_id', more: true, control: (c) => <SearchSelect {...c} label="公共部位" placeholder="不在公共部位" call={property.publicAreas} input={{ community_id }} enabled={community_id !== '' && may('property.area.read')} known={device?.area_id ? [{ value: device.area_id, label: device.area_name ?? '' }] : []} option={(a: Area) => (a.area_id ? { value: a.area_id, label: `${a.category} ${a.name}` } : null)} /> },
        { name: 'parent_id', more: true, control: (c) => <SearchSelect {...c} label="上级设备" placeholder="没有上级设备" call={equipment.devices} input={{ community_id }} enabled={community_id !== ''} chosen={(equipment_ids) => ({ equipment_ids })} option={(d: DeviceRow) => (d.equipment_id === device?.equipment_id ? null : { value: d.equipment_id, label: `${d.no} ${d.name}` })} /> },
        { name: 'standards', wide: true, more: true, control: (c) => <StandardsInput {...c} inherited={kind?.standards} /> }, { name: 'note', wide: true, more: true },
      ]}
      follows={(changed) => {
        if ('category_id' in changed) setCategory(changed['category_id'] as string)
        if ('building_id' in changed) { setBuilding(changed['building_id'] as string | null); return { unit_id: null } }
        if ('community_id' in changed) { setCommunity(changed['community_id'] as string); return { building_id: null, unit_id: null, zone_id: null, area_id: null, parent_id: null, keeper_id: null } }
        return undefined
      }}
      initial={device ? { ...device, standards: device.own_standards } : { community_id, no: '', name: '', place: '', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on: null, warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, details: {}, standards: NONE, note: null }}
      onSubmit={async (input) => {
        const made = await save.run(input)
        if (!made) return
        close()
        if (!device) go(`/equipment/devices/${made.equipment_id}`)
      }}
    />
  )
}
