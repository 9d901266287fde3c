import { Button, Modal, Select } from 'antd'
import { useMemo, useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, type Out } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { property } from '../../property/contract.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { FORMS, usePrintMany, type Form } from './print.tsx'

type Receipt = Out<typeof payment.receipts.gives>['rows'][number]
type Ask = Parameters<ReturnType<typeof usePrintMany>['run']>[0]
const COLUMNS: readonly Column<Receipt>[] = [
  { key: 'receipt_no', title: '收据号', width: 150, always: true },
  { key: 'issued_at', title: '开具时间', width: 150 },
  { key: 'community_name', title: '小区', width: 110 },
  { key: 'house_label', title: '房号', width: 110 },
  { key: 'payer_name', title: '缴款人', width: 110 },
  { key: 'total_fen', title: '金额', width: 110 },
  { key: 'print_count', title: '打印次数', width: 90 },
  { key: 'voided_at', title: '状态', width: 90, show: (r) => <StateTag value={r.voided_at ? 'v' : 'ok'} words={{ ok: '有效', v: '作废' }} tones={{ ok: 'good', v: 'bad' }} /> },
]

export default function ReceiptsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const people = useRead(payment.collectors, {}, { stale_ms: 60_000 })
  const buildings = useRead(property.tree, { community_id: place_id ?? '' }, { enabled: Boolean(place_id), stale_ms: 60_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'text', name: 'q', label: '收据号', placeholder: '收据号' },
      { kind: 'days', names: ['from_on', 'to_on'], label: '开具日' },
      ...(place_id ? [{ kind: 'select' as const, name: 'building_id', label: '楼栋', options: (buildings.data?.communities ?? []).flatMap((c) => c.buildings).map((b) => ({ value: b.building_id, label: b.name })), loading: buildings.loading }] : []),
      { kind: 'select', name: 'taken_by', label: '收费员', options: (people.data?.rows ?? []).map((r) => ({ value: r.account_id, label: r.name })), loading: people.loading },
      { kind: 'check', name: 'unprinted', label: '没打印过' },
      { kind: 'check', name: 'voided', label: '只看作废' },
    ],
    [place_id, people.data, people.loading, buildings.data, buildings.loading],
  )
  const list = useList(payment.receipts, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const [asking, setAsking] = useState<{ ask: Ask; count: number; what: string }>()
  const f = list.asked as { from_on?: string; to_on?: string; building_id?: string; taken_by?: string; unprinted?: boolean; q?: string; voided?: boolean; community_id?: string }
  const whole = (): Ask => ({ ...(f.community_id ? { community_id: f.community_id } : {}), ...(f.building_id ? { building_id: f.building_id } : {}), ...(f.taken_by ? { taken_by: f.taken_by } : {}), ...(f.from_on ? { from_on: f.from_on } : {}), ...(f.to_on ? { to_on: f.to_on } : {}), ...(f.unprinted ? { unprinted: true } : {}) })
  const total = list.data?.total ?? 0
  const narrow = f.q || f.voided ? '按收据号查找或只看作废时,请勾选要打印的收据' : !f.from_on || !f.to_on ? '请先选开具日的起止' : total === 0 ? '没有收据' : null
  return (
    <>
      <ListPage
        {...list} title="收据" name="payment.receipts" columns={COLUMNS} row_key="payment_id" href={(r) => `/payment/payments/${r.payment_id}?tab=prints`} empty={{ text: '没有符合条件的收据' }} excel={may('payment.payment.export') ? payment.receiptsExcel : undefined}
        {...(may('payment.receipt.print') ? {
          batch: [{ label: '打印所选', run: (rows: readonly Receipt[]) => setAsking({ ask: { payment_ids: rows.map((r) => r.payment_id) }, count: rows.length, what: '所选收据' }) }],
          actions: <><Button disabled={narrow !== null} title={narrow ?? ''} onClick={() => setAsking({ ask: whole(), count: total, what: `${f.from_on} 至 ${f.to_on} 的收据(作废的不打)` })}>打印全部 {total} 张</Button><Go to="/payment/print-batches">批量打印记录</Go></>,
        } : {})}
      />
      {asking ? <PrintMany {...asking} close={() => setAsking(undefined)} /> : null}
    </>
  )
}

function PrintMany({ ask, count, what, close }: { ask: Ask; count: number; what: string; close: () => void }) {
  const [form, setForm] = useState<Form>('a5')
  const print = usePrintMany()
  return (
    <Modal
      open title="批量打印收据" onCancel={close}
      footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={print.running} onClick={async () => { if (await print.run({ ...ask, form })) close() }}>打印</Button></div>}
    >
      <p>{what},共 {count} 张,按房号排列成一个 PDF。打印过的会标明补打第几次,都有记录。</p>
      <Select aria-label="版式" value={form} onChange={setForm} style={{ width: 200 }} options={FORMS.map((v) => ({ value: v, label: words.states?.['form']?.[v] ?? v }))} />
    </Modal>
  )
}
