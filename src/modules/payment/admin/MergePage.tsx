// 合并收款: one payer, several houses, one handing over of money. Houses stand in the address; a receipt a house, or one paper for all.
import { Alert, Button, Checkbox, Input, Segmented, Select } from 'antd'
import { useEffect, useState, type Dispatch, type SetStateAction } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf } from '../../../ui/list.ts'
import { BoardPage } from '../../../ui/pages.tsx'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { MERGE_MAX, MONEY_METHODS, payment, type MergeHouse, type Method, type MoneyMethod } from '../contract.ts'
import { words } from '../words.ts'
import { MergeCodeButton } from './DeskCode.tsx'
import { DeskCoupons, useCoupons } from './DeskCoupons.tsx'
import { filled, sums, type TenderLine } from './desk_sums.ts'
import { HousePicker } from './HousePicker.tsx'
import { usePrintMany } from './print.tsx'
import './desk.css'

type Merge = Out<typeof payment.mergeDesk.gives>
type Taken = Out<typeof payment.takeMerged.gives>
/** Coupons of a house that fit what is ticked of it, and what they take off. */
interface HouseCut {
  ids: readonly string[]
  off_fen: number
  waiting: boolean
}
type SetCuts = Dispatch<SetStateAction<ReadonlyMap<string, HouseCut>>>
const NO_CUT: HouseCut = { ids: [], off_fen: 0, waiting: false }
const METHOD_OPTIONS = optionsOf(words.states?.['method']).filter((o) => o.value !== 'wallet')
const EMPTY: TenderLine = { method: 'cash', amount_fen: null, reference: '' }
const tickedAtFirst = (d: Merge): Map<string, number> => new Map(d.houses.flatMap((h) => h.lines.filter((l) => !l.being_paid).map((l): [string, number] => [l.bill_id, l.open_fen])))

const askedOf = (h: MergeHouse, ticked: ReadonlyMap<string, number>) => h.lines.flatMap((l) => (ticked.has(l.bill_id) ? [{ bill_id: l.bill_id, period_on: l.period_on, amount_fen: ticked.get(l.bill_id)! }] : []))

export default function MergePage() {
  const [search, setSearch] = useSearchState()
  const ids = (search['house_ids'] ?? '').split(',').filter(Boolean).slice(0, MERGE_MAX)
  const go = (next: readonly string[]) => setSearch({ house_ids: [...new Set(next)].join(',') || undefined }, { push: true })
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.key !== 'F2') return
      e.preventDefault()
      document.querySelector<HTMLInputElement>('#merge-find')?.focus()
    }
    addEventListener('keydown', key)
    return () => removeEventListener('keydown', key)
  }, [])
  return (
    <BoardPage title="合并收款" loading={false} error={null} actions={<span className="ds-keys">F2 加房产 · F9 收款 · F8 打印</span>}>
      <div className="ds-page">
        <div className="ds-find">
          <HousePicker id="merge-find" large placeholder="F2 加一套房产:1-2-301、张三、手机末四位、车牌" choose={(id) => go([...ids, id])} />
          {ids.length > 0 ? <Button onClick={() => go([])}>清空重选</Button> : null}
        </div>
        {ids.length > 0 ? <Houses key={ids.join(',')} ids={ids} go={go} /> : <EmptyBlock text="逐套加入要一起缴费的房产;加入第一套后,可一次加入同一业主的其他房产" next={<Go to="/payment/desk">只收一户请到收费台</Go>} />}
      </div>
    </BoardPage>
  )
}

function Houses({ ids, go }: { ids: readonly string[]; go: (ids: readonly string[]) => void }) {
  const read = useRead(payment.mergeDesk, { house_ids: [...ids] }, { stale_ms: 0, keep: true })
  const [ticked, setTicked] = useState<ReadonlyMap<string, number>>()
  const [cuts, setCuts] = useState<ReadonlyMap<string, HouseCut>>(new Map())
  if (read.error) return <ErrorBlock error={read.error} retry={read.retry} />
  if (read.loading || !read.data) return <LoadingBlock rows={8} />
  const d = read.data
  const open = new Map(d.houses.flatMap((h) => h.lines.map((l): [string, number] => [l.bill_id, l.open_fen])))
  const lines = new Map([...(ticked ?? tickedAtFirst(d))].filter(([id, fen]) => fen > 0 && fen <= (open.get(id) ?? 0)))
  return (
    <div className="ds">
      <div className="ds-main">
        {d.cut ? <Alert type="info" showIcon title="未缴账单太多,这里只列最早的;收完再来一次" /> : null}
        {d.related.length > 0 ? <Related d={d} add={(more) => go([...ids, ...more])} /> : null}
        {d.houses.map((h) => <HouseLines key={h.house_id} h={h} ticked={lines} change={setTicked} setCuts={setCuts} drop={() => go(ids.filter((id) => id !== h.house_id))} />)}
      </div>
      <Pay d={d} lines={lines} cuts={cuts} again={() => { setTicked(undefined); read.retry() }} next={() => go([])} />
    </div>
  )
}

