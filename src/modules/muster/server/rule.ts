// Rules of muster in force on a day, and what the clock forgets: what beacons said after hours, names on a roll after days (个人信息保护法 19: the shortest time needed).
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { muster, type Rule } from '../contract.ts'

const SHIPPED: Rule = { from_on: '2000-01-01', keep_hours: 24, seen_hours: 12, credible_min: 120, roll_days: 30, basis: '个人信息保护法第十九条:保存期限为实现目的所必要的最短时间' }
export async function ruleOf(scope: Scope): Promise<Rule> {
  const { rows } = await sql<Rule>`select from_on, keep_hours, seen_hours, credible_min, roll_days, basis from muster.rule where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc, rule_id desc limit 1`.execute(scope.db)
  return rows[0] ?? SHIPPED
}
const FORGET_MAX = 50_000
const ROLLS_MAX = 100
export async function forget(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { keep_hours, roll_days } = await ruleOf(scope)
  const r = await sql`delete from muster.sighting where company_id = ${c} and sighting_id in (select sighting_id from muster.sighting where company_id = ${c} and at < ${scope.now}::timestamptz - make_interval(hours => ${keep_hours}) order by at limit ${FORGET_MAX})`.execute(scope.db)
  const deleted = Number(r.numAffectedRows ?? 0n)
  if (deleted > 0) scope.note('sighting', 'old', { deleted, keep_hours })
  const { rows } = await sql<{ roll_id: string }>`update muster.roll set forgotten_at = ${scope.now} where company_id = ${c} and roll_id in (select roll_id from muster.roll where company_id = ${c} and state = 'closed' and forgotten_at is null and closed_at < ${scope.now}::timestamptz - make_interval(days => ${roll_days}) order by closed_at limit ${ROLLS_MAX}) returning roll_id`.execute(scope.db)
  if (rows.length === 0) return
  await sql`delete from muster.entry where company_id = ${c} and roll_id = any(${rows.map((x) => x.roll_id)}::uuid[])`.execute(scope.db)
  for (const x of rows) scope.note('muster_roll', x.roll_id, { forgotten: true, roll_days })
}
export const ruleAnswers = [
  answer(muster.rule, async (scope) => {
    const { rows } = await sql<{ from_on: string }>`select from_on from muster.rule where company_id = ${scope.company_id} and from_on > ${scope.today}::date order by from_on limit 1`.execute(scope.db)
    return { now: await ruleOf(scope), next_from_on: rows[0]?.from_on ?? null }
  }),
  answer(muster.saveRule, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    if (!scope.reach().all) throw scope.notFound()
    if (o.from_on < scope.today) throw scope.refuse('muster.from_past', { today: scope.today })
    if (o.seen_hours > o.keep_hours) throw scope.refuse('muster.seen_too_long')
    await scope.db.insertInto('muster.rule').values({ company_id: scope.company_id, rule_id: uuidv7(), ...o, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('muster_rule', o.from_on, o)
    return { from_on: o.from_on }
  }),
]
