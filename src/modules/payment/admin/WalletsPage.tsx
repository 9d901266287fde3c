import { Alert, Button, Drawer, Form, Select } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { ExcelButton, MoneyText } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { instant, money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { GiftBack } from './GiftBack.tsx'
import { PayeeFields, payeeOf, type PayeeValues } from './payee.tsx'

type Wallet = Out<typeof payment.wallets.gives>['rows'][number]
type Purse = Out<typeof payment.walletEntries.gives>
const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '房号' }, { kind: 'check', name: 'all', label: '含零余额' }]
const COLUMNS: readonly Column<Wallet>[] = [
  { key: 'house_label', title: '房号', width: 130, always: true },
  { key: 'community_name', title: '小区', width: 120 },
  { key: 'owner_names', title: '业主', width: 160 },
  { key: 'balance_fen', title: '余额', width: 120 },
  { key: 'general_fen', title: '通用预存', width: 120 },
  { key: 'bound_fen', title: '专项预存', width: 120 },
  { key: 'changed_at', title: '最近变动', width: 150 },
]

export default function WalletsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(payment.wallets, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState<Wallet>()
  return (
    <>
      <ListPage {...list} title="预存" name="payment.wallets" columns={COLUMNS} row_key="house_id" open={setOpen} excel={may('payment.wallet.export') ? payment.walletsExcel : undefined} totals={(d) => ({ balance_fen: money(d.balance_fen_sum), general_fen: money(d.general_fen_sum), bound_fen: money(d.bound_fen_sum) })} empty={{ text: '没有预存余额' }} />
      <Drawer open={open !== undefined} onClose={() => setOpen(undefined)} title={open ? `${open.house_label} 预存流水` : ''} size={960} closable={{ 'aria-label': '关闭' }}>
        {open ? <Entries house_id={open.house_id} owner={open.owner_names} /> : null}
      </Drawer>
    </>
  )
}

function Entries({ house_id, owner }: { house_id: string; owner: string }) {
  const may = useMay()
  const entries = useRead(payment.walletEntries, { house_id, page: 1, page_size: 200 })
  const [act, setAct] = useState<'move' | 'refund'>()
  if (entries.error) return <ErrorBlock error={entries.error} retry={entries.retry} />
  if (entries.loading || !entries.data) return <LoadingBlock />
  const d = entries.data
  return (
    <div className="hy-stack">
      <div className="hy-line" style={{ flexWrap: 'wrap' }}>
        <span>余额 <MoneyText fen={d.balance_fen} strong /> 元</span>
        <span className="hy-muted">通用 {money(d.general_fen)}{d.bound.map((b) => `,${b.fee_item_name}专项 ${money(b.balance_fen)}`).join('')}</span>
        <span style={{ flex: 1 }} />
        {may('payment.wallet.transfer') && d.balance_fen > 0 ? <Button onClick={() => setAct('move')}>划转</Button> : null}
        {may('payment.refund.ask') && d.balance_fen > 0 ? <Button onClick={() => setAct('refund')}>申请退款</Button> : null}
        {may('payment.wallet.export') ? <ExcelButton call={payment.walletEntriesExcel} input={{ house_id }} /> : null}
      </div>
      <RowsTable
        label="预存流水" rows={d.rows} row_key="entry_id" empty="没有流水"
        columns={[
          { key: 'at', title: '时间', width: 150, show: (r) => instant(r.at) },
          { key: 'cause', title: '来由', width: 110, show: (r) => words.states?.['cause']?.[r.cause] },
          { key: 'fee_item_name', title: '专项', width: 90, show: (r) => r.fee_item_name ?? '通用' },
          { key: 'amount_fen', title: '金额', width: 110 },
          { key: 'balance_fen', title: '余额', width: 110 },
          { key: 'receipt_no', title: '单号', width: 150, show: (r) => (r.payment_id ? <Go to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go> : r.refund_id ? <Go to={`/payment/refunds/${r.refund_id}`}>退款单</Go> : '—') },
          { key: 'note', title: '说明', width: 220 },
          { key: 'by_name', title: '经办人', width: 90 },
        ]}
      />
      {d.total > d.rows.length ? <span className="hy-muted">显示最近 {d.rows.length} 笔,共 {d.total} 笔;全部请导出。</span> : null}
      {act === 'move' ? <Transfer d={d} house_id={house_id} close={() => setAct(undefined)} /> : null}
      {act === 'refund' ? <WalletRefund d={d} house_id={house_id} owner={owner} close={() => setAct(undefined)} /> : null}
    </div>
  )
}

