// 经营看板: the indicators of a month with what they are made of, against the month before and what was aimed at; each community beside each other; how one went over twelve months.
import { Alert, Button, Segmented } from 'antd'
import { Suspense, lazy, useState } from 'react'
import { addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { ExcelButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count, money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { analytics } from '../contract.ts'
import { specOf, type Cockpit, type CockpitRow, type Indicator } from '../contract_cockpit.ts'
import { words } from '../words.ts'
import './cockpit.css'
import { changeText, howOf, named, TONES, valueText } from './indicators.tsx'
import { TargetDrawer } from './TargetDrawer.tsx'
import { TrendDrawer } from './TrendDrawer.tsx'

const MonthInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.MonthInput })))
const standings = words.states!['standing']!

export default function CockpitPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const now = today().slice(0, 7)
  const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(search['month'] ?? '') ? search['month']! : now
  const asked = { month, ...(place_id ? { community_id: place_id } : {}) }
  const board = useRead(analytics.cockpit, asked, { keep: true })
  const d = board.data
  const open = d?.rows.find((r) => r.code === search['code'])?.code
  const [aim, setAim] = useState<Indicator>()
  return (
    <ReadPage
      title="经营看板" loading={board.loading} error={board.error} retry={board.retry}
      actions={
        <>
          <Segmented aria-label="月份" value={month === now ? 'now' : month === addMonths(now, -1) ? 'last' : ''} onChange={(v) => setSearch({ month: v === 'last' ? addMonths(now, -1) : undefined })} options={[{ value: 'now', label: '本月' }, { value: 'last', label: '上月' }]} />
          <Suspense fallback={null}><label className="hy-from">月份<span><MonthInput value={month} onChange={(v) => setSearch({ month: v ? String(v) : undefined })} /></span></label></Suspense>
          <Button href="/admin/analytics/wall" target="_blank">大屏</Button>
          <Button href={fileUrl(analytics.cockpitPaper, asked)} target="_blank">打印</Button>
          {may('analytics.cockpit.export') ? <ExcelButton call={analytics.cockpitExcel} input={asked} /> : null}
        </>
      }
    >
      {d ? (
        <div className="hy-stack">
          <Warned rows={d.rows} />
          <Rows d={d} aim={may('analytics.target.write') ? setAim : undefined} trend={(code) => setSearch({ code })} />
          {d.places.length > 1 ? <Places d={d} /> : null}
        </div>
      ) : null}
      {open ? <TrendDrawer code={open} month={month} close={() => setSearch({ code: undefined, at: undefined })} /> : null}
      {aim ? <TargetDrawer code={aim} month={now} close={() => setAim(undefined)} /> : null}
    </ReadPage>
  )
}
function Warned({ rows }: { rows: readonly CockpitRow[] }) {
  const bad = rows.filter((r) => r.standing === 'warned')
  if (bad.length === 0) return null
  return <Alert type="error" showIcon title={`${bad.length} 项越过预警线`} description={<ul className="ck-warned">{bad.map((r) => <li key={r.code}>{named(r.code)} {valueText(r.code, r.value)},预警线 {valueText(r.code, r.warn)}</li>)}</ul>} />
}
function Rows({ d, aim, trend }: { d: Cockpit; aim: ((code: Indicator) => void) | undefined; trend: (code: Indicator) => void }) {
  const may = useMay()
  const number = (r: CockpitRow, n: number, to: string | null) => {
    const text = specOf(r.code).group === 'fees' ? money(n) : count(n)
    return to && may(r.needs) ? <Go to={to}>{text}</Go> : text
  }
  const columns: readonly Column<CockpitRow>[] = [
    { key: 'code', title: '指标', width: 140, show: (r) => <span title={howOf(r.code)}>{named(r.code)}</span> },
    { key: 'group', title: '类别', width: 60, show: (r) => words.states!['indicator_group']![specOf(r.code).group] },
    { key: 'value', title: d.running ? '本月(截至现在)' : d.month, width: 130, align: 'right', show: (r) => <span className={`hy-strong${r.standing === 'warned' ? ' hy-red' : ''}`}>{r.whole === null && r.open_part && may(r.needs) ? <Go to={r.open_part}>{valueText(r.code, r.value)}</Go> : valueText(r.code, r.value)}</span> },
    { key: 'made', title: '分子 / 分母', width: 210, align: 'right', show: (r) => (r.whole === null ? '—' : <span className="ck-made">{number(r, r.part, r.open_part)} / {number(r, r.whole, r.open_whole)}</span>) },
    { key: 'before', title: '上月', width: 110, align: 'right', show: (r) => (specOf(r.code).now ? '—' : valueText(r.code, r.before)) },
    { key: 'change', title: '比上月', width: 110, align: 'right', show: (r) => changeText(r.code, r.value, r.before) || '—' },
    { key: 'goal', title: '目标', width: 100, align: 'right', show: (r) => valueText(r.code, r.goal) },
    { key: 'warn', title: '预警线', width: 100, align: 'right', show: (r) => valueText(r.code, r.warn) },
    { key: 'standing', title: '状态', width: 76, show: (r) => (r.standing === 'none' ? '—' : <StateTag value={r.standing} words={standings} tones={TONES} />) },
    { key: 'do', title: '操作', width: 120, show: (r) => <span className="hy-line">{specOf(r.code).now ? null : <Button type="link" size="small" className="hy-cell-link" onClick={() => trend(r.code)}>走势</Button>}{aim ? <Button type="link" size="small" className="hy-cell-link" aria-label={`${named(r.code)}的目标`} onClick={() => aim(r.code)}>目标</Button> : null}</span> },
  ]
  return <RowsTable cards label="指标" rows={d.rows} row_key="code" empty="没有您能看的指标:请管理员给您的岗位开通各模块的查看权限" columns={columns} />
}
type Place = Cockpit['places'][number]
function Places({ d }: { d: Cockpit }) {
  const { choosePlace } = usePlace()
  const [, setSearch] = useSearchState()
  const columns: readonly Column<Place>[] = [
    { key: 'name', title: '小区', width: 150, show: (p) => <Button type="link" size="small" className="hy-cell-link" onClick={() => choosePlace(p.community_id)}>{p.name}</Button> },
    ...d.rows.map((r, i): Column<Place> => ({
      key: r.code, title: named(r.code), width: specOf(r.code).unit === 'fen' ? 130 : 108, align: 'right',
      show: (p) => {
        const c = p.cells[i]!
        const text = <span className={c.standing === 'warned' ? 'ck-bad' : c.standing === 'short' ? 'ck-short' : ''}>{valueText(c.code, c.value)}</span>
        return specOf(c.code).now || c.value === null ? text : <Button type="link" size="small" className="hy-cell-link" title={c.whole === null ? '' : specOf(c.code).group === 'fees' ? `${money(c.part)} / ${money(c.whole)}` : `${count(c.part)} / ${count(c.whole)}`} onClick={() => setSearch({ code: c.code, at: p.community_id })}>{text}</Button>
      },
    })),
  ]
  return (
    <section className="hy-card hy-stack" aria-labelledby="places-heading">
      <h2 id="places-heading">各小区</h2>
      <p className="hy-muted">点小区名称只看这个小区;点数字看它的走势。红底为越过预警线,黄底为未达标。{d.more > 0 ? `按名称列出前 ${d.places.length} 个,还有 ${d.more} 个在合计里。` : ''}</p>
      <RowsTable label="各小区" rows={d.places} row_key="community_id" empty="没有小区" columns={columns} {...(d.places.length > 12 ? { height: 480 } : {})} />
    </section>
  )
}
