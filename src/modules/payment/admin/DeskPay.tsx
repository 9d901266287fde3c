// The right side of the desk: tenders, change or prepayment, taking the money, the receipt.
import { Alert, Button, Input, Segmented, Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useWrite, type Out } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf } from '../../../ui/list.ts'
import { METHODS, payment, type Method } from '../contract.ts'
import { words } from '../words.ts'
import { DeskCodeButton } from './DeskCode.tsx'
import { DeskCoupons, useCoupons } from './DeskCoupons.tsx'
import type { Offer } from '../contract_promotion.ts'
import { DeskOffers } from './DeskOffers.tsx'
import type { Desk } from './DeskPage.tsx'
import { filled, sums, usable, type TenderLine } from './desk_sums.ts'
import { PrintButtons, usePrint } from './print.tsx'

type Paid = Out<typeof payment.takePayment.gives>
const METHOD_OPTIONS = optionsOf(words.states?.['method'])
const EMPTY: TenderLine = { method: 'cash', amount_fen: null, reference: '' }

/** Items that this house has on its bills or has money bound to. */
const bindable = (d: Desk): [string, string][] => [...new Map([...d.lines.map((l): [string, string] => [l.fee_item_id, l.fee_item_name]), ...d.bound.map((b): [string, string] => [b.fee_item_id, b.fee_item_name])])]

