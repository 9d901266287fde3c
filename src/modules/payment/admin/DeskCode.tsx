// Codes at the desk: the payer scans ours (收款码), or the cashier scans his (付款码). The box asks until the money is there.
import { Alert, Button, Input, Modal, QRCode, Segmented } from 'antd'
import { useEffect, useState } from 'react'
import { fen, sumFen } from '../../../kernel/money.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import { payment } from '../contract.ts'
import type { DeskOrder } from '../contract_desk_orders.ts'
import { words } from '../words.ts'
import type { useCoupons } from './DeskCoupons.tsx'
import type { Desk } from './DeskPage.tsx'
import { PrintButtons, usePrint, usePrintMany } from './print.tsx'

type Channel = Out<typeof payment.deskChannels.gives>['rows'][number]
const POLL_MS = 1500
const isOver = (state: DeskOrder['state'] | undefined): boolean => state === 'succeeded' || state === 'closed' || state === 'failed'
/** Whose code it is: WeChat's have 18 digits beginning 10 to 15, Alipay's 16 to 24 beginning 25 to 30. */
const kindOf = (code: string): Channel['kind'] | null => (/^1[0-5]\d{16}$/.test(code) ? 'wechat' : /^(2[5-9]|30)\d{14,22}$/.test(code) ? 'alipay' : null)

type Line = { bill_id: string; period_on: string; amount_fen: number }

/** The button of the desk; what is ticked when it is pressed is what the code asks for. */
type Cut = Pick<ReturnType<typeof useCoupons>, 'ids' | 'off_fen' | 'waiting'>
/** What begins the order: one house or several. `key` says what was asked for, so that the same press is the same order. */
interface Starter {
  total_fen: number
  key: string
  run: (channel_id: string, way: 'native' | 'code', key: string) => Promise<{ intent_id: string } | undefined>
  running: boolean
  error: { message: string } | null
  reset: () => void
}
const keyOf = (lines: readonly Line[]): string => lines.map((l) => `${l.bill_id}:${l.amount_fen}`).join(' ')

/** The button of the desk; what is ticked when it is pressed is what the code asks for. */
export function DeskCodeButton({ desk, lines, coupons, again }: { desk: Desk; lines: ReadonlyMap<string, number>; coupons: Cut; again: () => void }) {
  const [open, setOpen] = useState<Line[]>()
  const period = new Map(desk.lines.map((l) => [l.bill_id, l.period_on]))
  const press = () => setOpen([...lines].map(([bill_id, amount_fen]) => ({ bill_id, amount_fen, period_on: period.get(bill_id) ?? '' })))
  return (
    <>
      <Button size="large" block disabled={lines.size === 0 || coupons.waiting} onClick={press}>扫码收款(收款码、付款码)</Button>
      {open ? <OneHouse house_id={desk.house.house_id} lines={open} coupons={coupons} close={() => { setOpen(undefined); again() }} /> : null}
    </>
  )
}
function OneHouse({ house_id, lines, coupons, close }: { house_id: string; lines: Line[]; coupons: Cut; close: () => void }) {
  const start = useWrite(payment.startDeskOrder, { in_form: true, invalidates: [] })
  const starter: Starter = {
    total_fen: sumFen([...lines.map((l) => fen(l.amount_fen)), fen(-coupons.off_fen)]), key: `${keyOf(lines)} ${coupons.ids.join(' ')}`, running: start.running, error: start.error, reset: start.reset,
    run: (channel_id, way, key) => start.run({ house_id, channel_id, way, lines, ...(coupons.ids.length > 0 ? { coupon_ids: coupons.ids } : {}) }, key),
  }
  return <DeskCode starter={starter} close={close} />
}

