// Posts with their duties, headcounts and required certificates by date; the board of headcount and certified rate.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { percentText } from '../../../kernel/percent.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { staff, type PostRow, type StaffingRow } from '../contract.ts'
import { said } from '../shown.ts'
import { FROM, staffSeen, wholeCompany } from './access.ts'
import { fromToday, kindsOf, policyNow, withState, writeKinds } from './config.ts'
import { CERTS, onBooks } from './rows.ts'

const POSTS_MAX = 300
const VERSIONS_MAX = 200
const STAFFING_MAX = 5000
/** Headquarters counts as in sight of the whole company only. */
const placeSeen = (scope: Scope, alias: string) => (scope.reach().all ? sql`true` : sql`${sql.ref(`${alias}.community_id`)} is not null and ${communitiesSeenBy(scope, { alias })}`)
const NOW_COUNT = (scope: Scope) => sql`(select distinct on (h.post_id, h.community_id) h.post_id, h.community_id, h.people_count from staff.headcount h where h.company_id = ${scope.company_id} and h.from_on <= ${scope.today}::date order by h.post_id, h.community_id, h.from_on desc, h.made_at desc)`
const NEED_NOW = (scope: Scope) => sql`(select n.kind_ids from staff.need n where n.company_id = ${scope.company_id} and n.post_id = t.post_id and n.from_on <= ${scope.today}::date order by n.from_on desc, n.made_at desc limit 1)`
type Raw = Omit<PostRow, 'kind_names'>
async function postsOf(scope: Scope, o: { with_retired?: boolean | undefined; community_id?: string | undefined; post_id?: string }): Promise<PostRow[]> {
  const c = scope.company_id
  const here = (alias: string) => (o.community_id ? sql`and ${sql.ref(`${alias}.community_id`)} = ${o.community_id}` : sql``)
  const { rows } = await sql<Raw>`select t.post_id, t.name, t.family, t.duties, t.sort_no, t.retired_at is not null as retired, coalesce(${NEED_NOW(scope)}, '{}') as kind_ids,
      (select count(*)::int from ${FROM(scope)} where e.company_id = ${c} and p.post_id = t.post_id and ${onBooks(scope)} and ${staffSeen(scope)} ${here('p')}) as people_count,
      (select coalesce(sum(h.people_count), 0)::int from ${NOW_COUNT(scope)} h where h.post_id = t.post_id and ${placeSeen(scope, 'h')} ${here('h')}) as headcount
    from staff.post t where t.company_id = ${c} and ${o.with_retired ? sql`true` : sql`t.retired_at is null`} and ${o.post_id ? sql`t.post_id = ${o.post_id}` : sql`true`} order by t.sort_no, t.name limit ${POSTS_MAX}`.execute(scope.db)
  const names = new Map((await kindsOf(scope, true)).map((k) => [k.kind_id, k.name]))
  return rows.map((r) => ({ ...r, kind_names: r.kind_ids.map((id) => names.get(id) ?? '') }))
}
export async function postToUse(scope: Scope, post_id: string, o: { retired?: boolean } = {}): Promise<{ name: string }> {
  const { rows } = await sql<{ name: string; retired: boolean }>`select name, retired_at is not null as retired from staff.post where company_id = ${scope.company_id} and post_id = ${post_id} for share`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].retired && !o.retired) throw scope.refuse('staff.post_retired', { name: rows[0].name })
  return rows[0]
}
/** One row a post and place where there is a headcount or somebody works. */
async function staffingOf(scope: Scope, f: { community_id?: string | undefined; post_id?: string | undefined }) {
  const c = scope.company_id
  const policy = await policyNow(scope)
  const { rows } = await sql<Omit<StaffingRow, 'kind_names' | 'rate_bp' | 'below' | 'gap_count' | 'key'> & { kind_ids: string[] }>`with have as materialized (select p.post_id, p.community_id, count(*)::int as people_count, count(*) filter (where s.needed_count > 0)::int as needing_count, count(*) filter (where s.needed_count > 0 and s.held_count = s.needed_count)::int as certified_count
      from ${FROM(scope)} join lateral ${CERTS(scope, policy)} s on true where e.company_id = ${c} and ${onBooks(scope)} and ${staffSeen(scope)} group by 1, 2),
    want as materialized (select h.post_id, h.community_id, h.people_count from ${NOW_COUNT(scope)} h where ${placeSeen(scope, 'h')}),
    joined as (select coalesce(h.post_id, w.post_id) as post_id, coalesce(h.community_id, w.community_id) as community_id, w.people_count as headcount, coalesce(h.people_count, 0) as people_count, coalesce(h.needing_count, 0) as needing_count, coalesce(h.certified_count, 0) as certified_count from have h full join want w on w.post_id = h.post_id and coalesce(w.community_id, '00000000-0000-0000-0000-000000000000'::uuid) = coalesce(h.community_id, '00000000-0000-0000-0000-000000000000'::uuid))
    select t.post_id, t.name as post_name, t.family, b.community_id, coalesce(m.name, '公司本部') as community_name, b.headcount, b.people_count, b.needing_count, b.certified_count, coalesce(${NEED_NOW(scope)}, '{}') as kind_ids
    from joined b join staff.post t on t.company_id = ${c} and t.post_id = b.post_id left join property.community m on m.company_id = ${c} and m.community_id = b.community_id
    where (b.people_count > 0 or b.headcount > 0) and ${f.community_id ? sql`b.community_id = ${f.community_id}` : sql`true`} and ${f.post_id ? sql`b.post_id = ${f.post_id}` : sql`true`} order by m.name nulls first, t.sort_no, t.name limit ${STAFFING_MAX}`.execute(scope.db)
  const names = new Map((await kindsOf(scope, true)).map((k) => [k.kind_id, k.name]))
  const list: StaffingRow[] = rows.map(({ kind_ids, ...r }) => {
    const rate_bp = r.needing_count === 0 ? null : Math.floor((r.certified_count * 10_000) / r.needing_count)
    return { ...r, key: `${r.post_id} ${r.community_id ?? 'hq'}`, kind_names: kind_ids.map((id) => names.get(id) ?? ''), gap_count: r.headcount === null ? null : Math.max(0, r.headcount - r.people_count), rate_bp, below: rate_bp !== null && rate_bp < policy.bar_percent * 100 }
  })
  const sum = (of: (r: StaffingRow) => number): number => list.reduce((n, r) => n + of(r), 0)
  return { rows: list, bar_percent: policy.bar_percent, headcount_sum: sum((r) => r.headcount ?? 0), people_sum: sum((r) => r.people_count), needing_sum: sum((r) => r.needing_count), certified_sum: sum((r) => r.certified_count) }
}

