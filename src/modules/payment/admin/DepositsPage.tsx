// 押金: what is held for whom and how long; taken here with its paper.
import { Alert, Button, Drawer, Form, Input, Select } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { Go, useGo, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Figure, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { MONEY_METHODS, payment } from '../contract.ts'
import type { DepositRow } from '../contract_deposit.ts'
import { words } from '../words.ts'
import { HousePicker } from './HousePicker.tsx'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))
export const DEPOSIT_TONES = { held: 'busy', partly: 'warn', settled: 'plain' } as const
const COLUMNS: readonly Column<DepositRow>[] = [
  { key: 'deposit_no', title: '押金收据号', width: 150, always: true },
  { key: 'house_label', title: '房号', width: 110 },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
  { key: 'kind_name', title: '种类', width: 110 },
  { key: 'payer_name', title: '交款人', width: 100 },
  { key: 'amount_fen', title: '收取', width: 110 },
  { key: 'held_fen', title: '在押', width: 110 },
  { key: 'refunded_fen', title: '已退', width: 100 },
  { key: 'forfeited_fen', title: '已罚没', width: 100 },
  { key: 'moved_fen', title: '已转', width: 100 },
  { key: 'taken_on', title: '收款日', width: 110 },
  { key: 'return_on', title: '约定退还日', width: 110 },
  { key: 'age_days', title: '在押天数', width: 90, show: (r) => (r.held_fen ? r.age_days : '—') },
  { key: 'overdue_days', title: '逾期未退', width: 90, show: (r) => (r.overdue_days ? <span className="hy-red">{r.overdue_days} 天</span> : '—') },
  { key: 'method', title: '方式', width: 80, hidden: true, show: (r) => words.states?.['method']?.[r.method] },
  { key: 'taken_by_name', title: '收款人', width: 90, hidden: true },
  { key: 'note', title: '说明', width: 140, hidden: true },
  { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['deposit']} tones={DEPOSIT_TONES} /> },
]

export default function DepositsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const kinds = useRead(payment.depositKinds, place_id ? { community_id: place_id } : {}, { stale_ms: 60_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'text', name: 'q', label: '关键词', placeholder: '收据号、房号、交款人' },
      { kind: 'select', name: 'kind_id', label: '种类', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: k.name })), loading: kinds.loading },
      { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['deposit']) },
      { kind: 'days', names: ['from_on', 'to_on'], label: '收款日' },
      { kind: 'check', name: 'overdue', label: '逾期未退' },
      { kind: 'select', name: 'age', label: '在押', more: true, options: optionsOf(words.states?.['deposit_age']) },
    ],
    [kinds.data, kinds.loading],
  )
  const list = useList(payment.deposits, { filters, fixed: { ...(place_id ? { community_id: place_id } : {}), ...(search['house_id'] ? { house_id: search['house_id'] } : {}) } })
  const d = list.data
  return (
    <>
      <ListPage
        {...list} title="押金" name="payment.deposits" columns={COLUMNS} row_key="deposit_id" href={(r) => `/payment/deposits/${r.deposit_id}`} excel={may('payment.deposit.export') ? payment.depositsExcel : undefined}
        totals={(x) => ({ amount_fen: money(x.amount_fen_sum), held_fen: money(x.held_fen_sum), refunded_fen: money(x.refunded_fen_sum), forfeited_fen: money(x.forfeited_fen_sum), moved_fen: money(x.moved_fen_sum) })}
        actions={may('payment.payment.take') ? <Button type="primary" onClick={() => setSearch({ take: '1' })}>收押金</Button> : null}
        note={d ? <div className="hy-figures">{d.ageing.map((a) => <Figure key={a.bucket} label={`在押 ${words.states?.['deposit_age']?.[a.bucket]}`} value={money(a.held_fen)} unit="元" compare={`${a.count} 笔`} open={() => setSearch({ age: search['age'] === a.bucket ? undefined : a.bucket, page: undefined })} />)}</div> : null}
        empty={{ text: '没有押金', next: <Go to="/payment/deposit_kinds">设定押金种类</Go> }}
      />
      {search['take'] ? <TakeDeposit house_id={search['house_id']} close={() => setSearch({ take: undefined })} /> : null}
    </>
  )
}