/** The same for several houses: one code, a receipt a house. */
export function MergeCodeButton({ parts, off_fen, payer_name, close }: { parts: readonly { house_id: string; lines: Line[]; coupon_ids: string[] }[]; off_fen: number; payer_name: string; close: (paid: boolean) => void }) {
  const [open, setOpen] = useState<typeof parts>()
  return (
    <>
      <Button size="large" block disabled={parts.length === 0} onClick={() => setOpen(parts)}>扫码收款(收款码、付款码)</Button>
      {open ? <SeveralHouses parts={open} off_fen={off_fen} payer_name={payer_name} close={(paid) => { setOpen(undefined); close(paid) }} /> : null}
    </>
  )
}
function SeveralHouses({ parts, off_fen, payer_name, close }: { parts: readonly { house_id: string; lines: Line[]; coupon_ids: string[] }[]; off_fen: number; payer_name: string; close: (paid: boolean) => void }) {
  const start = useWrite(payment.startDeskMerged, { in_form: true, invalidates: [] })
  const lines = parts.flatMap((p) => p.lines)
  const starter: Starter = {
    total_fen: fen(sumFen(lines.map((l) => fen(l.amount_fen))) - off_fen), key: `${keyOf(lines)} ${parts.flatMap((p) => p.coupon_ids).join(' ')} ${payer_name}`, running: start.running, error: start.error, reset: start.reset,
    run: (channel_id, way, key) => start.run({ channel_id, way, parts: [...parts], ...(payer_name ? { payer_name } : {}) }, key),
  }
  return <DeskCode starter={starter} close={close} />
}

function DeskCode({ starter, close }: { starter: Starter; close: (paid: boolean) => void }) {
  const channels = useRead(payment.deskChannels, {})
  const [order, setOrder] = useState<DeskOrder>()
  const [paid, setPaid] = useState(false)
  const [way, setWay] = useState<'native' | 'code'>('native')
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<string>()
  const send = useWrite(payment.sendDeskOrder, { in_form: true, invalidates: [] })
  const rows = channels.data?.rows ?? []

  const begin = async (channel: Channel | undefined, auth_code?: string) => {
    setProblem(undefined)
    if (!channel) return setProblem(auth_code ? '这个付款码不是已启用渠道的,请让业主换一个,或改用收款码' : '没有启用的支付渠道')
    const made = await starter.run(channel.channel_id, auth_code ? 'code' : 'native', `${channel.channel_id} ${auth_code ?? 'native'} ${starter.key}`)
    if (made) setOrder(await send.run({ intent_id: made.intent_id, ...(auth_code ? { auth_code } : {}) }, made.intent_id))
  }
  const scan = () => {
    const kind = kindOf(code.trim())
    if (!kind) return setProblem('付款码应为 18 位(微信)或 16 到 24 位(支付宝)数字')
    void begin(rows.find((c) => c.kind === kind), code.trim())
  }
  const error = starter.error ?? send.error
  return (
    <Modal open title="扫码收款" onCancel={() => close(paid)} footer={null} width={460} mask={{ closable: false }} keyboard={!order || isOver(order.state)} closable={!order || isOver(order.state)}>
      <div className="hy-stack">
        <div className="ds-sum"><span>收款金额</span><strong><MoneyText fen={order?.amount_fen ?? starter.total_fen} /></strong></div>
        {error ? <Alert type="error" showIcon role="alert" title={error.message} /> : problem ? <Alert type="warning" showIcon role="alert" title={problem} /> : null}
        {order ? (
          <Following order={order} done={setPaid} close={() => close(paid)} again={() => { setOrder(undefined); setCode(''); starter.reset(); send.reset() }} />
        ) : (
          <>
            <Segmented aria-label="扫码方式" block value={way} onChange={(v) => setWay(v as 'native' | 'code')} options={[{ value: 'native', label: '出示收款码' }, { value: 'code', label: '扫业主付款码' }]} />
            {way === 'native'
              ? rows.map((c) => <Button key={c.channel_id} size="large" block loading={starter.running || send.running} onClick={() => void begin(c)}>{c.name}{c.simulated ? '(样例,不真实扣款)' : ''}</Button>)
              : <Input.Search autoFocus size="large" aria-label="付款码" placeholder="扫码枪扫描,或输入付款码后回车" enterButton="收款" maxLength={24} inputMode="numeric" value={code} loading={starter.running || send.running} onChange={(e) => setCode(e.target.value.replaceAll(/\D/g, ''))} onSearch={scan} />}
            {channels.data && rows.length === 0 ? <span className="hy-muted">还没有启用支付渠道,请在「支付渠道」中启用。</span> : null}
          </>
        )}
      </div>
    </Modal>
  )
}

