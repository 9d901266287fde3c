import { Button } from 'antd'
import { useMemo, useState } from 'react'
import type { z } from 'zod'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { property, type PublicArea } from '../contract.ts'
import { words } from '../words.ts'

type Area = z.output<typeof PublicArea>
const COLUMNS: readonly Column<Area>[] = [
  { key: 'name', title: '名称', width: 160, always: true },
  { key: 'category', title: '类别', width: 110 },
  { key: 'place', title: '位置', width: 150 },
  { key: 'quantity', title: '数量', width: 100, align: 'right', show: (r) => `${r.quantity.replace(/\.?0+$/, '')} ${r.unit_name}` },
  { key: 'area_m2', title: '面积(㎡)', width: 110 },
  { key: 'species', title: '品种', width: 130 },
  { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['area_state']} tones={{ normal: 'good', repairing: 'warn' }} /> },
  { key: 'note', title: '备注', width: 160 },
]
const CATEGORIES = ['广场', '停车场', '自行车棚', '化粪池', '配电室', '加压站', '消防栓', '路灯', '绿地', '花坛草坪', '树木', '智能门禁']

export default function AreasPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const kinds = useRead(property.publicAreas, { page: 1, page_size: 1, ...(place_id ? { community_id: place_id } : {}) }, { stale_ms: 30_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'text', name: 'q', label: '关键词', placeholder: '名称、位置、品种' },
      { kind: 'select', name: 'category', label: '类别', options: (kinds.data?.categories ?? []).map((c) => ({ value: c.category, label: `${c.category} (${c.count})` })), loading: kinds.loading },
    ],
    [kinds.data, kinds.loading],
  )
  const list = useList(property.publicAreas, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState<Area | 'new'>()
  const writes = may('property.area.write')
  return (
    <>
      <ListPage
        {...list} title="公共部位" name="property.areas" columns={COLUMNS} row_key="area_id" {...(writes ? { open: setOpen } : {})}
        excel={property.publicAreasExcel}
        actions={writes ? <Button type="primary" onClick={() => setOpen('new')}>新增</Button> : null}
        empty={{ text: '还没有登记公共部位', next: writes ? <Button onClick={() => setOpen('new')}>新增</Button> : null }}
      />
      {open ? <AreaDrawer key={open === 'new' ? 'new' : open.area_id} area={open === 'new' ? undefined : open} close={() => setOpen(undefined)} /> : null}
    </>
  )
}

function AreaDrawer({ area, close }: { area: Area | undefined; close: () => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(property.savePublicArea, { in_form: true, done: '已保存' })
  const remove = useWrite(property.removePublicArea, { done: '已删除' })
  const removeNow = async () => {
    if (area && (await confirm({ title: `删除「${area.name}」?`, content: '台账中不再显示,操作日志保留。', ok: '删除', danger: true })) && (await remove.run({ area_id: area.area_id }))) close()
  }
  return (
    <FormDrawer
      open onClose={close} title={area ? `公共部位:${area.name}` : '新增公共部位'} call={property.savePublicArea} loading={save.running} submitError={save.error} columns={2} words={{ state: words.states?.['area_state'] ?? {} }}
      fields={[
        { name: 'community_id', label: '小区', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) },
        { name: 'category', kind: 'suggest', options: CATEGORIES.map((c) => ({ value: c, label: c })) },
        'name', 'place', { name: 'quantity', kind: 'decimal' }, { name: 'unit_name', placeholder: '处、个、株、㎡' }, 'area_m2', 'species',
        { name: 'state', kind: 'select' }, { name: 'note', wide: true },
      ]}
      initial={area ?? { community_id: place_id ?? places[0]?.id ?? '', category: '', name: '', place: null, quantity: '1', unit_name: '处', area_m2: null, species: null, state: 'normal' as const, note: null }}
      {...(area ? { fixed: { area_id: area.area_id }, note: <div className="hy-line" style={{ marginBottom: 12 }}><Button size="small" danger loading={remove.running} onClick={() => void removeNow()}>删除</Button></div> } : {})}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}
