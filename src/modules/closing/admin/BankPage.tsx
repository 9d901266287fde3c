// 银行到账: the bank's receipts of channels, pasted from its list; the same line is taken once.
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { tryParseYuan } from '../../../kernel/money.ts'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import type { Column } from '../../../ui/columns.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant, money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay } from '../../../ui/session.ts'
import { closing } from '../contract.ts'

type Row = Out<typeof closing.bankLines.gives>['rows'][number]
const FILTERS: readonly Filter[] = [{ kind: 'days', names: ['from_on', 'to_on'], label: '入账日' }, { kind: 'check', name: 'open', label: '只看未配对' }]
const COLUMNS: readonly Column<Row>[] = [
  { key: 'received_on', title: '入账日', width: 120, always: true }, { key: 'account', title: '账户', width: 160 }, { key: 'amount_fen', title: '金额', width: 120 }, { key: 'reference', title: '流水号或摘要', width: 140 }, { key: 'counterparty', title: '对方户名', width: 160 },
  { key: 'paired_with', title: '配对', width: 230, show: (r) => <Paired r={r} /> }, { key: 'imported', title: '来源', width: 90, hidden: true, show: (r) => (r.imported ? '银行流水' : '手工录入') }, { key: 'added_at', title: '录入时间', width: 150, hidden: true },
]
function Paired({ r }: { r: Row }) {
  return (
    <>
      {r.paired_with ? `${r.paired_with} 的结算` : '未配对'}
      {r.undone.map((u) => <div key={u.undone_at} className="hy-muted" style={{ whiteSpace: 'normal' }}>{`曾配 ${u.channel_name} ${u.our_day},${u.undone_by_name} ${instant(u.undone_at)} 撤销:${u.reason}`}</div>)}
    </>
  )
}

/** Payouts of the same amount that no receipt has; one is chosen. */
function Choose({ line, close }: { line: Row; close: () => void }) {
  const offered = useRead(closing.payoutsFor, { their_key: line.their_key })
  const pair = useWrite(closing.pairBank, { invalidates: [closing.bankLines, closing.reconDays, closing.reconItems], done: '已配对' })
  return (
    <Modal open title={`配对 ${line.received_on} 到账的 ${money(line.amount_fen)} 元`} onCancel={close} footer={null} width={640}>
      <p className="hy-muted">金额相同、账单日不晚于入账日、还没有到账的渠道结算:</p>
      <RowsTable
        label="可配对的渠道结算" rows={offered.data?.rows ?? []} row_key="our_key" empty={offered.loading ? '正在查找' : '没有金额相同的渠道结算'}
        columns={[{ key: 'channel_name', title: '渠道' }, { key: 'our_day', title: '账单日', width: 120 }, { key: 'amount_fen', title: '金额', width: 130 }, { key: 'pick', title: '操作', width: 90, show: (p) => <Button size="small" type="primary" loading={pair.running} onClick={() => void pair.run({ their_key: line.their_key, our_key: p.our_key }, p.our_key).then((ok) => { if (ok) close() })}>配对</Button> }]}
      />
      {pair.error ? <p role="alert" className="hy-red">{pair.error.message}</p> : null}
    </Modal>
  )
}

/** Columns as copied from a sheet: day, amount, reference, counterparty. */
const parse = (v: unknown): unknown =>
  String(v ?? '').split('\n').map((l) => l.trim()).filter(Boolean).map((l) => {
    const [on = '', amount = '', reference = '', counterparty = ''] = l.split(/\t|,(?=\S)/).map((x) => x.trim())
    return { received_on: on.replaceAll('/', '-').replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'), amount_fen: tryParseYuan(amount, 'signed') ?? amount, reference, counterparty }
  })

function Paste({ value, onChange, id }: Control) {
  return <Input.TextArea {...(id ? { id } : {})} aria-label="流水" rows={12} placeholder={'从银行流水表格复制四列粘贴:入账日、金额、流水号或摘要、对方户名\n2026-11-02\t1,234.50\t微信结算\t财付通'} value={(value as string | undefined) ?? ''} onChange={(e) => onChange?.(e.target.value)} />
}

export default function BankPage() {
  const may = useMay()
  const [search] = useSearchState()
  const list = useList(closing.bankLines, { filters: FILTERS, fixed: Object.fromEntries((['our_day', 'channel_id'] as const).flatMap((k) => (search[k] ? [[k, search[k]]] : []))) })
  const add = useWrite(closing.addBankLines, { in_form: true, done: (a) => `录入 ${a.added_count} 行${a.known_count ? `,${a.known_count} 行以前已录入` : ''}` })
  const [open, setOpen] = useState(false)
  const [asking, setAsking] = useState<{ line: Row; what: 'pair' | 'unpair' }>()
  const unpair = useWrite(closing.unpairBank, { in_form: true, invalidates: [closing.bankLines, closing.reconDays, closing.reconItems], done: '已撤销配对' })
  const columns: readonly Column<Row>[] = may('closing.recon.work') ? [...COLUMNS, { key: 'act', title: '操作', width: 110, show: (r) => (r.can.unpair === true ? <Button size="small" onClick={() => setAsking({ line: r, what: 'unpair' })}>撤销配对</Button> : <Button size="small" onClick={() => setAsking({ line: r, what: 'pair' })}>配对</Button>) }] : COLUMNS
  return (
    <>
      <ListPage {...list} title="银行到账" name="closing.bank" columns={columns} row_key="their_key" totals={(d) => ({ amount_fen: money(d.amount_fen_sum) })} actions={<><Go to="/payment/bank">银行流水</Go>{may('closing.recon.work') ? <Button type="primary" onClick={() => setOpen(true)}>粘贴银行流水</Button> : null}</>} empty={{ text: '还没有录入银行到账' }} />
      {asking?.what === 'pair' ? <Choose line={asking.line} close={() => setAsking(undefined)} /> : null}
      {asking?.what === 'unpair' ? <ReasonModal open danger title={`撤销 ${money(asking.line.amount_fen)} 元与 ${asking.line.paired_with} 的配对`} submit="撤销配对" onClose={() => setAsking(undefined)} loading={unpair.running} submitError={unpair.error} suggestions={['金额碰巧相同', '是另一天的结算', '不是渠道款']} onConfirm={async (reason) => { if (await unpair.run({ their_key: asking.line.their_key, reason })) setAsking(undefined) }} /> : null}
      {open ? <FormDrawer open onClose={() => setOpen(false)} title="粘贴银行流水" width={720} submit="录入" call={closing.addBankLines} loading={add.running} submitError={add.error} fields={['account', { name: 'lines', wide: true, send: parse, control: (c) => <Paste {...c} /> }]} onSubmit={async (i) => { if (await add.run(i)) setOpen(false) }} /> : null}
    </>
  )
}
