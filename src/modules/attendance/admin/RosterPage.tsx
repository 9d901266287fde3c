// 考勤排班: a shift is chosen as the brush and painted over people and days; saved when the button is let go.
import { Alert, Button, Select } from 'antd'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { addMonths, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, ExcelButton } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { MonthInput } from '../../../ui/dates.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { attendance, type Roster } from '../contract.ts'
import { hm, said, shiftText } from '../shown.ts'
import { words } from '../words.ts'
import { CopyDrawer, FillDrawer } from './FillDrawer.tsx'
import { headClass } from './SheetPage.tsx'
import './attendance.css'

const WEEK = '日一二三四五六'
export default function RosterPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const teams = useRead(attendance.teams, place_id ? { community_id: place_id } : {}, { stale_ms: 30_000 })
  const list = teams.data?.rows ?? []
  const team_id = list.some((t) => t.team_id === search['team_id']) ? search['team_id'] : list[0]?.team_id
  const month = search['month'] ?? today().slice(0, 7)
  const go = (m: string): void => setSearch({ month: m === today().slice(0, 7) ? undefined : m })
  return (
    <ReadPage title="考勤排班" loading={teams.loading} error={teams.error} retry={teams.retry} actions={team_id ? <>{may('attendance.sheet.export') ? <ExcelButton call={attendance.rosterExcel} input={{ team_id, month }} /> : null}<Button href={fileUrl(attendance.rosterPdf, { team_id, month })} target="_blank">打印</Button></> : null}
      note={<div className="hy-line"><Select aria-label="考勤组" style={{ minWidth: 200 }} value={team_id ?? null} options={list.map((t) => ({ value: t.team_id, label: `${t.name}(${t.community_name})` }))} onChange={(v: string) => setSearch({ team_id: v })} /><Button onClick={() => go(addMonths(month, -1))}>上月</Button><span style={{ width: 120 }}><MonthInput aria-label="月份" value={month} onChange={(m) => go(m ?? today().slice(0, 7))} /></span><Button onClick={() => go(addMonths(month, 1))}>下月</Button></div>}
    >
      {team_id ? <Month key={`${team_id} ${month}`} team_id={team_id} month={month} /> : <EmptyBlock text="还没有考勤组" next={<Go to="/attendance/teams">设置考勤组</Go>} />}
    </ReadPage>
  )
}
type Brush = { shift_id: string | null; clear?: boolean }
interface Stroke { employee_id: string; on_day: string }
function Month({ team_id, month }: { team_id: string; month: string }) {
  const seen = useRead(attendance.roster, { team_id, month }, { keep: true })
  const set = useWrite(attendance.setRoster, { in_form: true, done: (a) => `已排 ${a.cell_count} 格` })
  const [brush, setBrush] = useState<Brush>()
  const [stroke, setStroke] = useState<readonly Stroke[]>([])
  const [asked, setAsked] = useState<readonly Stroke[]>()
  const [open, setOpen] = useState<'fill' | 'copy'>()
  const painting = useRef(false)
  const body = useRef<HTMLTableSectionElement>(null)
  const finish = useRef<() => void>(() => undefined)
  useEffect(() => {
    const up = (): void => finish.current()
    window.addEventListener('pointerup', up)
    return () => window.removeEventListener('pointerup', up)
  }, [])
  if (seen.error) return <ErrorBlock error={seen.error} retry={seen.retry} />
  if (!seen.data) return <LoadingBlock />
  const r = seen.data
  const writes = r.can === true
  const by = new Map(r.cells.map((x) => [`${x.employee_id} ${x.on_day}`, x.shift_id]))
  const tone = new Map(r.shifts.map((s, i) => [s.shift_id, `at-s${i % 6}`]))
  const code = new Map(r.shifts.map((s) => [s.shift_id, s.code]))
  const save = async (cells: readonly Stroke[], reason?: string): Promise<void> => {
    if (!brush || cells.length === 0) return
    if (cells.some((x) => x.on_day < today()) && reason === undefined) return setAsked(cells)
    const done = await set.run({ team_id, cells: cells.map((x) => ({ ...x, shift_id: brush.shift_id, ...(brush.clear ? { clear: true } : {}) })), ...(reason ? { reason } : {}) })
    setStroke([])
    if (done) setAsked(undefined)
  }
  finish.current = () => {
    if (!painting.current) return
    painting.current = false
    void save(stroke)
  }
  const paint = (x: Stroke): void => setStroke((all) => (all.some((s) => s.employee_id === x.employee_id && s.on_day === x.on_day) ? all : [...all, x]))
  const keys = (e: KeyboardEvent<HTMLButtonElement>, row: number, col: number): void => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key]
    if (step) {
      e.preventDefault()
      body.current?.querySelector<HTMLButtonElement>(`[data-at="${row + step[0]!} ${col + step[1]!}"]`)?.focus()
    } else if ((e.key === ' ' || e.key === 'Enter') && brush && writes) {
      e.preventDefault()
      void save([{ employee_id: r.people[row]!.employee_id, on_day: r.days[col]!.on_day }])
    }
  }
  const choose = (b: Brush, label: string, cls = '') => <button type="button" key={label} className={cls} aria-pressed={brush !== undefined && brush.shift_id === b.shift_id && (brush.clear ?? false) === (b.clear ?? false)} onClick={() => setBrush(b)}>{label}</button>
  return (
    <div className="hy-stack">
      {r.shifts.length === 0 ? <Alert type="info" showIcon title={<>还没有班次,请先在<Go to="/attendance/setup">考勤设置</Go>里设定</>} /> : null}
      <div className="hy-line">
        {writes ? <span className="at-brush" role="group" aria-label="画笔">{r.shifts.filter((s) => !s.retired).map((s) => choose({ shift_id: s.shift_id }, `${s.code} ${shiftText(s)}`, tone.get(s.shift_id)))}{choose({ shift_id: null }, '休息')}{choose({ shift_id: null, clear: true }, '清除')}</span> : null}
        <CanButton can={r.can} words={words} onClick={() => setOpen('fill')}>按规律</CanButton><CanButton can={r.can} words={words} onClick={() => setOpen('copy')}>复制</CanButton>
        <span className="hy-muted">{said('hours', r.hours)};本月标准工时 {hm(r.standard_minutes)} / 人</span>
      </div>
      {set.error && !asked ? <Alert type="error" showIcon title={set.error.message} /> : null}
      {r.people.length === 0 ? <EmptyBlock text="这个考勤组本月没有人" next={<Go to={`/attendance/teams/${team_id}`}>编入员工</Go>} /> : (
        <section className="hy-card at-wrap">
          <table className="at-grid" aria-label="排班表">
            <thead><tr><th className="at-name">员工</th>{r.days.map((d) => <th key={d.on_day} className={headClass(d.kind)} title={d.name ?? undefined}>{Number(d.on_day.slice(8))}<br /><span className="hy-muted">{d.kind === 'holiday' ? '节' : d.kind === 'work' ? '班' : WEEK[new Date(`${d.on_day}T00:00:00Z`).getUTCDay()]}</span></th>)}<th className="at-sum">班数</th><th className="at-sum">工时</th></tr></thead>
            <tbody ref={body}>
              {r.people.map((p, row) => (
                <tr key={p.employee_id}>
                  <th className="at-name" scope="row">{p.name} <span className="hy-muted">{p.post_name}</span>{p.warn ? <div className="hy-red">{p.warn}</div> : null}</th>
                  {r.days.map((d, col) => <Cell key={d.on_day} p={p} d={d} at={`${row} ${col}`} writes={writes && brush !== undefined} cell={by.get(`${p.employee_id} ${d.on_day}`)} fresh={stroke.some((s) => s.employee_id === p.employee_id && s.on_day === d.on_day) ? brush : undefined} code={code} tone={tone} down={() => { painting.current = true; setStroke([{ employee_id: p.employee_id, on_day: d.on_day }]) }} over={() => { if (painting.current) paint({ employee_id: p.employee_id, on_day: d.on_day }) }} keys={(e) => keys(e, row, col)} />)}
                  <td className="at-sum">{p.shift_count}</td><td className={`at-sum${r.hours === 'comprehensive' && p.minutes > r.standard_minutes ? ' at-bad' : ''}`}>{hm(p.minutes)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>{r.shifts.filter((s) => !s.retired).map((s) => <tr key={s.shift_id}><th className="at-name" scope="row">{s.code} 人数</th>{r.days.map((d) => <td key={d.on_day}>{r.cells.filter((x) => x.on_day === d.on_day && x.shift_id === s.shift_id).length || ''}</td>)}<td /><td /></tr>)}</tfoot>
          </table>
        </section>
      )}
      {asked ? <ReasonModal open title="补排或修改今天以前的班" loading={set.running} submitError={set.error} onClose={() => { setAsked(undefined); setStroke([]); set.reset() }} onConfirm={(reason) => void save(asked, reason)} /> : null}
      {open === 'fill' ? <FillDrawer r={r} close={() => setOpen(undefined)} /> : null}
      {open === 'copy' ? <CopyDrawer r={r} close={() => setOpen(undefined)} /> : null}
    </div>
  )
}
interface CellProps { p: Roster['people'][number]; d: Roster['days'][number]; at: string; writes: boolean; cell: string | null | undefined; fresh: Brush | undefined; code: ReadonlyMap<string, string>; tone: ReadonlyMap<string, string>; down: () => void; over: () => void; keys: (e: KeyboardEvent<HTMLButtonElement>) => void }
function Cell({ p, d, at, writes, cell, fresh, code, tone, down, over, keys }: CellProps) {
  const out = d.on_day < p.from_on || (p.to_on !== null && d.on_day > p.to_on)
  const id = fresh ? (fresh.clear ? undefined : fresh.shift_id) : cell
  const text = out ? '' : id === undefined ? '' : id === null ? '休' : (code.get(id) ?? '')
  return <td className={out ? 'at-off' : id ? tone.get(id) : headClass(d.kind)}><button type="button" data-at={at} className="at-cell" style={{ touchAction: 'manipulation' }} disabled={out} aria-disabled={!writes} aria-label={`${p.name} ${d.on_day} ${text || '未排'}`} onPointerDown={(e) => { if (writes && e.button === 0) { e.currentTarget.releasePointerCapture(e.pointerId); down() } }} onPointerEnter={over} onKeyDown={keys}>{text}</button></td>
}
