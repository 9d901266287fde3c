// 管家分工: who looks after a building, by day. An assignment ends the one before on its first day and replaces what was planned after it; what is over stays.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import type { In } from '../../../kernel/contract.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { property } from '../contract.ts'
import type { StewardRow } from '../contract_stewards.ts'
import { buildingToRead, housesSeenBy } from './access.ts'

const ROWS_MAX = 2000
const PEOPLE_MAX = 500
/** A new assignment may begin a year back, when the register is set up late; further back nothing would be certain. */
const BACK_DAYS = 366
type Filter = In<typeof property.stewards.takes>

/** The one in charge of `alias.building_id` on the day; null: nobody. */
export const stewardOn = (scope: Scope, alias: string, day: string): RawBuilder<string | null> =>
  sql`(select st.account_id from property.steward st where st.company_id = ${scope.company_id} and st.building_id = ${sql.ref(`${alias}.building_id`)} and st.from_on <= ${day}::date and (st.to_on is null or st.to_on > ${day}::date))`
/** Stands for nobody where a person is asked for. */
export const NO_STEWARD = '00000000-0000-0000-0000-000000000000'
/** Condition on rows with building_id: in this person's charge on the day. */
export const inChargeOf = (scope: Scope, alias: string, account_id: string, day: string): RawBuilder<SqlBool> =>
  account_id === NO_STEWARD ? sql<SqlBool>`${stewardOn(scope, alias, day)} is null` :
  sql<SqlBool>`${sql.ref(`${alias}.building_id`)} in (select st.building_id from property.steward st where st.company_id = ${scope.company_id} and st.account_id = ${account_id} and st.from_on <= ${day}::date and (st.to_on is null or st.to_on > ${day}::date))`

interface Raw {
  building_id: string
  community_id: string
  community_name: string
  building_name: string
  house_count: number
  spells: { account_id: string; from_on: string; to_on: string | null; assigned_by_name: string; assigned_at: string }[]
}
async function rowsOf(scope: Scope, f: Filter): Promise<StewardRow[]> {
  const c = scope.company_id
  const day = f.on_day ?? scope.today
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`b.company_id = ${c}`, housesSeenBy(scope, { alias: 'b' })]
  if (f.community_id) w.push(sql<SqlBool>`b.community_id = ${f.community_id}`)
  if (f.account_id) w.push(inChargeOf(scope, 'b', f.account_id, day))
  if (f.without) w.push(sql<SqlBool>`${stewardOn(scope, 'b', day)} is null`)
  const { rows } = await sql<Raw>`
    with page as materialized (select b.building_id, b.community_id, cm.name as community_name, b.name as building_name, cm.created_at, b.sort_no from property.building b join property.community cm on cm.company_id = ${c} and cm.community_id = b.community_id
      where ${sql.join(w, sql` and `)} order by cm.name, b.sort_no, b.name limit ${ROWS_MAX})
    select p.building_id, p.community_id, p.community_name, p.building_name, (select count(*)::int from property.house h where h.company_id = ${c} and h.building_id = p.building_id and h.state <> 'disabled') as house_count,
      coalesce((select jsonb_agg(jsonb_build_object('account_id', s.account_id, 'from_on', s.from_on, 'to_on', s.to_on, 'assigned_by_name', s.assigned_by_name, 'assigned_at', s.assigned_at) order by s.from_on) from property.steward s
        where s.company_id = ${c} and s.building_id = p.building_id and (s.to_on is null or s.to_on > ${day}::date)), '[]') as spells
    from page p order by p.community_name, p.sort_no, p.building_name`.execute(scope.db)
  const names = await memberNames(scope, rows.flatMap((r) => r.spells.map((s) => s.account_id)))
  return rows.map(({ spells, ...r }) => {
    const told = spells.map((s) => ({ ...s, assigned_at: new Date(s.assigned_at).toISOString(), steward_name: names.get(s.account_id) ?? '' }))
    return { ...r, steward: told.find((s) => s.from_on <= day) ?? null, next: told.find((s) => s.from_on > day) ?? null }
  })
}

