// 能耗分析: what was used where and when, against before, against what was allowed; each figure opens its days.
import { Alert, Button, Drawer, Segmented, Select, Switch } from 'antd'
import { useState } from 'react'
import { addDays, addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { ExcelButton, Figure, MoneyText } from '../../../ui/bits.tsx'
import { Chart } from '../../../ui/Chart.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { DayInput } from '../../../ui/dates.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { yen } from '../../../ui/format.ts'
import { optionsOf } from '../../../ui/list.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { mayWith, useMay, usePlace, useSession } from '../../../ui/session.ts'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { words as meterWords } from '../../meters/words.ts'
import { iot, type Energy, type EnergyAsk, type EnergyDay, type EnergyMonth, type EnergyRow } from '../contract.ts'
import { words } from '../words.ts'
import { measure, placeOf } from './shared.tsx'
import './iot.css'

const pick = <T extends string>(of: readonly T[], v: string | undefined, other: T): T => of.find((x) => x === v) ?? other
const KINDS = ['electricity', 'water', 'gas', 'heat'] as const
const BYS = ['place', 'building', 'device', 'community'] as const
const month = (): string => today().slice(0, 7)
const lastOf = (m: string): string => addDays(`${addMonths(m, 1)}-01`, -1)
const SPANS: Record<string, () => [string, string]> = { 本月: () => [`${month()}-01`, today()], 上月: () => [`${addMonths(month(), -1)}-01`, lastOf(addMonths(month(), -1))], '近 30 天': () => [addDays(today(), -29), today()], 今年: () => [`${month().slice(0, 4)}-01-01`, today()] }
const signed = (p: number | null): string => (p === null ? '' : `${p > 0 ? '+' : ''}${p}%`)
const numbers = (list: readonly (string | null)[]): number[] => list.map((v) => (v === null ? Number.NaN : Number(v)))

export default function EnergyPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const whole = mayWith(useSession().company_permissions, 'iot.rule.write')
  const [search, setSearch] = useSearchState()
  const [open, setOpen] = useState<EnergyRow>()
  const [setting, setSetting] = useState<'target' | 'night'>()
  const [from_on, to_on] = search['from_on'] && search['to_on'] ? [search['from_on'], search['to_on']] : SPANS['本月']!()
  const against = pick(['before', 'last_year'] as const, search['against'], 'before')
  const ask: EnergyAsk = { ...placeOf(place_id), kind: pick(KINDS, search['kind'], 'electricity'), by: pick(BYS, search['by'], 'place'), from_on, to_on, against, with_houses: search['houses'] === '1' }
  const read = useRead(iot.energy, ask, { keep: true })
  const e = read.data
  return (
    <ReadPage title="能耗分析" loading={read.loading} error={read.error} retry={read.retry} actions={<>{whole ? <Button onClick={() => setSetting('night')}>夜间时段</Button> : null}{may('iot.rule.write') ? <Button onClick={() => setSetting('target')}>能耗指标</Button> : null}<ExcelButton call={iot.energyExcel} input={ask} /></>}>
      <div className="hy-stack">
        <div className="hy-line">
          <Segmented options={optionsOf(words.states?.['energy_kind'])} value={ask.kind} onChange={(v) => setSearch({ kind: v })} aria-label="种类" />
          <Segmented options={Object.keys(SPANS)} value={Object.entries(SPANS).find(([, f]) => f().join() === `${from_on},${to_on}`)?.[0] ?? ''} onChange={(v) => { const [a, b] = SPANS[v]!(); setSearch({ from_on: a, to_on: b }) }} aria-label="时间跨度" />
          <span className="iot-day"><DayInput value={from_on} onChange={(v) => setSearch({ from_on: (v as string | null) ?? undefined, to_on })} aria-label="起" /></span><span>至</span><span className="iot-day"><DayInput value={to_on} onChange={(v) => setSearch({ to_on: (v as string | null) ?? undefined, from_on })} aria-label="止" /></span>
        </div>
        <div className="hy-line">
          <Segmented options={optionsOf(words.states?.['energy_by'])} value={ask.by} onChange={(v) => setSearch({ by: v })} aria-label="分组" />
          <Select style={{ width: 140 }} aria-label="比较" value={against} options={[{ value: 'before', label: '与上期比' }, { value: 'last_year', label: '与去年同期比' }]} onChange={(v: string) => setSearch({ against: v })} />
          <label className="hy-line"><Switch size="small" checked={ask.with_houses} onChange={(v) => setSearch({ houses: v ? '1' : undefined })} aria-label="含户表" />含户表</label>
        </div>
        {e ? e.rows.length === 0 ? <EmptyBlock text="这一类还没有联网的表计" next={<Go to="/iot/devices">到「设备监控」登记</Go>} /> : <Shown e={e} ask={ask} open={setOpen} /> : null}
      </div>
      {open ? <Days ask={ask} row={open} close={() => setOpen(undefined)} /> : null}
      {setting === 'target' ? <Targets close={() => setSetting(undefined)} /> : null}
      {setting === 'night' ? <NightModal close={() => setSetting(undefined)} /> : null}
    </ReadPage>
  )
}
function Shown({ e, ask, open }: { e: Energy; ask: EnergyAsk; open: (row: EnergyRow) => void }) {
  const unit = e.unit
  const months = e.months.filter((m) => m.use !== null || m.target !== null)
  const now = e.months.at(-1)
  const over = now && now.target !== null && now.forecast !== null && Number(now.forecast) > Number(now.target) ? now : undefined
  const columns: readonly Column<EnergyRow>[] = [
    { key: 'name', title: ask.by === 'device' ? '表计' : '区域', width: 200, show: (r) => <Button type="link" className="hy-link" onClick={() => open(r)}>{r.name}</Button> }, { key: 'device_count', title: '表数', width: 70 },
    { key: 'use', title: `用量(${unit})`, width: 120, align: 'right', show: (r) => r.use ?? '—' }, { key: 'share_percent', title: '占比', width: 80, align: 'right', show: (r) => (r.share_percent === null ? '' : `${r.share_percent}%`) }, { key: 'before_use', title: '比较期', width: 110, align: 'right', show: (r) => r.before_use ?? '—' }, { key: 'change_percent', title: '增减', width: 90, align: 'right', show: (r) => <span className={r.change_percent !== null && r.change_percent > 20 ? 'hy-red' : ''}>{signed(r.change_percent)}</span> },
    ...(ask.by === 'building' || ask.by === 'community' ? [{ key: 'per_m2', title: `每平方米(${unit})`, width: 120, align: 'right' as const, show: (r: EnergyRow) => r.per_m2 ?? '—' }] : []),
    { key: 'night_percent', title: '夜间占比', width: 90, align: 'right', show: (r) => (r.night_percent === null ? '—' : `${r.night_percent}%`) }, { key: 'cost_fen', title: '费用', width: 110, show: (r) => (r.cost_fen === null ? '—' : <MoneyText fen={r.cost_fen} />) }, { key: 'community_name', title: '小区', width: 100 },
  ]
  return (
    <div className="hy-stack">
      {over ? <Alert type="warning" showIcon title={`本月已用 ${over.use} ${unit},照此预计全月 ${over.forecast} ${unit},将超过指标 ${over.target} ${unit}。`} /> : null}
      <div className="hy-figures">
        <Figure label="用量" value={e.total.use ?? '—'} unit={unit} /><Figure label={ask.against === 'before' ? '上期' : '去年同期'} value={e.total.before_use ?? '—'} unit={unit} /><Figure label="增减" value={signed(e.total.change_percent) || '—'} />
        <Figure label={`夜间占比(${e.night_text})`} value={e.total.night_percent === null ? '—' : `${e.total.night_percent}%`} /><Figure label={e.total.price_text ? `费用(${e.total.price_text})` : '费用'} value={e.total.cost_fen === null ? '没有现行单价' : yen(e.total.cost_fen)} />
      </div>
      {e.days.length > 0 ? <Chart label={`每天用量(${unit})`} height={240} x={e.days.map((d) => d.on_day.slice(5))} write={(v) => (Number.isNaN(v) ? '—' : `${v} ${unit}`)} series={[{ name: '本期', kind: 'bar', values: numbers(e.days.map((d) => d.use)), colour: '#0958b3' }, { name: ask.against === 'before' ? '上期同日' : '去年同日', kind: 'line', values: numbers(e.days.map((d) => d.before_use)), colour: '#b45f06' }]} /> : <EmptyBlock text="这段时间没有数据" />}
      <RowsTable label="按区域" rows={e.rows} row_key="key" columns={columns} empty="没有数据" />
      <span className="hy-muted">同组里有上级表的分表不重复计入;比较期为 {e.before_from} 至 {e.before_to};倍率已计入。</span>
      {months.length > 0 ? (
        <>
          <Chart label={`每月用量(${unit})`} height={220} x={months.map((m) => m.month)} write={(v) => (Number.isNaN(v) ? '—' : `${v} ${unit}`)} series={[{ name: '用量', kind: 'bar', values: numbers(months.map((m) => m.use)), colour: '#0958b3' }, { name: '去年同月', kind: 'bar', values: numbers(months.map((m) => m.last_year_use)), colour: '#8fb3dd' }, ...(months.some((m) => m.target !== null) ? [{ name: '指标', kind: 'line' as const, values: numbers(months.map((m) => m.target)), colour: '#b3261e' }] : [])]} />
          <RowsTable label="按月" rows={[...months].reverse()} row_key="month" empty="" columns={[{ key: 'month', title: '月份', width: 100 }, { key: 'use', title: `用量(${unit})`, width: 130, align: 'right', show: (m: EnergyMonth) => m.use ?? '—' }, { key: 'last_year_use', title: '去年同月', width: 120, align: 'right', show: (m) => m.last_year_use ?? '—' }, { key: 'target', title: '指标', width: 120, align: 'right', show: (m) => m.target ?? '—' }, { key: 'over_percent', title: '超出', width: 90, align: 'right', show: (m) => (m.over_percent === null ? '' : <span className="hy-red">+{m.over_percent}%</span>) }, { key: 'forecast', title: '预计全月', width: 120, align: 'right', show: (m) => m.forecast ?? '' }]} />
        </>
      ) : null}
    </div>
  )
}
function Days({ ask, row, close }: { ask: EnergyAsk; row: EnergyRow; close: () => void }) {
  const days = useRead(iot.energyDays, { ...ask, key: row.key })
  const d = days.data
  return (
    <Drawer open onClose={close} title={`${row.name}:按日`} size={720} styles={{ wrapper: { maxWidth: '100vw' } }} closable={{ 'aria-label': '关闭' }}>
      {days.error ? <ErrorBlock error={days.error} retry={days.retry} /> : !d ? <LoadingBlock /> : (
        <div className="hy-stack">
          <RowsTable label="表计" rows={d.devices} row_key="device_id" empty="" columns={[{ key: 'name', title: '设备', width: 220, show: (r) => <Go to={`/iot/devices/${r.device_id}?tab=history`}>{r.name}</Go> }, { key: 'place', title: '安装位置', width: 180 }, { key: 'use', title: `用量(${d.unit})`, width: 120, align: 'right', show: (r) => r.use ?? '—' }]} />
          <RowsTable label="按日" rows={[...d.rows].reverse()} row_key="on_day" empty="这段时间没有数据" columns={[{ key: 'on_day', title: '日期', width: 120 }, { key: 'use', title: `用量(${d.unit})`, width: 120, align: 'right' }, { key: 'before_use', title: ask.against === 'before' ? '上期同日' : '去年同日', width: 120, align: 'right', show: (r: EnergyDay) => r.before_use ?? '—' }, { key: 'night_use', title: '夜间用量', width: 120, align: 'right', show: (r) => r.night_use ?? '—' }]} />
        </div>
      )}
    </Drawer>
  )
}
const METER_KINDS = meterWords.states?.['meter_kind']
function Targets({ close }: { close: () => void }) {
  const { place_id, places } = usePlace()
  const targets = useRead(iot.energyTargets, placeOf(place_id))
  const save = useWrite(iot.saveEnergyTarget, { in_form: true, done: '已保存' })
  return (
    <FormDrawer open onClose={close} width={640} columns={2} title="能耗指标" submit="保存指标" call={iot.saveEnergyTarget} loading={save.running} submitError={save.error} words={{ kind: words.states?.['energy_kind'] }} fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'kind', kind: 'select' }, { name: 'from_month', kind: 'month' }, measure('month_use')]} initial={{ ...placeOf(place_id ?? places[0]?.id), kind: 'electricity', from_month: month() }} onSubmit={async (i) => { await save.run(i) }}>
      <RowsTable label="能耗指标" rows={targets.data?.rows ?? []} row_key="target_id" empty="还没有指标" columns={[{ key: 'community_name', title: '小区', width: 110 }, { key: 'kind', title: '种类', width: 80, show: (r) => METER_KINDS?.[r.kind]?.replace('表', '') ?? r.kind }, { key: 'from_on', title: '生效月', width: 100, show: (r) => r.from_on.slice(0, 7) }, { key: 'month_use', title: '每月上限', width: 120, show: (r) => r.month_use ?? '不设' }, { key: 'in_force', title: '', width: 80, show: (r) => (r.in_force ? '现行' : '') }]} />
    </FormDrawer>
  )
}
function NightModal({ close }: { close: () => void }) {
  const now = useRead(iot.energyTargets, {})
  const save = useWrite(iot.saveEnergyNight, { in_form: true, done: '已保存' })
  if (!now.data) return null
  return <FormModal open onClose={close} title="夜间时段" call={iot.saveEnergyNight} fields={['from_on', 'from_h', 'to_h']} initial={{ from_on: today(), from_h: now.data.from_h, to_h: now.data.to_h }} loading={save.running} submitError={save.error} onSubmit={async (i) => { if (await save.run(i)) close() }}><p className="hy-muted">夜间占比用来看没有人时的用量(待机、常明灯、漏失);起晚于止时跨零点。</p></FormModal>
}
