// 小区登记: all communities of the district, with who manages them, their class and their indicators.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go, useGo } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { area, count } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay } from '../../../ui/session.ts'
import { CODES, PLACE_KINDS, supervision, type PlaceFull, type PlaceRow } from '../contract.ts'
import { words } from '../words.ts'
import { AnswerTag, DistrictInput, ManagedTag, said, useDistricts } from './tones.tsx'

const COLUMNS: readonly Column<PlaceRow>[] = [
  { key: 'name', title: '小区', width: 145, always: true }, { key: 'district_path', title: '辖区', width: 130 }, { key: 'managed_by', title: '管理方式', width: 115, show: (r) => <ManagedTag value={r.managed_by} /> }, { key: 'manager', title: '管理单位', width: 185 }, { key: 'household_count', title: '户数', width: 75 }, { key: 'built_area_m2', title: '建筑面积', width: 105 }, { key: 'class', title: '排查分类', width: 90 },
  ...CODES.filter((c) => c !== 'managed').map((code) => ({ key: code, title: said('code', code).replace(/率$/, ''), width: 92, show: (r: PlaceRow) => <AnswerTag value={r.facts.find((f) => f.code === code)!.answer} />, hidden: code === 'preliminary' || code === 'covenant' })),
  { key: 'reported_on', title: '最近报送', width: 100, hidden: true }, { key: 'kind', title: '类型', width: 100, hidden: true }, { key: 'address', title: '地址', width: 180, hidden: true }, { key: 'building_count', title: '楼栋', width: 70, hidden: true }, { key: 'built_year', title: '建成年份', width: 85, hidden: true, align: 'right' }, { key: 'until_on', title: '接管期限', width: 100, hidden: true },
]
export default function PlacesPage() {
  const may = useMay()
  const writes = may('supervision.register.write')
  const [adding, setAdding] = useState(false)
  const [kinds, setKinds] = useState<{ kinds: readonly string[]; classes: readonly string[] }>({ kinds: PLACE_KINDS, classes: [] })
  const d = useDistricts()
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '小区、地址、管理单位' }, { kind: 'select', name: 'district_id', label: '辖区', options: d.options, loading: d.loading }, { kind: 'select', name: 'managed_by', label: '管理方式', options: optionsOf(words.states!['managed_by']) }, { kind: 'select', name: 'class', label: '排查分类', options: [...kinds.classes, '未排查'].map((k) => ({ value: k, label: k })) },
    { kind: 'select', name: 'code', label: '指标', options: optionsOf(words.states!['code']) }, { kind: 'select', name: 'answer', label: '指标情况', options: optionsOf(words.states!['answer']) }, { kind: 'select', name: 'kind', label: '类型', options: kinds.kinds.map((k) => ({ value: k, label: k })), more: true }, { kind: 'check', name: 'reporting', label: '只看企业报送的', more: true }, { kind: 'check', name: 'over', label: '只看接管超期', more: true }, { kind: 'check', name: 'retired', label: '已撤销登记', more: true },
  ], [d, kinds])
  const list = useList(supervision.places, { filters })
  if (list.data && (list.data.kinds.length !== kinds.kinds.length || list.data.classes.length !== kinds.classes.length)) setKinds({ kinds: list.data.kinds, classes: list.data.classes })
  return (
    <>
      <ListPage
        {...list} title="小区登记" name="supervision.places" columns={COLUMNS} row_key="place_id" href={(r) => `/supervision/places/${r.place_id}`} excel={may('supervision.register.export') ? supervision.placesExcel : undefined}
        totals={(x) => ({ household_count: count(x.household_sum_count), built_area_m2: area(x.built_area_sum_m2) })}
        actions={writes ? <>{may('system.import.use') ? <Go to="/system/imports/new?kind=supervision.places">从 Excel 导入</Go> : null}<Button type="primary" onClick={() => setAdding(true)}>登记小区</Button></> : null} empty={{ text: '没有符合条件的小区' }}
      />
      {adding ? <PlaceDrawer close={() => setAdding(false)} kinds={kinds.kinds} /> : null}
    </>
  )
}
export function PlaceDrawer({ row, close, kinds = PLACE_KINDS }: { row?: PlaceFull; close: () => void; kinds?: readonly string[] }) {
  const go = useGo()
  const save = useWrite(supervision.savePlace, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} columns={2} title={row ? `修改 ${row.name}` : '登记小区'} call={supervision.savePlace} loading={save.running} submitError={save.error} fixed={row ? { place_id: row.place_id } : {}}
      fields={[{ name: 'name', wide: true }, { name: 'district_id', control: (c) => <DistrictInput {...c} /> }, { name: 'kind', kind: 'select', options: kinds.map((k) => ({ value: k, label: k })) }, { name: 'address', wide: true }, { name: 'built_area_m2', help: '平方米' }, 'household_count', 'building_count', 'built_year', { name: 'fit', help: '不具备的不计入物业化率' }, { name: 'note', wide: true }]}
      initial={row ? { name: row.name, district_id: row.district_id, kind: row.kind, address: row.address, built_area_m2: row.built_area_m2, household_count: row.household_count, building_count: row.building_count, built_year: row.built_year, fit: row.fit, note: row.note } : { kind: PLACE_KINDS[0], fit: true }}
      onSubmit={async (i) => { const made = await save.run(i); if (made) { close(); if (!row) go(`/supervision/places/${made.place_id}`) } }}
    />
  )
}
