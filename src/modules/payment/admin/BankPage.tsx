// 银行流水: work through what came in. Each line shows whose it may be and why; a person claims it, links it, suspends it or gives it back.
import { Alert, Button, Drawer, Input, Tag } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, Figure, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm, toast } from '../../../ui/feedback.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import type { BankLine, Proposal } from '../contract_bank.ts'
import { words } from '../words.ts'
import { HousePicker } from './HousePicker.tsx'

const TONES = { new: 'warn', suspense: 'bad', matched: 'good', linked: 'good', returning: 'busy', returned: 'plain', ignored: 'plain', channel: 'good' } as const
const SURE = { certain: 'green', likely: 'blue', maybe: 'default' } as const
/** Surely enough for one press: the only proposal of its kind. */
const bestOf = (r: BankLine): Proposal | undefined => (r.can.match === true && r.proposals[0] && r.proposals[0].sure !== 'maybe' ? r.proposals[0] : undefined)
const why = (p: Proposal): string => p.why.map((w) => words.states?.['bank_why']?.[w] ?? w).join('+')

const OPEN: readonly string[] = ['new', 'suspense', 'returning']
const whoKnown = (r: BankLine): boolean => r.matched.length + r.proposals.length + r.payments.length > 0
function Whose({ r }: { r: BankLine }) {
  if (r.matched.length) return <span>{r.matched.map((m) => <Go key={m.payment_id} to={`/payment/payments/${m.payment_id}`}>{m.house_label} </Go>)}</span>
  const best = r.proposals[0]
  if (best) return <span title={why(best)}><Tag color={SURE[best.sure]}>{words.states?.['bank_sure']?.[best.sure]}</Tag>{best.house_label} {best.owner_names}</span>
  if (r.payments[0]) return <span className="hy-muted">可能是已收的 {r.payments[0].receipt_no}</span>
  return <span className="hy-muted">{r.note ?? '—'}</span>
}

export default function BankPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const accounts = useRead(payment.bankAccounts, place_id ? { community_id: place_id } : {}, { stale_ms: 60_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'text', name: 'q', label: '关键词', placeholder: '户名、附言、流水号' },
      { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['bank']) },
      { kind: 'days', names: ['from_on', 'to_on'], label: '交易日' },
      { kind: 'check', name: 'open', label: '只看待处理' },
      { kind: 'select', name: 'account_id', label: '账户', more: true, options: (accounts.data?.rows ?? []).map((a) => ({ value: a.account_id, label: `${a.bank} ${a.account_no.slice(-4)}` })), loading: accounts.loading },
    ],
    [accounts.data, accounts.loading],
  )
  const list = useList(payment.bankLines, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const suspend = useWrite(payment.suspendLines, { done: (a) => `${a.count} 笔 ${money(a.amount_fen)} 元已转暂收` })
  const ignore = useWrite(payment.ignoreLine, { in_form: true, done: '已标为无需认领' })
  const give_back = useWrite(payment.askReturnLine, { in_form: true, done: '已申请退回,等待审批' })
  const confirmed = useConfirm(list.data)
  const [open, setOpen] = useState<BankLine>()
  const [asking, setAsking] = useState<{ line: BankLine; what: 'ignore' | 'return' }>()
  const columns: readonly Column<BankLine>[] = [
    { key: 'booked_on', title: '交易日', width: 105, always: true },
    { key: 'amount_fen', title: '金额', width: 110, show: (r) => <MoneyText fen={r.amount_fen} /> },
    { key: 'counter_name', title: '对方户名', width: 130 },
    { key: 'memo', title: '摘要与附言', width: 180 },
    { key: 'reference', title: '流水号', width: 140, hidden: true },
    { key: 'account_name', title: '账户', width: 150, hidden: true },
    { key: 'community_name', title: '小区', width: 110, hidden: true },
    {
      key: 'whose', title: '归属', width: 230,
      show: (r) => <><Whose r={r} />{r.note && OPEN.includes(r.state) && whoKnown(r) ? <div className="hy-muted" title={r.note} style={{ whiteSpace: 'normal', fontSize: 12, display: '-webkit-box', WebkitBoxOrient: 'vertical', WebkitLineClamp: 2, overflow: 'hidden' }}>{r.note}</div> : null}</>,
    },
    { key: 'age_days', title: '账龄', width: 80, show: (r) => (OPEN.includes(r.state) ? `${r.age_days} 天` : '—') },
    { key: 'state', title: '状态', width: 100, show: (r) => <StateTag value={r.state} words={words.states?.['bank']} tones={TONES} /> },
    {
      key: 'act', title: '操作', width: 210,
      show: (r) =>
        r.can.match === true || r.can.ignore === true || r.can.give_back === true ? (
          <span className="hy-line">
            {bestOf(r) ? <Button size="small" type="primary" data-confirm loading={confirmed.running} title={`记到 ${bestOf(r)!.house_label},先冲抵最早的欠费`} onClick={() => void confirmed.run(r)}>确认</Button> : null}
            <CanButton size="small" type={bestOf(r) ? 'default' : 'primary'} can={r.can.match} words={words} onClick={() => setOpen(r)}>认领</CanButton>
            {r.can.ignore === true ? <Button size="small" onClick={() => setAsking({ line: r, what: 'ignore' })}>无需认领</Button> : null}
            {r.can.give_back === true ? <Button size="small" onClick={() => setAsking({ line: r, what: 'return' })}>退回</Button> : null}
          </span>
        ) : '—',
    },
  ]
  const d = list.data
  const close = () => { setAsking(undefined); ignore.reset(); give_back.reset() }
  return (
    <>
      <ListPage
        {...list} title="银行流水" name="payment.bank" columns={columns} row_key="line_id" excel={may('payment.bank.export') ? payment.bankLinesExcel : undefined}
        totals={(x) => ({ amount_fen: money(x.in_fen_sum) })}
        note={d ? <div className="hy-figures"><Figure label="收入" value={money(d.in_fen_sum)} unit="元" /><Figure label="待处理" value={money(d.open_fen_sum)} unit="元" to="/payment/bank?open=1" /><Figure label="其中暂收" value={money(d.suspense_fen_sum)} unit="元" to="/payment/bank?state=suspense" /></div> : null}
        actions={<>{may('payment.bank.import') && may('system.import.use') ? <Go to="/system/imports/new?kind=payment.bank">导入银行流水</Go> : null}<Go to="/payment/bank_accounts">收款银行账户</Go></>}
        {...(may('payment.bank.match') ? { batch: [{ label: '按建议入账', run: confirmed.many }, { label: '转暂收', run: async (rows: readonly BankLine[]) => { if (!(await confirm({ title: `${rows.length} 笔转暂收?`, content: '暂收的钱仍可以随时认领或退回。', ok: '转暂收' }))) return false; return (await suspend.run({ line_ids: rows.map((r) => r.line_id) })) !== undefined } }] } : {})}
        empty={{ text: '没有银行流水', next: <Go to="/system/imports/new?kind=payment.bank">导入银行流水</Go> }}
      />
      {open ? <Claim line={open} close={() => setOpen(undefined)} /> : null}
      {asking?.what === 'ignore' ? <ReasonModal open title="无需认领" submit="确定" onClose={close} loading={ignore.running} submitError={ignore.error} suggestions={['银行利息', '公司内部转账', '非业主款项']} onConfirm={async (reason) => { if (await ignore.run({ line_id: asking.line.line_id, reason })) close() }} /> : null}
      {asking?.what === 'return' ? <ReasonModal open danger title={`退回 ${money(asking.line.amount_fen)} 元`} submit="申请退回" onClose={close} loading={give_back.running} submitError={give_back.error} suggestions={['来款人要求退回', '转错账户']} onConfirm={async (reason) => { if (await give_back.run({ line_id: asking.line.line_id, reason })) close() }} /> : null}
    </>
  )
}

