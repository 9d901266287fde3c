// 收费统计: receivable, received, arrears, collection and clearing rates by any group; each figure opens its lines with the same filter in the address.
import { Checkbox, Segmented, Select } from 'antd'
import { Suspense, lazy, useMemo, type ReactNode } from 'react'
import { addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, type Out } from '../../../ui/api.ts'
import { Bars } from '../../../ui/Bars.tsx'
import { ExcelButton, Figure, MoneyText } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count, money, percent } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { billing } from '../../billing/contract.ts'
import { useStewards } from '../../property/admin/shared.tsx'
import { property } from '../../property/contract.ts'
import { analytics, type FeesFilter, type FeeSums } from '../contract.ts'
import { words } from '../words.ts'

const MonthInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.MonthInput })))
type Fees = Out<typeof analytics.fees.gives>
type Row = Fees['rows'][number]
type By = FeesFilter['by']
const BY = Object.entries(words.states!['fees_by']!).map(([value, label]) => ({ value: value as By, label: `按${label}` }))
const OF_TIME: readonly By[] = ['month', 'quarter', 'year']

/** Ready spans of months: this one, the one before, quarter, year, last year. */
function spans(): readonly { value: string; label: string; from: string; to: string }[] {
  const month = today().slice(0, 7)
  const [year, m] = [month.slice(0, 4), Number(month.slice(5))]
  const quarter = `${year}-${String(m - ((m - 1) % 3)).padStart(2, '0')}`
  const last = String(Number(year) - 1)
  return [
    { value: 'month', label: '本月', from: month, to: month }, { value: 'last', label: '上月', from: addMonths(month, -1), to: addMonths(month, -1) },
    { value: 'quarter', label: '本季', from: quarter, to: addMonths(quarter, 2) }, { value: 'year', label: '本年', from: `${year}-01`, to: `${year}-12` }, { value: 'last_year', label: '上年', from: `${last}-01`, to: `${last}-12` },
  ]
}
const lastDay = (month: string): string => {
  const [y, m] = month.split('-').map(Number) as [number, number]
  return `${month}-${String(new Date(Date.UTC(y, m, 0)).getUTCDate()).padStart(2, '0')}`
}
/** The months that a period's key covers: 2026-03, 2026-Q1, 2026. */
function monthsOf(key: string): [from: string, to: string] {
  const q = /^(\d{4})-Q([1-4])$/.exec(key)
  if (q) return [`${q[1]}-${String(Number(q[2]) * 3 - 2).padStart(2, '0')}`, `${q[1]}-${String(Number(q[2]) * 3).padStart(2, '0')}`]
  return key.length === 4 ? [`${key}-01`, `${key}-12`] : [key, key]
}
const query = (o: Record<string, string | undefined>): string => new URLSearchParams(Object.entries(o).filter((e): e is [string, string] => !!e[1])).toString()

/** Addresses of the lines behind a row (or the totals): bills of the periods, bills of earlier ones, money received. */
function linesOf(f: FeesFilter, r?: Row) {
  const time = OF_TIME.includes(f.by)
  const [from, to] = r && time ? monthsOf(r.key) : [f.from, f.to]
  const [period_from, period_to] = [from < f.from ? f.from : from, to > f.to ? f.to : to]
  const key = r ? { community: 'community_id', building: 'building_id', fee_item: 'fee_item_id', collector: 'taken_by' }[f.by as 'community'] : undefined
  const place = { community_id: f.community_id, building_id: f.building_id, fee_item_id: f.fee_item_id, ...(key ? { [key]: r!.key } : {}) }
  const days = { from_on: `${f.from}-01`, to_on: lastDay(f.to) }
  const before = addMonths(f.from, -1)
  return {
    bills: `/billing/bills?${query({ ...place, period_from, period_to, state: 'live' })}`,
    received: `/billing/bills?${query({ ...place, period_from, period_to, state: 'received' })}`,
    reduced: `/billing/bills?${query({ ...place, period_from, period_to, state: 'reduced' })}`,
    unpaid: `/billing/bills?${query({ ...place, period_from, period_to, state: 'unpaid' })}`,
    old_unpaid: `/billing/bills?${query({ ...place, period_to: before, state: 'unpaid' })}`,
    taken: `/payment/lines?${query({ ...place, ...days })}`,
    taken_current: `/payment/lines?${query({ ...place, ...days, period_from: f.from, period_to: f.to })}`,
    taken_old: `/payment/lines?${query({ ...place, ...days, period_to: before })}`,
    taken_ahead: `/payment/lines?${query({ ...place, ...days, period_from: addMonths(f.to, 1) })}`,
  }
}
type Lines = ReturnType<typeof linesOf>
/** What a figure opens. Of an earlier day's standing only what happened up to then has lines of its own: what is unpaid today is another figure. */
const OPENS: Partial<Record<keyof FeeSums, keyof Lines>> = {
  bill_count: 'bills', receivable_fen: 'bills', received_fen: 'received', reduced_fen: 'reduced', moved_fen: 'bills', open_fen: 'unpaid', old_open_fen: 'old_unpaid', old_received_fen: 'taken_old', taken_fen: 'taken', taken_current_fen: 'taken_current', taken_ahead_fen: 'taken_ahead',
}