interface Values {
  kind_id: string
  amount_fen: number
  method: (typeof MONEY_METHODS)[number]
  reference?: string
  payer_name?: string
  return_on?: string
  note?: string
}
function TakeDeposit({ house_id, close }: { house_id: string | undefined; close: () => void }) {
  const [form] = Form.useForm<Values>()
  const [house, setHouse] = useState(house_id)
  const desk = useRead(payment.desk, { house_id: house ?? '' }, { enabled: house !== undefined })
  const kinds = useRead(payment.depositKinds, { community_id: desk.data?.house.community_id ?? '' }, { enabled: desk.data !== undefined })
  const take = useWrite(payment.takeDeposit, { in_form: true, done: (a) => `已收押金 ${a.deposit_no}` })
  const go = useGo()
  const list = (kinds.data?.rows ?? []).filter((k) => !k.disabled_at)
  const submit = async (v: Values) => {
    if (!house) return
    const text = (s: string | undefined) => (s?.trim() ? s.trim() : undefined)
    const [reference, payer_name, note] = [text(v.reference), text(v.payer_name), text(v.note)]
    const a = await take.run({ house_id: house, kind_id: v.kind_id, amount_fen: v.amount_fen, method: v.method, ...(reference ? { reference } : {}), ...(payer_name ? { payer_name } : {}), ...(note ? { note } : {}), ...(v.return_on ? { return_on: v.return_on } : {}) })
    if (a) go(`/payment/deposits/${a.deposit_id}`)
  }
  return (
    <Drawer open onClose={close} title="收押金" size={480} closable={{ 'aria-label': '关闭' }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" disabled={!house} loading={take.running} onClick={() => form.submit()}>收款</Button></div>}>
      <Form form={form} layout="vertical" initialValues={{ method: 'cash' }} onFinish={(v) => void submit(v)}>
        {take.error ? <Alert type="error" showIcon role="alert" title={take.error.message} style={{ marginBottom: 12 }} /> : null}
        <Form.Item label="房产" htmlFor="dep-house">{desk.data ? <span className="hy-line"><strong>{desk.data.house.community_name} {desk.data.house.label}</strong> {desk.data.owners.map((o) => o.name).join('、')}<Button size="small" onClick={() => setHouse(undefined)}>换一户</Button></span> : <HousePicker id="dep-house" choose={setHouse} />}</Form.Item>
        <Form.Item name="kind_id" label="种类" rules={[{ required: true, message: '请选择' }]}><Select options={list.map((k) => ({ value: k.kind_id, label: k.max_fen ? `${k.name}(上限 ${money(k.max_fen)})` : k.name }))} onChange={(v: string) => { const k = list.find((x) => x.kind_id === v); if (k?.amount_fen) form.setFieldValue('amount_fen', k.amount_fen) }} notFoundContent="本小区还没有押金种类" /></Form.Item>
        <Form.Item name="amount_fen" label="金额" rules={[{ required: true, message: '必填' }]}><MoneyInput /></Form.Item>
        <Form.Item name="method" label="收款方式"><Select options={MONEY_METHODS.map((value) => ({ value, label: words.states?.['method']?.[value] ?? value }))} /></Form.Item>
        <Form.Item name="reference" label="流水号"><Input maxLength={64} placeholder="刷卡、转账、扫码时填写" /></Form.Item>
        <Form.Item name="payer_name" label="交款人"><Input maxLength={40} placeholder={desk.data?.owners[0]?.name ?? '业主'} /></Form.Item>
        <Suspense fallback={null}><Form.Item name="return_on" label="约定退还日" extra="留空按种类的约定天数"><DayInput /></Form.Item></Suspense>
        <Form.Item name="note" label="说明"><Input maxLength={100} /></Form.Item>
        {house && desk.data?.house ? <p className="hy-muted">押金单独记账,不抵物业费;退还、罚没都要另一人审批。</p> : null}
      </Form>
    </Drawer>
  )
}
