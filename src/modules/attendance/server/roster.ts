// The roster of a team and month: painted, filled by a cycle, copied. What is over changes with a reason; a closed month does not change.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, daysBetween, minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { reachesPlace, staffOn } from '../../staff/server/index.ts'
import { attendance, type Roster } from '../contract.ts'
import { hm, shiftText } from '../shown.ts'
import { firstOf, lastOf, monthsOpen, teamToRead, type Team } from './access.ts'
import { policiesOf, policyOn, shiftOn, shiftsOf } from './config.ts'
import { GRID } from './papers.ts'
import { calendarOf, kindOn, workDays } from './places.ts'
import { cellsOf, daysOfMonth, longestRun, type Cell } from './rules/roster.ts'
import { minutesOf } from './rules/span.ts'

const SPAN_MAX = 62
const PEOPLE_MAX = 300
const CELLS_MAX = PEOPLE_MAX * SPAN_MAX
interface Person { employee_id: string; no: string; name: string; post_name: string; from_on: string; to_on: string | null }
/** Who belongs to the team within the days, with the part he belongs to it. */
async function peopleOf(scope: Scope, team_id: string, from_on: string, to_on: string): Promise<Person[]> {
  const c = scope.company_id
  const { rows } = await sql<Person>`select e.employee_id, e.no, e.name, t.name as post_name, greatest(min(x.from_on), e.entered_on) as from_on, nullif(least(max(coalesce(x.to_on, 'infinity'::date)), coalesce(e.left_on, 'infinity'::date)), 'infinity'::date) as to_on from attendance.member x join ${staffOn(scope, to_on)} on e.company_id = ${c} and e.employee_id = x.employee_id join staff.post t on t.company_id = ${c} and t.post_id = p.post_id
    where x.company_id = ${c} and x.team_id = ${team_id} and x.from_on <= ${to_on}::date and (x.to_on is null or x.to_on >= ${from_on}::date) and e.entered_on <= ${to_on}::date and (e.left_on is null or e.left_on >= ${from_on}::date) group by e.employee_id, e.no, e.name, t.name, e.entered_on, e.left_on order by e.no limit ${PEOPLE_MAX}`.execute(scope.db)
  return rows
}
const rosterRows = async (scope: Scope, ids: readonly string[], from_on: string, to_on: string): Promise<Cell[]> => (await sql<Cell>`select employee_id, on_day, shift_id from attendance.roster where company_id = ${scope.company_id} and employee_id = any(${[...ids]}::uuid[]) and on_day between ${from_on}::date and ${to_on}::date order by on_day`.execute(scope.db)).rows
async function rosterOf(scope: Scope, team_id: string, month: string, permission?: string): Promise<Roster> {
  const c = scope.company_id
  const team = await teamToRead(scope, team_id, permission ? { permission } : {})
  const [first, last] = [firstOf(month), lastOf(month)]
  const people = await peopleOf(scope, team_id, first, last)
  const ids = people.map((p) => p.employee_id)
  const [rows, shifts, calendar, policies] = [await rosterRows(scope, ids, addDays(first, -31), last), await shiftsOf(scope, true), await calendarOf(scope, first, last), await policiesOf(scope)]
  const { rows: closed } = await sql<{ n: number }>`select count(*)::int as n from attendance.month where company_id = ${c} and month = ${month} and state = 'closed' and community_id is not distinct from ${team.community_id}::uuid`.execute(scope.db)
  const days = daysOfMonth(month)
  const policy = policyOn(policies, last)
  const cells = rows.filter((r) => r.on_day >= first)
  const by = new Map(rows.map((r) => [`${r.employee_id} ${r.on_day}`, r.shift_id]))
  const before = Array.from({ length: 31 }, (_, i) => addDays(first, i - 31))
  const used = new Set(cells.flatMap((x) => (x.shift_id ? [x.shift_id] : [])))
  return {
    team_id, name: team.name, month, hours: team.hours, standard_minutes: workDays(calendar, days) * policy.day_minutes, cells, can: !reachesPlace(scope, team.community_id, 'attendance.roster.write') ? 'kernel.forbidden' : closed[0]!.n > 0 ? 'attendance.month_closed' : true,
    days: days.map((on_day) => ({ on_day, ...kindOn(calendar, on_day), closed: closed[0]!.n > 0 })), shifts: shifts.filter((s) => !s.retired || used.has(s.shift_id)).map(({ versions: _v, ...s }) => s),
    people: people.map((p) => {
      const mine = cells.filter((x) => x.employee_id === p.employee_id && x.shift_id !== null)
      const run_days = longestRun([...before, ...days], (d) => (by.get(`${p.employee_id} ${d}`) ?? null) !== null)
      return { ...p, shift_count: mine.length, minutes: mine.reduce((n, x) => n + minutesOf(shiftOn(shifts, x.shift_id!, x.on_day)), 0), run_days, warn: run_days > policy.run_max_days ? `连续上班 ${run_days} 天,最多 ${policy.run_max_days} 天` : null }
    }),
  }
}
interface Change extends Cell { clear?: boolean | undefined }
async function write(scope: Scope, team: Team, cells: readonly Change[], o: { how: 'hand' | 'rule' | 'copy'; reason: string | null }): Promise<{ cell_count: number }> {
  const c = scope.company_id
  if (cells.length === 0) return { cell_count: 0 }
  const days = [...new Set(cells.map((x) => x.on_day))].toSorted()
  const [first, last] = [days[0]!, days.at(-1)!]
  if (daysBetween(first, last) >= SPAN_MAX) throw scope.refuse('attendance.span', { max: SPAN_MAX })
  if (first < scope.today && o.reason === null) throw scope.refuse('attendance.roster_past', { day: first })
  const people = await peopleOf(scope, team.team_id, first, last)
  const strange = cells.find((x) => !people.some((p) => p.employee_id === x.employee_id && p.from_on <= x.on_day && (p.to_on === null || p.to_on >= x.on_day)))
  if (strange) throw scope.refuse('attendance.not_member', { name: people.find((p) => p.employee_id === strange.employee_id)?.name ?? '这名员工', day: strange.on_day })
  const shifts = await shiftsOf(scope, true)
  for (const id of new Set(cells.flatMap((x) => (x.shift_id ? [x.shift_id] : [])))) {
    const s = shifts.find((x) => x.shift_id === id)
    if (!s) throw scope.notFound()
    const from = cells.filter((x) => x.shift_id === id).map((x) => x.on_day).toSorted()[0]!
    if (s.retired || s.versions.at(-1)!.from_on > from) throw scope.refuse('attendance.shift_retired', { name: s.name })
  }
  await monthsOpen(scope, cells.map((x) => x.employee_id), days)
  const flat = [...new Map(cells.map((x) => [`${x.employee_id} ${x.on_day}`, x])).values()].toSorted((a, b) => a.employee_id.localeCompare(b.employee_id) || a.on_day.localeCompare(b.on_day))
  const gone = flat.filter((x) => x.clear)
  const set = flat.filter((x) => !x.clear)
  const before = new Map((await rosterRows(scope, people.map((p) => p.employee_id), first, last)).map((r) => [`${r.employee_id} ${r.on_day}`, r.shift_id]))
  if (gone.length > 0) await sql`delete from attendance.roster r using jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) as x(employee_id uuid, on_day date) where r.company_id = ${c} and r.employee_id = x.employee_id and r.on_day = x.on_day`.execute(scope.db)
  if (set.length > 0)
    await sql`insert into attendance.roster as r (company_id, employee_id, on_day, shift_id, how, reason, made_by, made_by_name, made_at) select ${c}, x.employee_id, x.on_day, x.shift_id, ${o.how}, case when x.on_day < ${scope.today}::date then ${o.reason}::text end, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now} from jsonb_to_recordset(${JSON.stringify(set)}::jsonb) as x(employee_id uuid, on_day date, shift_id uuid)
      on conflict (company_id, employee_id, on_day) do update set shift_id = excluded.shift_id, how = excluded.how, reason = excluded.reason, made_by = excluded.made_by, made_by_name = excluded.made_by_name, made_at = excluded.made_at where r.shift_id is distinct from excluded.shift_id`.execute(scope.db)
  const code = (id: string | null | undefined): string => (id === undefined ? '未排' : id === null ? '休' : (shifts.find((s) => s.shift_id === id)?.code ?? ''))
  const name = new Map(people.map((p) => [p.employee_id, p.name]))
  // What was before of days that are over stays in the audit; of coming days the count says enough.
  const past = flat.filter((x) => x.on_day < scope.today).slice(0, 200).map((x) => `${name.get(x.employee_id)} ${x.on_day} ${code(before.get(`${x.employee_id} ${x.on_day}`))}→${x.clear ? '未排' : code(x.shift_id)}`)
  scope.note('attendance_roster', team.team_id, { name: team.name, from_on: first, to_on: last, how: o.how, cells: flat.length, ...(o.reason ? { reason: o.reason } : {}), ...(past.length ? { past } : {}) })
  return { cell_count: flat.length }
}
const spanFits = (scope: Scope, o: { from_on: string; to_on: string }): void => {
  const n = daysBetween(o.from_on, o.to_on)
  if (n < 0 || n >= SPAN_MAX) throw scope.refuse('attendance.span', { max: SPAN_MAX })
}
const tableOf = (r: Roster): { columns: string[]; rows: string[][] } => {
  const code = new Map(r.shifts.map((s) => [s.shift_id, s.code]))
  const by = new Map(r.cells.map((x) => [`${x.employee_id} ${x.on_day}`, x.shift_id === null ? '休' : (code.get(x.shift_id) ?? '')]))
  return { columns: ['工号', '姓名', ...r.days.map((d) => String(Number(d.on_day.slice(8)))), '班数', '工时'], rows: r.people.map((p) => [p.no, p.name, ...r.days.map((d) => by.get(`${p.employee_id} ${d.on_day}`) ?? ''), String(p.shift_count), hm(p.minutes)]) }
}
export const rosterAnswers = [
  answer(attendance.roster, (scope, o) => rosterOf(scope, o.team_id, o.month)),
  answer(attendance.setRoster, async (scope, o) => write(scope, await teamToRead(scope, o.team_id, { lock: true }), o.cells, { how: 'hand', reason: o.reason || null })),
  answer(attendance.fillRoster, async (scope, o) => {
    const team = await teamToRead(scope, o.team_id, { lock: true })
    spanFits(scope, o)
    const calendar = await calendarOf(scope, o.from_on, o.to_on)
    const people = await peopleOf(scope, o.team_id, o.from_on, o.to_on)
    const on = new Map(people.map((p) => [p.employee_id, p]))
    if (o.starts.length * (daysBetween(o.from_on, o.to_on) + 1) > CELLS_MAX) throw scope.refuse('attendance.span', { max: SPAN_MAX })
    const strange = o.starts.find((s) => !on.has(s.employee_id))
    if (strange) throw scope.refuse('attendance.not_member', { name: '有人', day: o.from_on })
    // What is over stays as it was; whoever joins or leaves in between is filled for his days.
    const cells = cellsOf({ ...o, kindOf: (d) => kindOn(calendar, d).kind }).filter((x) => x.on_day >= scope.today && on.get(x.employee_id)!.from_on <= x.on_day && (on.get(x.employee_id)!.to_on ?? '9999-12-31') >= x.on_day)
    return write(scope, team, cells, { how: 'rule', reason: null })
  }),
  answer(attendance.copyRoster, async (scope, o) => {
    const team = await teamToRead(scope, o.team_id, { lock: true })
    spanFits(scope, o)
    const people = await peopleOf(scope, o.team_id, o.from_on, o.to_on)
    const from = addDays(o.from_on, -o.back_days)
    const old = await rosterRows(scope, people.map((p) => p.employee_id), from, addDays(o.from_on, -1))
    if (old.length === 0) throw scope.refuse('attendance.nothing_to_copy', { from, to: addDays(o.from_on, -1) })
    const live = new Set((await shiftsOf(scope, false)).map((s) => s.shift_id))
    const by = new Map(old.map((x) => [`${x.employee_id} ${x.on_day}`, x]))
    const cells: Cell[] = []
    // Over and over: the days before the span as often as they fit into it.
    for (let i = 0; i <= daysBetween(o.from_on, o.to_on); i++)
      for (const p of people) {
        const on_day = addDays(o.from_on, i)
        const x = by.get(`${p.employee_id} ${addDays(from, i % o.back_days)}`)
        if (x && on_day >= scope.today && p.from_on <= on_day && (p.to_on ?? '9999-12-31') >= on_day && (x.shift_id === null || live.has(x.shift_id))) cells.push({ employee_id: p.employee_id, on_day, shift_id: x.shift_id })
      }
    return write(scope, team, cells, { how: 'copy', reason: null })
  }),
  answerFile(attendance.rosterExcel, async (scope, o) => {
    const r = await rosterOf(scope, o.team_id, o.month, 'attendance.roster.view')
    const t = tableOf(r)
    const body = await writeSheet({ sheets: [{ name: '排班表', columns: t.columns.map((title) => ({ title, kind: 'text' as const })), rows: t.rows }, { name: '班次', columns: [{ title: '简称', kind: 'text' }, { title: '班次', kind: 'text' }, { title: '工时(分钟)', kind: 'int' }], rows: r.shifts.map((s) => [s.code, shiftText(s), s.minutes]) }] })
    return { name: `排班表-${r.name}-${o.month}.xlsx`, type: XLSX, body }
  }),
  answerFile(attendance.rosterPdf, async (scope, o) => {
    const r = await rosterOf(scope, o.team_id, o.month)
    const t = tableOf(r)
    const doc = { title: `${r.name} ${o.month} 排班表`, subtitle: r.shifts.map((s) => `${s.code} ${shiftText(s)}`).join('  '), foot: `${scope.who.name} ${minuteText(scope.now)} 打印`, paper: 'a4', fixed: 2, tail: 2, columns: t.columns, rows: t.rows }
    return { name: `排班表-${r.name}-${o.month}.pdf`, type: 'application/pdf', body: await renderPdf({ source: GRID }, doc), inline: true }
  }),
]
