import { Button } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { useWrite } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { people, type VehicleRow } from '../contract.ts'
import { words } from '../words.ts'
import { HousePicker } from './HousePicker.tsx'

type Vehicle = z.output<typeof VehicleRow>
const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '车牌', placeholder: '车牌或末四位' }, { kind: 'check', name: 'with_ended', label: '含已注销' }]
const COLUMNS: readonly Column<Vehicle>[] = [
  { key: 'plate', title: '车牌', width: 130, always: true },
  { key: 'kind', title: '车型', width: 110, show: (r) => words.states?.['vehicle_kind']?.[r.kind] },
  { key: 'brand', title: '品牌颜色', width: 160 },
  { key: 'house_label', title: '房号', width: 130 },
  { key: 'person_name', title: '车主', width: 130 },
  { key: 'to_on', title: '注销日', width: 120 },
]

export default function VehiclesPage() {
  const { place_id } = usePlace()
  const writes = useMay()('people.vehicle.write')
  const list = useList(people.vehicles, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState<Vehicle | 'new'>()
  return (
    <>
      <ListPage
        {...list} title="车辆" name="people.vehicles" columns={COLUMNS} row_key="vehicle_id" {...(writes ? { open: setOpen } : {})}
        actions={writes ? <Button type="primary" onClick={() => setOpen('new')}>登记车辆</Button> : null}
        empty={{ text: '没有符合条件的车辆' }}
      />
      {open ? <VehicleDrawer key={open === 'new' ? 'new' : open.vehicle_id} v={open === 'new' ? undefined : open} close={() => setOpen(undefined)} /> : null}
    </>
  )
}

function VehicleDrawer({ v, close }: { v: Vehicle | undefined; close: () => void }) {
  const save = useWrite(people.saveVehicle, { in_form: true, done: '已保存' })
  const end = useWrite(people.endVehicle, { done: '已注销' })
  const endNow = async () => {
    if (v && (await confirm({ title: `注销车辆 ${v.plate}?`, ok: '注销', danger: true })) && (await end.run({ vehicle_id: v.vehicle_id }))) close()
  }
  return (
    <FormDrawer
      open onClose={close} title={v ? `车辆 ${v.plate}` : '登记车辆'} call={people.saveVehicle} loading={save.running} submitError={save.error} words={{ kind: words.states?.['vehicle_kind'] ?? {} }}
      fields={[{ name: 'plate', placeholder: '如 陕C12345' }, { name: 'kind', kind: 'select' }, 'brand', { name: 'house_id', label: '房号', control: (c) => <HousePicker {...c} {...(v?.house_label ? { label: v.house_label } : {})} /> }]}
      initial={v ? { plate: v.plate, kind: v.kind, brand: v.brand, ...(v.house_id ? { house_id: v.house_id } : {}) } : { kind: 'small' as const }}
      {...(v ? { fixed: { vehicle_id: v.vehicle_id }, note: v.to_on ? null : <div className="hy-line" style={{ marginBottom: 12 }}><Button size="small" danger loading={end.running} onClick={() => void endNow()}>注销车辆</Button></div> } : {})}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}
