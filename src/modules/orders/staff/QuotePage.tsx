// 报价: picked from the price list or written in, signed by the customer on this phone or sent to his own; without network too.
import { Button } from 'antd-mobile'
import { useMemo, useState } from 'react'
import { fen, mulRoundHalfUp, sumFen, trimDecimal, yuanGrouped } from '../../../kernel/money.ts'
import { Chips, Field, Money, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { keepPhoto, newPhotoKey } from '../../../ui/phone/kept_photos.ts'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { goBack, useParam } from '../../../ui/phone/router.tsx'
import { SignaturePad } from '../../../ui/phone/SignaturePad.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { newRequestId } from '../../../ui/request_id.ts'
import { QUOTE_LINES_MAX, orders, type OrderFull, type QuoteLine, type ServiceItem } from '../contract.ts'
import { words } from '../words.ts'
import { useKitOf, usePrices } from './kit.ts'
import { useLater, useOrder, useQueued } from './shift.ts'

interface Line { key: string; item_id?: string; kind: 'labour' | 'material'; name: string; unit: string; quantity: string; unit_price: string }
const NUMBER = /^\d{1,6}(\.\d{1,3})?$/
const PRICE = /^\d{1,7}(\.\d{1,4})?$/
const amountOf = (l: Line): number => (NUMBER.test(l.quantity) && PRICE.test(l.unit_price) ? mulRoundHalfUp(l.quantity, l.unit_price) : 0)

export function QuotePage() {
  const order_id = useParam('order_id')
  const order = useOrder(order_id)
  return <Page title="报价" back={`/orders/${order_id}`}><Loaded reading={order}>{({ value }) => <Form o={value} />}</Loaded></Page>
}

function Form({ o: plain }: { o: OrderFull }) {
  const o = useQueued(plain)
  const kit = useKitOf(o)
  const live = kit?.rows.find((q) => q.round_no === o.round_no && (q.state === 'offered' || q.state === 'consented'))
  const [lines, setLines] = useState<Line[]>()
  const [note, setNote] = useState<string>()
  const [payer, setPayer] = useState<string>()
  const [open, setOpen] = useState<'list' | 'own' | 'sign'>()
  const shown: Line[] = lines ?? (live?.lines ?? []).map((l) => ({ key: String(l.line_no), ...(l.item_id ? { item_id: l.item_id } : {}), kind: l.kind, name: l.name, unit: l.unit, quantity: trimDecimal(l.quantity), unit_price: trimDecimal(l.unit_price) }))
  const save = useLater(o)
  const total = sumFen(shown.map((l) => fen(amountOf(l))))
  const bad = shown.find((l) => !NUMBER.test(l.quantity) || /^0+(\.0+)?$/.test(l.quantity))
  const send = async (signature?: Signature): Promise<void> => {
    const said = (note ?? live?.note ?? '').trim()
    const kept = shown.map((l, i): QuoteLine => ({ line_no: i + 1, item_id: l.item_id ?? null, kind: l.kind, name: l.name, unit: l.unit, quantity: l.quantity, unit_price: l.unit_price, amount_fen: amountOf(l) }))
    const done = await save.run({
      call: orders.saveQuote, what: signature ? `报价 ${yuanGrouped(total)} 元,业户签字` : `报价 ${yuanGrouped(total)} 元`,
      input: {
        order_id: o.order_id, ...(said ? { note: said } : {}), ...(payer ? { payer_id: payer } : {}),
        // The price that was shown goes along: what the list says by now may be another one.
        lines: shown.map((l) => (l.item_id ? { item_id: l.item_id, quantity: l.quantity, unit_price: l.unit_price } : { kind: l.kind, name: l.name, unit: l.unit, quantity: l.quantity, unit_price: l.unit_price })),
        ...(signature ? { signer_name: signature.signer_name } : {}),
      },
      photo_keys: signature ? [signature.photo_key] : [],
      about: { lines: JSON.stringify(kept), payer: kit?.payers.find((p) => p.person_id === payer)?.name ?? '' },
    })
    if (done) goBack(`/orders/${o.order_id}`)
  }
  const change = (key: string, quantity: string) => setLines(shown.map((l) => (l.key === key ? { ...l, quantity } : l)))
  return (
    <>
      <section className="ph-card ph-section">
        <h2>{o.place} · {o.category}</h2>
        {live ? <p className="ph-strip" role="status">{live.no || '待上传的报价'} {words.states!['quote']![live.state]};保存后旧报价作废,要重新签字</p> : null}
        {shown.length === 0 ? <p className="ph-weak">还没有项目,请从价目选择或添加临时项目</p> : (
          <ul className="ph-list" aria-label="明细">
            {shown.map((l) => (
              <li key={l.key} className="ph-row">
                <span className="ph-row-body">{l.name}{l.item_id ? null : <Tag>临时</Tag>}<span className="ph-weak ph-small" style={{ display: 'block' }}>{words.states!['service_kind']![l.kind]} · {l.unit_price} 元/{l.unit}</span></span>
                <input className="ph-input od-quantity" aria-label={`${l.name} 数量`} inputMode="decimal" value={l.quantity} onChange={(e) => change(l.key, e.target.value.replace(/[^\d.]/g, ''))} />
                <span className="ph-row-side"><Money fen={amountOf(l)} /><button type="button" className="ph-text-button" aria-label={`删除 ${l.name}`} onClick={() => setLines(shown.filter((x) => x !== l))}>删除</button></span>
              </li>
            ))}
          </ul>
        )}
        <div className="ph-two"><Button className="ph-mid" disabled={shown.length >= QUOTE_LINES_MAX} onClick={() => setOpen('list')}>从价目选择</Button><Button className="ph-mid" disabled={shown.length >= QUOTE_LINES_MAX} onClick={() => setOpen('own')}>添加临时项目</Button></div>
        <p className="ph-between"><span>合计</span><b className="ph-num">{yuanGrouped(total)} 元</b></p>
      </section>
      <section className="ph-card ph-section">
        {(kit?.payers.length ?? 0) > 1 ? <Chips label="付费人" choices={[{ value: '', label: '自动' }, ...kit!.payers.map((p) => ({ value: p.person_id, label: p.name }))]} value={payer ?? ''} choose={(v) => setPayer(v || undefined)} /> : null}
        <Field label="说明(选填)">{(p) => <input {...p} className="ph-input" maxLength={200} placeholder="如:旧件归业户,保修 3 个月" value={note ?? live?.note ?? ''} onChange={(e) => setNote(e.target.value)} />}</Field>
        {save.error ? <p className="ph-fault" role="alert">{save.error}</p> : null}
        <Button className="ph-big" block color="primary" disabled={total <= 0 || bad !== undefined} onClick={() => setOpen('sign')}>请业户签字</Button>
        <Button className="ph-mid" block disabled={total <= 0 || bad !== undefined} loading={save.running} onClick={() => void send()}>发到业户手机上签</Button>
      </section>
      <Sheet open={open === 'list'} title="有偿服务价目" close={() => setOpen(undefined)}><PriceList community_id={o.community_id} chosen={shown} add={(i) => setLines([...shown, { key: i.item_id, item_id: i.item_id, kind: i.kind, name: i.name, unit: i.unit, quantity: '1', unit_price: i.price!.unit_price }])} /></Sheet>
      <Sheet open={open === 'own'} title="临时项目" close={() => setOpen(undefined)}><OwnLine add={(l) => { setLines([...shown, l]); setOpen(undefined) }} /></Sheet>
      <Sheet open={open === 'sign'} title={`业户签字,合计 ${yuanGrouped(total)} 元`} close={() => setOpen(undefined)}><Sign name={o.reporter_name ?? ''} running={save.running} error={save.error} sign={send} /></Sheet>
    </>
  )
}

function PriceList({ community_id, chosen, add }: { community_id: string; chosen: readonly Line[]; add: (i: ServiceItem) => void }) {
  const items = usePrices(community_id)
  const [q, setQ] = useState('')
  const rows = useMemo(() => (items.rows ?? []).filter((i) => i.price && i.name.includes(q.trim())), [items.rows, q])
  return (
    <div className="ph-section">
      <Field label="找项目">{(p) => <input {...p} className="ph-input" value={q} onChange={(e) => setQ(e.target.value)} />}</Field>
      <Loaded reading={items.reading}>
        {() => (rows.length === 0 ? <StateBlock icon="tool" title="价目里没有" text="可以添加临时项目;价目由管理端「工单设置」维护" /> : (
          <ul className="ph-list od-people" aria-label="价目">
            {rows.map((i) => { const has = chosen.some((l) => l.item_id === i.item_id); return <li key={i.item_id}><button type="button" className="ph-row" disabled={has} onClick={() => add(i)}><span className="ph-row-body">{i.name}<span className="ph-weak ph-small" style={{ display: 'block' }}>{[words.states!['service_kind']![i.kind], i.note].filter(Boolean).join(' · ')}</span></span><span className="ph-row-side">{has ? <Tag kind="busy">已选</Tag> : `${i.price!.unit_price} 元/${i.unit}`}</span></button></li> })}
          </ul>
        ))}
      </Loaded>
    </div>
  )
}

function OwnLine({ add }: { add: (l: Line) => void }) {
  const [kind, setKind] = useState<'labour' | 'material'>('material')
  const [l, setL] = useState({ name: '', unit: '个', quantity: '1', unit_price: '' })
  const ready = l.name.trim() !== '' && l.unit.trim() !== '' && NUMBER.test(l.quantity) && PRICE.test(l.unit_price)
  const text = (name: keyof typeof l, label: string, decimal = false) => <Field label={label}>{(p) => <input {...p} className="ph-input" {...(decimal ? { inputMode: 'decimal' as const } : { maxLength: 40 })} value={l[name]} onChange={(e) => setL({ ...l, [name]: decimal ? e.target.value.replace(/[^\d.]/g, '') : e.target.value })} />}</Field>
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); if (ready) add({ key: newRequestId(), kind, ...l, name: l.name.trim(), unit: l.unit.trim() }) }}>
      <Chips label="类别" choices={[{ value: 'material', label: '材料' }, { value: 'labour', label: '人工' }]} value={kind} choose={(v) => setKind(v as 'labour')} />
      {text('name', '名称')}
      {text('quantity', '数量', true)}
      {text('unit', '单位')}
      {text('unit_price', '单价(元)', true)}
      <Button className="ph-big" block color="primary" type="submit" disabled={!ready}>添加</Button>
    </form>
  )
}

export interface Signature { signer_name: string; photo_key: string }
export function Sign({ name, running, error, sign }: { name: string; running: boolean; error: string | undefined; sign: (s: Signature) => Promise<void> }) {
  const owner = ownerOf(usePhoneMe())
  const [signer_name, setName] = useState(name)
  const [png, setPng] = useState<Blob>()
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async (): Promise<void> => {
    if (!png || busy) return
    setBusy(true)
    setFault('')
    try {
      const photo_key = newPhotoKey(owner)
      await keepPhoto(photo_key, png)
      await sign({ signer_name: signer_name.trim(), photo_key })
    } catch {
      setFault('没有保存:手机存储不可用')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void submit() }}>
      <p className="ph-weak">我已看过项目和价格,同意按此收费。</p>
      <Field label="签字人">{(p) => <input {...p} className="ph-input" maxLength={30} value={signer_name} onChange={(e) => setName(e.target.value)} />}</Field>
      <SignaturePad label="签名" signed={setPng} />
      {error || fault ? <p className="ph-fault" role="alert">{error ?? fault}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" disabled={!png || signer_name.trim() === ''} loading={running || busy}>同意并提交</Button>
    </form>
  )
}
