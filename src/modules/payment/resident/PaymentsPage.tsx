import { Button } from 'antd-mobile'
import { useState } from 'react'
import { capitals, fen } from '../../../kernel/money.ts'
import { fileUrl, type Out } from '../../../ui/api.ts'
import { instant, yen } from '../../../ui/format.ts'
import { Facts, Money, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { useGrowing } from '../../../ui/phone/pages.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { groupBy } from '../../../ui/phone/text.ts'
import { payment } from '../contract.ts'
import { methodsText } from './shared.tsx'

type MyPayment = Out<(typeof payment.myPayments)['gives']>['rows'][number]

export function PaymentsPage() {
  const list = useGrowing(payment.myPayments, {})
  const [open, setOpen] = useState<MyPayment | undefined>()
  return (
    <Page title="缴费记录" back="/mine">
      <Loaded reading={list}>
        {({ rows }) =>
          rows.length === 0 ? (
            <StateBlock icon="history" title="还没有缴费记录" text="缴费后可在这里查看收据" />
          ) : (
            <>
              {groupBy(rows, (p) => `${instant(p.taken_at).slice(0, 4)} 年`).map(([year, payments]) => (
                <section key={year} className="ph-section">
                  <h2 className="ph-h2">{year}</h2>
                  <ul className="ph-list">
                    {payments.map((p) => (
                      <li key={p.payment_id}>
                        <button type="button" className="ph-row" onClick={() => setOpen(p)}>
                          <span className="ph-row-body">{p.house_label}<span className="ph-weak ph-small" style={{ display: 'block' }}>{instant(p.taken_at)} · {methodsText(p.methods)}</span></span>
                          <span className="ph-row-side"><Money className="ph-strong" fen={p.total_fen} /><span style={{ display: 'block' }}>{p.reversed_at ? <Tag kind="bad">已冲销</Tag> : p.refunding_fen > 0 ? <Tag kind="busy">退款中</Tag> : p.refunded_fen > 0 ? <Tag kind="warn">已退 {yen(p.refunded_fen)}</Tag> : <span className="ph-small ph-weak">查看收据</span>}</span></span>
                        </button>
                      </li>
                    ))}
                  </ul>
                </section>
              ))}
              {list.loadingMore ? <Bones rows={1} /> : list.more ? <Button className="ph-big" block onClick={list.loadMore}>查看更早的记录</Button> : null}
            </>
          )
        }
      </Loaded>
      <Sheet open={open !== undefined} title="收据" close={() => setOpen(undefined)}>{open ? <ReceiptCard p={open} /> : null}</Sheet>
    </Page>
  )
}

function ReceiptCard({ p }: { p: MyPayment }) {
  return (
    <>
      <div className="rs-receipt">
        {p.reversed_at ? <p className="ph-fault">这笔收款已于 {instant(p.reversed_at)} 冲销,收据作废。</p> : null}
        <Facts
          rows={[
            ['收据号', p.receipt_no],
            ['房产', p.house_label],
            ['缴费时间', instant(p.taken_at)],
            ['支付方式', methodsText(p.methods)],
            ['缴纳账单', <Money key="applied" fen={p.applied_fen} />],
            p.prepaid_fen > 0 ? ['转入预存', <Money key="prepaid" fen={p.prepaid_fen} />] : null,
            ['合计', <Money key="total" className="ph-strong" fen={p.total_fen} />],
            ['大写', capitals(fen(p.total_fen))],
          ]}
        />
      </div>
      <a className="adm-button adm-button-primary adm-button-block adm-button-large adm-button-shape-default ph-big rs-link-button" href={fileUrl(payment.myReceiptPdf, { payment_id: p.payment_id })} target="_blank" rel="noopener">打开收据(PDF)</a>
      <p className="ph-weak ph-small ph-center">在微信中打不开时,请点右上角选择「在浏览器打开」。</p>
    </>
  )
}
