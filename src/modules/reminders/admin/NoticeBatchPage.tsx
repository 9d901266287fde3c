// One batch of notices: its files, who got one, what arrived.
import { Alert, Button, Form, Input, Modal, Progress, Select } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { toast } from '../../../ui/feedback.tsx'
import { instant, money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { reminders } from '../contract.ts'
import type { NoticeBatch, NoticeRow } from '../notice_contract.ts'
import { words } from '../words.ts'

const DELIVERY = words.states!['notice_delivery']
const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '房号', placeholder: '房号' },
  { kind: 'select', name: 'delivered', label: '送达', options: [{ value: 'true', label: '已登记' }, { value: 'false', label: '未登记' }] },
]
const COLUMNS: readonly Column<NoticeRow>[] = [
  { key: 'seq', title: '序号', width: 70, align: 'right' },
  { key: 'house_label', title: '房号', width: 110 },
  { key: 'payer_name', title: '缴费人', width: 100 },
  { key: 'notice_no', title: '通知单号', width: 170 },
  { key: 'bill_count', title: '账单数', width: 80 },
  { key: 'open_fen', title: '打印时欠费', width: 110 },
  { key: 'open_now_fen', title: '现欠', width: 100 },
  { key: 'opened_count', title: '扫码次数', width: 90 },
  { key: 'delivery', title: '送达', width: 110, show: (r) => (r.delivery ? <StateTag value={r.delivery} words={DELIVERY} tones={{ delivered: 'good', posted: 'good', refused: 'warn' }} /> : '—') },
  { key: 'delivered_by_name', title: '登记人', width: 90 },
  { key: 'reminder_id', title: '催缴记录', width: 90, show: (r) => (r.reminder_id ? <Go to={`/reminders/records/${r.reminder_id}`}>查看</Go> : '—') },
]

export default function NoticeBatchPage() {
  const batch_id = useParam('batch_id')
  const one = useRead(reminders.noticeBatch, { batch_id }, { refresh_ms: 3000 })
  const may = useMay()
  const again = useWrite(reminders.retryNotices, { done: '正在重新生成' })
  const print = usePrint(batch_id)
  const [marking, setMarking] = useState<readonly NoticeRow[] | 'all'>()
  const b = one.data
  const writes = may('reminders.reminder.write')
  return (
    <>
      <DetailPage
        title={b ? `缴费通知单 ${b.batch_no}` : '缴费通知单'} back="/reminders/notices" loading={one.loading} error={one.error} retry={one.retry}
        tags={b ? <StateTag value={b.state} words={words.states?.['notice_state']} tones={{ ready: 'good', failed: 'bad', drawing: 'busy' }} /> : null}
        facts={b ? factsOf(b) : []}
        actions={b && writes ? (
          <>
            {b.state === 'failed' ? <Button loading={again.running} onClick={() => void again.run({ batch_id })}>重新生成</Button> : null}
            {b.state === 'ready' && b.delivered_count < b.notice_count ? <Button onClick={() => setMarking('all')}>其余全部登记送达</Button> : null}
            {b.files.map((f) => <Button key={f.no} type="primary" loading={print.running} onClick={() => void print.run(f.no)}>{b.files.length > 1 ? `打印 ${f.first}–${f.last}` : '打印'}</Button>)}
          </>
        ) : null}
      >
        {b?.state === 'drawing' ? <div className="hy-card"><Progress percent={Math.floor((b.done_count * 100) / b.notice_count)} aria-label="正在生成" /><p className="hy-muted">正在后台生成,可以离开本页。</p></div> : null}
        {b?.state === 'failed' ? <Alert type="error" showIcon title={b.failure ?? '没有生成'} /> : null}
        {b ? <div className="hy-card"><Rows batch={b} writes={writes} mark={setMarking} /></div> : null}
      </DetailPage>
      {marking && b ? <Deliver batch={b} rows={marking} close={() => setMarking(undefined)} /> : null}
    </>
  )
}

