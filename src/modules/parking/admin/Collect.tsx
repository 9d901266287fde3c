// Taking a parking fee at the booth: cash with a key, a voucher, or the driver's own phone by code.
import { Button, Input, QRCode, Radio } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { yen } from '../../../ui/format.ts'
import { parking } from '../contract.ts'

const METHODS = [{ value: 'cash', label: '现金' }, { value: 'wechat', label: '微信(已收)' }, { value: 'alipay', label: '支付宝(已收)' }, { value: 'card', label: '刷卡' }] as const
type Method = (typeof METHODS)[number]['value']
export function Collect({ stay_id, due_fen, pay_at, done }: { stay_id: string; due_fen: number; pay_at: string; done: () => void }) {
  const collect = useWrite(parking.collect, { done: (a) => `已收 ${yen(a.paid_fen)},收据 ${a.receipt_no}`, invalidates: 'all' })
  const [method, setMethod] = useState<Method>('cash')
  const [reference, setReference] = useState('')
  const [code, setCode] = useState(false)
  return (
    <section className="hy-stack" aria-label="收款">
      <Radio.Group value={method} onChange={(e) => setMethod(e.target.value as Method)} options={[...METHODS]} optionType="button" />
      {method === 'cash' ? null : <Input aria-label="凭证号" placeholder="凭证号(可不填)" maxLength={60} value={reference} onChange={(e) => setReference(e.target.value)} />}
      <div className="pk-near">
        <Button type="primary" size="large" autoFocus loading={collect.running} onClick={async () => { if (await collect.run({ stay_id, method, amount_fen: due_fen, ...(reference ? { reference } : {}) })) done() }}>收 {yen(due_fen)}</Button>
        <Button size="large" onClick={() => setCode(!code)}>{code ? '收起二维码' : '车主扫码自助缴'}</Button>
      </div>
      {code ? <div className="hy-stack"><QRCode value={`${location.origin}/resident/park/${pay_at}`} size={180} /><span className="hy-muted">车主扫码输入车牌即可缴费;到账后本页自动变为「放行」。</span></div> : null}
    </section>
  )
}