function cellOf(f: FeesFilter, may_lines: { bills: boolean; taken: boolean }, key: keyof FeeSums, sums: FeeSums, row?: Row): ReactNode {
  const v = sums[key]
  if (!v) return '—'
  const to = OPENS[key]
  const of_steward = f.by === 'steward' || f.steward_id
  const text = key === 'bill_count' ? count(v) : <MoneyText fen={v} owed={key === 'open_fen' || key === 'old_open_fen'} />
  // A person's buildings are opened first; the lines are behind each building.
  if (of_steward && row && f.by === 'steward') return <Go to={`/analytics/fees?${query({ from: f.from, to: f.to, by: 'building', steward_id: row.key, ...(f.as_of ? { as_of: '1' } : {}) })}`}>{text}</Go>
  if (f.steward_id && !row) return text
  const open = to && (to.startsWith('taken') ? may_lines.taken : may_lines.bills && (!f.as_of || to === 'bills'))
  return open ? <Go to={linesOf(f, row)[to]}>{text}</Go> : text
}

function columnsOf(f: FeesFilter, may_lines: { bills: boolean; taken: boolean }, moved: boolean, more: boolean): readonly Column<Row>[] {
  const of = (key: keyof FeeSums, title: string, width = 104): Column<Row> => ({ key, title, width, align: 'right', show: (r) => cellOf(f, may_lines, key, r, r) })
  const bp = (key: 'rate_bp' | 'old_rate_bp', title: string): Column<Row> => ({ key, title, width: 76, align: 'right', show: (r) => percent(r[key]) })
  const name: Column<Row> = { key: 'name', title: words.states!['fees_by']![f.by]!, width: 136 }
  const taken = [of('taken_fen', '期内收款'), of('taken_current_fen', '收本期'), of('old_received_fen', '清欠'), of('taken_ahead_fen', '收以后')]
  if (f.by === 'collector') return [name, ...taken]
  const bills = [of('bill_count', '账单数', 70), of('receivable_fen', '应收'), of('reduced_fen', '减免', 90), ...(moved ? [of('moved_fen', '拆并转出', 90)] : []), of('received_fen', '实收'), of('open_fen', '欠收'), bp('rate_bp', '收缴率')]
  const late = [of('late_fen', '违约金应收', 100), of('late_received_fen', '违约金实收', 100)]
  if (OF_TIME.includes(f.by)) return [name, ...bills, ...late]
  return [name, ...bills, of('old_due_fen', '往期应清'), of('old_received_fen', '清欠'), of('old_open_fen', '往期未清'), bp('old_rate_bp', '清欠率'), of('taken_fen', '期内收款'), ...(more ? [of('taken_ahead_fen', '收以后', 100), ...late] : [])]
}
const totalsOf = (f: FeesFilter, may_lines: { bills: boolean; taken: boolean }, t: FeeSums) => Object.fromEntries((Object.keys(t) as (keyof FeeSums)[]).map((k) => [k, k.endsWith('_bp') ? percent(t[k]) : cellOf(f, may_lines, k, t)]))
/** 0.5 万, 12 万: as many digits as tell the marks apart. */
const TENTH = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 1 })