/** One press takes a line for the house that it is proposed for; the next button has the focus then, so that Enter goes on. */
function useConfirm(data: unknown) {
  const match = useWrite(payment.matchLine, { done: (a) => `已入账:${a.payments.map((p) => `${p.house_label} ${p.receipt_no}`).join('、')}`, invalidates: 'all' })
  const went = useRef(false)
  useEffect(() => {
    if (!went.current) return
    went.current = false
    document.querySelector<HTMLElement>('[data-confirm]')?.focus()
  }, [data])
  const run = async (r: BankLine): Promise<boolean> => {
    const p = bestOf(r)
    if (!p) return false
    const done = (await match.run({ line_id: r.line_id, shares: [{ house_id: p.house_id, amount_fen: r.amount_fen }], note: `按建议确认:${why(p)}` }, r.line_id)) !== undefined
    went.current = done
    return done
  }
  return {
    running: match.running,
    run,
    many: async (rows: readonly BankLine[]) => {
      const sure = rows.filter((r) => bestOf(r))
      if (sure.length === 0) {
        toast.warn('选中的流水没有可以直接确认的建议,请逐笔认领')
        return false
      }
      const fen = sure.reduce((n, r) => n + r.amount_fen, 0)
      if (!(await confirm({ title: `${sure.length} 笔 ${money(fen)} 元按建议入账?`, content: `${sure.slice(0, 5).map((r) => `${bestOf(r)!.house_label} ${money(r.amount_fen)}`).join(',')}${sure.length > 5 ? ' 等' : ''};每户先冲抵最早的欠费,多出的转入预存。${sure.length < rows.length ? `其余 ${rows.length - sure.length} 笔没有把握,不处理。` : ''}`, ok: '入账' }))) return false
      // One after the other: each is a receipt of its own, and the first that is refused stops the rest.
      for (const r of sure) if (!(await run(r))) return false
      return true
    },
  }
}

