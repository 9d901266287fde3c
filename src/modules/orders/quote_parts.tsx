// A quote as both phones show it.
import { fen, trimDecimal, yuan } from '../../kernel/money.ts'
import { Money, Tag } from '../../ui/phone/bits.tsx'
import { hour } from './shown.ts'
import type { Quote, QuoteState } from './contract.ts'
import { words } from './words.ts'

const TONE: Partial<Record<QuoteState, 'good' | 'bad' | 'warn' | 'busy'>> = { offered: 'warn', consented: 'busy', billed: 'good', refused: 'bad' }
export const QuoteMark = ({ state }: { state: QuoteState }) => <Tag {...(TONE[state] ? { kind: TONE[state] } : {})}>{words.states!['quote']![state]}</Tag>

export function QuoteLines({ q }: { q: Pick<Quote, 'lines' | 'amount_fen' | 'note' | 'payer_name'> }) {
  const zh = words.states!['service_kind']!
  return (
    <>
      <ul className="ph-list" aria-label="报价明细">
        {q.lines.map((l) => (
          <li key={l.line_no} className="ph-row">
            <span className="ph-row-body">{l.name}{l.item_id ? null : <Tag>临时</Tag>}<span className="ph-weak ph-small" style={{ display: 'block' }}>{zh[l.kind]} · {trimDecimal(l.quantity)} {l.unit} × {trimDecimal(l.unit_price)} 元</span></span>
            <span className="ph-row-side"><Money fen={l.amount_fen} /></span>
          </li>
        ))}
      </ul>
      <p className="ph-between"><span>{q.payer_name ? `付费人 ${q.payer_name}` : ''}</span><b>合计 {yuan(fen(q.amount_fen))} 元</b></p>
      {q.note ? <p className="ph-weak ph-small">{q.note}</p> : null}
    </>
  )
}
export function QuoteEnd({ q }: { q: Pick<Quote, 'state' | 'signer_name' | 'signed_at' | 'signed_on' | 'signed_received_at' | 'end_reason' | 'billed_at'> }) {
  const signed = q.signed_at ? `${q.signer_name} ${hour(q.signed_at)} 在${words.states!['signed_on']![q.signed_on!]}上签字${q.signed_received_at ? `(无网,${hour(q.signed_received_at)} 补传)` : ''}` : ''
  const text = [signed, q.billed_at ? `${hour(q.billed_at)} 出账` : '', q.end_reason ? `${words.states!['quote']![q.state]}:${q.end_reason}` : ''].filter(Boolean).join(';')
  return text ? <p className="ph-weak ph-small">{text}</p> : null
}
