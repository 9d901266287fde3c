// What a span of days of some people is judged by, read in one go, and the judged days.
import { sql } from 'kysely'
import { addDays, dayOf } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { DayResult, PolicyVersion, Shift } from '../contract.ts'
import { policiesOf, policyOn, shiftOn, shiftsOf } from './config.ts'
import { calendarOf, kindOn } from './places.ts'
import { judgeDay, type LeaveIn, type PunchIn } from './rules/day.ts'
import { daysFrom } from './rules/roster.ts'
import { spanOf } from './rules/span.ts'

export interface Employed { employee_id: string; entered_on: string; left_on: string | null }
interface Absence { employee_id: string; what: 'leave' | 'overtime'; from_at: string; to_at: string; minutes: number | null; pay: 'money' | 'rest' | null; name: string | null; paid: boolean }
export interface Facts {
  from_on: string
  to_on: string
  shifts: Shift[]
  policies: PolicyVersion[]
  calendar: Awaited<ReturnType<typeof calendarOf>>
  roster: Map<string, string | null>
  punches: Map<string, PunchIn[]>
  fixes: Map<string, PunchIn[]>
  absences: Map<string, Absence[]>
  hours: Map<string, { from_on: string; to_on: string | null; hours: 'standard' | 'comprehensive' | 'flexible' }[]>
  now: string
}
const grouped = <T extends { employee_id: string }>(rows: readonly T[]): Map<string, T[]> => {
  const out = new Map<string, T[]>()
  for (const r of rows) (out.get(r.employee_id) ?? out.set(r.employee_id, []).get(r.employee_id)!).push(r)
  return out
}
const begin = (day: string): string => `${day}T00:00:00+08:00`
export async function factsOf(scope: Scope, employee_ids: readonly string[], from_on: string, to_on: string): Promise<Facts> {
  const c = scope.company_id
  const ids = [...employee_ids]
  // A night shift of the day before and the next one bound the times of punches.
  const [first, last] = [addDays(from_on, -1), addDays(to_on, 1)]
  const { rows: roster } = await sql<{ employee_id: string; on_day: string; shift_id: string | null }>`select employee_id, on_day, shift_id from attendance.roster where company_id = ${c} and employee_id = any(${ids}::uuid[]) and on_day between ${first}::date and ${last}::date`.execute(scope.db)
  const { rows: punches } = await sql<PunchIn & { employee_id: string }>`select employee_id, at, which, place_state, way from attendance.punch where company_id = ${c} and employee_id = any(${ids}::uuid[]) and at >= ${begin(first)}::timestamptz and at < ${begin(addDays(last, 2))}::timestamptz order by at`.execute(scope.db)
  const { rows: fixes } = await sql<{ employee_id: string; on_day: string; which: 'in' | 'out'; at: string }>`select employee_id, on_day, which, at from attendance.fix where company_id = ${c} and employee_id = any(${ids}::uuid[]) and state = 'agreed' and on_day between ${from_on}::date and ${to_on}::date`.execute(scope.db)
  const { rows: absences } = await sql<Absence>`select o.employee_id, o.what, o.from_at, o.to_at, o.minutes, o.pay, k.name, coalesce((select r.paid from staff.leave_rule r where r.company_id = ${c} and r.kind_id = o.kind_id and r.from_on <= (o.from_at at time zone 'Asia/Shanghai')::date order by r.from_on desc, r.made_at desc limit 1), true) as paid from staff.absence o left join staff.leave_kind k on k.company_id = ${c} and k.kind_id = o.kind_id
    where o.company_id = ${c} and o.employee_id = any(${ids}::uuid[]) and o.state = 'agreed' and o.from_at < ${begin(addDays(to_on, 1))}::timestamptz and o.to_at > ${begin(from_on)}::timestamptz order by o.from_at`.execute(scope.db)
  const { rows: hours } = await sql<{ employee_id: string; from_on: string; to_on: string | null; hours: 'standard' | 'comprehensive' | 'flexible' }>`select x.employee_id, x.from_on, x.to_on, v.hours from attendance.member x join lateral (select t.hours from attendance.team_version t where t.company_id = ${c} and t.team_id = x.team_id order by t.from_on <= ${to_on}::date desc, abs(t.from_on - ${to_on}::date), t.made_at desc limit 1) v on true where x.company_id = ${c} and x.employee_id = any(${ids}::uuid[]) and x.from_on <= ${to_on}::date and (x.to_on is null or x.to_on >= ${from_on}::date)`.execute(scope.db)
  return { from_on, to_on, shifts: await shiftsOf(scope, true), policies: await policiesOf(scope), calendar: await calendarOf(scope, from_on, to_on), roster: new Map(roster.map((r) => [`${r.employee_id} ${r.on_day}`, r.shift_id])), punches: grouped(punches), fixes: new Map(Object.entries(Object.groupBy(fixes.map((f) => ({ ...f, place_state: 'free', way: 'fix', fixed: true })), (f) => `${f.employee_id} ${f.on_day}`)).map(([k, v]) => [k, v ?? []])), absences: grouped(absences), hours: grouped(hours), now: scope.now }
}
/** Which halves of a day a leave takes; staff counts them from midnight to noon and from noon on. */
const halvesOf = (a: Absence, day: string): { am: boolean; pm: boolean } => {
  const [m, n, e] = [Date.parse(begin(day)), Date.parse(`${day}T12:00:00+08:00`), Date.parse(begin(addDays(day, 1)))]
  const [from, to] = [Date.parse(a.from_at), Date.parse(a.to_at)]
  return { am: from <= m && to >= n, pm: from <= n && to >= e }
}
export function judgedDays(f: Facts, e: Employed): DayResult[] {
  const spanAt = (day: string): { start: number; end: number } | null => {
    const id = f.roster.get(`${e.employee_id} ${day}`)
    return id ? spanOf(day, shiftOn(f.shifts, id, day)) : null
  }
  const absences = f.absences.get(e.employee_id) ?? []
  const punches = f.punches.get(e.employee_id) ?? []
  return daysFrom(f.from_on, f.to_on).map((on_day) => {
    const id = f.roster.get(`${e.employee_id} ${on_day}`)
    const calendar = kindOn(f.calendar, on_day)
    const leaves = absences.filter((a) => a.what === 'leave').flatMap((a): LeaveIn[] => {
      const h = halvesOf(a, on_day)
      return h.am || h.pm ? [{ ...h, name: a.name ?? '请假', paid: a.paid }] : []
    })
    return judgeDay({
      on_day, employed: e.entered_on <= on_day && (e.left_on === null || e.left_on >= on_day), shift: id === undefined ? undefined : id === null ? null : shiftOn(f.shifts, id, on_day), calendar: calendar.kind, calendar_name: calendar.name,
      punches: [...punches.filter((p) => Math.abs(Date.parse(p.at) - Date.parse(`${on_day}T12:00:00+08:00`)) < 3 * 86_400_000), ...(f.fixes.get(`${e.employee_id} ${on_day}`) ?? [])], leaves, overtimes: absences.filter((a) => a.what === 'overtime' && dayOf(a.from_at) === on_day).map((a) => ({ minutes: a.minutes ?? 0, pay: a.pay ?? 'money' })),
      prev_end: spanAt(addDays(on_day, -1))?.end ?? null, next_start: spanAt(addDays(on_day, 1))?.start ?? null, flexible: (f.hours.get(e.employee_id) ?? []).some((h) => h.hours === 'flexible' && h.from_on <= on_day && (h.to_on === null || h.to_on >= on_day)), policy: policyOn(f.policies, on_day), now: f.now,
    })
  })
}
