import { Button } from 'antd'
import { useParam, Go } from '../../../ui/address.tsx'
import { fileUrl, useRead, type Out } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import { instant, money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ApprovalLink } from '../../system/admin/shared.tsx'
import { MONEY_METHODS, payment } from '../contract.ts'
import { words } from '../words.ts'

const w = (group: string, v: string) => words.states?.[group]?.[v] ?? v

export function ShiftPrint({ shift_id }: { shift_id: string }) {
  return (
    <span className="hy-line" role="group" aria-label="打印交班单">
      <Button href={fileUrl(payment.shiftPdf, { shift_id, form: '80mm' })} target="_blank">打印小票</Button>
      <Button href={fileUrl(payment.shiftPdf, { shift_id, form: 'a4' })} target="_blank">打印 A4</Button>
    </span>
  )
}

export default function ShiftOnePage() {
  const shift_id = useParam('shift_id')
  const one = useRead(payment.shift, { shift_id })
  const s = one.data
  return (
    <DetailPage
      title={s ? `班次 ${s.shift_no}` : '班次'} loading={one.loading} error={one.error} retry={one.retry} back="/payment/shifts"
      tags={s ? <StateTag value={s.state} words={words.states?.['shift']} tones={{ open: 'busy', counted: 'warn', recount: 'warn', closed: 'good' }} /> : null}
      actions={s ? <ShiftPrint shift_id={shift_id} /> : null}
      facts={
        s
          ? [
              ['收费员', s.cashier_name], ['收费点', s.community_name], ['开班', instant(s.opened_at)], ['交班', s.closed_at ? instant(s.closed_at) : '—'],
              ['备用金', <MoneyText key="f" fen={s.float_fen} />], ['现金净收', <MoneyText key="c" fen={s.cash_fen} />], ['应有现金', <MoneyText key="e" fen={s.expected_fen} strong />], ['实点现金', s.counted_fen === null ? '—' : <MoneyText key="n" fen={s.counted_fen} strong />],
              ['长短款', s.difference_fen === null ? '—' : <MoneyText key="d" fen={s.difference_fen} sign owed={s.difference_fen !== 0} />], ['差额原因', s.difference_reason], ['差额审批', s.state === 'counted' ? <ApprovalLink key="ap" subject_type="shift" subject_id={s.shift_id}>等待审批</ApprovalLink> : s.decided_by_name], ['交款', s.handed_fen === null ? '—' : <MoneyText key="h" fen={s.handed_fen} />], ['留存', s.kept_fen === null ? '—' : <MoneyText key="k" fen={s.kept_fen} />],
            ]
          : []
      }
      tabs={
        s
          ? [
              { key: 'entries', label: '收支明细', badge: s.entry_count, children: () => <Entries shift_id={shift_id} /> },
              {
                key: 'method', label: '按方式',
                children: () => (
                  <RowsTable
                    label="按方式" rows={s.by_method} row_key="method" empty="没有收付" totals={{ net_fen: money(s.by_method.reduce((n, x) => n + x.net_fen, 0)) }}
                    columns={[{ key: 'method', title: '方式', width: 100, show: (r) => w('method', r.method) }, { key: 'count', title: '笔数', width: 80, show: (r) => <Go to={`/payment/shifts/${shift_id}?method=${r.method}`}>{r.count}</Go> }, { key: 'in_fen', title: '收入', width: 120 }, { key: 'out_fen', title: '付出', width: 120 }, { key: 'net_fen', title: '净收', width: 120 }]}
                  />
                ),
              },
              {
                key: 'count', label: '点钞与交款',
                children: () => (
                  <div className="hy-stack">
                    <RowsTable label="点钞" rows={s.pieces.map((p) => ({ ...p, sum_fen: p.face_fen * p.pieces }))} row_key="face_fen" empty="还没有点钞" columns={[{ key: 'face_fen', title: '面额', width: 120 }, { key: 'pieces', title: '张数', width: 100 }, { key: 'sum_fen', title: '金额', width: 120 }]} />
                    <RowsTable label="交款" rows={s.hand_ins.map((h, i) => ({ ...h, row: String(i) }))} row_key="row" empty="没有交款" columns={[{ key: 'to', title: '去向', width: 120, show: (r) => w('hand_in', r.to) }, { key: 'amount_fen', title: '金额', width: 120 }, { key: 'slip_no', title: '凭条号', width: 200 }]} />
                  </div>
                ),
              },
            ]
          : []
      }
    />
  )
}

const ENTRY_FILTERS: readonly Filter[] = [{ kind: 'select', name: 'method', label: '方式', options: MONEY_METHODS.map((value) => ({ value, label: w('method', value) })) }]
const paperOf = (r: Out<typeof payment.shiftEntries.gives>['rows'][number]): string | null => (r.source_type === 'refund' ? `/payment/refunds/${r.source_id}` : r.source_type === 'deposit' ? `/payment/deposits/${r.source_id}` : r.payment_id ? `/payment/payments/${r.payment_id}` : null)
function Entries({ shift_id }: { shift_id: string }) {
  const list = useList(payment.shiftEntries, { filters: ENTRY_FILTERS, fixed: { shift_id } })
  return (
    <ListPage
      {...list} inside title="收支明细" name="payment.shift_entries" row_key="entry_id" empty={{ text: '本班还没有收付' }}
      columns={[
        { key: 'at', title: '时间', width: 150, always: true },
        { key: 'source_type', title: '业务', width: 80, show: (r) => w('shift_source', r.source_type) },
        { key: 'number', title: '单号', width: 160, show: (r) => { const to = paperOf(r); return to ? <Go to={to}>{r.number}</Go> : r.number } },
        { key: 'house_label', title: '房号', width: 120 },
        { key: 'method', title: '方式', width: 90, show: (r) => w('method', r.method) },
        { key: 'amount_fen', title: '金额', width: 120, show: (r) => <MoneyText fen={r.amount_fen} sign /> },
      ]}
    />
  )
}