const purses = (d: Purse) => [{ value: '', label: `通用(${money(d.general_fen)})` }, ...d.bound.map((b) => ({ value: b.fee_item_id, label: `${b.fee_item_name}专项(${money(b.balance_fen)})` }))]
const orNull = (v: unknown) => v || null

function Transfer({ d, house_id, close }: { d: Purse; house_id: string; close: () => void }) {
  const move = useWrite(payment.transferWallet, { in_form: true, done: '已划转' })
  return (
    <FormModal
      open onClose={close} title="预存划转" call={payment.transferWallet} submit="划转" loading={move.running} submitError={move.error} fixed={{ from_house_id: house_id }}
      initial={{ to_house_id: d.own_houses.find((h) => h.house_id !== house_id)?.house_id ?? house_id }}
      fields={[
        { name: 'from_item_id', label: '转出', kind: 'select', options: purses(d), send: orNull },
        { name: 'to_house_id', label: '转入房产', kind: 'select', options: d.own_houses.map((h) => ({ value: h.house_id, label: h.house_id === house_id ? `${h.label}(本户)` : h.label })), help: '只能划转到同一业主的房产' },
        { name: 'to_item_id', label: '转入', kind: 'select', options: [{ value: '', label: '通用' }, ...d.bound.map((b) => ({ value: b.fee_item_id, label: `${b.fee_item_name}专项` }))], send: orNull },
        'amount_fen', 'reason',
      ]}
      onSubmit={async (input) => { if (await move.run(input)) close() }}
    />
  )
}

function WalletRefund({ d, house_id, owner, close }: { d: Purse; house_id: string; owner: string; close: () => void }) {
  const [form] = Form.useForm<PayeeValues & { fee_item_id: string; amount_fen: number }>()
  const item = Form.useWatch('fee_item_id', form)
  const amount = Form.useWatch('amount_fen', form)
  const ask = useWrite(payment.askWalletRefund, { in_form: true, done: (a) => `已申请 ${a.refund_no},等待审批`, invalidates: 'all' })
  return (
    <Drawer open onClose={close} title="申请预存退款" size={480} closable={{ 'aria-label': '关闭' }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={ask.running} onClick={() => form.submit()}>提交申请</Button></div>}>
      <Form form={form} layout="vertical" initialValues={{ fee_item_id: '', amount_fen: d.general_fen || null, method: 'cash', payee_name: owner.split('、')[0] }} onFinish={async (v) => { if (await ask.run({ house_id, fee_item_id: v.fee_item_id || null, amount_fen: v.amount_fen, ...payeeOf(v) })) close() }}>
        {ask.error ? <Alert type="error" showIcon role="alert" title={ask.error.message} style={{ marginBottom: 12 }} /> : null}
        <Form.Item name="fee_item_id" label="退哪项"><Select options={purses(d)} /></Form.Item>
        <Form.Item name="amount_fen" label="退款金额" rules={[{ required: true, message: '必填' }]}><MoneyInput /></Form.Item>
        <GiftBack house_id={house_id} fee_item_id={item || null} amount_fen={typeof amount === 'number' ? amount : 0} />
        <PayeeFields methods={['cash', 'transfer', 'card', 'wechat', 'alipay', 'other']} />
      </Form>
    </Drawer>
  )
}
