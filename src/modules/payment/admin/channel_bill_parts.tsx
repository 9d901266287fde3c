import { useWrite } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import { payment } from '../contract.ts'
import type { ChannelBillRow } from '../contract_channel_bills.ts'
import { words } from '../words.ts'

export function FetchButton({ bill }: { bill: ChannelBillRow }) {
  const fetch = useWrite(payment.fetchChannelBill, { done: '已开始获取,稍后刷新查看' })
  return <CanButton size="small" can={bill.can.fetch} words={words} loading={fetch.running} onClick={() => void fetch.run({ channel_bill_id: bill.channel_bill_id }, bill.channel_bill_id)}>立即获取</CanButton>
}