interface Part {
  house_id: string
  label: string
  amount_fen: number
}
function Claim({ line, close }: { line: BankLine; close: () => void }) {
  const first = line.proposals[0]
  const [parts, setParts] = useState<readonly Part[]>(first ? [{ house_id: first.house_id, label: `${first.house_label} ${first.owner_names}`, amount_fen: line.amount_fen }] : [])
  const [picked, setPicked] = useState<string>()
  const [note, setNote] = useState('')
  const found = useRead(payment.desk, { house_id: picked ?? '' }, { enabled: picked !== undefined })
  const match = useWrite(payment.matchLine, { in_form: true, done: (a) => `已入账:${a.payments.map((p) => `${p.house_label} ${p.receipt_no}`).join('、')}`, invalidates: 'all' })
  const link = useWrite(payment.linkLine, { in_form: true, done: '已对上', invalidates: 'all' })
  const left = line.amount_fen - parts.reduce((n, p) => n + p.amount_fen, 0)
  const add = (house_id: string, label: string) => {
    if (!parts.some((p) => p.house_id === house_id)) setParts([...parts, { house_id, label, amount_fen: Math.max(0, left) }])
    setPicked(undefined)
  }
  const error = match.error ?? link.error
  return (
    <Drawer open onClose={close} title={`认领 ${line.booked_on} ${money(line.amount_fen)} 元`} size={640} closable={{ 'aria-label': '关闭' }} footer={<div className="hy-form-buttons"><span style={{ flex: 1 }}>{left === 0 ? '金额相符' : `还差 ${money(left)} 元`}</span><Button onClick={close}>取消</Button><Button type="primary" disabled={left !== 0 || parts.length === 0} loading={match.running} onClick={async () => { if (await match.run({ line_id: line.line_id, shares: parts.map((p) => ({ house_id: p.house_id, amount_fen: p.amount_fen })), ...(note.trim() ? { note: note.trim() } : {}) })) close() }}>认领入账</Button></div>}>
      <div className="hy-stack">
        <p>{line.counter_name ?? '未知户名'}{line.counter_tail ? ` 尾号 ${line.counter_tail}` : ''} · {line.memo ?? '没有附言'}{line.reference ? ` · 流水号 ${line.reference}` : ''}</p>
        {error ? <Alert type="error" showIcon role="alert" title={error.message} /> : null}
        {line.payments.length > 0 ? (
          <section className="hy-card hy-stack" aria-label="已有收款">
            <strong>收费台已经收过同样金额的转账:</strong>
            {line.payments.map((p) => <div key={p.payment_id} className="hy-line"><Go to={`/payment/payments/${p.payment_id}`}>{p.receipt_no}</Go><span>{p.house_label} {p.taken_on}</span><MoneyText fen={p.total_fen} /><Button size="small" loading={link.running} onClick={async () => { if (await link.run({ line_id: line.line_id, payment_id: p.payment_id })) close() }}>就是这一笔</Button></div>)}
          </section>
        ) : null}
        {line.proposals.length > 0 ? <section className="hy-stack" aria-label="建议">{line.proposals.map((p) => <div key={p.house_id} className="hy-line"><Button size="small" onClick={() => add(p.house_id, `${p.house_label} ${p.owner_names}`)}>{p.house_label}</Button><span>{p.owner_names}</span><Tag color={SURE[p.sure]}>{words.states?.['bank_sure']?.[p.sure]} {why(p)}</Tag><span className="hy-muted">欠 {money(p.open_fen)}</span></div>)}</section> : <span className="hy-muted">没有找到可能的房产,请按房号或姓名查找。</span>}
        <HousePicker id="bank-house" choose={setPicked} />
        {picked && found.data ? <div className="hy-line"><span>{found.data.house.label} {found.data.owners.map((o) => o.name).join('、')} 欠 {money(found.data.open_fen)}</span><Button size="small" type="primary" onClick={() => add(picked, `${found.data!.house.label} ${found.data!.owners.map((o) => o.name).join('、')}`)}>加上这一户</Button></div> : null}
        {parts.map((p) => (
          <div key={p.house_id} className="hy-line">
            <strong style={{ flex: 1 }}>{p.label}</strong>
            <span style={{ width: 150 }}><MoneyInput aria-label={`${p.label} 金额`} value={p.amount_fen} onChange={(v) => setParts(parts.map((x) => (x.house_id === p.house_id ? { ...x, amount_fen: typeof v === 'number' ? v : 0 } : x)))} /></span>
            <Button aria-label={`去掉 ${p.label}`} onClick={() => setParts(parts.filter((x) => x.house_id !== p.house_id))}>×</Button>
          </div>
        ))}
        <p className="hy-muted">每户先冲抵最早的欠费,多出的转入预存。</p>
        <Input aria-label="说明" placeholder="说明(选填)" maxLength={100} value={note} onChange={(e) => setNote(e.target.value)} />
      </div>
    </Drawer>
  )
}
