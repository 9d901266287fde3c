// The steps of a vote: posted, opened with its roll frozen, extended, closed with its count, published with its list. Each locks the vote; a ballot holds it shared.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Work } from '../../../kernel/app.ts'
import { dayOf, minuteText } from '../../../kernel/clock.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { votes, type Choice, type Rule } from '../contract.ts'
import { pollToChange, type Poll } from './access.ts'
import { periodFits } from './polls.ts'
import { freeze } from './roll.ts'
import { ruleOf } from './rule.ts'
import { listHash } from './rules/receipt.ts'
import { earliestOpen, noticeDays } from './rules/times.ts'
import { storeResults } from './tally.ts'
import { tellOwners } from './tell.ts'

export const MOTIONS_HASH = (scope: Scope, poll_id: ReturnType<typeof sql>) => sql`(select encode(sha256(convert_to(coalesce(string_agg(m.motion_no || '|' || m.motion_id || '|' || m.matter || '|' || m.title || '|' || m.body || '|' || coalesce(m.file_id::text, ''), E'\n' order by m.motion_no), ''), 'UTF8')), 'hex') from votes.motion m where m.company_id = ${scope.company_id} and m.poll_id = ${poll_id})`
const set = async (scope: Scope, poll_id: string, values: Record<string, unknown>): Promise<void> => void (await scope.db.updateTable('votes.poll').set(values).where('company_id', '=', scope.company_id).where('poll_id', '=', poll_id).execute())

async function announce(scope: Scope, poll_id: string): Promise<{ poll_id: string }> {
  const v = await pollToChange(scope, poll_id)
  if (v.state !== 'draft') throw scope.refuse('votes.not_draft')
  const rule = await ruleOf(scope, v.community_id)
  periodFits(scope, v, rule)
  const days = noticeDays(rule, v.kind)
  const earliest = earliestOpen(scope.today, days)
  if (dayOf(v.opens_at) < earliest || v.opens_at < scope.now) throw scope.refuse('votes.notice_short', { days, earliest })
  await sql`update votes.poll set state = 'announced', announced_at = ${scope.now}, announced_on = ${scope.today}::date, rule = ${JSON.stringify(rule)}::jsonb, motions_hash = ${MOTIONS_HASH(scope, sql`${poll_id}::uuid`)} where company_id = ${scope.company_id} and poll_id = ${poll_id}`.execute(scope.db)
  scope.note('poll', poll_id, { title: v.title, announced_on: scope.today })
  await tellOwners(scope, v, 'announced', rule)
  return { poll_id }
}
export async function open(scope: Scope, poll_id: string): Promise<{ poll_id: string; eligible_count: number }> {
  const v = await pollToChange(scope, poll_id)
  if (v.state !== 'announced') throw scope.refuse('votes.not_announced')
  if (scope.now < v.opens_at) throw scope.refuse('votes.too_early', { at: minuteText(v.opens_at) })
  if (scope.now >= v.closes_at) throw scope.refuse('votes.over')
  const frozen = await freeze(scope, v, v.rule!)
  await set(scope, poll_id, { state: 'open', opened_at: scope.now, ...frozen })
  scope.note('poll', poll_id, { title: v.title, ...frozen })
  await tellOwners(scope, { ...v, ...frozen }, 'opened', v.rule!)
  return { poll_id, eligible_count: frozen.eligible_count }
}
/** The count is written under the lock: a ballot was in before, or finds the vote closed. */
export async function close(scope: Scope, poll_id: string): Promise<{ poll_id: string }> {
  const v = await pollToChange(scope, poll_id)
  if (v.state !== 'open') throw scope.refuse('votes.not_open')
  if (scope.now < v.closes_at) throw scope.refuse('votes.still_open', { at: minuteText(v.closes_at) })
  await storeResults(scope, v)
  await set(scope, poll_id, { state: 'closed', closed_at: scope.now })
  scope.note('poll', poll_id, { title: v.title, closed: true })
  return { poll_id }
}
interface Cast {
  receipt_code: string
  area_m2: string
  choices: Record<string, Choice>
}
/** The counted ballots without a name: code, area, choices by number. */
export async function countedBallots(scope: Scope, poll_id: string): Promise<Cast[]> {
  const c = scope.company_id
  const { rows } = await sql<Cast>`select b.receipt_code, n.area_m2::text as area_m2, jsonb_object_agg(m.motion_no::text, x.choice) as choices from votes.counted k join votes.ballot b on b.company_id = ${c} and b.ballot_id = k.ballot_id join votes.ballot_choice x on x.company_id = ${c} and x.ballot_id = k.ballot_id and x.motion_id = k.motion_id
    join votes.motion m on m.company_id = ${c} and m.motion_id = k.motion_id join votes.voter n on n.company_id = ${c} and n.poll_id = k.poll_id and n.voter_id = k.voter_id where k.company_id = ${c} and k.poll_id = ${poll_id} group by b.receipt_code, n.area_m2 order by b.receipt_code`.execute(scope.db)
  return rows
}
async function publish(scope: Scope, poll_id: string): Promise<{ poll_id: string; listed_count: number }> {
  const v = await pollToChange(scope, poll_id)
  if (v.state !== 'closed') throw scope.refuse('votes.not_closed')
  const rows = await countedBallots(scope, poll_id)
  await sql`insert into votes.listed (company_id, poll_id, receipt_code, area_m2, choices) select ${scope.company_id}, ${poll_id}, x.receipt_code, x.area_m2, x.choices from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(receipt_code text, area_m2 numeric, choices jsonb)`.execute(scope.db)
  await set(scope, poll_id, { state: 'published', published_at: scope.now, list_hash: listHash(rows) })
  scope.note('poll', poll_id, { title: v.title, published: true, listed: rows.length })
  scope.emit('votes.published', `poll ${poll_id}`, { poll_id })
  await tellOwners(scope, v, 'published', v.rule!)
  return { poll_id, listed_count: rows.length }
}

