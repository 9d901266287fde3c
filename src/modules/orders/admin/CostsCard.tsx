// 材料与费用 of an order: parts from the store, what was bought for it, and for a public place who pays.
import { Button } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { orders, type CostLine, type OrderFull } from '../contract.ts'
import { words } from '../words.ts'

type Open = 'use' | 'add' | 'link' | { back: CostLine } | { undo: CostLine }
export function CostsCard({ o }: { o: OrderFull }) {
  const { data } = useRead(orders.orderCosts, { order_id: o.order_id })
  const [open, setOpen] = useState<Open>()
  const unlink = useWrite(orders.linkCharge, { done: '已解除' })
  if (!data || (data.lines.length === 0 && data.links.length === 0 && data.can.use !== true && data.can.link !== true)) return null
  const close = () => setOpen(undefined)
  return (
    <section className="hy-card hy-stack" aria-label="材料与费用">
      <div className="hy-line"><h2>材料与费用</h2><strong>合计 {money(data.cost_fen)} 元</strong>{data.can.use === true ? <><Button size="small" onClick={() => setOpen('use')}>领用备件</Button><Button size="small" onClick={() => setOpen('add')}>零星材料</Button></> : null}{data.can.link === true ? <Button size="small" onClick={() => setOpen('link')}>列支自…</Button> : null}</div>
      {data.lines.length ? (
        <RowsTable
          label="材料" rows={data.lines} row_key="id" empty=""
          columns={[{ key: 'kind', title: '来源', width: 70, show: (l) => (l.kind === 'stock' ? '库房' : '零星') }, { key: 'name', title: '名称', width: 200, show: (l) => `${l.name}${l.undone ? `(已撤销:${l.undone})` : ''}${l.received_at ? `(无网时登记,${instant(l.received_at)} 补传)` : ''}` }, { key: 'quantity', title: '数量', width: 120, show: (l) => `${l.quantity} ${l.unit}${l.back_quantity !== '0' ? `,退 ${l.back_quantity}` : ''}` }, { key: 'cost_fen', title: '金额', width: 100 }, { key: 'paper', title: '票据', width: 110 }, { key: 'by_name', title: '经办人', width: 80 }, { key: 'act', title: '操作', width: 80, show: (l) => (data.can.use !== true || l.undone ? '' : l.kind === 'stock' ? (l.quantity === l.back_quantity ? '' : <Button size="small" onClick={() => setOpen({ back: l })}>退库</Button>) : <Button size="small" onClick={() => setOpen({ undo: l })}>撤销</Button>) }]}
        />
      ) : null}
      {data.links.map((l) => <p key={l.target_id} className="hy-line"><span>列支自 {words.states!['charge_link']![l.kind]}:{l.title},{money(l.amount_fen)} 元,{l.state_zh}</span>{data.can.link === true ? <Button size="small" loading={unlink.running} onClick={() => void unlink.run({ order_id: o.order_id, kind: l.kind, target_id: l.target_id, on: false }, l.target_id)}>解除</Button> : null}</p>)}
      {open === 'use' ? <UseForm o={o} close={close} /> : open === 'add' ? <AddForm o={o} close={close} /> : open === 'link' ? <LinkForm o={o} close={close} /> : open && 'back' in open ? <BackForm o={o} l={open.back} close={close} /> : open ? <UndoForm l={open.undo} close={close} /> : null}
    </section>
  )
}

interface P { o: OrderFull; close: () => void }
function UseForm({ o, close }: P) {
  const stock = useRead(orders.orderStock, { order_id: o.order_id })
  const use = useWrite(orders.useStock, { in_form: true, done: (a) => `已领用,成本 ${money(a.cost_fen)} 元` })
  return <FormModal open onClose={close} title="领用备件" submit="领用" call={orders.useStock} loading={use.running} submitError={use.error} fields={[{ name: 'item_id', label: '备件', kind: 'select', options: (stock.data?.rows ?? []).map((r) => ({ value: r.item_id, label: `${r.name} ${r.spec}(结存 ${r.on_hand} ${r.unit})` })) }, 'quantity']} fixed={{ order_id: o.order_id }} initial={{ quantity: '1' }} onSubmit={async (i) => { if (await use.run(i)) close() }} />
}
function AddForm({ o, close }: P) {
  const add = useWrite(orders.addMaterial, { in_form: true, done: '已登记' })
  return <FormModal open onClose={close} title="零星材料" submit="登记" call={orders.addMaterial} loading={add.running} submitError={add.error} fields={['name', 'quantity', 'unit', 'cost_fen', 'paper']} fixed={{ order_id: o.order_id }} initial={{ quantity: '1', unit: '个' }} onSubmit={async (i) => { if (await add.run(i)) close() }} />
}
function LinkForm({ o, close }: P) {
  const targets = useRead(orders.linkTargets, { order_id: o.order_id })
  const link = useWrite(orders.linkCharge, { in_form: true, done: '已关联' })
  const rows = targets.data?.rows ?? []
  return <FormModal open onClose={close} title="费用列支自" submit="关联" call={orders.linkCharge} loading={link.running} submitError={link.error} note={targets.data && rows.length === 0 ? <p className="hy-muted">这个小区没有可列支的支出申请或维修资金项目,请先在「支出申请」或「维修资金使用」里立项。</p> : null} fields={[{ name: 'target_id', kind: 'select', options: rows.map((r) => ({ value: r.target_id, label: `${words.states!['charge_link']![r.kind]}:${r.title}(${money(r.amount_fen)} 元,${r.state_zh})` })) }]} fixed={{ order_id: o.order_id, on: true, kind: 'spending' }} onSubmit={async (i) => { const kind = rows.find((r) => r.target_id === i.target_id)?.kind; if (kind && (await link.run({ ...i, kind, on: true }))) close() }} />
}
function BackForm({ o, l, close }: P & { l: CostLine }) {
  const back = useWrite(orders.returnStock, { in_form: true, done: '已退库' })
  return <FormModal open onClose={close} title={`退库:${l.name}`} submit="退库" call={orders.returnStock} loading={back.running} submitError={back.error} fields={['quantity']} fixed={{ order_id: o.order_id, item_id: l.item_id!, move_no: l.move_no! }} initial={{ quantity: l.quantity }} onSubmit={async (i) => { if (await back.run(i)) close() }} />
}
function UndoForm({ l, close }: { l: CostLine; close: () => void }) {
  const undo = useWrite(orders.undoMaterial, { in_form: true, done: '已撤销' })
  return <FormModal open onClose={close} title={`撤销:${l.name}`} submit="撤销" danger call={orders.undoMaterial} loading={undo.running} submitError={undo.error} fields={['reason']} fixed={{ material_id: l.id }} onSubmit={async (i) => { if (await undo.run(i)) close() }} />
}
