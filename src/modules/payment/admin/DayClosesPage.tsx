import { useMemo, useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { count, money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import type { DayClose } from '../contract_shift.ts'
import { words } from '../words.ts'
import { refundsAt, reversedAt, takenAt } from './taken.ts'

const dayOf = (r: DayClose) => ({ from_on: r.on_day, to_on: r.on_day, by: r.cashier_id })
const figure = (fen: number, to: string) => (fen ? <Go to={to}><MoneyText fen={fen} /></Go> : '—')

export default function DayClosesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const people = useRead(payment.collectors, {}, { stale_ms: 60_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'days', names: ['from_on', 'to_on'], label: '收款日' },
      { kind: 'select', name: 'cashier_id', label: '收费员', options: (people.data?.rows ?? []).map((r) => ({ value: r.account_id, label: r.name })), loading: people.loading },
    ],
    [people.data, people.loading],
  )
  const list = useList(payment.dayCloses, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const reopen = useWrite(payment.reopenDay, { in_form: true, done: '已重开,可以继续收款' })
  const [open, setOpen] = useState<DayClose>()
  const close = () => { setOpen(undefined); reopen.reset() }
  const columns: readonly Column<DayClose>[] = [
    { key: 'on_day', title: '收款日', width: 105, always: true },
    { key: 'cashier_name', title: '收费员', width: 85 },
    { key: 'community_name', title: '小区', width: 95 },
    { key: 'payment_count', title: '笔数', width: 70, show: (r) => (r.payment_count ? <Go to={takenAt(dayOf(r))}>{count(r.payment_count)}</Go> : '—') },
    { key: 'cash_fen', title: '现金', width: 110, show: (r) => figure(r.cash_fen, takenAt(dayOf(r), { method: 'cash' })) },
    { key: 'received_fen', title: '实收合计', width: 120, show: (r) => figure(r.received_fen, takenAt(dayOf(r))) },
    { key: 'reversed_fen', title: '冲销金额', width: 110, show: (r) => figure(r.reversed_fen, reversedAt(dayOf(r))) },
    { key: 'refunded_fen', title: '退款金额', width: 100, show: (r) => figure(r.refunded_fen, refundsAt(dayOf(r))) },
    { key: 'closed_at', title: '日结时间', width: 145 },
    { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.reopened_at ? 'r' : 'ok'} words={{ ok: '已日结', r: '已重开' }} tones={{ ok: 'good', r: 'warn' }} /> },
    { key: 'reopen_reason', title: '重开原因', width: 150, show: (r) => (r.reopened_at ? `${r.reopened_by_name}:${r.reopen_reason}` : '—') },
    { key: 'act', title: '操作', width: 80, show: (r) => (r.reopened_at ? '—' : <CanButton size="small" can={r.can.reopen} words={words} onClick={() => setOpen(r)}>重开</CanButton>) },
  ]
  return (
    <>
      <ListPage {...list} title="收费员日结" name="payment.day_closes" columns={columns} row_key="close_id" excel={may('payment.shift.export') ? payment.dayClosesExcel : undefined} totals={(d) => ({ payment_count: '未重开', cash_fen: money(d.cash_fen_sum), received_fen: money(d.received_fen_sum), reversed_fen: money(d.reversed_fen_sum), refunded_fen: money(d.refunded_fen_sum) })} empty={{ text: '还没有日结' }} />
      {open ? <ReasonModal open title={`重开 ${open.cashier_name} ${open.on_day} 的日结`} submit="重开" onClose={close} loading={reopen.running} submitError={reopen.error} suggestions={['漏收一笔', '当日还需收款']} onConfirm={async (reason) => { if (await reopen.run({ close_id: open.close_id, reason })) close() }} /> : null}
    </>
  )
}