export default function FeesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const ready = useMemo(() => spans(), [])
  const by = BY.find((b) => b.value === search['by'])?.value ?? (place_id ? 'fee_item' : 'community')
  const from = search['from'] ?? ready[3]!.from
  const to = search['to'] && search['to'] >= from ? search['to'] : from > ready[3]!.to ? from : ready[3]!.to
  const community_id = search['community_id'] ?? place_id
  const f: FeesFilter = { by, from, to, community_id, building_id: search['building_id'], fee_item_id: search['fee_item_id'], steward_id: search['steward_id'], as_of: search['as_of'] ? to : undefined }
  const input = Object.fromEntries(Object.entries(f).filter(([, v]) => v)) as FeesFilter
  const stewards = useStewards(community_id)
  const report = useRead(analytics.fees, input, { keep: true })
  const d = report.data
  return (
    <ReadPage
      title="收费统计" loading={report.loading} error={report.error} retry={report.retry}
      actions={
        <>
          <Segmented aria-label="期间" value={ready.find((s) => s.from === from && s.to === to)?.value ?? ''} onChange={(v) => { const s = ready.find((x) => x.value === v); if (s) setSearch({ from: s.from, to: s.to }) }} options={ready.map(({ value, label }) => ({ value, label }))} />
          <Suspense fallback={null}>
            <label className="hy-from">账期<span><MonthInput value={from} onChange={(v) => setSearch({ from: v ? String(v) : undefined })} /></span></label>
            <label className="hy-from">至<span><MonthInput value={to} onChange={(v) => setSearch({ to: v ? String(v) : undefined })} /></span></label>
          </Suspense>
          {may('billing.stats.export') ? <ExcelButton call={analytics.feesExcel} input={input} /> : null}
        </>
      }
    >
      <div className="hy-stack">
        <div className="hy-line">
          <Segmented aria-label="分组" value={by} onChange={(v) => setSearch({ by: String(v) })} options={BY} />
          <Segmented aria-label="截至" value={search['as_of'] ? 'end' : 'now'} onChange={(v) => setSearch({ as_of: v === 'end' ? '1' : undefined })} options={[{ value: 'now', label: '截至现在' }, { value: 'end', label: `截至 ${to} 月末` }]} />
          <Select aria-label="管家" placeholder="全部管家" allowClear style={{ width: 140 }} value={f.steward_id ?? null} options={stewards.options} loading={stewards.loading} onChange={(v) => setSearch({ steward_id: v ?? undefined })} />
          <Narrow community_id={community_id} building_id={f.building_id} fee_item_id={f.fee_item_id} set={setSearch} />
        </div>
        {d ? <Report d={d} f={f} /> : null}
      </div>
    </ReadPage>
  )
}

function Narrow({ community_id, building_id, fee_item_id, set }: { community_id: string | undefined; building_id: string | undefined; fee_item_id: string | undefined; set: (o: Record<string, string | undefined>) => void }) {
  const may = useMay()
  const items = useRead(billing.feeItems, { ...(community_id ? { community_id } : {}), with_disabled: true }, { enabled: !!community_id && may('billing.item.read'), stale_ms: 60_000 })
  const tree = useRead(property.tree, community_id ? { community_id } : {}, { enabled: !!community_id && may('property.house.read'), stale_ms: 60_000 })
  if (!community_id) return null
  const buildings = (tree.data?.communities ?? []).flatMap((c) => c.buildings.map((b) => ({ value: b.building_id, label: b.name })))
  return (
    <>
      <Select aria-label="楼栋" placeholder="全部楼栋" allowClear showSearch={{ optionFilterProp: 'label' }} style={{ width: 140 }} value={building_id ?? null} options={buildings} loading={tree.loading} onChange={(v) => set({ building_id: v ?? undefined })} />
      <Select aria-label="收费项目" placeholder="全部项目" allowClear showSearch={{ optionFilterProp: 'label' }} style={{ width: 160 }} value={fee_item_id ?? null} options={(items.data?.rows ?? []).map((i) => ({ value: i.fee_item_id, label: i.name }))} loading={items.loading} onChange={(v) => set({ fee_item_id: v ?? undefined })} />
    </>
  )
}

