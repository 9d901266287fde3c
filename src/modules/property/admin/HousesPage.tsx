import { Button, Modal, Select } from 'antd'
import { useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { area } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage, type Batch } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { property, type HouseRow } from '../contract.ts'
import { words } from '../words.ts'
import { HouseDrawer } from './HouseDrawer.tsx'
import { HouseTree } from './HouseTree.tsx'
import { HOUSE_TONES } from './tones.ts'

const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '房号,如 1-2-301' },
  { kind: 'select', name: 'kind', label: '类别', options: optionsOf(words.states?.['house_kind']) },
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['house_state']) },
]
const COLUMNS: readonly Column<HouseRow>[] = [
  { key: 'label', title: '房号', width: 130, always: true },
  { key: 'community_name', title: '小区', width: 110 },
  { key: 'building_name', title: '楼栋', width: 90 },
  { key: 'kind', title: '类别', width: 80, show: (r) => words.states?.['house_kind']?.[r.kind] },
  { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['house_state']} tones={HOUSE_TONES} /> },
  { key: 'owner_names', title: '业主', width: 140 },
  { key: 'built_area_m2', title: '建筑面积(㎡)', width: 120 },
  { key: 'inner_area_m2', title: '套内面积(㎡)', width: 120, hidden: true },
  { key: 'heated_area_m2', title: '供热面积(㎡)', width: 120 },
  { key: 'delivered_on', title: '交付日', width: 110 },
  { key: 'note', title: '备注', width: 160, hidden: true },
]

export default function HousesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useHouses(place_id)
  const [adding, setAdding] = useState(false)
  const [changing, setChanging] = useState<{ rows: readonly HouseRow[]; done: (ok: boolean) => void }>()
  const writes = may('property.house.write')
  const batch: readonly Batch<HouseRow>[] = [{ label: '变更状态', run: (rows) => new Promise<boolean>((done) => setChanging({ rows, done })) }]
  return (
    <>
      <ListPage
        {...list} title="房产列表" name="property.houses" columns={COLUMNS} row_key="house_id" href={(r) => `/property/houses/${r.house_id}`}
        side={<HouseTree />}
        excel={may('property.house.export') ? property.housesExcel : undefined}
        totals={(d) => ({ built_area_m2: area(d.built_area_sum_m2) })}
        actions={writes ? <Button type="primary" onClick={() => setAdding(true)}>新增房产</Button> : null}
        {...(writes ? { batch } : {})}
        empty={{ text: '没有符合条件的房产', next: may('system.import.use') ? <Go to="/system/imports/new">从 Excel 导入房产</Go> : null }}
      />
      {adding ? <HouseDrawer close={() => setAdding(false)} /> : null}
      {changing ? <StateChange rows={changing.rows} close={(ok) => { changing.done(ok); setChanging(undefined) }} /> : null}
    </>
  )
}

/** The tree writes building and unit into the address, beside the filters of the bar. */
function useHouses(community_id: string | undefined) {
  const [{ building_id, unit_id }] = useSearchState()
  return useList(property.houses, { filters: FILTERS, fixed: { ...(community_id ? { community_id } : {}), ...(building_id ? { building_id } : {}), ...(unit_id ? { unit_id } : {}) } })
}

function StateChange({ rows, close }: { rows: readonly HouseRow[]; close: (ok: boolean) => void }) {
  const [state, setState] = useState<HouseRow['state']>()
  const save = useWrite(property.setHouseState, { in_form: true, done: (a) => `已变更 ${a.count} 户` })
  if (!state)
    return (
      <Modal open title={`变更 ${rows.length} 户的状态`} onCancel={() => close(false)} footer={null} width={420}>
        <Select aria-label="新状态" className="hy-wide" style={{ width: '100%' }} placeholder="选择新状态" options={optionsOf(words.states?.['house_state'])} onChange={(v) => setState(v as HouseRow['state'])} />
      </Modal>
    )
  return (
    <ReasonModal
      open title={`变更为「${words.states?.['house_state']?.[state]}」`} onClose={() => close(false)} loading={save.running} submitError={save.error} suggestions={['核对登记', '业主告知', '现场查看']}
      onConfirm={async (reason) => { if (await save.run({ house_ids: rows.map((r) => r.house_id), state, reason })) close(true) }}
    >
      <p>共 {rows.length} 户:{rows.slice(0, 8).map((r) => r.label).join('、')}{rows.length > 8 ? ' 等' : ''}</p>
    </ReasonModal>
  )
}