export const stepAnswers = [
  answer(votes.announcePoll, (scope, { poll_id }) => announce(scope, poll_id)),
  answer(votes.openPoll, (scope, { poll_id }) => open(scope, poll_id)),
  answer(votes.closePoll, (scope, { poll_id }) => close(scope, poll_id)),
  answer(votes.publishPoll, (scope, { poll_id }) => publish(scope, poll_id)),
  answer(votes.extendPoll, async (scope, { poll_id, closes_at, reason }) => {
    const v: Poll = await pollToChange(scope, poll_id)
    if (v.state !== 'open' || scope.now >= v.closes_at) throw scope.refuse('votes.not_open')
    if (closes_at <= v.closes_at) throw scope.refuse('votes.not_later', { at: minuteText(v.closes_at) })
    const rule: Rule = v.rule!
    periodFits(scope, { opens_at: v.opens_at, closes_at }, rule)
    await sql`insert into votes.extension (company_id, poll_id, extension_no, before_at, after_at, reason, created_by, created_by_name, created_at) select ${scope.company_id}, ${poll_id}, coalesce(max(extension_no), 0) + 1, ${v.closes_at}, ${closes_at}, ${reason}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now} from votes.extension where company_id = ${scope.company_id} and poll_id = ${poll_id}`.execute(scope.db)
    await set(scope, poll_id, { closes_at })
    scope.note('poll', poll_id, { title: v.title, before_at: v.closes_at, after_at: closes_at, reason })
    await tellOwners(scope, { ...v, closes_at }, 'extended', rule)
    return { poll_id }
  }),
  answer(votes.cancelPoll, async (scope, { poll_id, reason }) => {
    const v = await pollToChange(scope, poll_id)
    if (!['draft', 'announced', 'open'].includes(v.state)) throw scope.refuse('votes.not_cancelled')
    await set(scope, poll_id, { state: 'cancelled', cancelled_at: scope.now, cancel_reason: reason })
    scope.note('poll', poll_id, { title: v.title, cancelled: reason })
    if (v.state !== 'draft') await tellOwners(scope, { ...v, cancel_reason: reason }, 'cancelled', v.rule!)
    return { poll_id }
  }),
]

const DUE_MAX = 50
/** What is due by the clock; one that cannot be opened waits for whoever organises it, and the others go on. */
export async function clock(w: Work): Promise<void> {
  const due = await w.tx(async (s) => (await sql<{ poll_id: string; state: string }>`select poll_id, state from votes.poll where company_id = ${s.company_id} and ((state = 'announced' and opens_at <= ${s.now} and closes_at > ${s.now}) or (state = 'open' and closes_at <= ${s.now})) order by closes_at limit ${DUE_MAX}`.execute(s.db)).rows)
  for (const v of due)
    await w.tx((s) => (v.state === 'open' ? close(s, v.poll_id) : open(s, v.poll_id))).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error
    })
}
