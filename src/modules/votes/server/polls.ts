// A vote from the draft on: lists, one with its motions, the draft written.
import { sql, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { votes, type Motion, type PollRow } from '../contract.ts'
import { mayOrganise, pollToChange, pollToRead, pollsSeenBy, residentSees, type Poll } from './access.ts'
import { matterRule, ruleOf } from './rule.ts'
import { publishBy } from './rules/times.ts'
import { lengthDays } from './rules/times.ts'
import { ruleText } from '../rule_text.ts'
import { addDays } from '../../../kernel/clock.ts'

type Raw = Omit<PollRow, 'publish_by' | 'late'> & { closed_at: string | null; published_at: string | null; rule: Poll['rule'] }
const ROW = (scope: Scope) => sql`v.poll_id, v.community_id, c.name as community_name, v.title, v.kind, v.organiser_name, v.state, v.opens_at, v.closes_at, (select count(*)::int from votes.motion m where m.company_id = ${scope.company_id} and m.poll_id = v.poll_id) as motion_count, v.eligible_count,
  (select count(*)::int from votes.ballot b where b.company_id = ${scope.company_id} and b.poll_id = v.poll_id and b.round_no = 1) as voted_count, v.closed_at, v.published_at, v.rule`
function shown(scope: Scope, { closed_at, published_at, rule, ...r }: Raw): PollRow {
  const publish_by = closed_at && rule ? publishBy(closed_at, rule) : null
  return { ...r, publish_by, late: publish_by !== null && published_at === null && scope.today > publish_by }
}
export async function motionsOf(scope: Scope, v: Poll): Promise<Motion[]> {
  const rule = v.rule ?? (await ruleOf(scope, v.community_id))
  const { rows } = await sql<Omit<Motion, 'rule_text'>>`select motion_id, motion_no, matter, title, body, file_id from votes.motion where company_id = ${scope.company_id} and poll_id = ${v.poll_id} order by motion_no`.execute(scope.db)
  return rows.map((m) => ({ ...m, rule_text: ruleText(matterRule(rule, m.matter)) }))
}
export const buildingNames = async (scope: Scope, ids: readonly string[]): Promise<string[]> =>
  ids.length === 0 ? [] : (await sql<{ name: string }>`select name from property.building where company_id = ${scope.company_id} and building_id = any(${[...ids]}::uuid[]) order by sort_no, no`.execute(scope.db)).rows.map((r) => r.name)
export const periodFits = (scope: Scope, v: { opens_at: string; closes_at: string }, r: { vote_days_min: number; vote_days_max: number }): void => {
  const days = lengthDays(v.opens_at, v.closes_at)
  if (v.closes_at <= v.opens_at || days < r.vote_days_min || days > r.vote_days_max) throw scope.refuse('votes.period', { min: r.vote_days_min, max: r.vote_days_max, days })
}
/** Files that whoever calls has sent up as a proof, and no other. */
export async function ownFiles(scope: Scope, ids: readonly (string | null)[]): Promise<void> {
  const list = [...new Set(ids.filter((x) => x !== null))]
  if (list.length === 0) return
  const { rows } = await sql`select from kernel.file where company_id = ${scope.company_id} and file_id = any(${list}::uuid[]) and purpose = 'proof' and type in ('application/pdf','image/png','image/jpeg') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (rows.length !== list.length) throw scope.refuse('votes.no_file')
}
export async function fileOf(scope: Scope, app: App, file_id: string | null, name: string) {
  if (!file_id) throw scope.notFound()
  const f = await scope.db.selectFrom('kernel.file').select(['sha256', 'type']).where('company_id', '=', scope.company_id).where('file_id', '=', file_id).executeTakeFirst()
  if (!f || !(await hasFile(app.data_dir, f.sha256))) throw scope.notFound()
  return { name: `${name}.${f.type === 'application/pdf' ? 'pdf' : f.type === 'image/png' ? 'png' : 'jpg'}`, type: f.type, body: openFile(app.data_dir, f.sha256), inline: true }
}
async function motionFile(scope: Scope, app: App, motion_id: string, seen: ReturnType<typeof pollsSeenBy>) {
  const { rows } = await sql<{ title: string; file_id: string | null }>`select m.title, m.file_id from votes.motion m join votes.poll v on v.company_id = ${scope.company_id} and v.poll_id = m.poll_id where m.company_id = ${scope.company_id} and m.motion_id = ${motion_id} and ${seen}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return fileOf(scope, app, rows[0].file_id, rows[0].title)
}

export const pollAnswers = (app: () => App) => [
  answer(votes.polls, async (scope, f) => {
    const where = sql<SqlBool>`${pollsSeenBy(scope)} and ${f.community_id ? sql`v.community_id = ${f.community_id}` : sql`true`} and ${f.state ? sql`v.state = ${f.state}` : sql`true`}`
    const { rows } = await sql<Raw>`with page as materialized (select v.* from votes.poll v where v.company_id = ${scope.company_id} and ${where} order by v.created_at desc, v.poll_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size}) select ${ROW(scope)} from page v join property.community c on c.company_id = ${scope.company_id} and c.community_id = v.community_id order by v.created_at desc, v.poll_id`.execute(scope.db)
    const counted = await sql<{ n: number }>`select count(*)::int as n from votes.poll v where v.company_id = ${scope.company_id} and ${where}`.execute(scope.db)
    return { rows: rows.map((r) => shown(scope, r)), total: counted.rows[0]!.n }
  }),
  answer(votes.poll, async (scope, { poll_id }) => {
    const v = await pollToRead(scope, poll_id)
    const c = scope.company_id
    const { rows } = await sql<Raw & { opened_at: string | null }>`select ${ROW(scope)}, v.opened_at from votes.poll v join property.community c on c.company_id = ${c} and c.community_id = v.community_id where v.company_id = ${c} and v.poll_id = ${poll_id}`.execute(scope.db)
    const { opened_at, ...row } = rows[0]!
    const { rows: extensions } = await sql<{ extension_no: number; before_at: string; after_at: string; reason: string; created_by_name: string }>`select extension_no, before_at, after_at, reason, created_by_name from votes.extension where company_id = ${c} and poll_id = ${poll_id} order by extension_no`.execute(scope.db)
    const organise = mayOrganise(scope, v.community_id)
    const when = (ok: boolean, why: string): true | string => (!organise ? 'kernel.forbidden' : ok ? true : why)
    return {
      ...shown(scope, row), intro: v.intro, building_ids: v.building_ids, sealed: v.sealed, replace_allowed: v.replace_allowed, organiser: v.organiser, building_names: await buildingNames(scope, v.building_ids), rule: v.rule, announced_on: v.announced_on, opened_at, closed_at: v.closed_at, published_at: v.published_at,
      posted_until: v.published_at && v.rule ? addDays(dayOf(v.published_at), v.rule.posting_days) : null, cancel_reason: v.cancel_reason, eligible_m2: v.eligible_m2, roll_hash: v.roll_hash, list_hash: v.list_hash, motions: await motionsOf(scope, v), extensions,
      can: {
        edit: when(v.state === 'draft', 'votes.not_draft'), announce: when(v.state === 'draft', 'votes.not_draft'), open: when(v.state === 'announced' && scope.now >= v.opens_at, v.state === 'announced' ? 'votes.too_early' : 'votes.not_announced'), extend: when(v.state === 'open' && scope.now < v.closes_at, 'votes.not_open'), close: when(v.state === 'open' && scope.now >= v.closes_at, v.state === 'open' ? 'votes.still_open' : 'votes.not_open'), publish: when(v.state === 'closed', 'votes.not_closed'), cancel: when(['draft', 'announced', 'open'].includes(v.state), 'votes.not_cancelled'),
        enter: v.state === 'open' && scope.now < v.closes_at ? (true as const) : 'votes.not_open',
      },
    }
  }),
  answer(votes.savePoll, async (scope, { request_id: _r, dry_run: _d, poll_id: given, motions, ...o }) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    if (given) {
      const before = await pollToChange(scope, given)
      if (before.state !== 'draft') throw scope.refuse('votes.not_draft')
      if (before.community_id !== o.community_id) throw scope.notFound()
    }
    const rule = await ruleOf(scope, o.community_id)
    periodFits(scope, o, rule)
    const { rows: found } = await sql`select from property.building where company_id = ${c} and community_id = ${o.community_id} and building_id = any(${o.building_ids}::uuid[])`.execute(scope.db)
    if (found.length !== new Set(o.building_ids).size) throw scope.refuse('votes.building_unknown')
    const poll_id = given ?? uuidv7()
    // Files of the draft as it stood may be somebody else's: only new ones are looked at.
    const { rows: old } = await sql<{ file_id: string }>`select file_id from votes.motion where company_id = ${c} and poll_id = ${poll_id} and file_id is not null`.execute(scope.db)
    await ownFiles(scope, motions.map((m) => m.file_id).filter((f) => !old.some((x) => x.file_id === f)))
    const values = { ...o, building_ids: [...new Set(o.building_ids)] }
    if (given) {
      await scope.db.updateTable('votes.poll').set(values).where('company_id', '=', c).where('poll_id', '=', poll_id).execute()
      await scope.db.deleteFrom('votes.motion').where('company_id', '=', c).where('poll_id', '=', poll_id).execute()
    } else await scope.db.insertInto('votes.poll').values({ company_id: c, poll_id, ...values, state: 'draft', created_by: scope.who.account_id, created_by_name: scope.who.name, created_at: scope.now }).execute()
    await scope.db.insertInto('votes.motion').values(motions.map((m, i) => ({ company_id: c, motion_id: uuidv7(), poll_id, motion_no: i + 1, ...m }))).execute()
    scope.note('poll', poll_id, { title: o.title, motions: motions.length, opens_at: o.opens_at, closes_at: o.closes_at })
    return { poll_id }
  }),
  answerFile(votes.motionFile, async (scope, { motion_id }) => motionFile(scope, app(), motion_id, pollsSeenBy(scope))),
  answerFile(votes.myMotionFile, async (scope, { motion_id }) => motionFile(scope, app(), motion_id, await residentSees(scope))),
]
