// Completing a settlement: who takes the house over, who bears what is open, what becomes of the money held; tried first, then done.
import { Alert, Button, Checkbox, Drawer, Input, Segmented, Select } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { asRefused, readNow, useWrite, type In } from '../../../ui/api.ts'
import { money } from '../../../ui/format.ts'
import { OwnersEditor, ownersToSend } from '../../people/admin/shared.tsx'
import { handover, type Sheet, type SheetBill } from '../contract.ts'
import { words } from '../words.ts'
import { Bills } from './Bills.tsx'

type Ask = In<typeof handover.completeSheet.takes>
type To = 'taker' | 'stay'
type Keep = 'stay' | 'pass' | 'refund'
const METHODS = ['transfer', 'cash', 'wechat', 'alipay', 'other'] as const
const options = (group: string, keys: readonly string[]) => keys.map((value) => ({ value, label: words.states![group]![value] ?? value }))

export function Complete({ sheet: s, close }: { sheet: Sheet; close: () => void }) {
  const [owners, setOwners] = useState<unknown>([{ name: '', phone: '', share_num: 1, share_den: 1 }])
  const [keep_household, setKeep] = useState(false)
  const [to, setTo] = useState<Readonly<Record<string, To>>>({})
  const [wallet, setWallet] = useState<'stay' | 'refund'>('stay')
  const [deposits, setDeposits] = useState<Readonly<Record<string, Keep>>>({})
  const [payee, setPayee] = useState({ method: 'transfer' as (typeof METHODS)[number], payee_name: s.leavers[0]?.name ?? '', payee_bank: '', payee_account: '' })
  const [agreement, setAgreement] = useState('')
  const [reason, setReason] = useState(s.kind === 'transfer' ? '房屋买卖' : '租期届满')
  const [tried, setTried] = useState<Sheet>()
  const [fault, setFault] = useState<string>()
  const [trying, setTrying] = useState(false)
  const done = useWrite(handover.completeSheet, { in_form: true, done: '已办结', invalidates: 'all' })
  const held_fen = s.body.wallet_fen + s.body.bound.reduce((n, b) => n + b.balance_fen, 0)
  const back = (wallet === 'refund' && held_fen > 0) || Object.values(deposits).includes('refund')
  const named = ownersToSend(owners) as NonNullable<Ask['owners']>
  const goes = (b: SheetBill) => (b.follows ? to[b.follows] === 'taker' : to[b.bill_id] === 'taker')
  const needs = s.body.bills.some((b) => b.leaver_fen > 0 && goes(b)) || (wallet === 'stay' && held_fen > 0) || Object.values(deposits).includes('pass')
  const ask: Ask = {
    sheet_id: s.sheet_id, keep_household, reason: reason.trim(), agreement: agreement.trim() || null, wallet,
    ...(s.kind === 'transfer' && named.length ? { owners: named } : {}),
    bills: s.body.bills.flatMap((b) => (b.leaver_fen > 0 && to[b.bill_id] ? [{ bill_id: b.bill_id, to: to[b.bill_id]! }] : [])),
    deposits: Object.entries(deposits).map(([deposit_id, x]) => ({ deposit_id, to: x })),
    payee: back ? { method: payee.method, payee_name: payee.payee_name.trim(), ...(payee.method === 'transfer' ? { payee_bank: payee.payee_bank.trim(), payee_account: payee.payee_account.replaceAll(/\s/g, '') } : {}) } : null,
  }
  const changed = <T,>(set: (v: T) => void) => (v: T) => { setTried(undefined); set(v) }
  const attempt = async () => {
    setTrying(true)
    setFault(undefined)
    try {
      setTried(await readNow(handover.completeSheet, { ...ask, dry_run: true }))
    } catch (error) {
      setFault(asRefused(error).message)
    }
    setTrying(false)
  }
  const open = s.body.bills.filter((b) => b.leaver_fen > 0)
  const all = (v: To) => changed(setTo)(Object.fromEntries(open.map((b) => [b.bill_id, v])))
  const bear = changed((v: { id: string; to: To }) => setTo({ ...to, [v.id]: v.to }))
  return (
    <Drawer open title={`办结 ${s.no}`} onClose={close} size={1000} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}
      footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button loading={trying} onClick={() => void attempt()}>试算</Button><Button type="primary" loading={done.running} disabled={!tried} title={tried ? undefined : '请先试算'} onClick={() => void done.run(ask).then((a) => a && close())}>办结</Button></div>}
    >
      <div className="hy-stack">
        {done.error || fault ? <Alert type="error" showIcon role="alert" title={done.error?.message ?? fault} /> : null}
        {s.kind === 'transfer' ? <fieldset className="hy-card hy-stack"><legend>新业主</legend><OwnersEditor value={owners} onChange={changed(setOwners)} /><Checkbox checked={keep_household} onChange={(e) => changed(setKeep)(e.target.checked)}>保留原住户(亲属间过户)</Checkbox></fieldset> : <div>{s.leaver_names} 自 {s.on_day} 起退租,费用改由业主承担。</div>}
        {s.body.leaver_fen > 0 ? <Alert type="warning" showIcon title={`离开方还有 ${money(s.body.leaver_fen)} 元未收:请先收款,或逐笔选择由谁承担。`} /> : null}
        {open.length > 1 ? <div className="hy-line">{open.length} 笔需要决定 <Button size="small" onClick={() => all('taker')}>全部由接手方承担</Button><Button size="small" onClick={() => all('stay')}>全部仍由离开方承担</Button></div> : null}
        {s.body.bills.length ? <Bills rows={s.body.bills} choice={(b) => (b.leaver_fen === 0 ? '自动转给接手方' : b.follows && to[b.follows] === 'taker' ? '随本金' : <Select aria-label={`${b.period} ${b.fee_item_name} 由谁承担`} size="small" style={{ width: 150 }} placeholder="请选择" {...(to[b.bill_id] ? { value: to[b.bill_id]! } : {})} options={options('to', ['taker', 'stay'])} onChange={(v: To) => bear({ id: b.bill_id, to: v })} />)} /> : null}
        {held_fen > 0 ? <label className="hy-line">预存 {money(held_fen)} 元 <Segmented<'stay' | 'refund'> aria-label="预存处理" value={wallet} onChange={changed(setWallet)} options={[{ value: 'stay', label: '随房转给接手方' }, { value: 'refund', label: '申请退给离开方' }]} /></label> : null}
        {s.body.deposits.map((d) => (
          <label key={d.deposit_id} className="hy-line" style={{ flexWrap: 'wrap' }}>{d.kind_name} {d.deposit_no} {money(d.held_fen)} 元({d.payer_name})
            <Select aria-label={`${d.deposit_no} 处理`} size="small" style={{ width: 150 }} value={deposits[d.deposit_id] ?? 'stay'} options={options('deposit_to', ['stay', 'pass', 'refund'])} onChange={(v: Keep) => changed(setDeposits)({ ...deposits, [d.deposit_id]: v })} />
          </label>
        ))}
        {back ? <Payee value={payee} onChange={changed(setPayee)} /> : null}
        {needs ? <label>双方约定(写明日期与双方姓名)<Input.TextArea aria-label="双方约定" value={agreement} maxLength={300} showCount autoSize={{ minRows: 2, maxRows: 4 }} placeholder={`例:${today()} ${s.leaver_names} 与新业主约定,上述欠费由新业主承担,预存随房转让。`} onChange={(e) => changed(setAgreement)(e.target.value)} /></label> : null}
        <label>原因<Input aria-label="原因" value={reason} maxLength={200} onChange={(e) => changed(setReason)(e.target.value)} /></label>
        {tried?.outcome ? <Tried s={tried} /> : null}
      </div>
    </Drawer>
  )
}

