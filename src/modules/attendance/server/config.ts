// Rules and shifts by date. A company begins with the rule named beside it and publishes its own from a day on.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { attendance, type Policy, type PolicyVersion, type Shift } from '../contract.ts'
import { wholeCompany } from './access.ts'
import type { ShiftOn } from './rules/day.ts'
import { breakFits, minutesOf } from './rules/span.ts'

const VERSIONS_MAX = 100
const SHIFTS_MAX = 60
const POLICY: PolicyVersion = { from_on: '2000-01-01', early_open_minutes: 120, late_open_minutes: 240, fix_month_max: 3, fix_back_days: 7, skew_minutes: 5, offline_days: 7, out_counts: true, missing_counts: true, accuracy_max_m: 300, overtime_max_minutes: 2160, day_minutes: 480, run_max_days: 6, position_keep_days: 90, basis: '随产品的初始规则:劳动法 36、38、41(日 8 小时、每周至少休一日、每月加班不超过 36 小时)', made_by_name: '系统', made_at: '2000-01-01T00:00:00.000Z', state: 'now' }
const COLUMNS = sql.raw('from_on, early_open_minutes, late_open_minutes, fix_month_max, fix_back_days, skew_minutes, offline_days, out_counts, missing_counts, accuracy_max_m, overtime_max_minutes, day_minutes, run_max_days, position_keep_days, basis')
const withState = <T extends { from_on: string }>(rows: readonly T[], today: string): (T & { state: 'now' | 'future' | 'past' })[] => {
  const now = rows.find((r) => r.from_on <= today)
  return rows.map((r) => ({ ...r, state: r === now ? 'now' : r.from_on > today ? 'future' : 'past' }))
}
/** The rules newest first, the shipped one last: of a day the first that has begun counts. */
export async function policiesOf(scope: Scope): Promise<PolicyVersion[]> {
  const { rows } = await sql<Omit<PolicyVersion, 'state'>>`select ${COLUMNS}, made_by_name, made_at from attendance.policy where company_id = ${scope.company_id} order by from_on desc, made_at desc, policy_id desc limit ${VERSIONS_MAX}`.execute(scope.db)
  return withState([...rows, POLICY], scope.today)
}
export const policyOn = (rows: readonly PolicyVersion[], day: string): PolicyVersion => rows.find((r) => r.from_on <= day) ?? POLICY
export const policyNow = async (scope: Scope): Promise<Policy> => policyOn(await policiesOf(scope), scope.today)
export const fromToday = (scope: Scope, from_on: string): void => {
  if (from_on < scope.today) throw scope.refuse('attendance.from_past', { today: scope.today })
}

type Version = Shift['versions'][number]
export async function shiftsOf(scope: Scope, with_retired: boolean): Promise<Shift[]> {
  const c = scope.company_id
  const { rows } = await sql<{ shift_id: string; code: string; sort_no: number; retired: boolean; versions: Omit<Version, 'state'>[] }>`select s.shift_id, s.code, s.sort_no, s.retired_at is not null as retired, (select jsonb_agg(to_jsonb(x) order by x.from_on desc, x.made_at desc) from (select v.version_id, v.from_on, v.name, v.from_time, v.to_time, v.break_from, v.break_to, v.late_grace_minutes, v.early_grace_minutes, v.absent_after_minutes, v.basis, v.made_by_name, v.made_at from attendance.shift_version v where v.company_id = ${c} and v.shift_id = s.shift_id order by v.from_on desc, v.made_at desc limit ${VERSIONS_MAX}) x) as versions
    from attendance.shift s where s.company_id = ${c} and ${with_retired ? sql`true` : sql`s.retired_at is null`} order by s.sort_no, s.code limit ${SHIFTS_MAX}`.execute(scope.db)
  return rows.map((r) => {
    const versions = withState(r.versions, scope.today)
    const { version_id: _v, basis: _b, made_by_name: _n, made_at: _m, state: _s, ...now } = versions.find((v) => v.state === 'now') ?? versions.at(-1)!
    return { shift_id: r.shift_id, code: r.code, sort_no: r.sort_no, retired: r.retired, ...now, minutes: minutesOf(now), versions }
  })
}
/** The times of a shift on a day: the newest version that has begun, else the first. */
export function shiftOn(shifts: readonly Shift[], shift_id: string, day: string): ShiftOn {
  const s = shifts.find((x) => x.shift_id === shift_id)!
  const v = s.versions.find((x) => x.from_on <= day) ?? s.versions.at(-1)!
  return { shift_id, code: s.code, name: v.name, from_time: v.from_time, to_time: v.to_time, break_from: v.break_from, break_to: v.break_to, late_grace_minutes: v.late_grace_minutes, early_grace_minutes: v.early_grace_minutes, absent_after_minutes: v.absent_after_minutes }
}
export const configAnswers = [
  answer(attendance.policy, async (scope) => {
    const rows = await policiesOf(scope)
    return { now: rows.find((r) => r.state === 'now') ?? POLICY, rows }
  }),
  answer(attendance.savePolicy, async (scope, o) => {
    wholeCompany(scope)
    fromToday(scope, o.from_on)
    const { request_id: _r, dry_run: _d, ...p } = o
    const before = await policyNow(scope)
    await scope.db.insertInto('attendance.policy').values({ company_id: scope.company_id, policy_id: uuidv7(), ...p, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('attendance_policy', o.from_on, { before, after: p })
    return { from_on: o.from_on }
  }),
  answer(attendance.shifts, async (scope, { with_retired }) => ({ rows: await shiftsOf(scope, with_retired ?? false) })),
  answer(attendance.saveShift, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    if (!breakFits(o)) throw scope.refuse('attendance.shift_break', { from: o.from_time, to: o.to_time })
    const { rows } = await sql<{ shift_id: string; code: string }>`select shift_id, code from attendance.shift where company_id = ${c} order by shift_id for update`.execute(scope.db)
    const before = rows.find((r) => r.shift_id === o.shift_id)
    if (o.shift_id && !before) throw scope.notFound()
    // A new shift may begin when it likes: nothing was judged by it.
    if (before) fromToday(scope, o.from_on)
    if (rows.some((r) => r.code === o.code && r.shift_id !== o.shift_id)) throw scope.refuse('attendance.name_taken', { name: o.code })
    if (!before && rows.length >= SHIFTS_MAX) throw scope.refuse('attendance.too_many', { max: SHIFTS_MAX })
    const shift_id = o.shift_id ?? uuidv7()
    const set = { code: o.code, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by_name: scope.who.name, changed_at: scope.now }
    if (before) await scope.db.updateTable('attendance.shift').set(set).where('company_id', '=', c).where('shift_id', '=', shift_id).execute()
    else {
      const made = await scope.db.insertInto('attendance.shift').values({ company_id: c, shift_id, ...set }).onConflict((x) => x.doNothing()).returning('shift_id').executeTakeFirst()
      if (!made) throw scope.refuse('attendance.name_taken', { name: o.code })
    }
    await scope.db.insertInto('attendance.shift_version').values({ company_id: c, version_id: uuidv7(), shift_id, from_on: o.from_on, name: o.name, from_time: o.from_time, to_time: o.to_time, break_from: o.break_from, break_to: o.break_to, late_grace_minutes: o.late_grace_minutes, early_grace_minutes: o.early_grace_minutes, absent_after_minutes: o.absent_after_minutes, basis: o.basis, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('shift', shift_id, { name: o.name, code: o.code, from_on: o.from_on, from_time: o.from_time, to_time: o.to_time, retired: o.retired })
    return { shift_id }
  }),
]