function Report({ d, f }: { d: Fees; f: FeesFilter }) {
  const [search, setSearch] = useSearchState()
  const more = search['more'] === '1'
  const may = useMay()
  const lines = { bills: may('billing.bill.read'), taken: may('payment.report.read') }
  const t = d.totals
  const all = linesOf(f)
  const time = OF_TIME.includes(f.by)
  const bill = (to: string) => (lines.bills && !f.as_of && !f.steward_id ? to : null)
  const paid = (to: string) => (lines.taken && !f.steward_id ? to : null)
  return (
    <>
      <div className="hy-figures">
        {f.by === 'collector' ? null : (
          <>
            <Figure label="应收" value={money(t.receivable_fen)} unit="元" to={lines.bills && !f.steward_id ? all.bills : null} compare={`${count(t.bill_count)} 笔,减免 ${money(t.reduced_fen)}${t.moved_fen ? `,拆并转出 ${money(t.moved_fen)}` : ''}`} />
            <Figure label="实收" value={money(t.received_fen)} unit="元" to={bill(all.received)} compare="这些账期的账单已收" />
            <Figure label="欠收" value={money(t.open_fen)} unit="元" to={bill(all.unpaid)} compare={t.late_fen ? `含违约金 ${money(t.late_fen - t.late_received_fen)}` : null} />
            <Figure label="收缴率" value={percent(t.rate_bp)} compare={`实收 ÷(应收 − 减免${t.moved_fen ? ' − 转出' : ''})`} />
          </>
        )}
        {time || f.by === 'collector' ? null : <Figure label="清欠率" value={percent(t.old_rate_bp)} to={bill(all.old_unpaid)} compare={`清欠 ${money(t.old_received_fen)} ÷ 往期应清 ${money(t.old_due_fen)}`} />}
        {time ? null : <Figure label="期内收款" value={money(t.taken_fen)} unit="元" to={paid(all.taken)} compare={`收本期 ${money(t.taken_current_fen)},清欠 ${money(t.old_received_fen)}`} />}
        {d.prepaid_fen === null ? null : <Figure label="预存余额" value={money(d.prepaid_fen)} unit="元" to="/payment/wallets" compare="今日" />}
        {d.deposit_fen === null ? null : <Figure label="在押押金" value={money(d.deposit_fen)} unit="元" to="/payment/deposits" compare="今日,代管" />}
      </div>
      {time || f.by === 'collector' ? null : <Checkbox checked={more} onChange={(e) => setSearch({ more: e.target.checked ? '1' : undefined })}>同时列出收以后账期与违约金</Checkbox>}
      <RowsTable label="收费统计" rows={d.rows} row_key="key" empty="这段账期没有账单,期内也没有收款" height={520} totals={totalsOf(f, lines, t)} columns={columnsOf(f, lines, t.moved_fen !== 0, more)} />
      <section className="hy-card hy-stack" aria-labelledby="trend-heading">
        <h2 id="trend-heading">近 12 个月(元)</h2>
        <Bars label="各月应收、实收与收款" x={d.trend.map((m) => m.month)} write={money} axis={(v) => (v === 0 ? '0' : `${TENTH.format(v / 1_000_000)} 万`)} series={[
          { name: '应收', kind: 'bar', values: d.trend.map((m) => m.receivable_fen), colour: '#9dbde3' }, { name: '实收', kind: 'bar', values: d.trend.map((m) => m.received_fen), colour: '#0958b3' }, { name: '当月收款', kind: 'bar', values: d.trend.map((m) => m.taken_fen), colour: '#e0a13a' },
        ]} />
        <RowsTable label="各月" rows={d.trend} row_key="month" empty="没有数据" columns={[
          { key: 'month', title: '账期', width: 90 }, { key: 'receivable_fen', title: '应收(减免后)', width: 130 }, { key: 'received_fen', title: '实收', width: 130 }, { key: 'rate_bp', title: '收缴率', width: 90, align: 'right', show: (r) => percent(r.rate_bp) }, { key: 'taken_fen', title: '当月收款', width: 130 },
        ]} />
      </section>
    </>
  )
}