export function DeskPay({ desk, lines, again }: { desk: Desk; lines: ReadonlyMap<string, number>; again: () => void }) {
  const [tenders, setTenders] = useState<readonly TenderLine[]>([EMPTY])
  const [keep, setKeep] = useState(false)
  const [payer, setPayer] = useState('')
  const [remark, setRemark] = useState('')
  const [paid, setPaid] = useState<Paid>()
  const take = useWrite(payment.takePayment, { in_form: true, invalidates: 'all' })
  const print = usePrint()
  const [bind, setBind] = useState('')
  const wallet_fen = usable({ lines, item_of: new Map(desk.lines.map((l) => [l.bill_id, l.fee_item_id])), wallet_fen: desk.wallet_fen, bound: desk.bound })
  const [offer, setOffer] = useState<Offer>()
  const box = useRef<HTMLDivElement>(null)
  const period = new Map(desk.lines.map((l) => [l.bill_id, l.period_on]))
  const asked = [...lines].map(([bill_id, amount_fen]) => ({ bill_id, period_on: period.get(bill_id) ?? '', amount_fen }))
  const coupons = useCoupons(desk.house.house_id, asked)
  const s = sums({ lines, tenders, keep, wallet_fen, promo_fen: offer?.pay_fen ?? 0, off_fen: coupons.off_fen })

  const takeNow = async () => {
    if (s.problem || take.running || paid || coupons.waiting) return
    const answer = await take.run({
      house_id: desk.house.house_id,
      lines: asked,
      ...(coupons.ids.length > 0 ? { coupon_ids: coupons.ids } : {}),
      prepay_fen: s.prepay_fen,
      ...(offer ? { promotion_id: offer.promotion_id } : s.prepay_fen > 0 && bind ? { prepay_item_id: bind } : {}),
      change_fen: s.change_fen,
      tenders: filled(tenders, s.lines_fen).map((t) => ({ method: t.method, amount_fen: t.amount_fen, ...(t.reference.trim() ? { reference: t.reference.trim() } : {}) })),
      ...(payer.trim() ? { payer_name: payer.trim() } : {}),
      ...(remark.trim() ? { remark: remark.trim() } : {}),
    })
    if (answer) setPaid(answer)
  }
  const next = () => {
    setPaid(undefined)
    setTenders([EMPTY])
    setKeep(false)
    setOffer(undefined)
    coupons.setChosen([])
    setBind('')
    setPayer('')
    setRemark('')
    take.reset()
    again()
  }
  const added = useRef(false)
  // The new line is where the hand goes on: its method, then its amount.
  const addTender = () => {
    if (tenders.length >= METHODS.length) return
    setTenders([...tenders, { ...EMPTY, method: 'wechat' }])
    added.current = true
  }
  useEffect(() => {
    if (added.current) [...(box.current?.querySelectorAll('.ds-tender') ?? [])].at(-1)?.querySelector('input')?.focus()
    added.current = false
  }, [tenders.length])
  const keys = useRef<(key: string) => boolean>(() => false)
  keys.current = (key) => {
    if (key === 'F4') box.current?.querySelector<HTMLInputElement>('.ds-tender input.ant-input')?.select()
    else if (key === 'F6') addTender()
    else if (key === 'F7') setKeep(!keep)
    else if (key === 'F9') void takeNow()
    else if (key === 'F8' && paid) void print.run(paid.payment_id, 'a5')
    else return false
    return true
  }
  useEffect(() => {
    const press = (e: globalThis.KeyboardEvent) => {
      if (keys.current(e.key)) e.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])

  if (paid) return <Done paid={paid} gift_fen={offer?.gift_fen ?? 0} print={print} next={next} />
  // The first line without an amount takes what is missing, and says how much that is.
  const open = tenders.findIndex((t) => t.amount_fen === null)
  const missing_fen = Math.max(0, tenders.reduce((n, t) => n - (t.amount_fen ?? 0), s.lines_fen))
  const set = (i: number, change: Partial<TenderLine>) => setTenders(tenders.map((t, k) => (k === i ? { ...t, ...change } : t)))
  return (
    <section className="hy-card hy-stack" aria-label="收款" ref={box}>
      <DeskOffers house_id={desk.house.house_id} chosen={offer} choose={setOffer} />
      <DeskCoupons house_id={desk.house.house_id} coupons={coupons} />
      {coupons.off_fen > 0 ? <div className="ds-sum"><span>优惠券抵减</span><MoneyText fen={-coupons.off_fen} /></div> : null}
      <div className="ds-sum"><span>{offer ? '本次应收(含优惠预存)' : '本次应收'}</span><strong><MoneyText fen={s.lines_fen} /></strong></div>
      {tenders.map((t, i) => (
        <div key={i} className="ds-tender">
          <Select aria-label={`收款方式 ${i + 1}`} value={t.method} options={METHOD_OPTIONS.filter((o) => o.value !== 'wallet' || wallet_fen > 0)} onChange={(v) => set(i, { method: v as Method, ...(v === 'wallet' ? { amount_fen: Math.min(wallet_fen, s.lines_fen) } : {}) })} />
          <MoneyInput aria-label={`收到金额 ${i + 1}`} placeholder={i === open ? `按应收 ${money(missing_fen)}` : '金额'} value={t.amount_fen} onChange={(v) => set(i, { amount_fen: typeof v === 'number' ? v : null })} />
          {tenders.length > 1 ? <Button aria-label={`去掉收款方式 ${i + 1}`} onClick={() => setTenders(tenders.filter((_, k) => k !== i))}>×</Button> : <span />}
          {t.method === 'cash' || t.method === 'wallet' ? null : <Input className="ds-ref" aria-label={`流水号 ${i + 1}`} placeholder="流水号或凭证号(选填)" maxLength={64} value={t.reference} onChange={(e) => set(i, { reference: e.target.value })} />}
        </div>
      ))}
      <Button size="small" disabled={tenders.length >= METHODS.length} onClick={addTender}>加一种方式 F6</Button>
      <div className="ds-sum"><span>收到</span><MoneyText fen={s.given_fen} strong /></div>
      {s.surplus_fen > 0 ? (
        <>
          <Segmented aria-label="多收的钱" block value={s.change_fen > 0 ? 'back' : 'keep'} onChange={(v) => setKeep(v === 'keep')} options={[{ value: 'back', label: '找零' }, { value: 'keep', label: '转预存' }]} />
          <div className="ds-sum"><span>{s.change_fen > 0 ? '找零' : '转入预存'}</span><span className="ds-change"><MoneyText fen={s.surplus_fen} /></span></div>
          {s.change_fen === 0 && !offer ? <Select aria-label="预存用途" value={bind} onChange={setBind} options={[{ value: '', label: '通用预存' }, ...bindable(desk).map(([value, name]) => ({ value, label: `专项:只用于${name}` }))]} /> : null}
        </>
      ) : null}
      <Input aria-label="缴款人" placeholder={`缴款人(默认 ${desk.owners[0]?.name ?? '业主'})`} maxLength={40} value={payer} onChange={(e) => setPayer(e.target.value)} />
      <Input aria-label="备注" placeholder="备注(选填)" maxLength={100} value={remark} onChange={(e) => setRemark(e.target.value)} />
      {take.error ? <Alert type="error" showIcon role="alert" title={take.error.message} action={<Button size="small" onClick={() => { take.reset(); again() }}>刷新账单</Button>} /> : null}
      {s.problem ? <span className="hy-muted" role="status">{s.problem}</span> : null}
      <Button type="primary" size="large" block disabled={s.problem !== null || coupons.waiting} loading={take.running} onClick={() => void takeNow()} aria-keyshortcuts="F9">收款 F9</Button>
      {offer ? null : <DeskCodeButton desk={desk} lines={lines} coupons={coupons} again={() => { coupons.setChosen([]); again() }} />}
    </section>
  )
}

function Done({ paid, gift_fen, print, next }: { paid: Paid; gift_fen: number; print: ReturnType<typeof usePrint>; next: () => void }) {
  const first = useRef<HTMLDivElement>(null)
  useEffect(() => first.current?.querySelector('button')?.focus(), [])
  return (
    <section className="hy-card hy-stack" aria-label="收款完成" ref={first}>
      <Alert type="success" showIcon title={`已收款,收据 ${paid.receipt_no}`} />
      <div className="ds-sum"><span>实收</span><strong><MoneyText fen={paid.total_fen} /></strong></div>
      {paid.change_fen ? <div className="ds-sum"><span>找零</span><span className="ds-change"><MoneyText fen={paid.change_fen} /></span></div> : null}
      {paid.prepaid_fen ? <div className="ds-sum"><span>转入预存</span><MoneyText fen={paid.prepaid_fen} /></div> : null}
      {gift_fen ? <div className="ds-sum"><span>活动另赠预存</span><MoneyText fen={gift_fen} /></div> : null}
      <div className="ds-sum"><span>预存余额</span><MoneyText fen={paid.wallet_balance_fen} /></div>
      <div className="ds-sum"><span>仍欠</span><MoneyText fen={paid.arrears_fen} owed /></div>
      <PrintButtons payment_id={paid.payment_id} print={print} />
      <Button block onClick={() => { next(); document.querySelector<HTMLInputElement>('#desk-find')?.focus() }}>完成,找下一户 F2</Button>
    </section>
  )
}
