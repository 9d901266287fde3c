import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { Go } from '../../../ui/address.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { meters, type MeterRow } from '../contract.ts'
import { words } from '../words.ts'
import { MeterDrawer } from './MeterForms.tsx'
import { say, short, useBuildings } from './shared.tsx'

const COLUMNS: readonly Column<MeterRow>[] = [
  { key: 'no', title: '表号', width: 150, always: true },
  { key: 'kind', title: '表种', width: 80, show: (r) => say('meter_kind', r.kind) },
  { key: 'house_label', title: '位置', width: 160, show: (r) => (r.house_id ? <Go to={`/property/houses/${r.house_id}`}>{r.house_label}</Go> : r.house_label) },
  { key: 'building_name', title: '楼栋', width: 90 },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
  { key: 'parent_name', title: '上级总表', width: 130 },
  { key: 'child_count', title: '分表', width: 70, show: (r) => (r.child_count ? <Go to={`/meters/meters?parent_point_id=${r.point_id}`}>{r.child_count}</Go> : '—') },
  { key: 'multiplier', title: '倍率', width: 70, align: 'right' },
  { key: 'registers', title: '分时', width: 90, show: (r) => r.registers.map((x) => say('register', x.register)).join(' ') || '—' },
  { key: 'last_reading', title: '最近读数', width: 110, align: 'right', show: (r) => short(r.last_reading ?? r.start_reading) },
  { key: 'last_read_on', title: '最近抄表日', width: 115 },
  { key: 'installed_on', title: '安装日', width: 110, hidden: true },
  { key: 'removed_on', title: '状态', width: 90, show: (r) => <StateTag value={r.removed_on ? 'off' : 'on'} words={{ on: '在用', off: '已拆除' }} tones={{ on: 'good' }} /> },
]

export default function MetersPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const buildings = useBuildings(place_id)
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'text', name: 'q', label: '关键词', placeholder: '表号、房号、名称' },
      { kind: 'select', name: 'kind', label: '表种', options: optionsOf(words.states?.['meter_kind']) },
      { kind: 'select', name: 'use', label: '用途', options: optionsOf(words.states?.['use']) },
      { kind: 'select', name: 'building_id', label: '楼栋', options: buildings },
      { kind: 'select', name: 'parent_point_id', label: '总表', options: [], more: true },
      { kind: 'check', name: 'removed', label: '只看已拆除', more: true },
    ],
    [buildings],
  )
  const list = useList(meters.meters, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState<'house' | 'shared'>()
  const asked = { ...(place_id ? { community_id: place_id } : {}) }
  return (
    <>
      <ListPage
        {...list} filters={filters.filter((f) => f.kind === 'days' || f.name !== 'parent_point_id' || Boolean(list.search['parent_point_id']))} title="表计" name="meters.meters" columns={COLUMNS} row_key="meter_id" href={(r) => `/meters/meters/${r.meter_id}`} excel={meters.metersExcel}
        actions={may('meters.meter.write') ? <><Button onClick={() => setOpen('shared')}>新增总表、公用表</Button><Button type="primary" onClick={() => setOpen('house')}>新增户表</Button></> : null}
        note={list.search['parent_point_id'] ? <div className="hy-line"><span>只看这块总表下的分表</span><Go to="/meters/meters">全部表计</Go></div> : null}
        empty={{ text: '没有符合条件的表计' }}
      />
      {open ? <MeterDrawer key={`${open} ${JSON.stringify(asked)}`} m={undefined} use={open} close={() => setOpen(undefined)} /> : null}
    </>
  )
}
