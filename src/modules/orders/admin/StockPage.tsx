// 备件库存: what each community's store holds, in at cost, out to orders at the average, counted.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { orders, type StockItem } from '../contract.ts'
import { words } from '../words.ts'

type Open = { kind: 'new' } | { kind: 'edit' | 'in' | 'transfer' | 'count' | 'moves'; row: StockItem }
export default function StockPage() {
  const { place_id, places } = usePlace()
  const may = useMay()
  const writes = may('orders.stock.write')
  const [open, setOpen] = useState<Open>()
  const filters = useMemo((): readonly Filter[] => [{ kind: 'text', name: 'q', label: '关键词', placeholder: '名称、规格' }, { kind: 'check', name: 'low', label: '只看要补货' }, { kind: 'check', name: 'with_retired', label: '含停用', more: true }], [])
  const columns = useMemo((): readonly Column<StockItem>[] => [
    { key: 'name', title: '名称', width: 160, always: true, show: (r) => <span className="hy-line">{r.name}{r.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : r.low ? <StateTag value="l" words={{ l: '要补货' }} tones={{ l: 'bad' }} /> : null}</span> },
    { key: 'spec', title: '规格', width: 120 },
    { key: 'community_name', title: '小区', width: 110 },
    { key: 'on_hand', title: '结存', width: 100, show: (r) => <span className="hy-num">{r.on_hand} {r.unit}</span> },
    { key: 'reorder_level', title: '补货线', width: 80 },
    { key: 'average', title: '平均单价', width: 90 },
    { key: 'value_fen', title: '结存金额', width: 110 },
    { key: 'last_at', title: '最近变动', width: 140 },
    { key: 'act', title: '操作', width: 280, show: (r) => <span className="hy-line"><Button size="small" onClick={() => setOpen({ kind: 'moves', row: r })}>流水</Button>{writes ? <><Button size="small" onClick={() => setOpen({ kind: 'in', row: r })}>入库</Button>{places.length > 1 && r.on_hand !== '0' ? <Button size="small" onClick={() => setOpen({ kind: 'transfer', row: r })}>调拨</Button> : null}{r.counting ? <StateTag value="c" words={{ c: '盘点待批' }} tones={{ c: 'warn' }} /> : <Button size="small" onClick={() => setOpen({ kind: 'count', row: r })}>盘点</Button>}<Button size="small" onClick={() => setOpen({ kind: 'edit', row: r })}>修改</Button></> : null}</span> },
  ], [writes, places.length])
  const list = useList(orders.stock, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const close = () => setOpen(undefined)
  return (
    <>
      <ListPage
        {...list} title="备件库存" name="orders.stock" columns={columns} row_key="item_id" empty={{ text: '还没有备件' }} excel={may('orders.order.export') ? orders.stockExcel : undefined} totals={(d) => ({ value_fen: money(d.value_fen_sum) })}
        actions={writes ? <Button type="primary" onClick={() => setOpen({ kind: 'new' })}>新增备件</Button> : null}
      />
      {open && (open.kind === 'new' || open.kind === 'edit') ? <ItemForm row={open.kind === 'edit' ? open.row : undefined} close={close} /> : null}
      {open?.kind === 'in' ? <InForm row={open.row} close={close} /> : null}
      {open?.kind === 'transfer' ? <TransferForm row={open.row} close={close} /> : null}
      {open?.kind === 'count' ? <CountForm row={open.row} close={close} /> : null}
      {open?.kind === 'moves' ? <Moves row={open.row} close={close} /> : null}
    </>
  )
}

function ItemForm({ row, close }: { row: StockItem | undefined; close: () => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(orders.saveStockItem, { in_form: true, done: '已保存' })
  return <FormModal open onClose={close} title={row ? `修改 ${row.name}` : '新增备件'} call={orders.saveStockItem} loading={save.running} submitError={save.error} fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: row !== undefined }, 'name', 'spec', 'unit', { name: 'reorder_level', help: '低于此数标红提醒' }, 'retired']} fixed={row ? { item_id: row.item_id } : {}} initial={row ?? { community_id: place_id ?? places[0]?.id ?? '', spec: '', unit: '个', reorder_level: '0', retired: false }} onSubmit={async (i) => { if (await save.run({ ...i, spec: i.spec ?? '' })) close() }} />
}
function InForm({ row, close }: { row: StockItem; close: () => void }) {
  const add = useWrite(orders.stockIn, { in_form: true, done: (a) => `已入库,结存 ${a.on_hand}` })
  return <FormModal open onClose={close} title={`入库:${row.name} ${row.spec}`} submit="入库" call={orders.stockIn} loading={add.running} submitError={add.error} fields={[{ name: 'quantity', suffix: row.unit }, 'cost_fen', 'paper', 'note']} fixed={{ item_id: row.item_id }} onSubmit={async (i) => { if (await add.run(i)) close() }} />
}
function TransferForm({ row, close }: { row: StockItem; close: () => void }) {
  const { places } = usePlace()
  const save = useWrite(orders.transferStock, { in_form: true, done: (a) => `已调拨,本库结存 ${a.on_hand}` })
  return <FormModal open onClose={close} title={`调拨:${row.name} ${row.spec}`} submit="调拨" call={orders.transferStock} loading={save.running} submitError={save.error} note={<p className="hy-muted">{row.community_name} 结存 {row.on_hand} {row.unit},按平均单价转入对方库房;对方没有的自动建档。</p>} fields={[{ name: 'to_community_id', kind: 'select', options: places.filter((p) => p.id !== row.community_id).map((p) => ({ value: p.id, label: p.name })) }, { name: 'quantity', suffix: row.unit }, 'note']} fixed={{ item_id: row.item_id }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function CountForm({ row, close }: { row: StockItem; close: () => void }) {
  const count = useWrite(orders.countStock, { in_form: true, done: (a) => (a.approval_id ? `差异 ${a.difference},已提交审批` : '账实相符'), invalidates: 'all' })
  return <FormModal open onClose={close} title={`盘点:${row.name} ${row.spec}`} submit="提交" call={orders.countStock} loading={count.running} submitError={count.error} note={<p className="hy-muted">账面 {row.on_hand} {row.unit}。有差异的由另一人批准后入账。</p>} fields={[{ name: 'counted', suffix: row.unit }, 'reason']} fixed={{ item_id: row.item_id }} initial={{ counted: row.on_hand }} onSubmit={async (i) => { if (await count.run(i)) close() }} />
}
function Moves({ row, close }: { row: StockItem; close: () => void }) {
  const moves = useRead(orders.stockMoves, { item_id: row.item_id, page_size: 100 })
  return (
    <FormModal
      open onClose={close} width={860} title={`流水:${row.name} ${row.spec}`} submit="关闭" call={orders.stockMoves} fields={[]} loading={moves.loading} submitError={moves.error} onSubmit={close}
      note={<RowsTable label="流水" rows={(moves.data?.rows ?? []).map((m) => ({ ...m, key: String(m.move_no) }))} row_key="key" empty="还没有出入库" columns={[{ key: 'at', title: '时间', width: 140, show: (m) => instant(m.at) }, { key: 'kind', title: '类别', width: 70, show: (m) => words.states!['stock_move']![m.kind] }, { key: 'quantity', title: '数量', width: 80 }, { key: 'cost_fen', title: '金额', width: 90 }, { key: 'on_hand', title: '结存', width: 80 }, { key: 'value_fen', title: '结存金额', width: 100 }, { key: 'order_no', title: '工单', width: 135, show: (m) => (m.order_id ? <Go to={`/orders/list/${m.order_id}`}>{m.order_no}</Go> : (m.paper ?? m.note ?? '—')) }, { key: 'by_name', title: '经办人', width: 80 }]} />}
    />
  )
}