async function assign(scope: Scope, o: { building_ids: readonly string[]; account_id: string | null; from_on: string }): Promise<number> {
  const c = scope.company_id
  const ids = [...new Set(o.building_ids)].toSorted()
  const { rows } = await sql<{ building_id: string; community_id: string }>`select b.building_id, b.community_id from property.building b where b.company_id = ${c} and b.building_id = any(${ids}::uuid[]) and ${housesSeenBy(scope, { alias: 'b' })} order by b.building_id for update`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.notFound()
  if (o.from_on < addDays(scope.today, -BACK_DAYS)) throw scope.refuse('property.steward_past', { earliest: addDays(scope.today, -BACK_DAYS) })
  if (o.account_id) {
    const member = await sql`select from identity.member where company_id = ${c} and account_id = ${o.account_id} and disabled_at is null`.execute(scope.db)
    if (member.rows.length === 0) throw scope.refuse('property.steward_gone')
  }
  await sql`delete from property.steward where company_id = ${c} and building_id = any(${ids}::uuid[]) and from_on >= ${o.from_on}::date`.execute(scope.db)
  await sql`update property.steward set to_on = ${o.from_on}::date where company_id = ${c} and building_id = any(${ids}::uuid[]) and from_on < ${o.from_on}::date and (to_on is null or to_on > ${o.from_on}::date)`.execute(scope.db)
  if (o.account_id)
    await sql`insert into property.steward (company_id, building_id, from_on, to_on, account_id, community_id, assigned_by, assigned_by_name, assigned_at)
      select ${c}::bigint, b.building_id, ${o.from_on}::date, null, ${o.account_id}::uuid, b.community_id, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now}::timestamptz
      from unnest(${rows.map((r) => r.building_id)}::uuid[], ${rows.map((r) => r.community_id)}::uuid[]) as b(building_id, community_id)`.execute(scope.db)
  scope.note('steward', o.account_id ?? 'nobody', { from_on: o.from_on, building_ids: ids })
  return ids.length
}

export const stewardAnswers = [
  answer(property.stewards, async (scope, f) => {
    const { rows: people } = await sql<{ account_id: string; name: string; post: string | null }>`select account_id, name, post from identity.member where company_id = ${scope.company_id} and disabled_at is null order by name, account_id limit ${PEOPLE_MAX}`.execute(scope.db)
    return { rows: await rowsOf(scope, f), people }
  }),
  answerFile(property.stewardsExcel, async (scope, f) => {
    const rows = await rowsOf(scope, f)
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [{ name: '管家分工', title_rows: [`管家分工 ${f.on_day ?? scope.today}`], columns: [text('小区'), text('楼栋'), { title: '户数', kind: 'int' }, text('管家'), text('起'), text('将接手'), text('安排人')], rows: rows.map((r) => [r.community_name, r.building_name, r.house_count, r.steward?.steward_name ?? '', r.steward?.from_on ?? '', r.next ? `${r.next.from_on} ${r.next.steward_name}` : '', r.steward?.assigned_by_name ?? '']) }] })
    return { name: `管家分工_${f.on_day ?? scope.today}.xlsx`, type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', body }
  }),
  answer(property.stewardHistory, async (scope, { building_id }) => {
    await buildingToRead(scope, building_id)
    const rows = await scope.db.selectFrom('property.steward').select(['account_id', 'from_on', 'to_on', 'assigned_by_name', 'assigned_at']).where('company_id', '=', scope.company_id).where('building_id', '=', building_id).orderBy('from_on', 'desc').limit(200).execute()
    const names = await memberNames(scope, rows.map((r) => r.account_id))
    return { rows: rows.map((r) => ({ ...r, steward_name: names.get(r.account_id) ?? '' })) }
  }),
  answer(property.assignSteward, async (scope, o) => ({ count: await assign(scope, o) })),
]
