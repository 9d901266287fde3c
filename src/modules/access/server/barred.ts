// The black list of visitors: known by phone, plate or paper, for a reason, until a day. Whoever is on it is told apart at the desk, at the check, and when a
// resident invites; a resident learns no reason. What is over is deleted with the records of visits.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { masked } from '../../people/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { access, type BarredRow } from '../contract.ts'
import { changed } from './access.ts'
import { idOf, plateOf } from './texts.ts'

const YEAR_DAYS = 366
const holds = (scope: Scope, alias = 'x') => sql`${sql.ref(`${alias}.lifted_at`)} is null and ${sql.ref(`${alias}.from_on`)} <= ${scope.today}::date and ${sql.ref(`${alias}.to_on`)} > ${scope.today}::date`

/** A subselect of the reason why the visitor of row `v` is not let in, or null. */
export const barredReason = (scope: Scope) => sql<string | null>`(select x.reason from access.barred x where x.company_id = ${scope.company_id} and x.community_id = v.community_id and ${holds(scope)} and (x.phone = v.visitor_phone or x.plate = v.plate or x.id_index = v.id_index) order by x.created_at desc limit 1)`

export async function barredNow(scope: Scope, o: { community_id: string; phone: string | null; plate: string | null; id_index: string | null }): Promise<string | null> {
  const { rows } = await sql<{ reason: string }>`select x.reason from access.barred x where x.company_id = ${scope.company_id} and x.community_id = ${o.community_id} and ${holds(scope)} and (x.phone = ${o.phone} or x.plate = ${o.plate} or x.id_index = ${o.id_index}) order by x.created_at desc limit 1`.execute(scope.db)
  return rows[0]?.reason ?? null
}

const stateSql = (scope: Scope) => sql`case when x.lifted_at is not null then 'lifted' when x.to_on <= ${scope.today}::date then 'over' else 'now' end`
const barred = answer(access.barred, async (scope, f) => {
  const p: RawBuilder<unknown>[] = [sql`x.company_id = ${scope.company_id}`, communitiesSeenBy(scope, { alias: 'x' })]
  if (f.community_id) p.push(sql`x.community_id = ${f.community_id}`)
  if (f.state) p.push(sql`${stateSql(scope)} = ${f.state}`)
  if (f.q) p.push(sql`(position(${f.q} in x.name) > 0 or x.plate = ${f.q.toUpperCase()} or x.phone = ${f.q})`)
  const where = sql<SqlBool>`${sql.join(p, sql` and `)}`
  const { rows } = await sql<Omit<BarredRow, 'can' | 'phone_masked'> & { phone: string | null }>`with page as materialized (select x.* from access.barred x where ${where} order by x.created_at desc, x.barred_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select x.barred_id, m.name as community_name, x.name, x.phone, x.plate, x.id_masked, x.reason, x.from_on, x.to_on, ${stateSql(scope)} as state, x.lifted_by, x.lifted_reason, x.created_name, x.created_at
    from page x join property.community m on m.company_id = ${scope.company_id} and m.community_id = x.community_id order by x.created_at desc, x.barred_id`.execute(scope.db)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from access.barred x where ${where}`.execute(scope.db)
  return { rows: rows.map(({ phone, ...r }) => ({ ...r, phone_masked: masked(phone), can: { lift: r.state === 'now' ? (true as const) : 'access.lifted' } })), total: n[0]!.total }
})
const bar = answer(access.bar, async (scope, o) => {
  await communityToChange(scope, o.community_id)
  if (o.to_on <= scope.today || o.to_on > addDays(scope.today, YEAR_DAYS)) throw scope.refuse('access.barred_days', { today: scope.today })
  const [plate, id] = [plateOf(scope, o.plate), idOf(scope, o.id_number)]
  if (!o.phone && !plate && !id.id_index) throw scope.refuse('access.barred_by_what')
  const barred_id = uuidv7()
  await scope.db.insertInto('access.barred').values({ company_id: scope.company_id, barred_id, community_id: o.community_id, name: o.name, phone: o.phone, plate, ...id, reason: o.reason, from_on: scope.today, to_on: o.to_on, created_by: scope.who.account_id, created_name: scope.who.name, created_at: scope.now }).execute()
  scope.note('barred', barred_id, { name: o.name, reason: o.reason, to_on: o.to_on })
  changed(scope, barred_id)
  return { barred_id }
})
const liftBarred = answer(access.liftBarred, async (scope, o) => {
  const { rows } = await sql<{ community_id: string; name: string; live: boolean }>`select x.community_id, x.name, ${holds(scope)} as live from access.barred x where x.company_id = ${scope.company_id} and x.barred_id = ${o.barred_id} and ${communitiesSeenBy(scope, { alias: 'x' })} for update`.execute(scope.db)
  const x = rows[0]
  if (!x) throw scope.notFound()
  await communityToChange(scope, x.community_id)
  if (!x.live) throw scope.refuse('access.lifted')
  await sql`update access.barred set lifted_at = ${scope.now}, lifted_by = ${scope.who.name}, lifted_reason = ${o.reason} where company_id = ${scope.company_id} and barred_id = ${o.barred_id}`.execute(scope.db)
  scope.note('barred', o.barred_id, { name: x.name, lifted: o.reason })
  changed(scope, o.barred_id)
  return { barred_id: o.barred_id }
})
export const barredAnswers = [barred, bar, liftBarred]
