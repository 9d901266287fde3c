import { Button, Progress, Select } from 'antd'
import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { HousePicker } from '../../people/admin/shared.tsx'
import { billing, type RunRow } from '../contract.ts'
import { words } from '../words.ts'
import { RunTag, thisMonth } from './shown.tsx'

const FILTERS: readonly Filter[] = [
  { kind: 'month', name: 'period', label: '账期' },
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['run']) },
]
const COLUMNS: readonly Column<RunRow>[] = [
  { key: 'period', title: '账期', width: 90, always: true },
  { key: 'community_name', title: '小区', width: 120 },
  { key: 'fee_items', title: '收费项目', width: 240, show: (r) => r.fee_items.map((i) => i.name).join('、') },
  { key: 'house_label', title: '单户', width: 100 },
  { key: 'line_count', title: '账单数', width: 90 },
  { key: 'amount_fen', title: '金额', width: 120 },
  { key: 'excluded_count', title: '排除', width: 70 },
  { key: 'state', title: '状态', width: 120, show: (r) => (r.progress ? <Progress size="small" percent={r.progress.total ? Math.floor((r.progress.done * 100) / r.progress.total) : 0} /> : <RunTag state={r.state} />) },
  { key: 'created_by_name', title: '制单人', width: 100 },
  { key: 'created_at', title: '制单时间', width: 145 },
  { key: 'published_by_name', title: '发布人', width: 100 },
  { key: 'published_at', title: '发布时间', width: 145 },
]

export default function RunsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(billing.runs, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [adding, setAdding] = useState(false)
  const drafts = may('billing.run.draft')
  return (
    <>
      <ListPage
        {...list} title="出账" name="billing.runs" columns={COLUMNS} row_key="run_id" href={(r) => `/billing/runs/${r.run_id}`}
        actions={drafts ? <Button type="primary" onClick={() => setAdding(true)}>新建出账</Button> : null}
        empty={{ text: '还没有出账', next: drafts ? <Button onClick={() => setAdding(true)}>新建出账</Button> : null }}
      />
      {adding ? <NewRun close={() => setAdding(false)} /> : null}
    </>
  )
}

function NewRun({ close }: { close: () => void }) {
  const go = useGo()
  const { place_id, places } = usePlace()
  const [community_id, setCommunity] = useState(place_id ?? places[0]?.id)
  const items = useRead(billing.feeItems, community_id ? { community_id } : {}, { stale_ms: 10_000, enabled: community_id !== undefined })
  const next = useRead(billing.nextPeriod, { community_id: community_id ?? '' }, { enabled: community_id !== undefined })
  const create = useWrite(billing.createRun, { in_form: true })
  const ready = items.data !== undefined && !next.loading
  const rows = (items.data?.rows ?? []).filter((i) => i.shape !== 'share')
  return (
    <FormDrawer
      key={`${community_id}-${ready ? 1 : 0}`} open onClose={close} title="新建出账" call={billing.createRun} loading={create.running} submitError={create.error} submit="试算"
      fields={[
        { name: 'community_id', label: '小区', control: (c) => <PlaceSelect {...(c.id ? { id: c.id } : {})} value={community_id} onChange={(v) => { setCommunity(v); c.onChange?.(v) }} /> },
        { name: 'period', kind: 'month', help: next.data ? `下一个未出的账期是 ${next.data.period}` : undefined },
        { name: 'fee_item_ids', kind: 'many', options: rows.map((i) => ({ value: i.fee_item_id, label: i.name })), wide: true, help: '不到周期的项目试算时自动为零' },
        { name: 'house_id', label: '只出一户', control: (c) => <HousePicker {...c} />, help: '补出或重出单户时填写,通常留空' },
      ]}
      initial={{ ...(community_id ? { community_id } : {}), period: next.data?.period ?? thisMonth(), fee_item_ids: rows.filter((i) => i.cycle === 'month').map((i) => i.fee_item_id) }}
      note={<p className="hy-muted">试算不产生账单;核对后由另一人发布。</p>}
      onSubmit={async (input) => {
        const made = await create.run(input)
        if (made) go(`/billing/runs/${made.run_id}`)
      }}
    />
  )
}

function PlaceSelect({ id, value, onChange }: { id?: string; value: string | undefined; onChange: (v: string) => void }) {
  const { places } = usePlace()
  return <Select {...(id ? { id } : {})} options={places.map((p) => ({ value: p.id, label: p.name }))} value={value ?? null} onChange={onChange} />
}
