import { Button, Tag } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { confirm } from '../../../ui/feedback.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { area, count } from '../../../ui/format.ts'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { property } from '../contract.ts'
import { words } from '../words.ts'

type CommunityRow = Out<typeof property.communities.gives>['rows'][number]
type TreeRow = Out<typeof property.tree.gives>['communities'][number]
type BuildingRow = TreeRow['buildings'][number]

export default function CommunitiesPage() {
  const may = useMay()
  const list = useRead(property.communities, {})
  const tree = useRead(property.tree, {})
  const [open, setOpen] = useState<CommunityRow | 'new'>()
  const writes = may('property.community.write')
  const rows = list.data?.rows ?? []
  return (
    <ReadPage title="小区与楼栋" loading={list.loading || tree.loading} error={list.error ?? tree.error} retry={() => { list.retry(); tree.retry() }} actions={writes ? <Button type="primary" onClick={() => setOpen('new')}>新增小区</Button> : null}>
      {rows.length === 0 ? <EmptyBlock text="还没有小区" next={writes ? <Button type="primary" onClick={() => setOpen('new')}>新增第一个小区</Button> : null} /> : null}
      <div className="hy-stack">
        {rows.map((c) => <CommunityCard key={c.community_id} c={c} tree={tree.data?.communities.find((t) => t.community_id === c.community_id)} {...(writes ? { edit: () => setOpen(c) } : {})} />)}
      </div>
      {open ? <CommunityDrawer key={open === 'new' ? 'new' : open.community_id} c={open === 'new' ? undefined : open} close={() => setOpen(undefined)} /> : null}
    </ReadPage>
  )
}

function CommunityCard({ c, tree, edit }: { c: CommunityRow; tree: TreeRow | undefined; edit?: () => void }) {
  const may = useMay()
  const [open, setOpen] = useState<BuildingRow | 'new'>()
  const [zone, setZone] = useState(false)
  const writes = may('property.building.write')
  const remove = useWrite(property.removeBuilding, { done: '已删除' })
  const zoneName = (id: string | null) => tree?.zones.find((z) => z.zone_id === id)?.name ?? '—'
  const removeNow = async (b: BuildingRow) => {
    if (await confirm({ title: `删除楼栋「${b.name}」?`, content: '只能删除没有房产的楼栋。', ok: '删除', danger: true })) await remove.run({ building_id: b.building_id }, b.building_id)
  }
  return (
    <section className="hy-card hy-stack" aria-label={c.name}>
      <header className="hy-line">
        <h2 style={{ margin: 0 }}>{c.name}</h2>
        <Tag>{words.states?.['community_kind']?.[c.kind]}</Tag>
        <span className="hy-line" style={{ marginLeft: 'auto' }}>
          {edit ? <Button onClick={edit}>修改小区</Button> : null}
          {writes ? <Button onClick={() => setZone(true)}>新增分区</Button> : null}
          {writes ? <Button onClick={() => setOpen('new')}>新增楼栋</Button> : null}
        </span>
      </header>
      <Facts
        facts={[
          ['地址', c.address],
          ['行政区', c.district],
          ['占地', c.land_mu ? `${c.land_mu.replace(/\.?0+$/, '')} 亩` : null],
          ['总建筑面积', c.built_area_m2 ? `${area(c.built_area_m2)} ㎡` : null],
          ['登记面积合计', `${area(c.area_sum_m2)} ㎡`],
          ['绿化面积', c.green_area_m2 ? `${area(c.green_area_m2)} ㎡` : null],
          ['房产', <Go key="h" to="/property/houses">{count(c.house_count)} 户</Go>],
          ['楼栋', count(c.building_count)],
          ['起费规则', words.states?.['start_rule']?.[c.start_rule]],
          ['服务电话', c.service_phone],
        ]}
      />
      <RowsTable
        label={`${c.name}楼栋`} rows={tree?.buildings ?? []} row_key="building_id" empty="还没有楼栋,可新增,或从 Excel 导入房产时自动建立" height={360}
        columns={[
          { key: 'name', title: '楼栋', width: 110, show: (b) => <Go to={`/property/houses?building_id=${b.building_id}`}>{b.name}</Go> },
          { key: 'no', title: '栋号', width: 80 },
          { key: 'zone_id', title: '分区', width: 100, show: (b) => zoneName(b.zone_id) },
          { key: 'kind', title: '类别', width: 90, show: (b) => words.states?.['building_kind']?.[b.kind] },
          { key: 'units', title: '单元', width: 160, show: (b) => b.units.map((u) => u.no).join('、') || '—' },
          { key: 'house_count', title: '户数', width: 80 },
          { key: 'board', title: '操作', width: 170, show: (b) => <span className="hy-line"><Go to={`/property/board?building_id=${b.building_id}`}>房态图</Go>{writes ? <Button size="small" type="link" onClick={() => setOpen(b)}>修改</Button> : null}{writes && b.house_count === 0 ? <Button size="small" type="link" danger onClick={() => void removeNow(b)}>删除</Button> : null}</span> },
        ]}
      />
      {open ? <BuildingDrawer key={open === 'new' ? 'new' : open.building_id} c={c} zones={tree?.zones ?? []} b={open === 'new' ? undefined : open} close={() => setOpen(undefined)} /> : null}
      {zone ? <ZoneDrawer c={c} close={() => setZone(false)} /> : null}
    </section>
  )
}

