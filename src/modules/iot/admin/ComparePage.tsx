// 数据对比: devices or places beside each other, now against before.
import { Segmented, Select } from 'antd'
import { addDays, today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton } from '../../../ui/bits.tsx'
import { Chart } from '../../../ui/Chart.tsx'
import { DayInput } from '../../../ui/dates.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { property } from '../../property/contract.ts'
import { COMPARED_MAX, iot, type CompareAsk, type ComparedLine } from '../contract.ts'
import { DeviceSelect } from './DeviceSelect.tsx'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import './iot.css'

const COLOURS = ['#0958b3', '#b45f06', '#2f7d32', '#8e44ad', '#b3261e', '#00796b']
/** The lighter of the same line: before. */
const PALE = ['#8fb3dd', '#e3b98a', '#9cc79e', '#cba6da', '#e3a19c', '#8cc4bd']
const pick = <T extends string>(of: readonly T[], v: string | undefined, other: T): T => of.find((x) => x === v) ?? other
const SPANS = [{ value: '6', label: '7 天' }, { value: '29', label: '30 天' }, { value: 'month', label: '本月' }, { value: '364', label: '一年' }]

export default function ComparePage() {
  const { place_id, places } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const products = useRead(iot.products, {}, { stale_ms: 60_000 })
  const used = (products.data?.rows ?? []).filter((p) => p.device_count > 0)
  const product_id = search['product_id'] ?? used[0]?.product_id
  const product = useRead(iot.product, { product_id: product_id ?? '' }, { enabled: product_id !== undefined, stale_ms: 60_000 })
  const points = (product.data?.model.points ?? []).filter((p) => p.kind !== 'state')
  const point = points.find((p) => p.key === search['point'])?.key ?? points[0]?.key
  const by = pick(['device', 'building', 'community'] as const, search['by'], 'device')
  const against = pick(['none', 'before', 'last_year'] as const, search['against'], 'before')
  const to_on = search['to_on'] ?? today()
  const from_on = search['from_on'] ?? addDays(to_on, -6)
  const devices = useRead(iot.devices, { ...(product_id ? { product_id } : {}), ...(place_id ? { community_id: place_id } : {}), page_size: COMPARED_MAX }, { enabled: product_id !== undefined && by === 'device', stale_ms: 60_000 })
  const tree = useRead(property.tree, { community_id: place_id ?? places[0]?.id ?? '' }, { enabled: by === 'building' && places.length > 0 && may('property.house.read'), stale_ms: 60_000 })
  const options: { value: string; label: string }[] = by === 'device' ? [] : by === 'building' ? (tree.data?.communities.flatMap((c) => c.buildings) ?? []).map((b) => ({ value: b.building_id, label: b.name })) : places.map((p) => ({ value: p.id, label: p.name }))
  const asked = (search['ids'] ?? '').split(',').filter((id) => (by === 'device' ? id !== '' : options.some((o) => o.value === id)))
  const ids = (asked.length ? asked : by === 'device' ? (devices.data?.rows ?? []).slice(0, 2).map((d) => d.device_id) : options.slice(0, 2).map((o) => o.value)).slice(0, COMPARED_MAX)
  const ready = product_id !== undefined && point !== undefined && ids.length > 0
  const ask: CompareAsk = { product_id: product_id ?? '', point: point ?? '', by, ids, from_on, to_on, against }
  const result = useRead(iot.compare, ask, { enabled: ready, keep: true })
  const set = (x: Record<string, string | undefined>) => setSearch(x)
  const setSpan = (v: string) => setSearch(v === 'month' ? { from_on: `${today().slice(0, 7)}-01`, to_on: today() } : { from_on: addDays(today(), -Number(v)), to_on: today() })
  return (
    <ReadPage title="数据对比" loading={products.loading} error={products.error} retry={products.retry} actions={ready ? <ExcelButton call={iot.compareSheet} input={ask} /> : null}>
      <div className="hy-stack">
        <div className="hy-line">
          <Select style={{ width: 190 }} aria-label="产品" value={product_id ?? null} options={used.map((p) => ({ value: p.product_id, label: p.name }))} onChange={(v: string) => set({ product_id: v, point: undefined, ids: undefined })} />
          <Select style={{ width: 150 }} aria-label="点位" value={point ?? null} options={points.map((p) => ({ value: p.key, label: p.name }))} onChange={(v: string) => set({ point: v })} />
          <Select style={{ width: 90 }} aria-label="对比" value={by} options={optionsOf(words.states?.['compare_by'])} onChange={(v: string) => set({ by: v, ids: undefined })} />
          {by === 'device' ? <DeviceSelect label="对象" multiple max={COMPARED_MAX} clear={false} width={420} product_id={product_id} community_id={place_id} value={ids} onChange={(v: string[]) => set({ ids: v.join(',') || undefined })} /> : <Select mode="multiple" maxCount={COMPARED_MAX} style={{ minWidth: 240, maxWidth: 520 }} aria-label="对象" value={ids} options={options} optionFilterProp="label" onChange={(v: string[]) => set({ ids: v.join(',') || undefined })} />}
        </div>
        <div className="hy-line">
          <Segmented options={SPANS} value={SPANS.find((s) => (s.value === 'month' ? from_on === `${today().slice(0, 7)}-01` : from_on === addDays(today(), -Number(s.value))) && to_on === today())?.value ?? ''} onChange={setSpan} aria-label="时间跨度" />
          <span className="iot-day"><DayInput value={from_on} onChange={(v) => set({ from_on: (v as string | null) ?? undefined, to_on })} aria-label="起" /></span><span>至</span><span className="iot-day"><DayInput value={to_on} onChange={(v) => set({ to_on: (v as string | null) ?? undefined, from_on })} aria-label="止" /></span>
          <Segmented options={optionsOf(words.states?.['against'])} value={against} onChange={(v) => set({ against: v })} aria-label="同比环比" />
        </div>
        {!ready ? <EmptyBlock text={used.length === 0 ? '还没有登记设备' : points.length === 0 ? '这个产品只有状态点位,不能对比' : '请选择要对比的对象'} /> : result.error ? <ErrorBlock error={result.error} retry={result.retry} /> : !result.data ? <LoadingBlock /> : <Shown data={result.data} against={against} />}
      </div>
    </ReadPage>
  )
}
function Shown({ data: r, against }: { data: { kind: 'gauge' | 'counter'; step: string; unit: string; places: number; x: string[]; lines: ComparedLine[] }; against: string }) {
  const text = (v: number | null): string => (v === null ? '—' : `${v.toFixed(r.places)}${r.unit ? ` ${r.unit}` : ''}`)
  const ids = [...new Set(r.lines.map((l) => l.id))]
  const named = (l: ComparedLine): string => (l.then ? `${l.name} ${against === 'before' ? '上期' : '去年同期'}` : l.name)
  if (r.lines.every((l) => l.v.every((v) => v === null))) return <EmptyBlock text="这段时间没有数据" />
  return (
    <div className="hy-stack">
      <span className="hy-muted">{said('step', r.step)}{r.kind === 'counter' ? '的用量' : '的平均值'};日期按本期标注</span>
      <Chart label={`数据对比${r.unit ? `(${r.unit})` : ''}`} height={320} x={r.x} write={(v) => (Number.isNaN(v) ? '—' : text(v))} axis={(v) => v.toFixed(Math.min(r.places, 2))} series={r.lines.map((l) => ({ name: named(l), kind: r.kind === 'counter' && r.x.length <= 62 ? 'bar' as const : 'line' as const, values: l.v.map((v) => v ?? Number.NaN), colour: (l.then ? PALE : COLOURS)[ids.indexOf(l.id) % COLOURS.length]! }))} />
      <RowsTable label="对比" rows={r.lines.map((l) => ({ ...l, key: `${l.id}${String(l.then)}` }))} row_key="key" empty="" columns={[
        { key: 'name', title: '对象', width: 220, show: named }, { key: 'from_on', title: '期间', width: 210, show: (l) => `${l.from_on} 至 ${l.to_on}` }, { key: 'device_count', title: '台数', width: 70 },
        ...(r.kind === 'counter' ? [{ key: 'sum', title: '合计', width: 130, align: 'right' as const, show: (l: ComparedLine) => text(l.sum) }] : []), { key: 'mean', title: '平均', width: 120, align: 'right', show: (l) => text(l.mean) }, { key: 'low', title: '最低', width: 120, align: 'right', show: (l) => text(l.low) }, { key: 'high', title: '最高', width: 120, align: 'right', show: (l) => text(l.high) },
        { key: 'change_percent', title: '增减', width: 90, align: 'right', show: (l) => (l.change_percent === null ? '' : `${l.change_percent > 0 ? '+' : ''}${l.change_percent}%`) },
      ]} />
    </div>
  )
}
