// 预约场地: what may be booked, by its rule and price of today.
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { photosControl } from '../../../ui/PhotosInput.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { bookings, type ResourceRow } from '../contract.ts'
import { hoursText, priceText, said } from '../shown.ts'
import { words } from '../words.ts'

export default function PlacesPage() {
  const { place_id } = usePlace()
  const writes = useMay()('bookings.resource.write')
  const [all, setAll] = useState(false)
  const [open, setOpen] = useState(false)
  const q = useRead(bookings.resources, { with_retired: all, ...(place_id ? { community_id: place_id } : {}) })
  return (
    <ReadPage title="预约场地" loading={q.loading} error={q.error} retry={q.retry} actions={writes ? <Button type="primary" onClick={() => setOpen(true)}>新增场地</Button> : null}>
      <div className="hy-card hy-stack">
        <div><Checkbox checked={all} onChange={(e) => setAll(e.target.checked)}>含停用的</Checkbox></div>
        <RowsTable<ResourceRow>
          label="预约场地" rows={q.data?.rows ?? []} row_key="resource_id" empty="还没有可预约的场地"
          columns={[
            { key: 'name', title: '场地', width: 150, show: (r) => <span className="hy-line"><Go to={`/bookings/places/${r.resource_id}`}>{r.name}</Go>{r.retired ? <StateTag value="x" words={{ x: '停用' }} /> : r.rule ? null : <StateTag value="x" words={{ x: '未发布规则' }} tones={{ x: 'warn' }} />}</span> }, { key: 'kind', title: '种类', width: 80, show: (r) => said('kind', r.kind) }, { key: 'place', title: '位置', width: 140 }, { key: 'unit_count', title: '数量', width: 70, show: (r) => `${r.unit_count} ${r.unit_word}` },
            { key: 'hours', title: '开放时间', width: 190, show: (r) => (r.rule ? hoursText(r.rule.hours) : '—') }, { key: 'price', title: '价格', width: 200, show: (r) => priceText(r.price) }, { key: 'belongs_to', title: '收入归属', width: 90, show: (r) => said('belongs', r.belongs_to) }, { key: 'approval', title: '审核', width: 70, show: (r) => (r.rule ? (r.rule.approval ? '须审核' : '直接约') : '') }, { key: 'live_count', title: '有效预约', width: 80, show: (r) => (r.live_count > 0 ? <Go to={`/bookings/list?resource_id=${r.resource_id}&state=confirmed`}>{r.live_count}</Go> : '0') }, { key: 'next_from_on', title: '下次变更', width: 105 }, { key: 'community_name', title: '小区', width: 110 },
          ]}
        />
      </div>
      {open ? <PlaceDrawer close={() => setOpen(false)} /> : null}
    </ReadPage>
  )
}
export function PlaceDrawer({ row, close }: { row?: ResourceRow; close: () => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(bookings.saveResource, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} columns={2} title={row ? `修改 ${row.name}` : '新增场地'} call={bookings.saveResource} loading={save.running} submitError={save.error} words={{ kind: words.states!['kind'], belongs_to: words.states!['belongs'] }}
      fixed={row ? { resource_id: row.resource_id, community_id: row.community_id } : { retired: false }}
      fields={[
        ...(row ? [] : [{ name: 'community_id' as const, kind: 'select' as const, options: places.map((p) => ({ value: p.id, label: p.name })) }]), 'name', 'kind', 'place', { name: 'unit_count', help: '1 为独占;多于 1 按号位分别预约' }, { name: 'unit_word', help: '如 片、间、桌、座、位' }, { name: 'belongs_to', help: '利用共有部分的收入属于业主(民法典 282)' }, 'sort_no', { name: 'note', wide: true },
        { name: 'photo_id', wide: true, ...(row?.photo_id ? { help: '不选为保留现在的照片' } : {}), control: (c) => photosControl(1)({ ...c, value: c.value ? [c.value] : [], onChange: (v) => c.onChange?.((v as string[])[0]) }) }, ...(row ? ['retired' as const] : []),
      ]}
      initial={row ? { name: row.name, kind: row.kind, place: row.place, unit_count: row.unit_count, unit_word: row.unit_word, belongs_to: row.belongs_to, sort_no: row.sort_no, note: row.note, retired: row.retired } : { community_id: place_id ?? places[0]?.id ?? '', kind: 'court', unit_count: 1, unit_word: '间', belongs_to: 'public_income', sort_no: 10, note: null, retired: false }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
