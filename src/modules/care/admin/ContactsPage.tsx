// 来电来访: the log, what is still to be done of it on top; figures by day and kind beside it.
import { Button, Modal } from 'antd'
import { useMemo, useState } from 'react'
import { Go, useGo, useSearchState } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { Facts } from '../../../ui/pages.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { care, type ContactRow } from '../contract.ts'
import { hour, said } from '../shown.ts'
import { words } from '../words.ts'
import { refundControl } from './LentDeposit.tsx'

const TONE = { answered: 'good', order: 'busy', complaint: 'busy', callback: 'warn', lodged: 'warn', passed: 'plain' } as const
function what(r: ContactRow) {
  if (r.order_id) return <Go to={`/orders/list/${r.order_id}`}>{r.order_no}</Go>
  if (r.complaint_id) return <Go to={`/care/complaints/${r.complaint_id}`}>{r.complaint_no}</Go>
  if (r.done_at) return `${hour(r.done_at)} ${r.done_note ?? ''}`
  if (r.call_back_at) return <span className={r.late ? 'hy-red hy-strong' : ''}>{hour(r.call_back_at)} 回电</span>
  if (r.item) return <span className={r.late ? 'hy-red hy-strong' : ''}>{r.item}{r.due_on ? `,${r.due_on.slice(5)} 前取回` : ''}{r.deposit ? `,押金 ${yen(r.deposit.amount_fen)}` : ''}</span>
  return r.answer ?? '—'
}
export default function ContactsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const go = useGo()
  const [search, setSearch] = useSearchState()
  const finish = useWrite(care.finishContact, { in_form: true, done: '已办结' })
  const [row, setRow] = useState<ContactRow>()
  const [shown, setShown] = useState<ContactRow>()
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '登记号、电话、房号、内容、物品' },
    { kind: 'select', name: 'topic', label: '事由', options: optionsOf(words.states?.['topic']) },
    { kind: 'select', name: 'outcome', label: '结果', options: optionsOf(words.states?.['outcome']) },
    { kind: 'check', name: 'open', label: '只看未了' },
    { kind: 'select', name: 'way', label: '方式', more: true, options: optionsOf(words.states?.['contact_way']) },
    { kind: 'days', names: ['from_on', 'to_on'], label: '日期', more: true },
  ], [])
  const carried = Object.fromEntries(['community_id', 'house_id', 'created_by'].flatMap((k) => (search[k] ? [[k, search[k]]] : [])))
  const list = useList(care.contacts, { filters, fixed: { ...(place_id ? { community_id: place_id } : {}), ...carried } })
  const columns: readonly Column<ContactRow>[] = [
    { key: 'no', title: '登记号', width: 125, always: true }, { key: 'created_at', title: '时间', width: 135 }, { key: 'way', title: '方式', width: 60, show: (r) => said('contact_way', r.way) }, { key: 'topic', title: '事由', width: 70, show: (r) => said('topic', r.topic) },
    { key: 'label', title: '房号', width: 90, show: (r) => (r.house_id ? <Go to={`/property/houses/${r.house_id}`}>{r.label}</Go> : '—') }, { key: 'caller_name', title: '姓名', width: 75 }, { key: 'caller_phone_masked', title: '电话', width: 115 }, { key: 'words', title: '内容', width: 200 },
    { key: 'outcome', title: '结果', width: 85, show: (r) => <StateTag value={r.outcome} words={words.states?.['outcome']} tones={TONE} /> }, { key: 'what', title: '办理', width: 190, show: what }, { key: 'created_by_name', title: '登记人', width: 75 },
    { key: 'seconds', title: '用时(秒)', width: 80, hidden: true }, { key: 'community_name', title: '小区', width: 100, hidden: true },
    { key: 'act', title: '操作', width: 80, show: (r) => (r.outcome === 'callback' || r.outcome === 'lodged' ? <CanButton size="small" can={r.can.finish} words={words} onClick={() => setRow(r)}>{r.outcome === 'callback' ? '已回电' : '已取回'}</CanButton> : null) },
  ]
  return (
    <>
      <ListPage
        {...list} title="来电来访" name="care.contacts" columns={columns} row_key="contact_id" open={setShown} empty={{ text: '没有符合条件的来电来访' }} excel={may('care.contact.export') ? care.contactsExcel : undefined}
        note={<div className="hy-line" role="group" aria-label="未了"><Button size="small" type={search['open'] ? 'default' : 'primary'} onClick={() => setSearch({ page: undefined, open: undefined })}>全部</Button><Button size="small" type={search['open'] ? 'primary' : 'default'} danger={(list.data?.late_count ?? 0) > 0} onClick={() => setSearch({ page: undefined, open: '1' })}>未了{list.data ? ` ${list.data.open_count}` : ''}{list.data?.late_count ? `(过期 ${list.data.late_count})` : ''}</Button></div>}
        actions={may('care.contact.write') ? <Button type="primary" onClick={() => go('/care/desk')}>登记来电来访</Button> : null}
      />
      {shown ? <Record r={shown} close={() => setShown(undefined)} /> : null}
      {row ? <FormModal key={row.contact_id} open onClose={() => { setRow(undefined); finish.reset() }} title={`${row.outcome === 'callback' ? '已回电' : '已取回'} ${row.no}`} call={care.finishContact} loading={finish.running} submitError={finish.error} fixed={{ contact_id: row.contact_id }} fields={['note', ...(row.deposit && row.deposit.left_fen > 0 && may('payment.refund.ask') ? [{ name: 'refund' as const, wide: true, control: refundControl(row) }] : [])]} initial={{ note: row.outcome === 'callback' ? '已回电说明' : `${row.caller_name ?? '本人'}已取回` }} onSubmit={async (i) => { if (await finish.run(i)) setRow(undefined) }} /> : null}
    </>
  )
}
function Record({ r, close }: { r: ContactRow; close: () => void }) {
  return (
    <Modal open title={`${said('topic', r.topic)} ${r.no}`} onCancel={close} footer={<Button onClick={close}>关闭</Button>} width={620}>
      <Facts facts={[['时间', instant(r.created_at)], ['方式', said('contact_way', r.way)], ['房号', r.label], ['姓名', r.caller_name], ['电话', r.caller_phone_masked], ['登记人', r.created_by_name], ['用时', r.seconds === null ? null : `${r.seconds} 秒`], ['结果', said('outcome', r.outcome)], ['办理', what(r)], ['内容', r.words], ['答复', r.answer], ['物品', r.item], ['押金', r.deposit ? `${r.deposit.deposit_no} ${yen(r.deposit.amount_fen)},可退 ${yen(r.deposit.left_fen)}` : null], ['经办', r.done_at ? `${instant(r.done_at)} ${r.done_by_name ?? ''} ${r.done_note ?? ''}` : null]]} />
    </Modal>
  )
}