export const postAnswers = [
  answer(staff.posts, async (scope, f) => ({ rows: await postsOf(scope, f) })),
  answer(staff.post, async (scope, { post_id }) => {
    const c = scope.company_id
    const [row] = await postsOf(scope, { post_id, with_retired: true })
    if (!row) throw scope.notFound()
    const { rows: headcounts } = await sql<{ headcount_id: string; community_id: string | null; community_name: string; from_on: string; people_count: number; basis: string; made_by_name: string; made_at: string }>`select h.headcount_id, h.community_id, coalesce(m.name, '公司本部') as community_name, h.from_on, h.people_count, h.basis, h.made_by_name, h.made_at from staff.headcount h left join property.community m on m.company_id = ${c} and m.community_id = h.community_id where h.company_id = ${c} and h.post_id = ${post_id} and ${placeSeen(scope, 'h')} order by m.name nulls first, h.from_on desc, h.made_at desc limit ${VERSIONS_MAX}`.execute(scope.db)
    const { rows: needs } = await sql<{ need_id: string; from_on: string; kind_ids: string[]; basis: string; made_by_name: string; made_at: string }>`select need_id, from_on, kind_ids, basis, made_by_name, made_at from staff.need where company_id = ${c} and post_id = ${post_id} order by from_on desc, made_at desc limit ${VERSIONS_MAX}`.execute(scope.db)
    const names = new Map((await kindsOf(scope, true)).map((k) => [k.kind_id, k.name]))
    const by = Map.groupBy(headcounts, (h) => h.community_id ?? '')
    return { ...row, headcounts: [...by.values()].flatMap((list) => withState(list, scope.today)), needs: withState(needs, scope.today).map(({ kind_ids, ...n }) => ({ ...n, kind_names: kind_ids.map((id) => names.get(id) ?? '') })) }
  }),
  answer(staff.savePost, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    const { rows } = await sql<{ post_id: string; name: string; duties: string; retired: boolean }>`select post_id, name, duties, retired_at is not null as retired from staff.post where company_id = ${c} order by post_id for update`.execute(scope.db)
    const before = rows.find((r) => r.post_id === o.post_id)
    if (o.post_id && !before) throw scope.notFound()
    if (rows.some((r) => r.name === o.name && r.post_id !== o.post_id)) throw scope.refuse('staff.name_taken', { name: o.name })
    if (!before && rows.length >= POSTS_MAX) throw scope.refuse('staff.too_many', { max: POSTS_MAX })
    if (before && o.retired && !before.retired) {
      const { rows: used } = await sql<{ n: number }>`select count(distinct e.employee_id)::int as n from staff.employee e join staff.assignment a on a.company_id = ${c} and a.employee_id = e.employee_id and a.voided_at is null and a.post_id = ${o.post_id!} where e.company_id = ${c} and (e.left_on is null or e.left_on >= ${scope.today}::date) and (a.from_on > ${scope.today}::date or a.from_on = (select max(x.from_on) from staff.assignment x where x.company_id = ${c} and x.employee_id = e.employee_id and x.voided_at is null and x.from_on <= ${scope.today}::date))`.execute(scope.db)
      if (used[0]!.n > 0) throw scope.refuse('staff.post_used', { count: used[0]!.n })
    }
    const post_id = o.post_id ?? uuidv7()
    const set = { name: o.name, family: o.family, duties: o.duties, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by_name: scope.who.name, changed_at: scope.now }
    if (before) await scope.db.updateTable('staff.post').set(set).where('company_id', '=', c).where('post_id', '=', post_id).execute()
    else {
      const made = await scope.db.insertInto('staff.post').values({ company_id: c, post_id, ...set }).onConflict((x) => x.doNothing()).returning('post_id').executeTakeFirst()
      if (!made) throw scope.refuse('staff.name_taken', { name: o.name })
    }
    scope.note('post', post_id, { ...(before ? { before: { name: before.name, duties: before.duties } } : {}), after: { name: o.name, duties: o.duties, retired: o.retired } })
    return { post_id }
  }),
  answer(staff.setHeadcount, async (scope, o) => {
    wholeCompany(scope)
    fromToday(scope, o.from_on)
    const { name } = await postToUse(scope, o.post_id)
    if (o.community_id) {
      const { rows } = await sql`select from property.community where company_id = ${scope.company_id} and community_id = ${o.community_id}`.execute(scope.db)
      if (rows.length === 0) throw scope.notFound()
    }
    const headcount_id = uuidv7()
    await scope.db.insertInto('staff.headcount').values({ company_id: scope.company_id, headcount_id, post_id: o.post_id, community_id: o.community_id, from_on: o.from_on, people_count: o.people_count, basis: o.basis, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('headcount', o.post_id, { name, community_id: o.community_id, from_on: o.from_on, people_count: o.people_count })
    return { headcount_id }
  }),
  answer(staff.setNeeds, async (scope, o) => {
    wholeCompany(scope)
    fromToday(scope, o.from_on)
    await writeKinds(scope)
    const { name } = await postToUse(scope, o.post_id)
    const kind_ids = [...new Set(o.kind_ids)]
    const known = new Map((await kindsOf(scope)).map((k) => [k.kind_id, k.name]))
    if (kind_ids.some((id) => !known.has(id))) throw scope.notFound()
    const need_id = uuidv7()
    await scope.db.insertInto('staff.need').values({ company_id: scope.company_id, need_id, post_id: o.post_id, from_on: o.from_on, kind_ids, basis: o.basis, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('need', o.post_id, { name, from_on: o.from_on, kinds: kind_ids.map((id) => known.get(id)) })
    return { need_id }
  }),
  answer(staff.staffing, (scope, f) => staffingOf(scope, f)),
  answerFile(staff.staffingExcel, async (scope, f) => {
    const { rows } = await staffingOf(scope, f)
    const text = (title: string) => ({ title, kind: 'text' as const })
    const count = (title: string) => ({ title, kind: 'int' as const })
    const body = await writeSheet({ sheets: [{ name: '编制与持证率', columns: [text('小区'), text('岗位'), text('序列'), count('编制'), count('在岗'), count('缺员'), text('要求证书'), count('须持证'), count('已持证'), text('持证率')], rows: rows.map((r) => [r.community_name, r.post_name, said('family', r.family), r.headcount, r.people_count, r.gap_count, r.kind_names.join('、'), r.needing_count, r.certified_count, percentText(r.rate_bp)]) }] })
    return { name: `编制与持证率-${scope.today}.xlsx`, type: XLSX, body }
  }),
]
