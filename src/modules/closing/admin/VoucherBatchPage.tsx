import { Select } from 'antd'
import { useState } from 'react'
import { useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { count, money } from '../../../ui/format.ts'
import { useList } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { words as ledgerWords } from '../../ledger/words.ts'
import { closing } from '../contract.ts'
import { words } from '../words.ts'

type Row = Out<typeof closing.voucherBatch.gives>['rows'][number]
const COLUMNS: readonly Column<Row & { key: string }>[] = [
  { key: 'voucher_no', title: '凭证号', width: 80, always: true, show: (l) => String(l.voucher_no) }, { key: 'booked_on', title: '日期', width: 110 }, { key: 'note', title: '摘要', width: 220 }, { key: 'account_code', title: '科目', width: 220, show: (l) => `${l.account_code} ${l.account_name}` },
  { key: 'community_name', title: '小区', width: 120 }, { key: 'debit_fen', title: '借方', width: 120, show: (l) => (l.debit_fen ? money(l.debit_fen) : '') }, { key: 'credit_fen', title: '贷方', width: 120, show: (l) => (l.credit_fen ? money(l.credit_fen) : '') }, { key: 'journal_count', title: '明细凭证', width: 90 },
]

export default function VoucherBatchPage() {
  const batch_id = useParam('batch_id')
  const list = useList(closing.voucherBatch, { fixed: { batch_id }, page_size: 50 })
  const layouts = useRead(closing.voucherLayouts, {}, { stale_ms: 60_000 })
  const out = useWrite(closing.exportVouchers)
  const cancel = useWrite(closing.voidVoucherBatch, { in_form: true, done: '已作废' })
  const [layout, setLayout] = useState('kingdee')
  const [voiding, setVoiding] = useState(false)
  const b = list.data?.batch
  const download = async () => {
    const a = await out.run({ batch_id, layout })
    if (a) location.assign(fileUrl(closing.voucherFile, a.input))
  }
  const data = list.data ? { ...list.data, rows: list.data.rows.map((l) => ({ ...l, key: `${l.voucher_no}-${l.line_no}` })) } : undefined
  return (
    <>
      <DetailPage
        title={b ? `凭证批次 第 ${b.batch_no} 批` : '凭证批次'} loading={list.loading} error={list.error} retry={list.retry} back="/closing/vouchers"
        tags={b?.voided_at ? <StateTag value="void" words={{ void: '已作废' }} /> : null}
        actions={b ? <><Select aria-label="版式" style={{ width: 230 }} options={(layouts.data?.rows ?? []).filter((l) => !l.disabled).map((l) => ({ value: l.key, label: l.name }))} value={layout} onChange={(v) => setLayout(v)} /><CanButton type="primary" can={b.can.export} words={words} loading={out.running} onClick={() => void download()}>{b.export_count ? '补导文件' : '导出文件'}</CanButton><CanButton danger can={b.can.void} words={words} onClick={() => setVoiding(true)}>作废批次</CanButton></> : null}
        facts={b ? [['账簿', ledgerWords.states?.['book']?.[b.book]], ['期间', b.month], ['日期', `${b.from_on} 至 ${b.to_on}`], ['汇总', words.states?.['voucher_rule']?.[b.rule]], ['凭证号', `${b.first_no}–${b.first_no + b.voucher_count - 1}`], ['明细凭证', count(b.journal_count)], ['借方', money(b.debit_fen)], ['贷方', money(b.credit_fen)], ['已导出', `${b.export_count} 次`], ['作废原因', b.void_reason]] : []}
      >
        <ListPage {...list} data={data} inside title="分录" name="closing.voucher_lines" columns={COLUMNS} row_key="key" empty={{ text: '没有分录' }} />
      </DetailPage>
      {voiding && b ? <ReasonModal open title={`作废第 ${b.batch_no} 批`} danger submit="作废" onClose={() => setVoiding(false)} loading={cancel.running} submitError={cancel.error} onConfirm={async (reason) => { if (await cancel.run({ batch_id, reason })) setVoiding(false) }}><p>其中的凭证可以重新成批导出;请同时在财务软件中删除已导入的凭证。</p></ReasonModal> : null}
    </>
  )
}
