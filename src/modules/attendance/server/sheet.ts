// The month sheet (考勤月表): people by days with totals. Of a closed month what was frozen when it was closed, else judged now.
import { createHash } from 'node:crypto'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { staffOn, staffSeen } from '../../staff/server/index.ts'
import type { SheetFilter, SheetRow } from '../contract.ts'
import { firstOf, lastOf } from './access.ts'
import { policyOn } from './config.ts'
import { factsOf, judgedDays } from './load.ts'
import { workDays } from './places.ts'
import { daysFrom } from './rules/roster.ts'
import { overtimeOf, totalsOf } from './rules/totals.ts'

/** Over staffOn of the last day: somebody who belongs to a team within the month and was employed in it. */
export function inMonth(scope: Scope, month: string, o: { team_id?: string | undefined } = {}): RawBuilder<SqlBool> {
  return sql<SqlBool>`(e.company_id = ${scope.company_id} and e.entered_on <= ${lastOf(month)}::date and (e.left_on is null or e.left_on >= ${firstOf(month)}::date) and exists (select from attendance.member x where x.company_id = ${scope.company_id} and x.employee_id = e.employee_id and x.from_on <= ${lastOf(month)}::date and (x.to_on is null or x.to_on >= ${firstOf(month)}::date) and ${o.team_id ? sql`x.team_id = ${o.team_id}` : sql`true`}))`
}
export function sheetWhere(scope: Scope, f: SheetFilter, permission?: string): RawBuilder<SqlBool> {
  const w = [inMonth(scope, f.month, { team_id: f.team_id }), staffSeen(scope, permission)]
  if (f.community_id) w.push(sql<SqlBool>`p.community_id = ${f.community_id}`)
  if (f.hq) w.push(sql<SqlBool>`p.community_id is null`)
  if (f.q) w.push(sql<SqlBool>`(position(${f.q} in e.name) > 0 or e.no = upper(${f.q}) or e.initials like ${`${f.q.toLowerCase().replace(/[^a-z0-9]/g, '') || '~'}%`})`)
  return sql<SqlBool>`${sql.join(w, sql` and `)}`
}
export async function sheetCount(scope: Scope, month: string, where: RawBuilder<SqlBool>): Promise<number> {
  return (await sql<{ n: number }>`select count(*)::int as n from ${staffOn(scope, lastOf(month))} where ${where}`.execute(scope.db)).rows[0]!.n
}
interface Person { employee_id: string; no: string; name: string; entered_on: string; left_on: string | null; post_name: string; community_id: string | null; community_name: string; team_id: string; team_name: string; hours: SheetRow['hours']; account_id: string | null; frozen: SheetRow | null }
async function peopleOf(scope: Scope, month: string, where: RawBuilder<SqlBool>, o: { limit: number; offset?: number }): Promise<Person[]> {
  const c = scope.company_id
  const { rows } = await sql<Person>`with page as materialized (select e.employee_id from ${staffOn(scope, lastOf(month))} where ${where} order by e.no, e.employee_id limit ${o.limit} offset ${o.offset ?? 0})
    select e.employee_id, e.no, e.name, e.entered_on, e.left_on, e.account_id, t.name as post_name, p.community_id, coalesce(y.name, '公司本部') as community_name, g.team_id, v.name as team_name, v.hours, w.row as frozen
    from page k join ${staffOn(scope, lastOf(month))} on e.company_id = ${c} and e.employee_id = k.employee_id join staff.post t on t.company_id = ${c} and t.post_id = p.post_id left join property.community y on y.company_id = ${c} and y.community_id = p.community_id
      join lateral (select x.team_id from attendance.member x where x.company_id = ${c} and x.employee_id = e.employee_id and x.from_on <= ${lastOf(month)}::date and (x.to_on is null or x.to_on >= ${firstOf(month)}::date) order by x.from_on desc limit 1) g on true
      join lateral (select x.name, x.hours from attendance.team_version x where x.company_id = ${c} and x.team_id = g.team_id order by x.from_on <= ${lastOf(month)}::date desc, abs(x.from_on - ${lastOf(month)}::date), x.made_at desc limit 1) v on true
      left join attendance.month m on m.company_id = ${c} and m.month = ${month} and m.community_id is not distinct from p.community_id and m.state = 'closed' left join attendance.month_row w on w.company_id = ${c} and w.month_id = m.month_id and w.close_no = m.close_no and w.employee_id = e.employee_id
    order by e.no, e.employee_id`.execute(scope.db)
  return rows
}
export const digestOf = (r: Pick<SheetRow, 'days' | 'totals' | 'adjustments'>): string => createHash('sha256').update(JSON.stringify([r.days, r.totals, r.adjustments.map((a) => a.adjustment_id)])).digest('hex').slice(0, 32)
export async function sheetRows(scope: Scope, month: string, where: RawBuilder<SqlBool>, o: { limit: number; offset?: number }): Promise<SheetRow[]> {
  const c = scope.company_id
  const people = await peopleOf(scope, month, where, o)
  const ids = people.map((p) => p.employee_id)
  const facts = await factsOf(scope, people.filter((p) => !p.frozen).map((p) => p.employee_id), firstOf(month), lastOf(month))
  const { rows: adjustments } = await sql<SheetRow['adjustments'][number] & { employee_id: string }>`select employee_id, adjustment_id, of_day, item, change, reason, made_by_name, made_at from attendance.adjustment where company_id = ${c} and month = ${month} and employee_id = any(${ids}::uuid[]) order by made_at, adjustment_id`.execute(scope.db)
  const { rows: confirmed } = await sql<{ employee_id: string; digest: string; state: 'confirmed' | 'objected'; words: string | null; at: string }>`select distinct on (employee_id) employee_id, digest, state, words, at from attendance.confirmation where company_id = ${c} and month = ${month} and employee_id = any(${ids}::uuid[]) order by employee_id, at desc, confirmation_id desc`.execute(scope.db)
  const by = new Map(confirmed.map((x) => [x.employee_id, x]))
  const policy = policyOn(facts.policies, lastOf(month))
  return people.map((p): SheetRow => {
    const said = by.get(p.employee_id)
    const confirm = (digest: string) => ({ confirm: !said ? ('none' as const) : said.state === 'objected' ? ('objected' as const) : said.digest === digest ? ('confirmed' as const) : ('changed' as const), confirm_words: said?.words ?? null, confirm_at: said?.at ?? null })
    if (p.frozen) return { ...p.frozen, ...confirm(p.frozen.digest), closed: true }
    const days = judgedDays(facts, p)
    const mine = adjustments.filter((a) => a.employee_id === p.employee_id).map(({ employee_id: _e, ...a }) => a)
    const employed = daysFrom(firstOf(month), lastOf(month)).filter((d) => d >= p.entered_on && (p.left_on === null || d <= p.left_on))
    const totals = totalsOf(days, mine, { hours: p.hours, standard_minutes: workDays(facts.calendar, employed) * policy.day_minutes })
    const digest = digestOf({ days, totals, adjustments: mine })
    return { employee_id: p.employee_id, no: p.no, name: p.name, post_name: p.post_name, community_id: p.community_id, community_name: p.community_name, team_id: p.team_id, team_name: p.team_name, hours: p.hours, days, totals, adjustments: mine, over_limit: overtimeOf(totals) > policy.overtime_max_minutes, digest, ...confirm(digest), closed: false }
  })
}
