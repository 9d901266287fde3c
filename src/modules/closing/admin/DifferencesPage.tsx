// 对账差异: every difference with its kind, owner, age and end.
import { Modal, Button } from 'antd'
import { useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay } from '../../../ui/session.ts'
import { identity } from '../../identity/contract.ts'
import { closing, type ReconItem } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['item_state']) },
  { kind: 'select', name: 'kind', label: '类别', options: optionsOf(words.states?.['item_kind']) },
  { kind: 'select', name: 'leg', label: '环节', options: optionsOf(words.states?.['leg']) },
  { kind: 'check', name: 'mine', label: '我负责的' },
  { kind: 'day', name: 'business_day', label: '对账日', more: true },
]

export default function DifferencesPage() {
  const may = useMay()
  const [search] = useSearchState()
  const list = useList(closing.reconItems, { filters: FILTERS, fixed: search['channel_id'] ? { channel_id: search['channel_id'] } : {} })
  const close = useWrite(closing.closeItem, { in_form: true, done: '已结清' })
  const assign = useWrite(closing.assignItems, { done: (a) => `已指定 ${a.count} 条` })
  const [open, setOpen] = useState<ReconItem>()
  const [picked, setPicked] = useState<readonly ReconItem[]>([])
  const [owner, setOwner] = useState<string | null>(null)
  const columns: readonly Column<ReconItem>[] = [
    { key: 'business_day', title: '对账日', width: 105, always: true },
    { key: 'channel_name', title: '渠道', width: 115 },
    { key: 'leg', title: '环节', width: 110, hidden: true, show: (r) => words.states?.['leg']?.[r.leg] },
    { key: 'kind', title: '类别', width: 95, show: (r) => <StateTag value={r.kind} words={words.states?.['item_kind']} tones={{ only_ours: 'bad', only_theirs: 'bad', amount: 'bad', fee: 'warn' }} /> },
    { key: 'reference', title: '单号', width: 130, show: (r) => (r.payment_id ? <Go to={`/payment/payments/${r.payment_id}`}>{r.reference}</Go> : r.channel_bill_id ? <Go to={`/payment/channel-bills/${r.channel_bill_id}`}>{r.reference}</Go> : r.reference) },
    { key: 'our_fen', title: '我方', width: 85 },
    { key: 'their_fen', title: '对方', width: 85 },
    { key: 'difference_fen', title: '差额', width: 80, show: (r) => <MoneyText fen={r.difference_fen} strong /> },
    { key: 'age_days', title: '天数', width: 55, show: (r) => `${r.age_days}` },
    { key: 'owner_name', title: '负责人', width: 80 },
    { key: 'state', title: '状态', width: 95, show: (r) => <StateTag value={r.state} words={{ open: '未结', closed: words.states?.['close_how']?.[r.close_how ?? ''] ?? '已结' }} tones={{ open: 'warn', closed: 'good' }} /> },
    { key: 'close_note', title: '说明', width: 120, show: (r) => (r.journal_id ? <Go to={`/ledger/journals/${r.journal_id}`}>{r.close_note}</Go> : r.close_note) },
    { key: 'act', title: '操作', width: 75, show: (r) => (r.state === 'open' ? <CanButton size="small" can={r.can.close} words={words} onClick={() => setOpen(r)}>结清</CanButton> : '') },
  ]
  return (
    <>
      <ListPage
        {...list} title="对账差异" name="closing.differences" columns={columns} row_key="item_id" totals={(d) => ({ difference_fen: money(d.difference_fen_sum) })} empty={{ text: '没有差异' }}
        excel={may('closing.recon.export') ? closing.reconItemsExcel : undefined}
        {...(may('closing.recon.work') ? { batch: [{ label: '指定负责人', run: (rows: readonly ReconItem[]) => setPicked(rows) }] } : {})}
      />
      {open ? (
        <FormModal
          open onClose={() => setOpen(undefined)} title={`结清差异 ${open.reference} ${money(open.difference_fen)} 元`} submit="结清" call={closing.closeItem} loading={close.running} submitError={close.error} words={{ how: { reason: '说明原因(不记账)', suspense: '挂账待查(记入其他应付款)', fee: '计手续费(记入财务费用)' } }}
          fields={[{ name: 'how', kind: 'select' }, 'note']} initial={{ how: 'reason' }} fixed={{ item_id: open.item_id }} onSubmit={async (i) => { if (await close.run(i)) setOpen(undefined) }}
        />
      ) : null}
      {picked.length ? (
        <Modal open title={`指定负责人:${picked.length} 条`} onCancel={() => setPicked([])} footer={<div className="hy-form-buttons"><Button onClick={() => setPicked([])}>取消</Button><Button type="primary" loading={assign.running} onClick={async () => { if (await assign.run({ item_ids: picked.map((p) => p.item_id), owner_id: owner })) setPicked([]) }}>指定</Button></div>}>
          <SearchSelect label="负责人" placeholder="选择员工" call={identity.members} input={{}} enabled={may('identity.member.read')} option={(p: { account_id: string; name: string }) => ({ value: p.account_id, label: p.name })} value={owner} onChange={(v) => setOwner(v as string | null)} />
        </Modal>
      ) : null}
    </>
  )
}
