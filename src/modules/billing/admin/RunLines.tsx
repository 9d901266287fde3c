// The lines of a run, what stands out in them, and what was left out.
import { Segmented } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { useSearchState } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { reasonOf } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { money } from '../../../ui/format.ts'
import { useList } from '../../../ui/list.ts'
import { ListPage, type Batch } from '../../../ui/ListPage.tsx'
import { billing, type Outlier as OutlierShape, type OutlierKind, type RunLine as RunLineShape } from '../contract.ts'
import { words } from '../words.ts'

type Can = true | string
type Outlier = z.output<typeof OutlierShape> & { key: string }
type RunLine = z.output<typeof RunLineShape> & { key: string }
interface Ask {
  house_ids: string[]
  fee_item_ids: string[]
  labels: string
  done: (ok: boolean) => void
}

const ask = (rows: readonly { house_id: string; fee_item_id: string; house_label: string }[], done: (ok: boolean) => void): Ask => ({
  house_ids: [...new Set(rows.map((r) => r.house_id))],
  fee_item_ids: [...new Set(rows.map((r) => r.fee_item_id))],
  labels: [...new Set(rows.map((r) => r.house_label))].slice(0, 10).join('、'),
  done,
})

function useExclude(run_id: string, can: Can) {
  const [asked, setAsked] = useState<Ask>()
  const exclude = useWrite(billing.excludeLines, { in_form: true, done: '已排除并重新试算' })
  const batch = [{ label: '本次不出账', can: () => (can === true ? true : reasonOf(can, words)), run: (rows: readonly { house_id: string; fee_item_id: string; house_label: string }[]) => new Promise<boolean>((done) => setAsked(ask(rows, done))) }]
  const close = (ok: boolean) => {
    asked?.done(ok)
    setAsked(undefined)
  }
  const modal = asked ? (
    <ReasonModal
      open title={`排除 ${asked.house_ids.length} 户`} onClose={() => close(false)} loading={exclude.running} submitError={exclude.error} suggestions={['长期空置待核实', '面积待核实', '读数待核实', '业主有异议']}
      onConfirm={async (reason) => { if (await exclude.run({ run_id, house_ids: asked.house_ids, fee_item_ids: asked.fee_item_ids, reason })) close(true) }}
    >
      <p>{asked.labels}</p>
    </ReasonModal>
  ) : null
  return { batch, modal }
}

const LINE_COLUMNS: readonly Column<RunLine>[] = [
  { key: 'house_label', title: '房号', width: 120, always: true },
  { key: 'fee_item_name', title: '收费项目', width: 120 },
  { key: 'explanation', title: '计算过程', width: 300 },
  { key: 'payer_name', title: '缴费人', width: 110 },
  { key: 'from_on', title: '计费起', width: 105 },
  { key: 'to_on', title: '计费止(不含)', width: 110 },
  { key: 'amount_fen', title: '金额', width: 110 },
  { key: 'last_fen', title: '上期', width: 110 },
]

export function LinesTab({ run_id, can }: { run_id: string; can: Can }) {
  const [{ fee_item_id }] = useSearchState()
  const list = useList(billing.runLines, { fixed: { run_id, ...(fee_item_id ? { fee_item_id } : {}) } })
  const { batch, modal } = useExclude(run_id, can)
  const data = list.data ? { ...list.data, rows: list.data.rows.map((r): RunLine => ({ ...r, key: `${r.house_id}-${r.fee_item_id}-${r.from_on}` })) } : undefined
  return (
    <>
      <ListPage {...{ ...list, data }} inside title="出账明细" name="billing.run_lines" columns={LINE_COLUMNS} row_key="key" totals={(d) => ({ amount_fen: money(d.amount_fen) })} {...(can === true ? { batch: batch as readonly Batch<RunLine>[] } : {})} empty={{ text: '没有明细' }} />
      {modal}
    </>
  )
}

const OUTLIER_COLUMNS: readonly Column<Outlier>[] = [
  { key: 'house_label', title: '房号', width: 120, always: true },
  { key: 'fee_item_name', title: '收费项目', width: 130 },
  { key: 'kind', title: '异常', width: 150, show: (r) => words.states?.['outlier']?.[r.kind] },
  { key: 'amount_fen', title: '本期', width: 110 },
  { key: 'last_fen', title: '上期', width: 110 },
  { key: 'note', title: '说明', width: 260 },
]

export function OutliersTab({ run_id, kinds, can }: { run_id: string; kinds: readonly { kind: OutlierKind; count: number }[]; can: Can }) {
  const [search, setSearch] = useSearchState()
  const present = kinds.filter((k) => k.count > 0)
  const kind = (present.find((k) => k.kind === search['kind']) ?? present[0])?.kind
  if (!kind) return <p role="status">没有异常。</p>
  return (
    <div className="hy-stack">
      <Segmented aria-label="异常类别" value={kind} onChange={(v) => setSearch({ kind: String(v), page: undefined })} options={present.map((k) => ({ value: k.kind, label: `${words.states?.['outlier']?.[k.kind] ?? k.kind} ${k.count}` }))} />
      <OutlierList key={kind} run_id={run_id} kind={kind} can={can} />
    </div>
  )
}

function OutlierList({ run_id, kind, can }: { run_id: string; kind: OutlierKind; can: Can }) {
  const list = useList(billing.runOutliers, { fixed: { run_id, kind } })
  const { batch, modal } = useExclude(run_id, can)
  const data = list.data ? { ...list.data, rows: list.data.rows.map((r, i): Outlier => ({ ...r, key: `${r.house_id}-${r.fee_item_id}-${i}` })) } : undefined
  return (
    <>
      <ListPage {...{ ...list, data }} inside title="出账异常" name="billing.run_outliers" columns={OUTLIER_COLUMNS} row_key="key" {...(can === true ? { batch: batch as readonly Batch<Outlier>[] } : {})} empty={{ text: '没有这类异常' }} />
      {modal}
    </>
  )
}

export function ExclusionsTab({ run_id, can }: { run_id: string; can: Can }) {
  const raw = useList(billing.runExclusions, { fixed: { run_id } })
  const include = useWrite(billing.includeLines, { done: '已恢复并重新试算' })
  type Row = NonNullable<typeof raw.data>['rows'][number] & { key: string }
  const data = raw.data ? { ...raw.data, rows: raw.data.rows.map((r): Row => ({ ...r, key: `${r.house_id}-${r.fee_item_id}` })) } : undefined
  const columns: readonly Column<Row>[] = [
    { key: 'house_label', title: '房号', width: 120, always: true },
    { key: 'fee_item_name', title: '收费项目', width: 130 },
    { key: 'reason', title: '原因', width: 260 },
    { key: 'excluded_by_name', title: '操作人', width: 110 },
    { key: 'excluded_at', title: '时间', width: 150 },
  ]
  const batch: readonly Batch<Row>[] = [{ label: '恢复出账', run: async (rows) => Boolean(await include.run({ run_id, house_ids: [...new Set(rows.map((r) => r.house_id))], fee_item_ids: [...new Set(rows.map((r) => r.fee_item_id))] })) }]
  return <ListPage {...{ ...raw, data }} inside title="已排除" name="billing.run_exclusions" columns={columns} row_key="key" {...(can === true ? { batch } : {})} empty={{ text: '没有排除任何户' }} />
}
