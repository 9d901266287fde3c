// The company's side: joins an authority's district by a code, sees exactly what it would report, sends it as rows that nobody changes, stops when it likes.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { supervision, type LinkRow, type Reported } from '../contract.ts'
import { LIVE, alone, ownLink } from './access.ts'
import { digestOf } from './config.ts'
import { reportsOf } from './sent.ts'
import { reportOf } from './sources.ts'

const ROWS_MAX = 200
interface Invite { company_id: number; invite_id: string; district_id: string; district_name: string; authority_name: string; until_on: string }
/** The row of a code: the policy shows it to whoever holds the code, for this transaction. */
async function inviteOf(scope: Scope, code: string): Promise<Invite> {
  const hash = digestOf(code)
  await sql`select set_config('app.invite_hash', ${hash}, true)`.execute(scope.db)
  const { rows } = await sql<Invite>`select i.company_id, i.invite_id, i.district_id, i.district_name, i.authority_name, i.until_on from supervision.invite i where i.code_hash = ${hash} and i.company_id <> ${scope.company_id} limit 1`.execute(scope.db)
  await sql`select set_config('app.invite_hash', '', true)`.execute(scope.db)
  const i = rows[0]
  if (!i) throw scope.refuse('supervision.code_unknown')
  if (i.until_on < scope.today) throw scope.refuse('supervision.code_over', { day: i.until_on })
  return i
}
const same = (a: Reported, b: Reported): boolean => JSON.stringify(plain(a)) === JSON.stringify(plain(b))
const plain = (r: Reported) => [r.company_name, r.credit_code, r.company_phone, r.community_name, r.address, r.built_area_m2, r.household_count, r.building_count, r.facts.map((f) => [f.code, f.answer, f.numerator_count, f.denominator_count, f.said])]

