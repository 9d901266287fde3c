// 设备分类: systems and their kinds, each with its code, technical data and standards.
import { Button } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { equipment, type Category } from '../contract.ts'
import { FieldsInput, StandardsInput } from './inputs.tsx'

const NONE = { install: null, repair: null, replace: null }
export default function CategoriesPage() {
  const list = useRead(equipment.categories, {})
  const writes = useMay()('equipment.setup.write')
  const [edit, setEdit] = useState<Category | 'new'>()
  const rows = list.data?.rows ?? []
  const ordered = rows.filter((s) => s.parent_id === null).flatMap((s) => [s, ...rows.filter((k) => k.parent_id === s.category_id)])
  return (
    <ReadPage title="设备分类" loading={list.loading} error={list.error} retry={list.retry} actions={writes ? <Button type="primary" onClick={() => setEdit('new')}>新增分类</Button> : null}>
      <div className="hy-card">
        <RowsTable
          label="设备分类" rows={ordered} row_key="category_id" empty="还没有分类"
          columns={[
            { key: 'name', title: '分类', width: 170, show: (r) => <span className="hy-line">{r.parent_id ? <span style={{ paddingLeft: 20 }}>{r.name}</span> : <strong>{r.name}</strong>}{r.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}</span> }, { key: 'code', title: '代码', width: 75 },
            { key: 'device_count', title: '设备', width: 70, align: 'right', show: (r) => (r.device_count ? <Go to={`/equipment/devices?category_id=${r.category_id}`}>{r.device_count}</Go> : '—') },
            { key: 'life_years', title: '设计年限', width: 85, align: 'right', show: (r) => (r.life_years ? `${r.life_years} 年` : '—') }, { key: 'fields', title: '技术参数', width: 300, show: (r) => r.fields.map((f) => `${f.name}${f.unit ? `(${f.unit})` : ''}`).join('、') || '—' },
            { key: 'standards', title: '技术标准', width: 320, show: (r) => [r.standards.install, r.standards.repair, r.standards.replace].filter(Boolean).join(';') || '—' },
            ...(writes ? [{ key: 'act', title: '操作', width: 75, show: (r: Category) => <Button size="small" onClick={() => setEdit(r)}>修改</Button> }] : []),
          ]}
        />
      </div>
      {edit ? <CategoryDrawer row={edit === 'new' ? undefined : edit} systems={rows.filter((s) => s.parent_id === null && !s.retired)} close={() => setEdit(undefined)} /> : null}
    </ReadPage>
  )
}
function CategoryDrawer({ row, systems, close }: { row: Category | undefined; systems: readonly Category[]; close: () => void }) {
  const save = useWrite(equipment.saveCategory, { in_form: true, done: '已保存' })
  const is_system = row !== undefined && row.parent_id === null
  return (
    <FormDrawer
      open onClose={close} width={640} title={row ? `修改 ${row.name}` : '新增分类'} call={equipment.saveCategory} loading={save.running} submitError={save.error} fixed={row ? { category_id: row.category_id } : {}}
      fields={['name', { name: 'code', placeholder: '如 SHB', help: '设备编号的前缀' }, { name: 'parent_id', kind: 'select', options: systems.filter((s) => s.category_id !== row?.category_id).map((s) => ({ value: s.category_id, label: s.name })), placeholder: '不选即为系统', disabled: is_system }, 'life_years', 'sort_no', { name: 'fields', wide: true, control: (c) => <FieldsInput {...c} /> }, { name: 'standards', wide: true, control: (c) => <StandardsInput {...c} /> }, 'retired']}
      initial={row ? { parent_id: row.parent_id, code: row.code, name: row.name, sort_no: row.sort_no, fields: row.fields, standards: row.standards, life_years: row.life_years, retired: row.retired } : { parent_id: systems[0]?.category_id ?? null, code: '', name: '', sort_no: 999, fields: [], standards: NONE, life_years: null, retired: false }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
