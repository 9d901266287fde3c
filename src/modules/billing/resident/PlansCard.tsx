import { useRead } from '../../../ui/api.ts'
import { Money, Tag } from '../../../ui/phone/bits.tsx'
import { billing } from '../contract.ts'
import { words } from '../words.ts'

/** The agreements of this house that I signed: what to pay by when. Nothing where there is none. */
export function PlansCard({ house_id }: { house_id: string }) {
  const plans = useRead(billing.myPlans, { house_id })
  const active = (plans.data?.rows ?? []).filter((p) => p.state === 'active')
  const discounts = (useRead(billing.myDiscounts, { house_id }).data?.rows ?? []).filter((d) => d.state === 'active')
  return (
    <>
      {discounts.map((d) => <p key={d.from_on} className="ph-weak ph-small">{d.name}:{d.from_on} 起按 {Math.trunc(d.pay_bp / 100)}% 缴纳{d.to_on ? `,至 ${d.to_on} 前` : ''}</p>)}
      {active.map((p) => (
        <section key={p.plan_id} className="ph-card">
          <h2 className="ph-between"><span>分期协议 {p.no}</span>{p.behind_fen > 0 ? <Tag kind="bad">有逾期</Tag> : <Tag kind="good">履行中</Tag>}</h2>
          {p.suspends_late_fee ? <p className="ph-weak ph-small">按期缴纳期间不计违约金。</p> : null}
          {p.parts.map((x) => <p key={x.part_no} className="ph-between"><span>第 {x.part_no} 期 {x.due_on} 前</span><span><Money fen={x.amount_fen} /> <span className={x.state === 'late' ? 'ph-red ph-small' : 'ph-weak ph-small'}>{words.states?.['plan_part']?.[x.state]}</span></span></p>)}
        </section>
      ))}
    </>
  )
}
