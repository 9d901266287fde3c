import { Button } from 'antd'
import { fileUrl } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay } from '../../../ui/session.ts'
import { payment, type PrintBatch } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'days', names: ['from_on', 'to_on'], label: '打印日' }]

export default function PrintBatchesPage() {
  const may = useMay()
  const list = useList(payment.printBatches, { filters: FILTERS })
  const columns: readonly Column<PrintBatch>[] = [
    { key: 'printed_at', title: '打印时间', width: 150, always: true },
    { key: 'printed_by_name', title: '打印人', width: 110 },
    { key: 'title', title: '打印内容', width: 320 },
    { key: 'form', title: '版式', width: 110, show: (r) => `${words.states?.['form']?.[r.form] ?? r.form}${r.together ? '(一张)' : ''}` },
    { key: 'receipt_count', title: '收据张数', width: 90 },
    { key: 'reprint_count', title: '其中补打', width: 90 },
    ...(may('payment.receipt.print') ? [{ key: 'act', title: '操作', width: 100, show: (r: PrintBatch) => <Button size="small" href={fileUrl(payment.receiptsPdf, { batch_id: r.batch_id })} target="_blank">打开</Button> }] : []),
  ]
  return <ListPage {...list} title="批量打印记录" name="payment.print_batches" columns={columns} row_key="batch_id" empty={{ text: '还没有批量打印过收据' }} />
}
