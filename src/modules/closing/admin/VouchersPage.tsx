// 凭证导出: batches for the accounting program; a new one is tried before it is made.
import { Button, Modal, Select, InputNumber } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { addMonths, today } from '../../../kernel/clock.ts'
import { useGo } from '../../../ui/address.tsx'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count, money } from '../../../ui/format.ts'
import { optionsOf, useList } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { Facts } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import type { BookName } from '../../ledger/contract.ts'
import { words as ledgerWords } from '../../ledger/words.ts'
import { closing, type Batch } from '../contract.ts'
import { words } from '../words.ts'

const MonthInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.MonthInput })))
const COLUMNS: readonly Column<Batch>[] = [
  { key: 'batch_no', title: '批次号', width: 90, always: true, show: (b) => `第 ${b.batch_no} 批` },
  { key: 'book', title: '账簿', width: 130, show: (b) => ledgerWords.states?.['book']?.[b.book] },
  { key: 'month', title: '期间', width: 90 },
  { key: 'days', title: '日期', width: 200, show: (b) => `${b.from_on} 至 ${b.to_on}` },
  { key: 'rule', title: '汇总', width: 140, show: (b) => words.states?.['voucher_rule']?.[b.rule] },
  { key: 'numbers', title: '凭证号', width: 110, show: (b) => `${b.first_no}–${b.first_no + b.voucher_count - 1}` },
  { key: 'journal_count', title: '明细凭证', width: 90 },
  { key: 'debit_fen', title: '借方合计', width: 130 },
  { key: 'state', title: '状态', width: 110, show: (b) => (b.voided_at ? <StateTag value="void" words={{ void: '已作废' }} /> : <StateTag value={b.export_count ? 'done' : 'new'} words={{ done: `已导出 ${b.export_count} 次`, new: '未导出' }} tones={{ done: 'good', new: 'warn' }} />) },
  { key: 'created_by_name', title: '制批人', width: 100 },
  { key: 'created_at', title: '制批时间', width: 150 },
]

function MakeModal({ close }: { close: () => void }) {
  const go = useGo()
  const [book, setBook] = useState<BookName>('company')
  const [month, setMonth] = useState(addMonths(today().slice(0, 7), -1))
  const [rule, setRule] = useState<'detail' | 'day' | 'month'>('day')
  const [no, setNo] = useState<number | null>(null)
  const preview = useRead(closing.previewVouchers, { book, month, rule })
  const make = useWrite(closing.makeVoucherBatch, { done: (a) => `已生成第 ${a.batch_no} 批` })
  const d = preview.data
  const first_no = no ?? d?.next_no ?? 1
  return (
    <Modal
      open title="生成凭证批次" width={640} onCancel={close}
      footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" disabled={!d?.journal_count} loading={make.running} onClick={async () => { const a = await make.run({ book, month, rule, first_no }); if (a) { close(); go(`/closing/vouchers/${a.batch_id}`) } }}>生成批次</Button></div>}
    >
      <div className="hy-line">
        <Select aria-label="账簿" style={{ width: 160 }} options={optionsOf(ledgerWords.states?.['book'])} value={book} onChange={(v) => setBook(v)} />
        <Suspense fallback={null}><span style={{ width: 120 }}><MonthInput aria-label="期间" value={month} onChange={(v) => { if (v) setMonth(v) }} /></span></Suspense>
        <Select aria-label="汇总方式" style={{ width: 160 }} options={optionsOf(words.states?.['voucher_rule'])} value={rule} onChange={(v) => setRule(v as 'day')} />
        <label>起始号 <InputNumber min={1} max={99_999} precision={0} value={first_no} onChange={(v) => setNo(v)} /></label>
      </div>
      {preview.error ? <ErrorBlock error={preview.error} retry={preview.retry} /> : !d ? <LoadingBlock /> : (
        <>
          <Facts facts={[['待导出明细凭证', count(d.journal_count)], ['生成凭证', count(d.voucher_count)], ['借方', money(d.debit_fen)], ['贷方', money(d.credit_fen)], ['该期间已导出', count(d.exported_count)]]} />
          {d.unmapped.length ? <p className="hy-muted">按本系统代码导出的科目(没有设对照):{d.unmapped.map((a) => `${a.account_code} ${a.account_name}`).join('、')}</p> : null}
        </>
      )}
    </Modal>
  )
}

export default function VouchersPage() {
  const may = useMay()
  const list = useList(closing.voucherBatches, {})
  const [open, setOpen] = useState(false)
  return (
    <>
      <ListPage
        {...list} title="凭证导出" name="closing.vouchers" columns={COLUMNS} row_key="batch_id" href={(b) => `/closing/vouchers/${b.batch_id}`} empty={{ text: '还没有导出过凭证' }}
        actions={<><Go to="/closing/voucher-setup">科目对照与版式</Go>{may('closing.voucher.export') ? <Button type="primary" onClick={() => setOpen(true)}>生成批次</Button> : null}</>}
      />
      {open ? <MakeModal close={() => setOpen(false)} /> : null}
    </>
  )
}
