// 供应商: the register with what is valid, how the work was accepted, and who is barred.
import { Button, Select } from 'antd'
import { useMemo, useState } from 'react'
import { Go, useGo, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay } from '../../../ui/session.ts'
import { CATEGORIES, suppliers, type SupplierFull, type SupplierRow } from '../contract.ts'
import { words } from '../words.ts'
import { SUPPLIER_TONES, supplierState } from './tones.ts'

const COLUMNS: readonly Column<SupplierRow>[] = [
  { key: 'name', title: '名称', width: 235, always: true }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={supplierState(r)} words={words.states!['supplier']} tones={SUPPLIER_TONES} /> }, { key: 'categories', title: '供应类别', width: 150, show: (r) => r.categories.join('、') }, { key: 'contact', title: '联系人', width: 160 },
  { key: 'paper_count', title: '资质', width: 60 }, { key: 'next_to_on', title: '最近到期', width: 110, show: (r) => (r.next_to_on ? <span className={r.papers_over > 0 ? 'hy-red hy-strong' : ''}>{r.next_to_on}</span> : '—') }, { key: 'contract_count', title: '合同', width: 60 }, { key: 'work_count', title: '承接', width: 60 }, { key: 'score', title: '平均验收分', width: 95, align: 'right' }, { key: 'grade', title: '最近评价', width: 100 },
  { key: 'keeper_name', title: '对接人', width: 85, hidden: true }, { key: 'credit_code', title: '统一社会信用代码', width: 185, hidden: true }, { key: 'ban_reason', title: '黑名单原因', width: 180, hidden: true },
]
export default function SuppliersPage() {
  const may = useMay()
  const writes = may('suppliers.supplier.write')
  const [adding, setAdding] = useState(false)
  const [search, setSearch] = useSearchState()
  const [kinds, setKinds] = useState<readonly string[]>(CATEGORIES)
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '名称、信用代码' }, { kind: 'select', name: 'category', label: '类别', options: kinds.map((k) => ({ value: k, label: k })) }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['supplier']) }, { kind: 'select', name: 'due_days', label: '资质到期', number: true, options: [7, 30, 60, 90].map((n) => ({ value: String(n), label: `${n} 天内` })) },
  ], [kinds])
  const list = useList(suppliers.suppliers, { filters })
  const known = list.data?.categories
  if (known && known.length !== kinds.length) setKinds(known)
  const quick = [{ key: 'due', label: '资质 30 天内到期', on: search['due_days'] === '30', to: { due_days: '30' } }, { key: 'ban', label: '黑名单', on: search['state'] === 'banned', to: { state: 'banned' } }]
  return (
    <>
      <ListPage
        {...list} title="供应商" name="suppliers.suppliers" columns={COLUMNS} row_key="supplier_id" href={(r) => `/suppliers/list/${r.supplier_id}`} excel={may('suppliers.supplier.export') ? suppliers.suppliersExcel : undefined}
        note={<div className="hy-line" role="group" aria-label="常看">{quick.map((b) => <Button key={b.key} size="small" type={b.on ? 'primary' : 'default'} aria-pressed={b.on} onClick={() => setSearch({ page: undefined, due_days: undefined, state: undefined, ...(b.on ? {} : b.to) })}>{b.label}</Button>)}</div>}
        actions={writes ? <>{may('system.import.use') ? <Go to="/system/imports/new?kind=suppliers.suppliers">从 Excel 导入</Go> : null}<Button type="primary" onClick={() => setAdding(true)}>新增供应商</Button></> : null} empty={{ text: '没有符合条件的供应商' }}
      />
      {adding ? <SupplierDrawer close={() => setAdding(false)} /> : null}
    </>
  )
}
const CategoriesInput = ({ value, onChange, id }: Control) => <Select {...(id ? { id } : {})} mode="tags" maxCount={5} placeholder="选择或填写,最多 5 类" value={(value as string[] | undefined) ?? []} options={CATEGORIES.map((k) => ({ value: k, label: k }))} onChange={(v: string[]) => onChange?.(v)} />
export function SupplierDrawer({ row, close }: { row?: SupplierFull; close: () => void }) {
  const go = useGo()
  const staff = useRead(suppliers.people, {}, { stale_ms: 60_000 })
  const save = useWrite(suppliers.saveSupplier, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} columns={2} title={row ? `修改 ${row.name}` : '新增供应商'} call={suppliers.saveSupplier} loading={save.running} submitError={save.error} fixed={row ? { supplier_id: row.supplier_id } : { retired: false }}
      fields={[{ name: 'name', wide: true }, { name: 'credit_code', help: '18 位,核对校验位' }, { name: 'categories', control: CategoriesInput }, { name: 'keeper_id', kind: 'select', options: (staff.data?.rows ?? []).map((p) => ({ value: p.account_id, label: p.name })), help: '资质到期提醒发给他' }, 'address', 'bank_name', { name: 'bank_account', help: row?.bank_account_tail ? `现为尾号 ${row.bank_account_tail},不填为不改` : '加密保存', send: (v) => v || undefined }, { name: 'note', wide: true }, ...(row ? ['retired' as const] : [])]}
      initial={row ? { name: row.name, credit_code: row.credit_code, categories: row.categories, keeper_id: row.keeper_id, address: row.address, bank_name: row.bank_name, note: row.note, retired: row.retired } : { categories: [] }}
      onSubmit={async (i) => { const made = await save.run(i); if (made) { close(); if (!row) go(`/suppliers/list/${made.supplier_id}`) } }}
    />
  )
}
