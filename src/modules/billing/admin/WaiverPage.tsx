import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { billing } from '../contract.ts'
import { words } from '../words.ts'
import { rate, WAIVER_TONES } from './shown.tsx'

export default function WaiverPage() {
  const waiver_id = useParam('waiver_id')
  const read = useRead(billing.waiver, { waiver_id })
  const undo = useWrite(billing.reverseWaiver, { in_form: true, done: '已撤销,账单恢复应收', invalidates: 'all' })
  const [open, setOpen] = useState(false)
  const w = read.data
  const kind = w ? (words.states?.['waiver_kind']?.[w.kind] ?? '') : ''
  return (
    <>
      <DetailPage
        title={w ? `${kind} ${w.house_label}` : '减免详情'} loading={read.loading} error={read.error} retry={read.retry} back="/billing/waivers"
        tags={w ? <StateTag value={w.state} words={words.states?.['waiver']} tones={WAIVER_TONES} /> : null}
        actions={w?.state === 'done' ? <CanButton danger can={w.can.reverse} words={words} onClick={() => setOpen(true)}>撤销{kind}</CanButton> : null}
        facts={
          w
            ? [
                ['金额', <MoneyText key="m" fen={w.amount_fen} strong />],
                ['方式', w.how === 'percent' ? `按未收的 ${rate(w.percent_bp)}` : words.states?.['waiver_how']?.[w.how]],
                ['理由', w.reason],
                ['申请', `${w.asked_by_name} ${instant(w.asked_at)}`],
                ['审批', <Go key="a" to={`/system/approvals/${w.approval_id}`}>{w.done_by_name ? `${w.done_by_name} ${instant(w.done_at)}` : '查看审批'}</Go>],
                ...(w.reversed_at ? [['撤销', `${w.reversed_by_name ?? ''} ${instant(w.reversed_at)}:${w.reverse_reason ?? ''}`] as const] : []),
              ]
            : []
        }
      >
        {w ? (
          <RowsTable
            label="逐条账单" rows={w.lines} row_key="bill_id" empty="没有可查看的账单" totals={{ amount_fen: money(w.lines.reduce((n, l) => n + l.amount_fen, 0)) }}
            columns={[
              { key: 'house_label', title: '房号', width: 130, show: (l) => <Go to={`/property/houses/${l.house_id}`}>{l.house_label}</Go> },
              { key: 'period_on', title: '账期', width: 100, show: (l) => <Go to={`/billing/bills/${l.bill_id}`}>{l.period_on.slice(0, 7)}</Go> },
              { key: 'fee_item_name', title: '收费项目', width: 140 },
              { key: 'amount_fen', title: kind, width: 120 },
              { key: 'open_fen', title: '现在未收', width: 120 },
            ]}
          />
        ) : null}
      </DetailPage>
      {open && w ? <ReasonModal open danger title={`撤销${kind} ${money(w.amount_fen)} 元`} submit="撤销" onClose={() => setOpen(false)} loading={undo.running} submitError={undo.error} suggestions={['登记错户', '依据不实']} onConfirm={async (reason) => { if (await undo.run({ waiver_id, reason })) setOpen(false) }}><p>撤销后这 {w.bill_count} 条账单恢复应收,记账冲回。</p></ReasonModal> : null}
    </>
  )
}
