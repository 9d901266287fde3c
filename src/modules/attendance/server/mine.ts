// What somebody sees of himself on the phone: today's shift and punches, his month, and whether he agrees with it.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { employeeToRead, ownFile } from '../../staff/server/index.ts'
import { attendance, type SheetRow } from '../contract.ts'
import { shiftText } from '../shown.ts'
import { firstOf, lastOf, mySelf } from './access.ts'
import { policyNow, policyOn, policiesOf, shiftOn } from './config.ts'
import { fixRows, usedOf } from './fixes.ts'
import { factsOf, judgedDays } from './load.ts'
import { punchRows, teamOn } from './punches.ts'
import { windowOf } from './rules/day.ts'
import { daysFrom } from './rules/roster.ts'
import { spanOf } from './rules/span.ts'
import { inMonth, sheetRows } from './sheet.ts'

const AHEAD = 7
const MINE_MAX = 60
const only = (scope: Scope, month: string, employee_id: string) => sql<SqlBool>`${inMonth(scope, month)} and e.employee_id = ${employee_id}`
export async function monthOf(scope: Scope, employee_id: string, month: string): Promise<SheetRow | null> {
  return (await sheetRows(scope, month, only(scope, month, employee_id), { limit: 1 }))[0] ?? null
}
async function stateOf(scope: Scope, community_id: string | null, month: string, lock = false): Promise<'open' | 'issued' | 'closed'> {
  const { rows } = await sql<{ state: 'open' | 'issued' | 'closed' }>`select state from attendance.month where company_id = ${scope.company_id} and month = ${month} and community_id is not distinct from ${community_id}::uuid ${lock ? sql`for share` : sql``}`.execute(scope.db)
  return rows[0]?.state ?? 'open'
}
export const mineAnswers = [
  answer(attendance.mine, async (scope) => {
    const c = scope.company_id
    const e = await ownFile(scope)
    const none = { now: scope.now, has_file: e !== null, team: null, today: null, running: null, punches: [], ahead: [], to_confirm: [] }
    if (!e) return none
    const team = await teamOn(scope, e.employee_id, scope.today)
    const yesterday = addDays(scope.today, -1)
    const facts = await factsOf(scope, [e.employee_id], yesterday, addDays(scope.today, AHEAD))
    const days = judgedDays(facts, e)
    const [before, today] = [days[0]!, days[1]!]
    // The night shift of yesterday goes on while its punches may still come.
    const span = before.shift_id ? spanOf(yesterday, shiftOn(facts.shifts, before.shift_id, yesterday)) : null
    const next = today.shift_id ? spanOf(scope.today, shiftOn(facts.shifts, today.shift_id, scope.today)) : null
    const runs = span !== null && before.leave_halves < 2 && Date.parse(scope.now) <= windowOf(span, { policy: policyOn(facts.policies, yesterday), prev_end: null, next_start: next?.start ?? null }).to && span.end > Date.parse(`${scope.today}T00:00:00+08:00`)
    const punches = await punchRows(scope, sql<SqlBool>`u.company_id = ${c} and u.employee_id = ${e.employee_id} and u.at >= ${`${yesterday}T12:00:00+08:00`}::timestamptz`, { limit: MINE_MAX })
    const months = [...new Set([addDays(firstOf(scope.today.slice(0, 7)), -1).slice(0, 7), scope.today.slice(0, 7)])]
    const { rows: wait } = await sql<{ month: string }>`select m.month from attendance.month m where m.company_id = ${c} and m.month = any(${months}::text[]) and m.state = 'issued' and m.community_id is not distinct from ${e.community_id}::uuid and not exists (select from attendance.confirmation k where k.company_id = ${c} and k.employee_id = ${e.employee_id} and k.month = m.month) and exists (select from attendance.member x where x.company_id = ${c} and x.employee_id = ${e.employee_id}) order by m.month`.execute(scope.db)
    const { position_keep_days } = await policyNow(scope)
    return {
      ...none, team: team ? { name: team.name, photo: team.photo, doors: team.doors, position_keep_days, places: team.places.map(({ name, lat, lon, radius_m }) => ({ name, lat, lon, radius_m })) } : null, today, running: runs ? before : null,
      punches: punches.map(({ punch_id, at, which, way, place_state, place_name, clock }) => ({ punch_id, at, which, way, place_state, place_name, clock })),
      ahead: daysFrom(addDays(scope.today, 1), addDays(scope.today, AHEAD)).map((on_day) => {
        const id = facts.roster.get(`${e.employee_id} ${on_day}`)
        return { on_day, text: id === undefined ? '未排班' : id === null ? '休息' : shiftText(shiftOn(facts.shifts, id, on_day)) }
      }),
      to_confirm: wait.map((m) => m.month),
    }
  }),
  answer(attendance.myMonth, async (scope, { month }) => {
    const e = await ownFile(scope)
    const policy = await policyNow(scope)
    const row = e ? await monthOf(scope, e.employee_id, month) : null
    if (!e || !row) return { month, row: null, state: 'open' as const, fixes: [], fix_left: 0, fix_back_days: policy.fix_back_days, can: { confirm: 'attendance.not_issued' } }
    const state = await stateOf(scope, row.community_id, month)
    const fixes = await fixRows(scope, sql<SqlBool>`o.company_id = ${scope.company_id} and o.employee_id = ${e.employee_id} and o.on_day between ${firstOf(month)}::date and ${lastOf(month)}::date`, { limit: MINE_MAX * 2 })
    return { month, row, state, fixes, fix_left: Math.max(0, policy.fix_month_max - (await usedOf(scope, e.employee_id, month))), fix_back_days: policy.fix_back_days, can: { confirm: state === 'closed' ? 'attendance.month_closed' : state !== 'issued' ? 'attendance.not_issued' : row.confirm === 'confirmed' ? 'attendance.confirmed' : (true as const) } }
  }),
  answer(attendance.confirmMonth, async (scope, o) => {
    const e = await mySelf(scope, { lock: true })
    const row = await monthOf(scope, e.employee_id, o.month)
    if (!row) throw scope.refuse('attendance.not_issued', { month: o.month })
    const state = await stateOf(scope, row.community_id, o.month, true)
    if (state === 'closed') throw scope.refuse('attendance.month_closed', { place: row.community_name, month: o.month })
    if (state !== 'issued') throw scope.refuse('attendance.not_issued', { month: o.month })
    if (row.digest !== o.digest) throw scope.refuse('attendance.seen_old')
    if (!o.agree && (o.words ?? '').length < 2) throw scope.refuse('attendance.words_needed')
    await scope.db.insertInto('attendance.confirmation').values({ company_id: scope.company_id, confirmation_id: uuidv7(), employee_id: e.employee_id, month: o.month, digest: o.digest, state: o.agree ? 'confirmed' : 'objected', words: o.agree ? null : (o.words ?? null), at: scope.now }).execute()
    scope.note('attendance_month', e.employee_id, { name: e.name, month: o.month, state: o.agree ? 'confirmed' : 'objected' })
    return { month: o.month }
  }),
  /** One day of somebody, with everything it was judged by. */
  answer(attendance.day, async (scope, { employee_id, on_day }) => {
    const c = scope.company_id
    const e = await employeeToRead(scope, employee_id)
    const frozen = await monthOf(scope, employee_id, on_day.slice(0, 7))
    const facts = await factsOf(scope, [employee_id], on_day, on_day)
    const day = (frozen?.closed ? frozen.days.find((d) => d.on_day === on_day) : undefined) ?? judgedDays(facts, e)[0]!
    const punches = await punchRows(scope, sql<SqlBool>`u.company_id = ${c} and u.employee_id = ${employee_id} and u.at >= ${`${on_day}T00:00:00+08:00`}::timestamptz - interval '6 hours' and u.at < ${`${addDays(on_day, 1)}T00:00:00+08:00`}::timestamptz + interval '12 hours'`, { limit: MINE_MAX })
    const fixes = await fixRows(scope, sql<SqlBool>`o.company_id = ${c} and o.employee_id = ${employee_id} and o.on_day = ${on_day}::date`, { limit: 20 })
    const { out_counts, missing_counts, early_open_minutes, late_open_minutes } = policyOn(await policiesOf(scope), on_day)
    return { name: e.name, day, closed: frozen?.closed ?? false, punches, fixes, policy: { out_counts, missing_counts, early_open_minutes, late_open_minutes } }
  }),
]
