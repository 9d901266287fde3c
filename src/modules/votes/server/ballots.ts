// Ballots: by the owner's phone, on paper, by a proxy. Only ever added; of each right and motion one counts, and which one is a row with a key of its own (V1).
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { votes, type Choice } from '../contract.ts'
import { pollToRead, pollWhere, pollsSeenBy, residentSees, myPersons, type Poll } from './access.ts'
import { fileOf, ownFiles } from './polls.ts'
import { newSalt, receiptCode } from './rules/receipt.ts'

export interface Voter {
  voter_id: string
  voter_no: number
  name: string
  area_m2: string
}
interface Paper {
  way: 'app' | 'paper' | 'proxy'
  person_id: string | null
  proof: string
  scan_file_id: string | null
  agent_name: string | null
  agent_phone: string | null
  mandate_file_id: string | null
  reason: string | null
}
type Marks = readonly { motion_id: string; choice: Choice }[]

/** Of a vote that runs, held shared to the end of the transaction: it cannot be closed before this ballot is in (race 14). */
export function isOpen(scope: Scope, v: Poll): void {
  if (v.state !== 'open' || scope.now < v.opens_at || scope.now >= v.closes_at) throw scope.refuse('votes.not_open')
}
/** `replaces`: a ballot before may be replaced. The key (right, round) decides which of two at once is in. */
async function put(scope: Scope, v: Poll, voter: Voter, marks: Marks, p: Paper, o: { replaces: boolean; whole: boolean }): Promise<{ ballot_id: string; receipt_code: string }> {
  const c = scope.company_id
  const { rows: motions } = await sql<{ motion_id: string; motion_no: number }>`select motion_id, motion_no from votes.motion where company_id = ${c} and poll_id = ${v.poll_id} order by motion_no`.execute(scope.db)
  const chosen = new Map(marks.map((m) => [m.motion_id, m.choice]))
  if (chosen.size !== marks.length || marks.some((m) => !motions.some((x) => x.motion_id === m.motion_id))) throw scope.refuse('votes.motion_unknown')
  const left = motions.find((m) => !chosen.has(m.motion_id))
  if (o.whole && left) throw scope.refuse('votes.motion_missing', { no: left.motion_no })
  const { rows: before } = await sql<{ round_no: number }>`select max(round_no)::int as round_no from votes.ballot where company_id = ${c} and poll_id = ${v.poll_id} and voter_id = ${voter.voter_id}`.execute(scope.db)
  const last = before[0]!.round_no ?? 0
  if (last > 0 && !o.replaces) throw scope.refuse('votes.already_voted', { no: voter.voter_no })
  const [ballot_id, salt] = [uuidv7(), newSalt()]
  const receipt_code = receiptCode({ poll_id: v.poll_id, ballot_id, area_m2: voter.area_m2, chosen: Object.fromEntries(motions.flatMap((m) => { const x = chosen.get(m.motion_id); return x ? [[m.motion_no, x]] : [] })), salt })
  const made = await scope.db.insertInto('votes.ballot').values({ company_id: c, ballot_id, poll_id: v.poll_id, voter_id: voter.voter_id, round_no: last + 1, ...p, salt, receipt_code, cast_at: scope.now, entered_by: scope.who.account_id, entered_by_name: scope.who.name }).onConflict((x) => x.columns(['company_id', 'poll_id', 'voter_id', 'round_no']).doNothing()).returning('ballot_id').executeTakeFirst()
  if (!made) throw scope.refuse('votes.already_voted', { no: voter.voter_no })
  await scope.db.insertInto('votes.ballot_choice').values(marks.map((m) => ({ company_id: c, ballot_id, ...m }))).execute()
  if (last > 0) await scope.db.deleteFrom('votes.counted').where('company_id', '=', c).where('poll_id', '=', v.poll_id).where('voter_id', '=', voter.voter_id).execute()
  await scope.db.insertInto('votes.counted').values(marks.map((m) => ({ company_id: c, poll_id: v.poll_id, voter_id: voter.voter_id, motion_id: m.motion_id, ballot_id }))).execute()
  scope.note('ballot', ballot_id, { title: v.title, voter_no: voter.voter_no, way: p.way, round_no: last + 1 })
  return { ballot_id, receipt_code }
}
/** A right of which a house is within reach of whoever works. */
async function voterToEnter(scope: Scope, poll_id: string, voter_id: string): Promise<Voter> {
  const { rows } = await sql<Voter>`select n.voter_id, n.voter_no, n.name, n.area_m2::text as area_m2 from votes.voter n where n.company_id = ${scope.company_id} and n.poll_id = ${poll_id} and n.voter_id = ${voter_id}
    and exists (select from votes.voter_house vh where vh.company_id = ${scope.company_id} and vh.poll_id = n.poll_id and vh.voter_id = n.voter_id and ${housesSeenBy(scope, { alias: 'vh' })})`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** The agent's row is locked: of two mandates at once beyond the limit one is refused. */
async function takeAgent(scope: Scope, v: Poll, voter: Voter, phone: string, name: string): Promise<void> {
  const c = scope.company_id
  if (v.rule!.staff_barred) {
    const { rows } = await sql`select from identity.member m where m.company_id = ${c} and m.disabled_at is null and m.phone = ${phone} union all select from identity.member m join identity.account a on a.account_id = m.account_id where m.company_id = ${c} and m.disabled_at is null and a.phone = ${phone} limit 1`.execute(scope.db)
    if (rows.length > 0) throw scope.refuse('votes.agent_is_staff')
  }
  await sql`insert into votes.agent (company_id, poll_id, phone, name, met_at) values (${c}, ${v.poll_id}, ${phone}, ${name}, ${scope.now}) on conflict (company_id, poll_id, phone) do update set name = excluded.name, met_at = excluded.met_at`.execute(scope.db)
  const { rows } = await sql<{ n: number }>`select count(distinct b.voter_id)::int as n from votes.ballot b where b.company_id = ${c} and b.poll_id = ${v.poll_id} and b.agent_phone = ${phone} and b.voter_id <> ${voter.voter_id} and not exists (select from votes.ballot x where x.company_id = ${c} and x.poll_id = b.poll_id and x.voter_id = b.voter_id and x.round_no > b.round_no)`.execute(scope.db)
  if (rows[0]!.n >= v.rule!.proxy_max) throw scope.refuse('votes.proxy_many', { name, max: v.rule!.proxy_max })
}

export const ballotAnswers = (app: () => App) => [
  answer(votes.persons, async (scope, { poll_id, voter_id }) => {
    await pollToRead(scope, poll_id)
    await voterToEnter(scope, poll_id, voter_id)
    const c = scope.company_id
    const { rows } = await sql<{ person_id: string; name: string }>`select person_id, name from votes.voter_person where company_id = ${c} and poll_id = ${poll_id} and voter_id = ${voter_id} order by name limit 50`.execute(scope.db)
    const { rows: houses } = await sql<{ label: string; kind: string; area_m2: string; source: string }>`select label, kind, area_m2::text as area_m2, source from votes.voter_house where company_id = ${c} and poll_id = ${poll_id} and voter_id = ${voter_id} order by sort_no, label limit 200`.execute(scope.db)
    return { rows, houses }
  }),
  answer(votes.chooseSpokesman, async (scope, o) => {
    const v = await pollToRead(scope, o.poll_id, 'share')
    isOpen(scope, v)
    const voter = await voterToEnter(scope, o.poll_id, o.voter_id)
    const c = scope.company_id
    const { rows: voted } = await sql`select from votes.ballot where company_id = ${c} and poll_id = ${o.poll_id} and voter_id = ${o.voter_id} limit 1`.execute(scope.db)
    if (voted.length > 0) throw scope.refuse('votes.already_voted', { no: voter.voter_no })
    const { rows: person } = await sql<{ name: string }>`select name from votes.voter_person where company_id = ${c} and poll_id = ${o.poll_id} and voter_id = ${o.voter_id} and person_id = ${o.person_id}`.execute(scope.db)
    if (!person[0]) throw scope.notFound()
    const made = await scope.db.insertInto('votes.spokesman').values({ company_id: c, poll_id: o.poll_id, voter_id: o.voter_id, person_id: o.person_id, note: o.note, created_by: scope.who.account_id, created_by_name: scope.who.name, created_at: scope.now }).onConflict((x) => x.columns(['company_id', 'poll_id', 'voter_id']).doNothing()).returning('voter_id').executeTakeFirst()
    if (!made) throw scope.refuse('votes.spokesman_set')
    scope.note('poll', o.poll_id, { title: v.title, voter_no: voter.voter_no, spokesman: person[0].name, note: o.note })
    return { poll_id: o.poll_id }
  }),
  answer(votes.enterBallot, async (scope, o) => {
    const v = await pollToRead(scope, o.poll_id, 'share')
    isOpen(scope, v)
    const voter = await voterToEnter(scope, o.poll_id, o.voter_id)
    const proxy = o.way === 'proxy'
    if (proxy && (!o.agent_name || !o.agent_phone || !o.mandate_file_id)) throw scope.refuse('votes.mandate_needed')
    await ownFiles(scope, [o.scan_file_id, o.mandate_file_id])
    const { rows: last } = await sql<{ way: string }>`select way from votes.ballot where company_id = ${scope.company_id} and poll_id = ${o.poll_id} and voter_id = ${o.voter_id} order by round_no desc limit 1`.execute(scope.db)
    // What was typed wrongly may be put right with a reason, whatever the vote says of voting anew; what the owner did by phone staff never replace.
    if (o.correct_reason && (!last[0] || last[0].way === 'app')) throw scope.refuse('votes.not_to_correct')
    if (proxy) await takeAgent(scope, v, voter, o.agent_phone!, o.agent_name!)
    const made = await put(scope, v, voter, o.secret_ballot, { way: o.way, person_id: null, proof: o.proof, scan_file_id: o.scan_file_id, agent_name: proxy ? o.agent_name : null, agent_phone: proxy ? o.agent_phone : null, mandate_file_id: proxy ? o.mandate_file_id : null, reason: o.correct_reason }, { replaces: last[0]?.way !== 'app' && (v.replace_allowed || Boolean(o.correct_reason)), whole: false })
    return { ...made, voter_no: voter.voter_no }
  }),
  answer(votes.cast, async (scope, o) => {
    const v = await pollWhere(scope, o.poll_id, await residentSees(scope), 'share')
    const c = scope.company_id
    const { rows } = await sql<Voter & { person_id: string; persons: number; spokesman_id: string | null; spokesman: string | null }>`select n.voter_id, n.voter_no, n.name, n.area_m2::text as area_m2, vp.person_id, (select count(*)::int from votes.voter_person y where y.company_id = ${c} and y.poll_id = n.poll_id and y.voter_id = n.voter_id) as persons, s.person_id as spokesman_id, (select y.name from votes.voter_person y where y.company_id = ${c} and y.poll_id = n.poll_id and y.voter_id = n.voter_id and y.person_id = s.person_id) as spokesman
      from votes.voter n join votes.voter_person vp on vp.company_id = ${c} and vp.poll_id = n.poll_id and vp.voter_id = n.voter_id left join votes.spokesman s on s.company_id = ${c} and s.poll_id = n.poll_id and s.voter_id = n.voter_id
      where n.company_id = ${c} and n.poll_id = ${o.poll_id} and n.voter_id = ${o.voter_id} and n.kind = 'owner' and vp.person_id in ${myPersons(scope)} order by vp.person_id = s.person_id desc nulls last, vp.person_id limit 1`.execute(scope.db)
    const voter = rows[0]
    if (!voter) throw scope.notFound()
    isOpen(scope, v)
    if (voter.spokesman_id && voter.spokesman_id !== voter.person_id) throw scope.refuse('votes.spokesman_only', { name: voter.spokesman ?? '' })
    if (voter.persons > 1 && !voter.spokesman_id && !o.agreed) throw scope.refuse('votes.agree_first')
    return put(scope, v, voter, o.secret_ballot, { way: 'app', person_id: voter.person_id, proof: `手机号尾号 ${(scope.who.phone ?? '').slice(-4)} 登录${voter.persons > 1 && !voter.spokesman_id ? ',声明其他共有人同意' : ''}`, scan_file_id: null, agent_name: null, agent_phone: null, mandate_file_id: null, reason: null }, { replaces: v.replace_allowed, whole: true })
  }),
  answer(votes.revealBallot, async (scope, { poll_id, voter_id, reason }) => {
    const v = await pollToRead(scope, poll_id)
    if (v.state !== 'closed' && v.state !== 'published') throw scope.refuse('votes.still_sealed')
    const voter = await voterToEnter(scope, poll_id, voter_id)
    const c = scope.company_id
    const { rows } = await sql<{ ballot_id: string; round_no: number; way: 'app'; cast_at: string; entered_by_name: string; proof: string; agent_name: string | null; reason: string | null; receipt_code: string; has_scan: boolean; has_mandate: boolean; choices: { motion_no: number; choice: Choice }[] }>`select b.ballot_id, b.round_no, b.way, b.cast_at, b.entered_by_name, b.proof, b.agent_name, b.reason, b.receipt_code, b.scan_file_id is not null as has_scan, b.mandate_file_id is not null as has_mandate,
      (select jsonb_agg(jsonb_build_object('motion_no', m.motion_no, 'choice', x.choice) order by m.motion_no) from votes.ballot_choice x join votes.motion m on m.company_id = ${c} and m.motion_id = x.motion_id where x.company_id = ${c} and x.ballot_id = b.ballot_id) as choices from votes.ballot b where b.company_id = ${c} and b.poll_id = ${poll_id} and b.voter_id = ${voter_id} order by b.round_no desc limit 50`.execute(scope.db)
    scope.note('poll', poll_id, { title: v.title, voter_no: voter.voter_no, revealed: reason })
    return { rows }
  }),
  answerFile(votes.ballotScan, async (scope, { ballot_id, what }) => {
    const { rows } = await sql<{ state: string; voter_no: number; file_id: string | null }>`select v.state, n.voter_no, case when ${what} = 'scan' then b.scan_file_id else b.mandate_file_id end as file_id from votes.ballot b join votes.poll v on v.company_id = ${scope.company_id} and v.poll_id = b.poll_id join votes.voter n on n.company_id = ${scope.company_id} and n.poll_id = b.poll_id and n.voter_id = b.voter_id
      where b.company_id = ${scope.company_id} and b.ballot_id = ${ballot_id} and ${pollsSeenBy(scope)} and exists (select from votes.voter_house vh where vh.company_id = ${scope.company_id} and vh.poll_id = b.poll_id and vh.voter_id = b.voter_id and ${housesSeenBy(scope, { alias: 'vh' })})`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    if (rows[0].state !== 'closed' && rows[0].state !== 'published') throw scope.refuse('votes.still_sealed')
    return fileOf(scope, app(), rows[0].file_id, `${rows[0].voter_no}号票${what === 'scan' ? '' : '委托书'}`)
  }),
]
