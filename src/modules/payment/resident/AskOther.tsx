// Asking somebody else to pay what is ticked: a link that pays these bills and nothing else.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Money, Sheet } from '../../../ui/phone/bits.tsx'
import { Link } from '../../../ui/phone/router.tsx'
import { payment, type OpenLine } from '../contract.ts'
import { linkUrl } from './shared.tsx'

const BILLS_MAX = 100

export function AskOther({ house_id, lines, coupon_ids }: { house_id: string; lines: readonly OpenLine[]; coupon_ids: readonly string[] }) {
  const make = useWrite(payment.makeLink, { invalidates: [payment.myLinks] })
  const [made, setMade] = useState<{ token: string; amount_fen: number; off_fen: number; expires_at: string }>()
  const [said, setSaid] = useState('')
  const ask = async (): Promise<void> => {
    const answer = await make.run({ house_id, bills: lines.slice(0, BILLS_MAX).map((l) => ({ bill_id: l.bill_id, period_on: l.period_on })), coupon_ids: [...coupon_ids] })
    if (answer) {
      setSaid('')
      setMade(answer)
    }
  }
  const copy = async (url: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(url)
      setSaid('已复制,发给家人即可')
    } catch {
      setSaid('请长按上面的链接复制')
    }
  }
  return (
    <>
      <p className="ph-between"><button type="button" className="ph-text-button" disabled={make.running} onClick={() => void ask()}>请家人代缴(生成链接)</button><Link className="ph-small" to="/pay/links">我的代缴链接</Link></p>
      <Sheet open={made !== undefined} title="代缴链接" close={() => setMade(undefined)}>
        {made ? (
          <>
            <p>金额 <Money className="ph-strong" fen={made.amount_fen} />{made.off_fen > 0 ? <>(已用优惠券抵 <Money fen={made.off_fen} />)</> : null},有效至 {instant(made.expires_at)}。对方不需要登录,只能缴这些账单,看不到您的个人信息。</p>
            <p style={{ overflowWrap: 'anywhere' }}>{linkUrl(made.token)}</p>
            <Button className="ph-big" block color="primary" onClick={() => void copy(linkUrl(made.token))}>复制链接</Button>
            {said ? <p className="ph-center" role="status">{said}</p> : null}
          </>
        ) : null}
      </Sheet>
    </>
  )
}