interface PayeeText {
  method: (typeof METHODS)[number]
  payee_name: string
  payee_bank: string
  payee_account: string
}
function Payee({ value: p, onChange }: { value: PayeeText; onChange: (v: PayeeText) => void }) {
  const text = (name: 'payee_name' | 'payee_bank' | 'payee_account', label: string, max: number) => <label>{label}<Input aria-label={label} value={p[name]} maxLength={max} onChange={(e) => onChange({ ...p, [name]: e.target.value })} /></label>
  return (
    <fieldset className="hy-card hy-stack"><legend>退款收款人(另一人审批后付出)</legend>
      <label className="hy-line">退款方式 <Select aria-label="退款方式" style={{ width: 140 }} value={p.method} options={options('method', METHODS)} onChange={(method: PayeeText['method']) => onChange({ ...p, method })} /></label>
      {text('payee_name', '收款人', 40)}
      {p.method === 'transfer' ? <>{text('payee_bank', '开户行', 60)}{text('payee_account', '收款账号', 40)}</> : null}
    </fieldset>
  )
}

function Tried({ s }: { s: Sheet }) {
  const o = s.outcome!
  const sum = (rows: typeof o.passed) => money(rows.reduce((n, l) => n + l.amount_fen, 0))
  return (
    <Alert type="success" title="试算结果(尚未办结)"
      description={<><div>接手的人:{o.taker_names}</div><div>转给接手方 {o.passed.length} 笔 {sum(o.passed)} 元,仍由离开方承担 {o.stayed.length} 笔 {sum(o.stayed)} 元</div><div>预存:{o.wallet}</div>{o.deposits.map((d) => <div key={d}>押金:{d}</div>)}{o.refunds.length ? <div>将提交退款申请 {o.refunds.length} 笔,由另一人审批</div> : null}</>}
    />
  )
}
