import { Drawer } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, type Out } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { MoneyText } from '../../../ui/bits.tsx'
import { instant, money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { payment } from '../contract.ts'
import { words } from '../words.ts'

type Wallet = Out<typeof payment.wallets.gives>['rows'][number]
const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '房号、业主' }, { kind: 'check', name: 'all', label: '含零余额' }]
const COLUMNS: readonly Column<Wallet>[] = [
  { key: 'house_label', title: '房号', width: 130, always: true },
  { key: 'community_name', title: '小区', width: 120 },
  { key: 'owner_names', title: '业主', width: 160 },
  { key: 'balance_fen', title: '余额', width: 120 },
  { key: 'changed_at', title: '最近变动', width: 150 },
]

export default function WalletsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(payment.wallets, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState<Wallet>()
  return (
    <>
      <ListPage {...list} title="预存" name="payment.wallets" columns={COLUMNS} row_key="house_id" open={setOpen} excel={may('payment.wallet.export') ? payment.walletsExcel : undefined} totals={(d) => ({ balance_fen: money(d.balance_fen_sum) })} empty={{ text: '没有预存余额' }} />
      <Drawer open={open !== undefined} onClose={() => setOpen(undefined)} title={open ? `${open.house_label} 预存流水` : ''} size={640} closable={{ 'aria-label': '关闭' }}>
        {open ? <Entries house_id={open.house_id} /> : null}
      </Drawer>
    </>
  )
}

function Entries({ house_id }: { house_id: string }) {
  const entries = useRead(payment.walletEntries, { house_id, page: 1, page_size: 100 })
  if (entries.error) return <ErrorBlock error={entries.error} retry={entries.retry} />
  if (entries.loading || !entries.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      <p>余额 <MoneyText fen={entries.data.balance_fen} strong /> 元</p>
      <RowsTable
        label="预存流水" rows={entries.data.rows} row_key="entry_id" empty="没有流水"
        columns={[
          { key: 'at', title: '时间', width: 150, show: (r) => instant(r.at) },
          { key: 'cause', title: '来由', width: 100, show: (r) => words.states?.['cause']?.[r.cause] },
          { key: 'amount_fen', title: '金额', width: 110 },
          { key: 'balance_fen', title: '余额', width: 110 },
          { key: 'receipt_no', title: '收据号', width: 150, show: (r) => (r.payment_id ? <Go to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go> : '—') },
        ]}
      />
    </div>
  )
}
