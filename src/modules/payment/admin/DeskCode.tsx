// Codes at the desk: the payer scans ours (收款码), or the cashier scans his (付款码). The box asks until the money is there.
import { Alert, Button, Input, Modal, QRCode, Segmented } from 'antd'
import { useState } from 'react'
import { fen, sumFen } from '../../../kernel/money.ts'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import { payment } from '../contract.ts'
import type { DeskOrder } from '../contract_desk_orders.ts'
import { words } from '../words.ts'
import type { useCoupons } from './DeskCoupons.tsx'
import type { Desk } from './DeskPage.tsx'
import { PrintButtons, usePrint } from './print.tsx'

type Channel = Out<typeof payment.deskChannels.gives>['rows'][number]
const POLL_MS = 1500
const isOver = (state: DeskOrder['state'] | undefined): boolean => state === 'succeeded' || state === 'closed' || state === 'failed'
/** Whose code it is: WeChat's have 18 digits beginning 10 to 15, Alipay's 16 to 24 beginning 25 to 30. */
const kindOf = (code: string): Channel['kind'] | null => (/^1[0-5]\d{16}$/.test(code) ? 'wechat' : /^(2[5-9]|30)\d{14,22}$/.test(code) ? 'alipay' : null)

type Line = { bill_id: string; period_on: string; amount_fen: number }

/** The button of the desk; what is ticked when it is pressed is what the code asks for. */
type Cut = Pick<ReturnType<typeof useCoupons>, 'ids' | 'off_fen' | 'waiting'>
export function DeskCodeButton({ desk, lines, coupons, again }: { desk: Desk; lines: ReadonlyMap<string, number>; coupons: Cut; again: () => void }) {
  const [open, setOpen] = useState<Line[]>()
  const period = new Map(desk.lines.map((l) => [l.bill_id, l.period_on]))
  const press = () => setOpen([...lines].map(([bill_id, amount_fen]) => ({ bill_id, amount_fen, period_on: period.get(bill_id) ?? '' })))
  return (
    <>
      <Button size="large" block disabled={lines.size === 0 || coupons.waiting} onClick={press}>扫码收款(收款码、付款码)</Button>
      {open ? <DeskCode house_id={desk.house.house_id} lines={open} coupons={coupons} close={() => { setOpen(undefined); again() }} /> : null}
    </>
  )
}

function DeskCode({ house_id, lines, coupons, close }: { house_id: string; lines: Line[]; coupons: Cut; close: () => void }) {
  const total_fen = sumFen([...lines.map((l) => fen(l.amount_fen)), fen(-coupons.off_fen)])
  const channels = useRead(payment.deskChannels, {})
  const [order, setOrder] = useState<DeskOrder>()
  const [way, setWay] = useState<'native' | 'code'>('native')
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<string>()
  const start = useWrite(payment.startDeskOrder, { in_form: true, invalidates: [] })
  const send = useWrite(payment.sendDeskOrder, { in_form: true, invalidates: [] })
  const rows = channels.data?.rows ?? []

  const begin = async (channel: Channel | undefined, auth_code?: string) => {
    setProblem(undefined)
    if (!channel) return setProblem(auth_code ? '这个付款码不是已启用渠道的,请让业主换一个,或改用收款码' : '没有启用的支付渠道')
    const key = `${channel.channel_id} ${auth_code ?? 'native'} ${lines.map((l) => `${l.bill_id}:${l.amount_fen}`).join(' ')} ${coupons.ids.join(' ')}`
    const made = await start.run({ house_id, channel_id: channel.channel_id, way: auth_code ? 'code' : 'native', lines, ...(coupons.ids.length > 0 ? { coupon_ids: coupons.ids } : {}) }, key)
    if (made) setOrder(await send.run({ intent_id: made.intent_id, ...(auth_code ? { auth_code } : {}) }, made.intent_id))
  }
  const scan = () => {
    const kind = kindOf(code.trim())
    if (!kind) return setProblem('付款码应为 18 位(微信)或 16 到 24 位(支付宝)数字')
    void begin(rows.find((c) => c.kind === kind), code.trim())
  }
  const error = start.error ?? send.error
  return (
    <Modal open title="扫码收款" onCancel={close} footer={null} width={460} mask={{ closable: false }} keyboard={!order || isOver(order.state)} closable={!order || isOver(order.state)}>
      <div className="hy-stack">
        <div className="ds-sum"><span>收款金额</span><strong><MoneyText fen={order?.amount_fen ?? total_fen} /></strong></div>
        {error ? <Alert type="error" showIcon role="alert" title={error.message} /> : problem ? <Alert type="warning" showIcon role="alert" title={problem} /> : null}
        {order ? (
          <Following order={order} close={close} again={() => { setOrder(undefined); setCode(''); start.reset(); send.reset() }} />
        ) : (
          <>
            <Segmented aria-label="扫码方式" block value={way} onChange={(v) => setWay(v as 'native' | 'code')} options={[{ value: 'native', label: '出示收款码' }, { value: 'code', label: '扫业主付款码' }]} />
            {way === 'native'
              ? rows.map((c) => <Button key={c.channel_id} size="large" block loading={start.running || send.running} onClick={() => void begin(c)}>{c.name}{c.simulated ? '(样例,不真实扣款)' : ''}</Button>)
              : <Input.Search autoFocus size="large" aria-label="付款码" placeholder="扫码枪扫描,或输入付款码后回车" enterButton="收款" maxLength={24} inputMode="numeric" value={code} loading={start.running || send.running} onChange={(e) => setCode(e.target.value.replaceAll(/\D/g, ''))} onSearch={scan} />}
            {channels.data && rows.length === 0 ? <span className="hy-muted">还没有启用支付渠道,请在「支付渠道」中启用。</span> : null}
          </>
        )}
      </div>
    </Modal>
  )
}

function Following({ order, close, again }: { order: DeskOrder; close: () => void; again: () => void }) {
  const reading = useRead(payment.deskOrder, { intent_id: order.intent_id }, { stale_ms: 0, refresh_ms: POLL_MS, enabled: !isOver(order.state) })
  const give = useWrite(payment.closeDeskOrder, { in_form: true, invalidates: [] })
  const [ended, setEnded] = useState<DeskOrder>()
  const o = ended ?? reading.data ?? order
  const print = usePrint()
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
      {o.state === 'succeeded' ? <Alert type="success" showIcon title={`已收款,收据 ${o.receipt_no ?? ''}`} /> : null}
      {o.payment_id ? <PrintButtons payment_id={o.payment_id} print={print} /> : null}
      {isOver(o.state) ? (
        <div className="hy-line">{o.state === 'succeeded' ? null : <Button onClick={again}>重新扫码</Button>}<Button type="primary" onClick={close}>关闭</Button></div>
      ) : (
        <Button loading={give.running} onClick={() => void stop()}>取消这笔收款</Button>
      )}
    </div>
  )
}
