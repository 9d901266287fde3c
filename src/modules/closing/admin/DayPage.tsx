import { Button } from 'antd'
import { useState } from 'react'
import { Go, useParam, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { count, instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { words as paymentWords } from '../../payment/words.ts'
import { closing } from '../contract.ts'
import { words } from '../words.ts'
import { Checks } from './shared.tsx'

export default function DayPage() {
  const business_day = useParam('business_day')
  const may = useMay()
  const [search] = useSearchState()
  const community_id = search['community_id'] ?? ''
  const one = useRead(closing.day, { community_id, business_day })
  const close = useWrite(closing.closeDay, { in_form: true, done: '已日结' })
  const [closing_now, setClosing] = useState(false)
  const d = one.data
  const f = d?.figures
  const lines = (more: Record<string, string>) => `/payment/payments?${new URLSearchParams({ from_on: business_day, to_on: business_day, ...more }).toString()}`
  const reversed = `/payment/payments?state=reversed&reversed_from_on=${business_day}&reversed_to_on=${business_day}`
  return (
    <>
      <DetailPage
        title={d ? `${d.community_name} ${business_day} 日结单` : '日结单'} loading={one.loading} error={one.error} retry={one.retry} back="/closing/days"
        tags={d ? <StateTag value={d.closed_at ? 'closed' : 'open'} words={words.states?.['day']} tones={{ closed: 'good', open: 'warn' }} /> : null}
        actions={d ? <>{may('closing.day.export') ? <Button href={fileUrl(closing.dayPdf, { community_id, business_day })} target="_blank">打印日结单</Button> : null}<CanButton type="primary" can={d.can.close} words={words} onClick={() => setClosing(true)}>日结</CanButton></> : null}
        facts={d && f ? [['收款', <Go key="p" to={lines({})}>{count(f.payment_count)} 笔 {money(f.received_fen)}</Go>], ['冲销', f.reversal_count ? <Go key="r" to={reversed}>{count(f.reversal_count)} 笔 {money(f.reversed_fen)}</Go> : '无'], ['净收', <MoneyText key="n" fen={f.net_fen} strong />], ['现金净收', <MoneyText key="c" fen={f.cash_fen} />], ['总账入账', <MoneyText key="b" fen={f.booked_fen} />], ['日结', d.closed_at ? `${d.closed_by_name ?? '系统'} ${instant(d.closed_at)}` : null], ['说明', d.note]] : []}
      >
        {d && f ? (
          <div className="hy-stack">
            {d.closed_at ? null : <Checks checks={d.checks} clear="没有要处理的事项" />}
            <RowsTable
              label="收款明细" rows={f.rows.map((r) => ({ ...r, key: `${r.source} ${r.method}` }))} row_key="key" empty="当天没有收款"
              totals={{ payment_count: '', received_fen: money(f.received_fen), reversed_fen: money(f.reversed_fen), net: money(f.net_fen) }}
              columns={[
                { key: 'source', title: '来源', width: 110, show: (r) => paymentWords.states?.['source']?.[r.source] ?? r.source },
                { key: 'method', title: '方式', width: 130, show: (r) => `${paymentWords.states?.['method']?.[r.method] ?? r.method}${r.method === 'wallet' ? '(不计入合计)' : ''}` },
                { key: 'payment_count', title: '收款笔数', width: 100, show: (r) => <Go to={lines({ source: r.source, method: r.method })}>{count(r.payment_count)}</Go> },
                { key: 'received_fen', title: '收款', width: 130, show: (r) => <Go to={lines({ source: r.source, method: r.method })}><MoneyText fen={r.received_fen} /></Go> },
                { key: 'reversal_count', title: '冲销笔数', width: 100, show: (r) => count(r.reversal_count) },
                { key: 'reversed_fen', title: '冲销', width: 130 },
                { key: 'net', title: '净额', width: 130, show: (r) => <MoneyText fen={r.received_fen - r.reversed_fen} /> },
              ]}
            />
          </div>
        ) : null}
      </DetailPage>
      {closing_now ? <FormModal open onClose={() => setClosing(false)} title={`日结 ${business_day}`} submit="日结" call={closing.closeDay} fields={['note']} fixed={{ community_id, business_day }} loading={close.running} submitError={close.error} note={<p>日结后当天的数字定格,不再改变。</p>} onSubmit={async (i) => { if (await close.run(i)) setClosing(false) }} /> : null}
    </>
  )
}
