// 供应商承接: what suppliers were asked to do, what waits for acceptance, how it was scored.
import { Button, Switch } from 'antd'
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { fileUrl, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { PaperInput } from '../../contracts/admin/shared.tsx'
import { suppliers, type SupplierFull, type WorkRow } from '../contract.ts'
import { words } from '../words.ts'
import { WORK_TONES } from './tones.ts'

export default function WorksPage() {
  return <WorksOf />
}
const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '单号、事项' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['work']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '委托日' }, { kind: 'check', name: 'late', label: '只看逾期' }]
export function WorksOf({ supplier_id, supplier }: { supplier_id?: string; supplier?: SupplierFull }) {
  const { place_id, places } = usePlace()
  const may = useMay()
  const writes = may('suppliers.work.write')
  const filters = useMemo(() => FILTERS, [])
  const list = useList(suppliers.works, { filters, fixed: { ...(supplier_id ? { supplier_id } : {}), ...(place_id ? { community_id: place_id } : {}) } })
  const order = useWrite(suppliers.orderWork, { in_form: true, done: (a) => `已委托 ${a.no}` })
  const finish = useWrite(suppliers.finishWork, { in_form: true, done: '已登记完工,待验收' })
  const accept = useWrite(suppliers.acceptWork, { in_form: true, done: (a) => (a.state === 'accepted' ? '已验收' : '已退回返工') })
  const drop = useWrite(suppliers.dropWork, { in_form: true, done: '已作废' })
  const [open, setOpen] = useState<{ what: 'order' | 'finish' | 'accept' | 'drop'; row?: WorkRow }>()
  const close = (): void => { setOpen(undefined); for (const w of [order, finish, accept, drop]) w.reset() }
  const columns: readonly Column<WorkRow>[] = [
    { key: 'no', title: '单号', width: 125, always: true }, ...(supplier_id ? [] : [{ key: 'supplier_name', title: '供应商', width: 180, show: (w: WorkRow) => <Go to={`/suppliers/list/${w.supplier_id}`}>{w.supplier_name}</Go> }]), { key: 'title', title: '事项', width: 160 }, { key: 'community_name', title: '小区', width: 85 }, { key: 'state', title: '状态', width: 115, show: (w) => <span className="hy-line"><StateTag value={w.state} words={words.states!['work']} tones={WORK_TONES} />{w.late ? <span className="hy-red">逾期</span> : null}</span> },
    { key: 'asked_on', title: '委托日', width: 100 }, { key: 'due_on', title: '应完成', width: 100 }, { key: 'amount_fen', title: '金额', width: 90 }, { key: 'score', title: '验收分', width: 65, align: 'right' }, { key: 'words', title: '意见', width: 170, hidden: !supplier_id }, { key: 'done_words', title: '完工说明', width: 170, hidden: true }, { key: 'contract_no', title: '合同', width: 130, hidden: true }, { key: 'decided_by_name', title: '验收人', width: 90, hidden: true }, { key: 'made_by_name', title: '委托人', width: 90, hidden: true },
    { key: 'file', title: '验收单', width: 75, hidden: true, show: (w) => (w.has_file ? <a href={fileUrl(suppliers.workFile, { work_id: w.work_id })} target="_blank" rel="noreferrer">查看</a> : '') },
    ...(writes ? [{ key: 'act', title: '操作', width: 145, show: (w: WorkRow) => (w.state === 'done' ? <CanButton size="small" type="primary" can={w.can.accept} words={words} onClick={() => setOpen({ what: 'accept', row: w })}>验收</CanButton> : w.can.finish === true ? <span className="hy-line"><Button size="small" onClick={() => setOpen({ what: 'finish', row: w })}>完工</Button><Button size="small" onClick={() => setOpen({ what: 'drop', row: w })}>作废</Button></span> : null) }] : []),
  ]
  const w = open?.row
  return (
    <>
      <ListPage
        {...list} inside={supplier_id !== undefined} title="供应商承接" name="suppliers.works" columns={columns} row_key="work_id" excel={may('suppliers.supplier.export') ? suppliers.worksExcel : undefined} totals={(d) => ({ amount_fen: money(d.amount_fen_sum) })} empty={{ text: '还没有委托' }}
        actions={writes ? <Button type="primary" onClick={() => setOpen({ what: 'order' })}>委托工作</Button> : null}
      />
      {open?.what === 'order' ? (
        <FormModal
          open onClose={close} title={supplier ? `委托 ${supplier.name}` : '委托工作'} submit="委托" call={suppliers.orderWork} loading={order.running} submitError={order.error} fixed={supplier_id ? { supplier_id } : {}}
          fields={[...(supplier_id ? [] : [{ name: 'supplier_id' as const, label: '供应商', control: (c: object) => <SearchSelect {...c} label="供应商" placeholder="名称、信用代码" call={suppliers.suppliers} input={{ state: 'live' }} option={(s: { supplier_id: string; name: string }) => ({ value: s.supplier_id, label: s.name })} /> }]), { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, 'title', 'asked_on', 'due_on', { name: 'amount_fen', help: '没有金额的不填' }, ...(supplier ? [{ name: 'contract_id' as const, kind: 'select' as const, options: supplier.contracts.map((t) => ({ value: t.contract_id, label: `${t.no} ${t.title}` })) }] : [])]}
          initial={{ asked_on: today(), ...(place_id ? { community_id: place_id } : places.length === 1 ? { community_id: places[0]!.id } : {}) }} onSubmit={async (i) => { if (await order.run(i)) close() }}
        />
      ) : null}
      {open?.what === 'finish' && w ? <FormModal open onClose={close} title={`${w.no} 完工`} submit="登记完工" call={suppliers.finishWork} loading={finish.running} submitError={finish.error} fixed={{ work_id: w.work_id }} fields={['done_on', 'done_words']} initial={{ done_on: today() }} onSubmit={async (i) => { if (await finish.run(i)) close() }} /> : null}
      {open?.what === 'accept' && w ? <FormModal open onClose={close} title={`验收 ${w.no}`} submit="验收" call={suppliers.acceptWork} loading={accept.running} submitError={accept.error} fixed={{ work_id: w.work_id }} note={<p className="hy-muted">{w.title};完工 {w.done_on}:{w.done_words}</p>} fields={[{ name: 'passed', help: '不合格退回返工', control: (c) => <Switch {...(c.id ? { id: c.id } : {})} checked={c.value as boolean} onChange={(v) => c.onChange?.(v)} /> }, { name: 'score', when: (v) => v['passed'] === true }, 'words', { name: 'file_id', label: '验收单', control: (c) => <PaperInput {...c} label="上传验收单" />, send: (v) => v ?? null }]} initial={{ passed: true }} onSubmit={async (i) => { if (await accept.run(i)) close() }} /> : null}
      {open?.what === 'drop' && w ? <ReasonModal open danger title={`作废 ${w.no}`} submit="作废" suggestions={['不再需要', '委托有误']} loading={drop.running} submitError={drop.error} onClose={close} onConfirm={async (reason) => { if (await drop.run({ work_id: w.work_id, reason })) close() }} /> : null}
    </>
  )
}
