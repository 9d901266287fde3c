import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { payment } from '../contract.ts'
import type { ChannelBillRow } from '../contract_channel_bills.ts'
import { words } from '../words.ts'
import { FetchButton } from './channel_bill_parts.tsx'

const COLUMNS: readonly Column<ChannelBillRow>[] = [
  { key: 'bill_on', title: '账单日', width: 110, always: true, show: (r) => <Go to={`/payment/channel-bills/${r.channel_bill_id}`}>{r.bill_on}</Go> },
  { key: 'channel_name', title: '渠道', width: 150 },
  { key: 'kind', title: '种类', width: 90, show: (r) => words.states?.['channel_bill_kind']?.[r.kind] ?? r.kind },
  { key: 'state', title: '状态', width: 100, show: (r) => <StateTag value={r.state} words={words.states?.['channel_bill']} tones={{ fetched: 'good', waiting: 'busy', none: 'plain', failed: 'bad' }} /> },
  { key: 'line_count', title: '行数', width: 70, align: 'right' },
  { key: 'in_count', title: '收入笔数', width: 85, align: 'right' },
  { key: 'in_fen', title: '收入金额', width: 110 },
  { key: 'out_count', title: '退/支笔数', width: 90, align: 'right' },
  { key: 'out_fen', title: '退/支金额', width: 110 },
  { key: 'fee_fen', title: '手续费', width: 100 },
  { key: 'failure', title: '说明', width: 200 },
  { key: 'fetched_at', title: '取到时间', width: 150 },
  { key: 'tries', title: '已取次数', width: 85, align: 'right', hidden: true },
  { key: 'next_try_at', title: '下次取账单', width: 150, hidden: true },
  { key: 'can', title: '操作', width: 110, show: (r) => (r.state === 'fetched' ? null : <FetchButton bill={r} />) },
]

export default function ChannelBillsPage() {
  const channels = useRead(payment.channels, {})
  const filters: readonly Filter[] = [
    { kind: 'select', name: 'channel_id', label: '渠道', options: (channels.data?.rows ?? []).map((c) => ({ value: c.channel_id, label: c.name })) },
    { kind: 'select', name: 'kind', label: '种类', options: optionsOf(words.states?.['channel_bill_kind']) },
    { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['channel_bill']) },
    { kind: 'days', names: ['from_on', 'to_on'], label: '账单日' },
  ]
  const list = useList(payment.channelBills, { filters })
  return (
    <ListPage
      {...list} title="渠道账单" name="payment.channel_bills" columns={COLUMNS} row_key="channel_bill_id"
      totals={(d) => ({ in_fen: money(d.in_fen_sum), out_fen: money(d.out_fen_sum), fee_fen: money(d.fee_fen_sum) })}
      empty={{ text: '还没有渠道账单:启用支付渠道后,次日 10:15 起自动取前一日账单' }}
    />
  )
}
