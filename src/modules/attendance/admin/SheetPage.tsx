// 考勤月表: people by days with totals. A cell opens its day; the month is sent for confirmation, closed, opened again.
import { Alert, Button, Dropdown, Input, Pagination, Select } from 'antd'
import { useState } from 'react'
import { addMonths, today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { ExcelButton, StateTag } from '../../../ui/bits.tsx'
import { MonthInput } from '../../../ui/dates.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { Go } from '../../../ui/address.tsx'
import { attendance, type SheetRow } from '../contract.ts'
import { CONFIRM_TONES, LEGEND, halves, hm, letters, said, toneOf } from '../shown.ts'
import { words } from '../words.ts'
import { DayDrawer } from './DayDrawer.tsx'
import { MonthBar } from './MonthBar.tsx'
import './attendance.css'

const SIZE = 50
const WEEK = '日一二三四五六'
export const headClass = (kind: string): string => (kind === 'holiday' ? 'at-holiday' : kind === 'rest' || kind === 'weekend' ? 'at-off' : '')
export default function SheetPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const month = search['month'] ?? today().slice(0, 7)
  const page = Number(search['page'] ?? '1') || 1
  const filter = { month, ...(place_id ? { community_id: place_id } : {}), ...(search['team_id'] ? { team_id: search['team_id'] } : {}), ...(search['q'] ? { q: search['q'] } : {}) }
  const sheet = useRead(attendance.sheet, { ...filter, page, page_size: SIZE }, { keep: true })
  const teams = useRead(attendance.teams, place_id ? { community_id: place_id } : {}, { stale_ms: 60_000 })
  const [cell, setCell] = useState<{ row: SheetRow; on_day: string }>()
  const d = sheet.data
  const go = (m: string): void => setSearch({ month: m === today().slice(0, 7) ? undefined : m, page: undefined })
  return (
    <ReadPage
      title="考勤月表" loading={sheet.loading} error={sheet.error} retry={sheet.retry}
      actions={<>{may('attendance.sheet.export') ? <ExcelButton call={attendance.sheetExcel} input={filter} /> : null}<Dropdown menu={{ items: [{ key: 'a4', label: <a href={fileUrl(attendance.sheetPdf, { ...filter, paper: 'a4' })} target="_blank" rel="noreferrer">A4 横向</a> }, { key: 'a3', label: <a href={fileUrl(attendance.sheetPdf, { ...filter, paper: 'a3' })} target="_blank" rel="noreferrer">A3 横向</a> }] }} trigger={['click']}><Button>打印</Button></Dropdown></>}
      note={
        <div className="hy-line">
          <Button onClick={() => go(addMonths(month, -1))}>上月</Button><span style={{ width: 120 }}><MonthInput aria-label="月份" value={month} onChange={(m) => go(m ?? today().slice(0, 7))} /></span><Button onClick={() => go(addMonths(month, 1))}>下月</Button>
          <Select aria-label="考勤组" allowClear placeholder="全部考勤组" style={{ minWidth: 150 }} value={search['team_id'] ?? null} options={(teams.data?.rows ?? []).map((t) => ({ value: t.team_id, label: t.name }))} onChange={(v: string | undefined) => setSearch({ team_id: v ?? undefined, page: undefined })} />
          <Input.Search aria-label="员工" placeholder="姓名、工号" allowClear style={{ width: 180 }} defaultValue={search['q'] ?? ''} onSearch={(q) => setSearch({ q: q.trim() || undefined, page: undefined })} />
        </div>
      }
    >
      {d ? (
        <div className="hy-stack">
          {d.months.map((m) => <MonthBar key={m.community_id ?? 'hq'} m={m} />)}
          {d.rows.length === 0 ? <EmptyBlock text="这个月没有考勤组里的员工" next={may('attendance.roster.view') ? <Go to="/attendance/teams">设置考勤组</Go> : null} /> : (
            <>
              <p className="hy-muted">{LEGEND}</p>
              <section className="hy-card at-wrap"><Grid rows={d.rows} days={d.days} open={(row, on_day) => setCell({ row, on_day })} /></section>
              {d.total > SIZE ? <Pagination current={page} pageSize={SIZE} total={d.total} showSizeChanger={false} onChange={(p) => setSearch({ page: p === 1 ? undefined : String(p) })} /> : null}
              {d.rows.some((r) => r.over_limit) ? <Alert type="warning" showIcon title="标红的加班超过考勤规则的每月上限" /> : null}
            </>
          )}
        </div>
      ) : null}
      {cell ? <DayDrawer key={`${cell.row.employee_id} ${cell.on_day}`} row={cell.row} on_day={cell.on_day} month={month} close={() => setCell(undefined)} /> : null}
    </ReadPage>
  )
}
const over = (r: SheetRow): number => r.totals.overtime_work + r.totals.overtime_rest + r.totals.overtime_holiday + r.totals.over_minutes
function Grid({ rows, days, open }: { rows: readonly SheetRow[]; days: readonly { on_day: string; kind: string; name: string | null }[]; open: (row: SheetRow, on_day: string) => void }) {
  return (
    <table className="at-grid" aria-label="考勤月表">
      <thead><tr><th className="at-name">员工</th>{days.map((d) => <th key={d.on_day} className={headClass(d.kind)} title={d.name ?? undefined}>{Number(d.on_day.slice(8))}<br /><span className="hy-muted">{d.kind === 'holiday' ? '节' : d.kind === 'work' ? '班' : WEEK[new Date(`${d.on_day}T00:00:00Z`).getUTCDay()]}</span></th>)}{['出勤', '工时', '迟到', '早退', '旷工', '缺卡', '请假', '加班', '确认'].map((t) => <th key={t} className="at-sum">{t}</th>)}</tr></thead>
      <tbody>
        {rows.map((r) => (
          <tr key={r.employee_id}>
            <th className="at-name" scope="row"><Go to={`/staff/employees/${r.employee_id}`}>{r.name}</Go> <span className="hy-muted">{r.post_name}</span></th>
            {r.days.map((x, i) => <td key={x.on_day} className={headClass(days[i]?.kind ?? '')}><button type="button" className={`at-cell at-${toneOf(x)}`} aria-label={`${r.name} ${x.on_day} ${letters(x)} ${x.tags.map((t) => said('tag', t)).join('、') || '—'}`} onClick={() => open(r, x.on_day)}>{letters(x)}</button></td>)}
            <td className="at-sum">{r.totals.worked_days}</td><td className="at-sum" title={r.hours === 'comprehensive' ? `标准 ${hm(r.totals.standard_minutes)},超标准 ${hm(r.totals.over_minutes)}` : `应出勤 ${hm(r.totals.planned_minutes)}`}>{hm(r.totals.work_minutes)}</td><td className="at-sum">{r.totals.late_count || ''}</td><td className="at-sum">{r.totals.early_count || ''}</td><td className={`at-sum${r.totals.absent_halves > 0 ? ' at-bad' : ''}`}>{r.totals.absent_halves === 0 ? '' : halves(r.totals.absent_halves)}</td><td className="at-sum">{r.totals.missing_count || ''}</td><td className="at-sum">{r.totals.leave_halves === 0 ? '' : halves(r.totals.leave_halves)}</td><td className={`at-sum${r.over_limit ? ' at-bad' : ''}`}>{over(r) === 0 ? '' : hm(over(r))}</td>
            <td className="at-sum" title={r.confirm_words ?? undefined}><StateTag value={r.confirm} words={words.states!['confirm']} tones={CONFIRM_TONES} />{r.adjustments.length > 0 ? <span className="hy-muted"> 更正 {r.adjustments.length}</span> : null}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