export const reportAnswers = [
  answer(supervision.links, async (scope, f) => {
    const c = scope.company_id
    const { rows } = await sql<Omit<LinkRow, 'can'>>`select l.link_id, l.community_id, m.name as community_name, l.authority_name, l.district_name, l.made_by_name, l.made_at, n.report_count, n.last_on, n.last_by, (select o.name || ':' || e.reason from supervision.link_end e join identity.company o on o.company_id = e.company_id where e.link_id = l.link_id and e.company_id in (l.company_id, l.to_company_id) order by e.made_at limit 1) as ended
      from supervision.link l join property.community m on m.company_id = ${c} and m.community_id = l.community_id
        cross join lateral (select count(*)::int as report_count, max(r.sent_on) as last_on, (array_agg(r.sent_by_name order by r.report_no desc))[1] as last_by from supervision.report r where r.company_id = ${c} and r.link_id = l.link_id) n
      where l.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'l' })} ${f.community_id ? sql`and l.community_id = ${f.community_id}` : sql``} order by (select count(*) from supervision.link_end e where e.link_id = l.link_id and e.company_id in (l.company_id, l.to_company_id)), l.made_at desc, l.link_id limit ${ROWS_MAX}`.execute(scope.db)
    return { rows: rows.map((r): LinkRow => ({ ...r, can: r.ended ? { send: 'supervision.link_over', leave: 'supervision.link_over' } : { send: true, leave: true } })) }
  }),
  answer(supervision.whoInvites, async (scope, o) => {
    const { authority_name, district_name, until_on } = await inviteOf(scope, o.code)
    return { authority_name, district_name, until_on }
  }),
  answer(supervision.join, async (scope, o) => {
    const c = scope.company_id
    const m = await communityToChange(scope, o.community_id)
    const i = await inviteOf(scope, o.code)
    await alone(scope, `join ${o.community_id}`)
    const { rows } = await sql<{ last: number; live: boolean }>`select coalesce(max(l.link_no), 0)::int as last, coalesce(bool_or(${LIVE()}), false) as live from supervision.link l where l.company_id = ${c} and l.to_company_id = ${i.company_id} and l.community_id = ${o.community_id}`.execute(scope.db)
    if (rows[0]!.live) throw scope.refuse('supervision.linked', { name: m.name, authority: i.authority_name })
    const { rows: own } = await sql<{ name: string }>`select name from identity.company where company_id = ${c}`.execute(scope.db)
    const link_id = uuidv7()
    await scope.db.insertInto('supervision.link').values({ company_id: c, link_id, to_company_id: i.company_id, district_id: i.district_id, district_name: i.district_name, authority_name: i.authority_name, community_id: o.community_id, community_name: m.name, company_name: own[0]!.name, invite_id: i.invite_id, link_no: rows[0]!.last + 1, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('link', link_id, { community: m.name, authority: i.authority_name, district: i.district_name })
    return { link_id }
  }),
  answer(supervision.preview, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    const report = await reportOf(scope, o.community_id)
    return { report, missing: report.facts.filter((f) => f.answer === 'unknown').map((f) => f.code) }
  }),
  answer(supervision.declare, async (scope, o) => {
    const m = await communityToChange(scope, o.community_id)
    const declared_id = uuidv7()
    await scope.db.insertInto('supervision.declared').values({ company_id: scope.company_id, declared_id, community_id: o.community_id, code: o.code, answer: o.answer, said: o.said, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('report', o.community_id, { community: m.name, code: o.code, answer: o.answer, said: o.said })
    return { declared_id }
  }),
  answer(supervision.send, async (scope, o) => {
    const c = scope.company_id
    await alone(scope, `link ${o.link_id}`)
    const l = await ownLink(scope, o.link_id)
    if (!l.live) throw scope.refuse('supervision.link_over', { name: l.community_name })
    const report = await reportOf(scope, l.community_id)
    const [last] = await reportsOf(scope, sql<SqlBool>`r.company_id = ${c} and r.link_id = ${l.link_id}`, 1)
    if (last && last.sent_on === scope.today && same(last, report)) throw scope.refuse('supervision.same_again', { no: last.report_no })
    const { facts, ...head } = report
    const report_id = uuidv7()
    const report_no = (last?.report_no ?? 0) + 1
    await scope.db.insertInto('supervision.report').values({ company_id: c, report_id, to_company_id: l.to_company_id, link_id: l.link_id, community_id: l.community_id, report_no, sent_on: scope.today, sent_at: scope.now, sent_by_name: scope.who.name, ...head }).execute()
    await scope.db.insertInto('supervision.report_fact').values(facts.map((f) => ({ company_id: c, report_id, to_company_id: l.to_company_id, ...f }))).execute()
    scope.note('report', report_id, { community: l.community_name, authority: l.authority_name, report_no, answers: facts.map((f) => `${f.code} ${f.answer}`).join('、') })
    return { report_id, report_no }
  }),
  answer(supervision.sent, async (scope, f) => {
    const l = await ownLink(scope, f.link_id)
    const { rows } = await sql<{ total: number }>`select count(*)::int as total from supervision.report r where r.company_id = ${scope.company_id} and r.link_id = ${l.link_id}`.execute(scope.db)
    return { rows: await reportsOf(scope, sql<SqlBool>`r.company_id = ${scope.company_id} and r.link_id = ${l.link_id}`, f.page_size, (f.page - 1) * f.page_size), total: rows[0]!.total }
  }),
  answer(supervision.leave, async (scope, o) => {
    await alone(scope, `link ${o.link_id}`)
    const l = await ownLink(scope, o.link_id)
    if (!l.live) throw scope.refuse('supervision.link_over', { name: l.community_name })
    await scope.db.insertInto('supervision.link_end').values({ company_id: scope.company_id, link_id: l.link_id, to_company_id: l.to_company_id, reason: o.reason, made_by_name: scope.who.name, made_at: scope.now }).onConflict((x) => x.doNothing()).execute()
    scope.note('link', l.link_id, { community: l.community_name, authority: l.authority_name, left: o.reason })
    return { link_id: l.link_id }
  }),
]