/** The print is logged first, then the file opens in a window. */
function usePrint(batch_id: string) {
  const print = useWrite(reminders.printNotices, { invalidates: [reminders.noticeBatch, reminders.noticeBatches] })
  return {
    running: print.running,
    run: async (no: number) => {
      // Opened at once, or the browser takes it for an advertisement.
      const page = window.open('', '_blank')
      const answer = await print.run({ batch_id, no }, String(no))
      if (!answer) return page?.close()
      if (page) page.location.href = fileUrl(reminders.noticesPdf, { batch_id, no })
      else toast.warn('浏览器拦截了打印窗口,请允许本站弹出窗口后重试')
    },
  }
}

const factsOf = (b: NoticeBatch): [string, string][] => [
  ['小区', b.community_name], ['楼栋', b.buildings], ['份数', String(b.notice_count)], ['欠费合计', `${money(b.open_fen)} 元`], ['已送达', `${b.delivered_count} / ${b.notice_count}`],
  ['范围', [b.overdue_only ? '已到期的账单' : '全部未缴账单', b.period_from || b.period_to ? `${b.period_from ?? ''} 至 ${b.period_to ?? ''}` : ''].filter(Boolean).join(',')],
  ['缴清期限', b.due_by_on ?? '—'], ['版式', b.template_name ? `${b.template_name} 第 ${b.template_version} 版` : `内置 ${words.states?.['notice_paper']?.[b.paper]}`],
  ['二维码', b.with_code ? `${b.link_days} 天内有效` : '没有印'], ['制单人', `${b.created_by_name} ${instant(b.created_at)}`], ['打印', b.printed_count ? `${b.printed_count} 次` : '还没有'],
]

function Rows({ batch, writes, mark }: { batch: NoticeBatch; writes: boolean; mark: (rows: readonly NoticeRow[]) => void }) {
  const list = useList(reminders.notices, { filters: FILTERS, fixed: { batch_id: batch.batch_id }, page_size: 50 })
  return (
    <ListPage
      {...list} inside title="通知单" name="reminders.notice" columns={COLUMNS} row_key="seq"
      {...(writes && batch.state === 'ready' ? { batch: [{ label: '登记送达', can: (rows: readonly NoticeRow[]) => (rows.every((r) => r.delivery === null) ? (true as const) : '所选中有的已登记过'), run: (rows: readonly NoticeRow[]) => mark(rows) }] } : {})}
      empty={{ text: '没有符合条件的通知单' }}
    />
  )
}

function Deliver({ batch, rows, close }: { batch: NoticeBatch; rows: readonly NoticeRow[] | 'all'; close: () => void }) {
  const [delivery, setDelivery] = useState<'delivered' | 'posted' | 'refused' | 'other'>('posted')
  const [note, setNote] = useState('')
  const send = useWrite(reminders.deliverNotices, { done: (a) => `已登记 ${a.marked_count} 份,形成 ${a.reminder_count} 条催缴记录` })
  const count = rows === 'all' ? batch.notice_count - batch.delivered_count : rows.length
  return (
    <Modal open title={`登记 ${count} 份送达`} onCancel={close} okText="登记" confirmLoading={send.running} onOk={async () => { if (await send.run({ batch_id: batch.batch_id, ...(rows === 'all' ? {} : { seqs: rows.map((r) => r.seq) }), delivery, note: note || null })) close() }}>
      <Form layout="vertical">
        <Form.Item label="结果"><Select aria-label="结果" value={delivery} options={optionsOf(DELIVERY) as { value: typeof delivery; label: string }[]} onChange={setDelivery} /></Form.Item>
        <Form.Item label="说明"><Input aria-label="说明" maxLength={200} value={note} onChange={(e) => setNote(e.target.value)} /></Form.Item>
      </Form>
      <p className="hy-muted">当面送达、张贴、拒收的,仍欠费的账单各形成一条「催缴单」催缴记录,作主张权利的凭据。</p>
    </Modal>
  )
}