function Related({ d, add }: { d: Merge; add: (ids: readonly string[]) => void }) {
  const owing = d.related.filter((r) => r.open_fen > 0)
  return (
    <section className="hy-card" aria-label="同一业主的其他房产">
      <div className="hy-line" style={{ flexWrap: 'wrap' }}>
        <span className="hy-muted">同一业主的其他房产:</span>
        {d.related.map((r) => <Button key={r.house_id} size="small" onClick={() => add([r.house_id])}>+ {r.house_label} {r.open_fen ? `欠 ${money(r.open_fen)}` : '无欠费'}</Button>)}
        {owing.length > 1 ? <Button size="small" type="primary" onClick={() => add(owing.map((r) => r.house_id))}>加入全部欠费的 {owing.length} 套</Button> : null}
      </div>
    </section>
  )
}

function HouseLines({ h, ticked, change, setCuts, drop }: { h: MergeHouse; ticked: ReadonlyMap<string, number>; change: (m: ReadonlyMap<string, number>) => void; setCuts: SetCuts; drop: () => void }) {
  const { house_id } = h
  const coupons = useCoupons(h.house_id, askedOf(h, ticked))
  const { off_fen, waiting } = coupons
  const ids = coupons.ids.join(',')
  useEffect(() => setCuts((before) => new Map(before).set(house_id, { ids: ids ? ids.split(',') : [], off_fen, waiting })), [house_id, ids, off_fen, waiting, setCuts])
  const set = (id: string, fen: number | undefined) => {
    const next = new Map(ticked)
    if (fen === undefined) next.delete(id)
    else next.set(id, fen)
    change(next)
  }
  const picked = h.lines.filter((l) => ticked.has(l.bill_id))
  const all = picked.length === h.lines.length && h.lines.length > 0
  const toggle = (on: boolean) => change(new Map([...[...ticked].filter(([id]) => !h.lines.some((l) => l.bill_id === id)), ...(on ? h.lines.map((l): [string, number] => [l.bill_id, l.open_fen]) : [])]))
  return (
    <section className="hy-card" aria-label={h.house_label}>
      <div className="hy-line" style={{ flexWrap: 'wrap', marginBottom: 6 }}>
        <Checkbox aria-label={`全选 ${h.house_label}`} disabled={h.lines.length === 0} checked={all} indeterminate={!all && picked.length > 0} onChange={(e) => toggle(e.target.checked)} />
        <Go to={`/payment/desk?house_id=${h.house_id}`}><strong>{h.community_name} {h.house_label}</strong></Go>
        <span>{h.owner_names || '—'}</span>
        <span>欠 <MoneyText fen={h.open_fen} owed /></span>
        <span>本次 <MoneyText fen={picked.reduce((n, l) => n + ticked.get(l.bill_id)!, 0)} strong /></span>
        {off_fen > 0 ? <span className="hy-muted">券抵 -<MoneyText fen={off_fen} /></span> : null}
        <Button size="small" style={{ marginLeft: 'auto' }} onClick={drop}>移出</Button>
      </div>
      {h.lines.length > 0 ? (
        <div className="ds-scroll ds-merge" role="region" aria-label={`${h.house_label} 未缴账单`} tabIndex={-1}>
          <table className="ds-lines">
            <thead><tr><th /><th>账期</th><th>收费项目</th><th>计算过程</th><th>缴费人</th><th>到期</th><th className="n">未收</th><th className="n">本次收</th></tr></thead>
            <tbody>
              {h.lines.map((l) => {
                const now = ticked.get(l.bill_id)
                const name = `${h.house_label} ${l.period_on.slice(0, 7)} ${l.fee_item_name}`
                return (
                  <tr key={l.bill_id} className={now === undefined ? 'ds-off' : ''}>
                    <td><Checkbox aria-label={name} checked={now !== undefined} onChange={(e) => set(l.bill_id, e.target.checked ? l.open_fen : undefined)} /></td>
                    <td>{l.period_on.slice(0, 7)}</td>
                    <td>{l.fee_item_name}{l.being_paid ? <span className="hy-red"> 正在线上支付</span> : null}</td>
                    <td className="ds-how">{l.explanation}</td>
                    <td>{l.payer_name}</td>
                    <td>{l.overdue_days > 0 ? <span className="hy-red">逾期 {l.overdue_days} 天</span> : l.due_on}</td>
                    <td className="n"><MoneyText fen={l.open_fen} /></td>
                    <td className="n"><span className="ds-amount" style={{ display: 'inline-block' }}><MoneyInput aria-label={`本次收 ${name}`} value={now ?? null} onChange={(v) => set(l.bill_id, typeof v === 'number' && v > 0 ? Math.min(v, l.open_fen) : undefined)} /></span></td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      ) : <span className="hy-muted">没有未缴账单</span>}
      {h.lines.length > 0 ? <DeskCoupons house_id={h.house_id} coupons={coupons} /> : null}
    </section>
  )
}

function Pay({ d, lines, cuts, again, next }: { d: Merge; lines: ReadonlyMap<string, number>; cuts: ReadonlyMap<string, HouseCut>; again: () => void; next: () => void }) {
  const [tenders, setTenders] = useState<readonly TenderLine[]>([EMPTY])
  const [keep, setKeep] = useState(false)
  const [keep_for, setKeepFor] = useState(d.houses[0]?.house_id ?? '')
  const [payer, setPayer] = useState('')
  const [remark, setRemark] = useState('')
  const [taken, setTaken] = useState<Taken>()
  const take = useWrite(payment.takeMerged, { in_form: true, invalidates: 'all' })
  const cutOf = (h: MergeHouse): HouseCut => cuts.get(h.house_id) ?? NO_CUT
  const off_fen = d.houses.reduce((n, h) => n + cutOf(h).off_fen, 0)
  const waiting = d.houses.some((h) => cutOf(h).waiting)
  const s = sums({ lines, tenders, keep, wallet_fen: 0, off_fen })
  const count = d.houses.filter((h) => h.lines.some((l) => lines.has(l.bill_id))).length
  const takeNow = async () => {
    if (s.problem || waiting || take.running || taken) return
    const answer = await take.run({
      parts: d.houses
        .map((h) => ({ house_id: h.house_id, prepay_fen: h.house_id === keep_for ? s.prepay_fen : 0, lines: askedOf(h, lines), coupon_ids: [...cutOf(h).ids] }))
        .filter((p) => p.lines.length > 0 || p.prepay_fen > 0),
      change_fen: s.change_fen,
      tenders: filled(tenders, s.lines_fen).map((t) => ({ method: t.method as MoneyMethod, amount_fen: t.amount_fen, ...(t.reference.trim() ? { reference: t.reference.trim() } : {}) })),
      ...(payer.trim() ? { payer_name: payer.trim() } : {}),
      ...(remark.trim() ? { remark: remark.trim() } : {}),
    })
    if (answer) setTaken(answer)
  }
  useEffect(() => {
    const press = (e: globalThis.KeyboardEvent) => {
      if (e.key !== 'F9') return
      e.preventDefault()
      void takeNow()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  })
  if (taken) return <Done taken={taken} next={next} />
  const set = (i: number, change: Partial<TenderLine>) => setTenders(tenders.map((t, k) => (k === i ? { ...t, ...change } : t)))
  return (
    <section className="hy-card hy-stack" aria-label="收款">
      <div className="ds-sum"><span>{count} 户应收</span><strong><MoneyText fen={s.lines_fen} /></strong></div>
      {off_fen > 0 ? <div className="ds-sum"><span className="hy-muted">其中优惠券抵减</span><span>-<MoneyText fen={off_fen} /></span></div> : null}
      {tenders.map((t, i) => (
        <div key={i} className="ds-tender">
          <Select aria-label={`收款方式 ${i + 1}`} value={t.method} options={METHOD_OPTIONS} onChange={(v) => set(i, { method: v as Method })} />
          <MoneyInput aria-label={`收到金额 ${i + 1}`} placeholder={i === tenders.length - 1 ? '按应收' : '金额'} value={t.amount_fen} onChange={(v) => set(i, { amount_fen: typeof v === 'number' ? v : null })} />
          {tenders.length > 1 ? <Button aria-label={`去掉收款方式 ${i + 1}`} onClick={() => setTenders(tenders.filter((_, k) => k !== i))}>×</Button> : <span />}
          {t.method === 'cash' ? null : <Input className="ds-ref" aria-label={`流水号 ${i + 1}`} placeholder="流水号或凭证号(选填)" maxLength={64} value={t.reference} onChange={(e) => set(i, { reference: e.target.value })} />}
        </div>
      ))}
      <Button size="small" disabled={tenders.length >= MONEY_METHODS.length} onClick={() => setTenders([...tenders, { ...EMPTY, method: 'wechat' }])}>加一种方式</Button>
      <div className="ds-sum"><span>收到</span><MoneyText fen={s.given_fen} strong /></div>
      {s.surplus_fen > 0 ? (
        <>
          <Segmented aria-label="多收的钱" block value={s.prepay_fen > 0 ? 'keep' : 'back'} onChange={(v) => setKeep(v === 'keep')} options={[{ value: 'back', label: '找零' }, { value: 'keep', label: '转预存' }]} />
          <div className="ds-sum"><span>{s.prepay_fen > 0 ? '转入预存' : '找零'}</span><span className="ds-change"><MoneyText fen={s.surplus_fen} /></span></div>
          {s.prepay_fen > 0 ? <Select aria-label="预存到" value={keep_for} onChange={setKeepFor} options={d.houses.map((h) => ({ value: h.house_id, label: `存到 ${h.house_label}` }))} /> : null}
        </>
      ) : null}
      <Input aria-label="缴款人" placeholder={`缴款人(默认 ${d.houses[0]?.owner_names || '业主'})`} maxLength={40} value={payer} onChange={(e) => setPayer(e.target.value)} />
      <Input aria-label="备注" placeholder="备注(选填)" maxLength={100} value={remark} onChange={(e) => setRemark(e.target.value)} />
      {take.error ? <Alert type="error" showIcon role="alert" title={take.error.message} action={<Button size="small" onClick={() => { take.reset(); again() }}>刷新账单</Button>} /> : null}
      {s.problem ? <span className="hy-muted" role="status">{s.problem}</span> : null}
      <Button type="primary" size="large" block disabled={s.problem !== null || waiting} loading={take.running} onClick={() => void takeNow()} aria-keyshortcuts="F9">合并收款 F9</Button>
      <MergeCodeButton
        parts={d.houses.map((h) => ({ house_id: h.house_id, lines: askedOf(h, lines), coupon_ids: [...cutOf(h).ids] })).filter((p) => p.lines.length > 0)}
        off_fen={off_fen} payer_name={payer.trim()} close={(paid) => (paid ? next() : again())}
      />
      <span className="hy-muted">每户一张收据,可合并打印成一张。用预存抵扣请到各户的收费台。</span>
    </section>
  )
}

function Done({ taken, next }: { taken: Taken; next: () => void }) {
  const print = usePrintMany()
  const together = { merge_id: taken.merge_id, together: true }
  const each = { payment_ids: taken.payments.map((p) => p.payment_id) }
  useEffect(() => {
    const press = (e: globalThis.KeyboardEvent) => {
      if (e.key !== 'F8') return
      e.preventDefault()
      void print.run(taken.payments.length > 1 ? together : each)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  })
  return (
    <section className="hy-card hy-stack" aria-label="收款完成">
      <Alert type="success" showIcon title={`已收款,共 ${taken.payments.length} 张收据`} />
      <div className="ds-sum"><span>实收</span><strong><MoneyText fen={taken.total_fen} /></strong></div>
      {taken.change_fen ? <div className="ds-sum"><span>找零</span><span className="ds-change"><MoneyText fen={taken.change_fen} /></span></div> : null}
      {taken.payments.map((p) => <div key={p.payment_id} className="hy-line"><Go to={`/payment/payments/${p.payment_id}`}>{p.receipt_no}</Go><span>{p.house_label}</span><MoneyText fen={p.total_fen} />{p.arrears_fen ? <span>仍欠 <MoneyText fen={p.arrears_fen} owed /></span> : null}</div>)}
      <div className="hy-line" role="group" aria-label="打印收据" style={{ flexWrap: 'wrap' }}>
        {taken.payments.length > 1 ? <Button type="primary" loading={print.running} onClick={() => void print.run(together)}>合并成一张 F8</Button> : null}
        <Button loading={print.running} onClick={() => void print.run(each)}>每户一张{taken.payments.length > 1 ? '' : ' F8'}</Button>
        <Button loading={print.running} onClick={() => void print.run({ ...each, form: 'three_copy' })}>每户三联</Button>
      </div>
      <Button block onClick={next}>完成,下一位 F2</Button>
    </section>
  )
}