function CommunityDrawer({ c, close }: { c: CommunityRow | undefined; close: () => void }) {
  const save = useWrite(property.saveCommunity, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} title={c ? `修改小区:${c.name}` : '新增小区'} call={property.saveCommunity} loading={save.running} submitError={save.error} columns={2} words={{ kind: words.states?.['community_kind'] ?? {}, start_rule: words.states?.['start_rule'] ?? {} }}
      fields={['name', { name: 'kind', kind: 'select' }, 'district', 'service_phone', { name: 'address', wide: true }, { name: 'land_mu', kind: 'decimal' }, 'built_area_m2', 'green_area_m2', { name: 'start_rule', kind: 'select', help: '业主从哪天起承担费用,之前由开发商承担' }]}
      initial={c ?? { name: '', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' }}
      {...(c ? { fixed: { community_id: c.community_id } } : {})}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}

function ZoneDrawer({ c, close }: { c: CommunityRow; close: () => void }) {
  const save = useWrite(property.saveZone, { in_form: true, done: '已保存' })
  return <FormDrawer open onClose={close} title={`${c.name}:新增分区`} call={property.saveZone} loading={save.running} submitError={save.error} fields={['name']} fixed={{ community_id: c.community_id }} initial={{ name: '' }} onSubmit={async (input) => { if (await save.run(input)) close() }} />
}

function BuildingDrawer({ c, zones, b, close }: { c: CommunityRow; zones: TreeRow['zones']; b: BuildingRow | undefined; close: () => void }) {
  const save = useWrite(property.saveBuilding, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} title={b ? `修改楼栋:${b.name}` : `${c.name}:新增楼栋`} call={property.saveBuilding} loading={save.running} submitError={save.error} columns={2} words={{ kind: words.states?.['building_kind'] ?? {} }}
      fields={[
        { name: 'no', help: '房号的第一段,如 1' }, { name: 'name', placeholder: '如 1栋' }, { name: 'zone_id', kind: 'select', options: zones.map((z) => ({ value: z.zone_id, label: z.name })) }, { name: 'kind', kind: 'select' },
        'floors_above', 'floors_below', 'has_lift', { name: 'unit_nos', kind: 'many', help: '回车分隔,如 1、2、3', wide: true },
      ]}
      initial={b ? { no: b.no, name: b.name, zone_id: b.zone_id, kind: b.kind, floors_above: b.floors_above, floors_below: b.floors_below, has_lift: b.has_lift, unit_nos: b.units.map((u) => u.no) } : { no: '', name: '', zone_id: null, kind: 'residential', floors_above: 6, floors_below: 0, has_lift: false, unit_nos: [] }}
      fixed={{ community_id: c.community_id, ...(b ? { building_id: b.building_id } : {}) }}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}