function Following({ order, done, close, again }: { order: DeskOrder; done: (paid: boolean) => void; close: () => void; again: () => void }) {
  const reading = useRead(payment.deskOrder, { intent_id: order.intent_id }, { stale_ms: 0, refresh_ms: POLL_MS, enabled: !isOver(order.state) })
  const give = useWrite(payment.closeDeskOrder, { in_form: true, invalidates: [] })
  const [ended, setEnded] = useState<DeskOrder>()
  const o = ended ?? reading.data ?? order
  const print = usePrint()
  const many = usePrintMany()
  useEffect(() => done(o.state === 'succeeded'), [o.state, done])
  const stop = async () => {
    const answer = await give.run({ intent_id: o.intent_id }, o.intent_id)
    if (answer) setEnded(answer)
  }
  return (
    <div className="hy-stack" aria-live="polite">
      <div className="hy-line"><span>{o.channel_name}</span><StateTag value={o.state} words={words.states?.['intent']} tones={{ succeeded: 'good', pending: 'busy', created: 'busy', unknown: 'warn', failed: 'bad' }} /><span className="hy-muted">{o.out_trade_no}</span></div>
      {o.way === 'native' && o.code_url && !isOver(o.state) ? <div style={{ display: 'flex', justifyContent: 'center' }}><QRCode value={o.code_url} size={240} aria-label="收款码" /></div> : null}
      {o.way === 'code' && o.state === 'pending' ? <Alert type="info" showIcon title="请业主在手机上输入支付密码" /> : null}
      {o.state === 'unknown' ? <Alert type="warning" showIcon title="暂时无法确认是否收到,正在查询,请不要重复收款" /> : null}
      {o.failure && o.state !== 'unknown' ? <Alert type="error" showIcon title={o.failure} /> : null}
      {give.error ? <Alert type="error" showIcon role="alert" title={give.error.message} /> : null}
      {o.state === 'succeeded' ? <Alert type="success" showIcon title={o.payments.length > 1 ? `已收款,共 ${o.payments.length} 张收据` : `已收款,收据 ${o.receipt_no ?? ''}`} /> : null}
      {o.payments.length > 1 ? (
        <>
          {o.payments.map((p) => <div key={p.payment_id} className="hy-line"><Go to={`/payment/payments/${p.payment_id}`}>{p.receipt_no}</Go><span>{p.house_label}</span><MoneyText fen={p.total_fen} /></div>)}
          <div className="hy-line" role="group" aria-label="打印收据">
            {o.merge_id ? <Button loading={many.running} onClick={() => void many.run({ merge_id: o.merge_id!, together: true })}>合并成一张</Button> : null}
            <Button loading={many.running} onClick={() => void many.run({ payment_ids: o.payments.map((p) => p.payment_id) })}>每户一张</Button>
          </div>
        </>
      ) : o.payment_id ? <PrintButtons payment_id={o.payment_id} print={print} /> : null}
      {isOver(o.state) ? (
        <div className="hy-line">{o.state === 'succeeded' ? null : <Button onClick={again}>重新扫码</Button>}<Button type="primary" onClick={close}>关闭</Button></div>
      ) : (
        <Button loading={give.running} onClick={() => void stop()}>取消这笔收款</Button>
      )}
    </div>
  )
}
