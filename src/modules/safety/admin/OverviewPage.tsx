// 安全统计: incidents, hazards, order, drills, fire equipment, the control room and signs on one page; each number opens the lines it is made of.
import { Button, Segmented } from 'antd'
import { addDays, addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { ExcelButton, Figure } from '../../../ui/bits.tsx'
import { DaysInput } from '../../../ui/dates.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { safety, type Section } from '../contract.ts'

const SPANS: readonly { label: string; of: (day: string) => readonly [string, string] }[] = [
  { label: '本月', of: (d) => [`${d.slice(0, 7)}-01`, d] }, { label: '上月', of: (d) => [`${addMonths(d.slice(0, 7), -1)}-01`, addDays(`${d.slice(0, 7)}-01`, -1)] }, { label: '近 90 天', of: (d) => [addDays(d, -89), d] }, { label: '今年', of: (d) => [`${d.slice(0, 4)}-01-01`, d] },
]
export default function OverviewPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const [from_on, to_on] = [search['from_on'] ?? SPANS[2]!.of(today())[0], search['to_on'] ?? today()]
  const asked = { from_on, to_on, ...(place_id ? { community_id: place_id } : {}) }
  const reading = useRead(safety.overview, asked, { keep: true })
  const chosen = SPANS.find((s) => s.of(today())[0] === from_on && s.of(today())[1] === to_on)?.label
  return (
    <ReadPage title="安全统计" loading={reading.loading} error={reading.error} retry={reading.retry} actions={<><Button href={fileUrl(safety.overviewPaper, asked)} target="_blank">打印</Button>{may('safety.incident.export') ? <ExcelButton call={safety.overviewSheet} input={asked} /> : null}</>}
      note={<div className="hy-line"><DaysInput label="日期" value={[from_on, to_on]} onChange={([a, b]) => setSearch({ from_on: a, to_on: b })} /><Segmented aria-label="时间段" options={SPANS.map((s) => s.label)} value={chosen ?? ''} onChange={(label) => { const [a, b] = SPANS.find((s) => s.label === label)!.of(today()); setSearch({ from_on: a, to_on: b }) }} /></div>}>
      {reading.data ? (
        <div className="hy-stack">
          <div className="hy-figures">{reading.data.sections.flatMap((s) => s.headlines.map((h) => <Figure key={`${s.key} ${h.label}`} label={h.label} value={<span className={h.bad ? 'hy-red' : ''}>{h.text}</span>} to={h.to && may(s.needs) ? h.to : null} compare={h.under} />))}</div>
          {reading.data.sections.map((s) => <SectionCard key={s.key} s={s} opens={may(s.needs)} />)}
        </div>
      ) : null}
    </ReadPage>
  )
}
interface Row { id: string; cells: Section['tables'][number]['rows'][number] }
const FIRST = 170
const OTHER = 92
const LONG = 118
function SectionCard({ s, opens }: { s: Section; opens: boolean }) {
  return (
    <section className="hy-card hy-stack" aria-label={s.title}>
      <h2>{s.title}</h2>
      {s.tables.map((t) => (
        <div key={t.key} className="hy-stack">
          <h3 className="hy-muted" style={{ fontSize: 13 }}>{t.title}</h3>
          <RowsTable<Row>
            label={`${s.title} ${t.title}`} rows={t.rows.map((cells, i) => ({ id: String(i), cells }))} row_key="id" empty="这段时间没有"
            columns={t.columns.map((title, i) => ({ key: `c${i}`, title, width: i === 0 ? FIRST : title.length > 4 ? LONG : OTHER, ...(i === 0 || t.rows.some((r) => /[^\d.%—]/.test(r[i]?.text ?? '')) ? {} : { align: 'right' as const }), show: ({ cells }) => { const x = cells[i]!; const text = <span className={x.bad ? 'hy-red hy-strong' : ''}>{x.text}</span>; return x.to && opens ? <Go to={x.to}>{text}</Go> : text } }))}
          />
          {t.note ? <p className="hy-muted">{t.note}</p> : null}
        </div>
      ))}
    </section>
  )
}
