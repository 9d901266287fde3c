// 材料 on the repairer's phone: taken from the store or bought on the way, with or without network.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { tryParseYuan, yuan, fen } from '../../../kernel/money.ts'
import { Field, Money, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { orders, type OrderFull } from '../contract.ts'
import { closeAfter } from '../parts.tsx'
import { useKitOf, useShelves } from './kit.ts'
import { useLater } from './shift.ts'

const digits = (text: string): string => text.replace(/[^\d.]/g, '')
export function CostCard({ o }: { o: OrderFull }) {
  const data = useKitOf(o)
  const [open, setOpen] = useState<'use' | 'add'>()
  if (!data || (data.lines.length === 0 && data.can.use !== true)) return null
  const close = () => setOpen(undefined)
  return (
    <section className="ph-card ph-section" aria-label="材料">
      <div className="ph-between"><h2>材料</h2>{data.cost_fen > 0 ? <b className="ph-num">{yuan(fen(data.cost_fen))} 元</b> : null}</div>
      {data.lines.length ? <ul className="ph-list">{data.lines.map((l) => <li key={l.id} className="ph-row"><span className="ph-row-body">{l.name}{l.kind === 'adhoc' ? <Tag>零星</Tag> : null}{data.unsent.has(l.id) ? <Tag kind="busy">待上传</Tag> : null}<span className="ph-weak ph-small" style={{ display: 'block' }}>{l.quantity} {l.unit}{l.back_quantity !== '0' ? `,退 ${l.back_quantity}` : ''}{l.undone ? ',已撤销' : ''}</span></span><span className="ph-row-side">{data.unsent.has(l.id) && l.kind === 'stock' ? null : <Money fen={l.cost_fen} />}</span></li>)}</ul> : null}
      {data.can.use === true ? <div className="ph-two"><Button className="ph-mid" onClick={() => setOpen('use')}>领用备件</Button><Button className="ph-mid" onClick={() => setOpen('add')}>零星材料</Button></div> : null}
      <Sheet open={open === 'use'} title="领用备件" close={close}><Use o={o} done={close} /></Sheet>
      <Sheet open={open === 'add'} title="零星材料" close={close}><Add o={o} done={close} /></Sheet>
    </section>
  )
}

function Use({ o, done }: { o: OrderFull; done: () => void }) {
  const [q, setQ] = useState('')
  const [item_id, setItem] = useState('')
  const [quantity, setQuantity] = useState('1')
  const stock = useShelves(o)
  const found = (stock.rows ?? []).filter((r) => `${r.name} ${r.spec}`.includes(q.trim()))
  const item = stock.rows?.find((r) => r.item_id === item_id)
  const use = useLater(o)
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); if (item) void closeAfter(use.run({ call: orders.useStock, what: `领用 ${item.name} ${quantity} ${item.unit}`, input: { order_id: o.order_id, item_id, quantity }, about: { name: `${item.name} ${item.spec}`.trim(), unit: item.unit } }), done) }}>
      <Field label="找备件">{(p) => <input {...p} className="ph-input" value={q} onChange={(e) => setQ(e.target.value)} />}</Field>
      <Loaded reading={stock.reading}>{() => (found.length === 0 ? <StateBlock icon="tool" title="库房里没有" text="可以登记零星材料" /> : <ul className="ph-list od-people" aria-label="备件">{found.map((r) => <li key={r.item_id}><button type="button" className="ph-row" aria-pressed={r.item_id === item_id} onClick={() => setItem(r.item_id)}><span className="ph-row-body">{r.name} {r.spec}<span className="ph-weak ph-small" style={{ display: 'block' }}>结存 {r.on_hand} {r.unit}</span></span>{r.item_id === item_id ? <Tag kind="busy">已选</Tag> : null}</button></li>)}</ul>)}</Loaded>
      <Field label="数量" error={use.error}>{(p) => <input {...p} className="ph-input" inputMode="decimal" value={quantity} onChange={(e) => setQuantity(digits(e.target.value))} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" disabled={!item || !quantity} loading={use.running}>领用</Button>
    </form>
  )
}
function Add({ o, done }: { o: OrderFull; done: () => void }) {
  const [x, setX] = useState({ name: '', unit: '个', quantity: '1', cost: '', paper: '' })
  const add = useLater(o)
  const cost_fen = tryParseYuan(x.cost)
  const field = (name: keyof typeof x, label: string, number = false) => <Field label={label}>{(p) => <input {...p} className="ph-input" {...(number ? { inputMode: 'decimal' as const } : { maxLength: 40 })} value={x[name]} onChange={(e) => setX({ ...x, [name]: number ? digits(e.target.value) : e.target.value })} />}</Field>
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); if (cost_fen) void closeAfter(add.run({ call: orders.addMaterial, what: `登记 ${x.name.trim()}`, input: { order_id: o.order_id, name: x.name.trim(), unit: x.unit.trim(), quantity: x.quantity, cost_fen, ...(x.paper.trim() ? { paper: x.paper.trim() } : {}) }, about: { name: x.name.trim(), unit: x.unit.trim() } }), done) }}>
      {field('name', '名称')}
      {field('quantity', '数量', true)}
      {field('unit', '单位')}
      {field('cost', '金额(元)', true)}
      {field('paper', '发票或小票号(选填)')}
      {add.error ? <p className="ph-fault" role="alert">{add.error}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" disabled={!x.name.trim() || !x.unit.trim() || !x.quantity || !cost_fen} loading={add.running}>登记</Button>
    </form>
  )
}
