// 渠道对账: each day of each channel: ours, the channel's, the bank's; what does not agree opens its items.
import { useMemo } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { Button } from 'antd'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count, money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay } from '../../../ui/session.ts'
import { payment } from '../../payment/contract.ts'
import { closing } from '../contract.ts'

type Row = Out<typeof closing.reconDays.gives>['rows'][number]

export default function ReconPage() {
  const may = useMay()
  const channels = useRead(payment.channels, {}, { stale_ms: 60_000, enabled: may('payment.channel.read') })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'days', names: ['from_on', 'to_on'], label: '账单日' },
      { kind: 'select', name: 'channel_id', label: '渠道', options: (channels.data?.rows ?? []).map((c) => ({ value: c.channel_id, label: c.name })), loading: channels.loading },
      { kind: 'check', name: 'open', label: '只看有差异' },
    ],
    [channels.data, channels.loading],
  )
  const list = useList(closing.reconDays, { filters })
  const run = useWrite(closing.runRecon, { done: (a) => (a.open_count ? `还有 ${a.open_count} 条差异` : '全部相符') })
  const items = (r: Row) => `/closing/differences?channel_id=${r.channel_id}&business_day=${r.business_day}`
  const columns: readonly Column<Row & { key: string }>[] = [
    { key: 'business_day', title: '账单日', width: 105, always: true },
    { key: 'channel_name', title: '渠道', width: 130 },
    { key: 'open_count', title: '差异', width: 95, show: (r) => (r.item_count ? <Go to={items(r)}><StateTag value={r.open_count ? 'open' : 'done'} words={{ open: `${r.open_count} 条未结`, done: `${r.item_count} 条已结` }} tones={{ open: 'bad', done: 'good' }} /></Go> : <StateTag value="ok" words={{ ok: '相符' }} tones={{ ok: 'good' }} />) },
    { key: 'our_count', title: '我方笔数', width: 80, show: (r) => <Go to={`/payment/payments?from_on=${r.business_day}&to_on=${r.business_day}&source=online`}>{count(r.our_count)}</Go> },
    { key: 'our_fen', title: '我方净额', width: 95 },
    { key: 'their_count', title: '渠道笔数', width: 80 },
    { key: 'their_fen', title: '渠道净额', width: 95 },
    { key: 'paired_count', title: '已配对', width: 80, hidden: true },
    { key: 'fee_fen', title: '手续费', width: 80 },
    { key: 'due_fen', title: '应到银行', width: 95 },
    { key: 'bank_fen', title: '银行到账', width: 95, show: (r) => (r.bank_fen === null ? '未到' : <Go to={`/closing/bank?our_day=${r.business_day}&channel_id=${r.channel_id}`}>{money(r.bank_fen)}</Go>) },
    { key: 'bank_on', title: '到账日', width: 105, hidden: true },
    { key: 'bank_difference', title: '银行差额', width: 85, align: 'right', show: (r) => (r.bank_fen === null ? '—' : r.bank_fen === r.due_fen ? '0.00' : <span className="hy-red">{money(r.bank_fen - r.due_fen)}</span>) },
    { key: 'run_at', title: '对账时间', width: 150, hidden: true },
    ...(may('closing.recon.work') ? [{ key: 'act', title: '操作', width: 95, show: (r: Row & { key: string }) => <Button size="small" loading={run.running} onClick={() => void run.run({ channel_id: r.channel_id, business_day: r.business_day }, r.key)}>重新对账</Button> }] : []),
  ]
  const data = list.data ? { ...list.data, rows: list.data.rows.map((r) => ({ ...r, key: `${r.channel_id} ${r.business_day}` })) } : undefined
  return (
    <ListPage
      {...list} data={data} title="渠道对账" name="closing.recon" columns={columns} row_key="key" href={items} totals={(d) => ({ our_fen: money(d.our_fen_sum), their_fen: money(d.their_fen_sum), fee_fen: money(d.fee_fen_sum), open_count: d.open_sum ? `全部未结 ${d.open_sum}` : '' })}
      actions={<Go to="/closing/bank">银行到账</Go>} empty={{ text: '还没有对账;渠道账单取到后半小时内自动对账', next: <Go to="/payment/channel-bills">渠道账单</Go> }}
    />
  )
}
