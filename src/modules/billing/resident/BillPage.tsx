import { Button } from 'antd-mobile'
import { useRead } from '../../../ui/api.ts'
import { Facts, Money } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { go, useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { monthText, periodText } from '../../../ui/phone/text.ts'
import { billing } from '../contract.ts'
import { BillTag } from './shared.tsx'

export function BillPage() {
  const bill_id = useParam('bill_id')
  const bill = useRead(billing.myBill, { bill_id })
  const late = useRead(billing.myLateFees, { house_id: bill.data?.house_id ?? '' }, { enabled: bill.data !== undefined && bill.data.overdue_days > 0 })
  const fee = late.data?.rows.find((r) => r.bill_id === bill_id)
  const open = bill.data !== undefined && bill.data.open_fen > 0 && bill.data.state !== 'void'
  return (
    <Page title="账单详情" back="/bills" {...(open ? { foot: <Button className="ph-big" block color="primary" onClick={() => go(`/pay?house=${bill.data!.house_id}&bill=${bill_id}`)}>去缴费</Button> } : {})}>
      <Loaded reading={bill}>
        {(b) => (
          <>
            <section className="ph-card ph-center">
              <h2>{b.fee_item_name}</h2>
              <p className="ph-amount"><Money fen={b.amount_fen} /></p>
              <p><BillTag bill={b} /></p>
            </section>
            <section className="ph-card">
              <h2>这笔钱怎么算</h2>
              <p className="rs-explain">{b.explanation}</p>
            </section>
            {fee ? (
              <section className="ph-card">
                <h2>违约金(截至 {late.data?.as_of})</h2>
                <p className="rs-explain">{fee.explanation}</p>
                <p className="ph-weak ph-small">{fee.paused ? '分期协议履行期间暂不计收。' : '按合同约定计算,缴清本金后不再增加。'}</p>
              </section>
            ) : null}
            {b.reductions.length ? (
              <section className="ph-card">
                <h2>减免</h2>
                {b.reductions.map((r) => <p key={r.reduction_id} className="ph-between"><span className="rs-explain">{r.booked_on} {r.explanation}</span><Money fen={-r.amount_fen} /></p>)}
              </section>
            ) : null}
            <section className="ph-card">
              <h2>账单信息</h2>
              <Facts
                rows={[
                  ['房产', `${b.community_name} ${b.house_label}`],
                  ['账期', monthText(b.period)],
                  ['计费时段', periodText(b.from_on, b.to_on)],
                  ['缴费人', b.payer_name],
                  ['应缴日', b.due_on],
                  b.paid_fen > 0 ? ['已缴', <Money key="paid" fen={b.paid_fen} />] : null,
                  b.reduced_fen > 0 ? ['减免', <Money key="reduced" fen={b.reduced_fen} />] : null,
                  b.moved_fen > 0 ? ['转到其他账单', <Money key="moved" fen={b.moved_fen} />] : null,
                  ['还需缴', <Money key="open" className={b.open_fen > 0 ? 'ph-red ph-strong' : ''} fen={b.open_fen} />],
                ]}
              />
            </section>
            <p className="ph-weak ph-small">对金额有疑问,请联系物业服务中心。</p>
          </>
        )}
      </Loaded>
    </Page>
  )
}
