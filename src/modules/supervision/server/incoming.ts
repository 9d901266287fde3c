// What companies report, as the authority gets it: tied to a place of the register (to one that is there, or to a new one), or sent back.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { supervision, type Incoming, type ReportRow } from '../contract.ts'
import { LIVE, alone, authorityOf, givenLink, placeToChange, type LinkKey } from './access.ts'
import { districtsOf } from './config.ts'
import { districtLives, freeName, overlaps } from './register.ts'
import { reportsOf } from './sent.ts'

const SUGGESTED_MAX = 5
type Raw = Omit<Incoming, 'last' | 'suggestions' | 'can'>
const ENDED = sql`(select e.made_by_name || ':' || e.reason from supervision.link_end e where e.link_id = l.link_id and e.company_id in (l.company_id, l.to_company_id) order by e.made_at limit 1)`
async function rowsOf(scope: Scope, cond: RawBuilder<SqlBool>, limit: number, offset: number): Promise<Incoming[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw & { last_id: string | null }>`with page as materialized (select l.* from supervision.link l left join supervision.place p on p.company_id = ${c} and p.reporter_id = l.company_id and p.reporter_community_id = l.community_id where ${cond} order by l.made_at desc, l.link_id limit ${limit} offset ${offset})
    select l.company_id, l.community_id, l.link_id, l.company_name, l.community_name, l.district_id, l.district_name, l.made_at as joined_at, n.report_count, n.last_id, p.place_id, p.name as place_name, ${ENDED} as ended
    from page l left join supervision.place p on p.company_id = ${c} and p.reporter_id = l.company_id and p.reporter_community_id = l.community_id
      cross join lateral (select count(*)::int as report_count, (array_agg(r.report_id order by r.report_no desc))[1] as last_id from supervision.report r where r.to_company_id = ${c} and r.company_id = l.company_id and r.community_id = l.community_id and r.link_id = l.link_id) n order by l.made_at desc, l.link_id`.execute(scope.db)
  const last = await reportsOf(scope, sql<SqlBool>`r.to_company_id = ${c} and r.report_id = any(${rows.flatMap((r) => r.last_id ?? [])}::uuid[])`, limit)
  const by = new Map<string, ReportRow>(last.map((r) => [r.report_id, r]))
  const waiting = rows.filter((r) => r.place_id === null && r.ended === null)
  const path = new Map((await districtsOf(scope)).map((d) => [d.district_id, d.path]))
  const { rows: near } = await sql<{ link_id: string; place_id: string; name: string; district_id: string }>`select x.link_id, p.place_id, p.name, p.district_id from unnest(${waiting.map((r) => r.link_id)}::uuid[], ${waiting.map((r) => r.community_name)}::text[]) as x(link_id, name)
    cross join lateral (select p.place_id, p.name, p.district_id from supervision.place p where p.company_id = ${c} and p.retired_at is null and p.reporter_id is null and (position(p.name in x.name) > 0 or position(x.name in p.name) > 0) order by p.name = x.name desc, p.name limit ${SUGGESTED_MAX}) p`.execute(scope.db)
  return rows.map(({ last_id, ...r }) => {
    const over = r.ended === null ? true : 'supervision.link_over'
    return { ...r, last: (last_id && by.get(last_id)) || null, suggestions: near.filter((n) => n.link_id === r.link_id).map((n) => ({ place_id: n.place_id, name: n.name, district_path: path.get(n.district_id) ?? '' })), can: { adopt: over !== true ? over : r.place_id ? 'supervision.adopted' : last_id ? true : 'supervision.not_reported', refuse: over } }
  })
}
/** The company of a report in the register: known again by itself, its credit code or its name. */
async function firmOf(scope: Scope, l: LinkKey, credit_code: string | null, phone: string | null): Promise<string> {
  const c = scope.company_id
  const { rows } = await sql<{ firm_id: string; reporter_id: number | null }>`select firm_id, reporter_id from supervision.firm where company_id = ${c} and (reporter_id = ${l.company_id} or reporter_id is null and (credit_code = ${credit_code}::text or name = ${l.company_name})) order by reporter_id nulls last, credit_code = ${credit_code}::text desc nulls last limit 1 for update`.execute(scope.db)
  const own = rows[0]
  if (own?.reporter_id) return own.firm_id
  if (own) {
    await scope.db.updateTable('supervision.firm').set({ reporter_id: l.company_id, changed_at: scope.now, changed_by: scope.who.account_id }).where('company_id', '=', c).where('firm_id', '=', own.firm_id).execute()
    return own.firm_id
  }
  const firm_id = uuidv7()
  await scope.db.insertInto('supervision.firm').values({ company_id: c, firm_id, name: l.company_name, credit_code, address: null, phone, note: null, reporter_id: l.company_id, retired_at: null, created_at: scope.now, changed_by: scope.who.account_id, changed_at: scope.now }).execute()
  return firm_id
}
export const incomingAnswers = [
  answer(supervision.incoming, async (scope, f) => {
    await authorityOf(scope)
    const w: RawBuilder<unknown>[] = [sql`l.to_company_id = ${scope.company_id}`]
    if (f.q) w.push(sql`(position(${f.q} in l.company_name) > 0 or position(${f.q} in l.community_name) > 0)`)
    if (f.state) w.push(f.state === 'ended' ? sql`not ${LIVE()}` : sql`${LIVE()} and p.place_id is ${f.state === 'waiting' ? sql`null` : sql`not null`}`)
    const cond = sql<SqlBool>`${sql.join(w, sql` and `)}`
    const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from supervision.link l left join supervision.place p on p.company_id = ${scope.company_id} and p.reporter_id = l.company_id and p.reporter_community_id = l.community_id where ${cond}`.execute(scope.db)
    return { rows: await rowsOf(scope, cond, f.page_size, (f.page - 1) * f.page_size), total: n[0]!.total }
  }),
  answer(supervision.adopt, async (scope, o) => {
    const c = scope.company_id
    await alone(scope, 'names')
    const l = await givenLink(scope, o.link_id)
    if (!l.live) throw scope.refuse('supervision.link_over', { name: l.community_name })
    const [last] = await reportsOf(scope, sql<SqlBool>`r.to_company_id = ${c} and r.company_id = ${l.company_id} and r.link_id = ${l.link_id}`, 1)
    if (!last) throw scope.refuse('supervision.not_reported', { name: l.community_name })
    const { rows: tied } = await sql<{ name: string }>`select name from supervision.place where company_id = ${c} and reporter_id = ${l.company_id} and reporter_community_id = ${l.community_id}`.execute(scope.db)
    if (tied[0]) throw scope.refuse('supervision.adopted', { name: tied[0].name })
    const from = { reporter_id: l.company_id, reporter_community_id: l.community_id, changed_at: scope.now, changed_by: scope.who.account_id }
    let place_id = o.place_id
    if (place_id) {
      const p = await placeToChange(scope, place_id)
      if (p.reporter_id !== null) throw scope.refuse('supervision.place_has_reporter', { name: p.name })
      await scope.db.updateTable('supervision.place').set(from).where('company_id', '=', c).where('place_id', '=', place_id).execute()
    } else {
      await districtLives(scope, l.district_id)
      await freeName(scope, l.district_id, last.community_name, null)
      place_id = uuidv7()
      await scope.db.insertInto('supervision.place').values({ company_id: c, place_id, district_id: l.district_id, name: last.community_name, kind: '商品房', address: last.address, built_area_m2: last.built_area_m2, household_count: last.household_count, building_count: last.building_count, built_year: null, fit: true, note: null, ...from, retired_at: null, retire_reason: null, import_id: null, created_at: scope.now }).execute()
    }
    const firm_id = await firmOf(scope, l, last.credit_code, last.company_phone)
    // Whoever reports it manages it, unless the register says that another does.
    if (!(await overlaps(scope, place_id, scope.today))) await scope.db.insertInto('supervision.tenure').values({ company_id: c, tenure_id: uuidv7(), place_id, kind: 'company', firm_id, holder: null, from_on: scope.today, to_on: null, until_on: null, basis: `企业报送:${last.facts.find((x) => x.code === 'managed')?.said ?? ''}`.slice(0, 200), end_reason: null, made_by_name: scope.who.name, made_at: scope.now, ended_by_name: null }).execute()
    scope.note('place', place_id, { name: last.community_name, company: l.company_name, ...(o.place_id ? {} : { made: true }) })
    return { place_id, firm_id }
  }),
  answer(supervision.refuseLink, async (scope, o) => {
    await alone(scope, `link ${o.link_id}`)
    const l = await givenLink(scope, o.link_id)
    if (!l.live) throw scope.refuse('supervision.link_over', { name: l.community_name })
    await scope.db.insertInto('supervision.link_end').values({ company_id: scope.company_id, link_id: l.link_id, to_company_id: l.company_id, reason: o.reason, made_by_name: scope.who.name, made_at: scope.now }).onConflict((x) => x.doNothing()).execute()
    scope.note('link', l.link_id, { company: l.company_name, community: l.community_name, refused: o.reason })
    return { link_id: l.link_id }
  }),
]
