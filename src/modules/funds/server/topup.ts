// Top-up (续筹, 165 号令 17): a plan for the houses under the threshold, its vote (matter 6 of 278) or the covenant it follows, the notices, the end.
// What was paid is never stored: deposits of the kind 续筹 between the notice and the end of the plan count for it.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuan, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { ownerNames } from '../../people/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import { words } from '../words.ts'
import { drawNumber } from './numbers.ts'
import { judgeRaise, topupOf, voteProblem } from './rules/split.ts'
import { policyFor } from './settings.ts'

export const HOUSES_MAX = 5_000
type State = 'draft' | 'passed' | 'failed' | 'issued' | 'closed' | 'cancelled'
export type TopupAct = 'vote' | 'issue' | 'cancel' | 'close'
/** From which states an act may be taken; a plan by the covenant needs no vote. */
export function topupMay(p: { way: string; state: string }, act: TopupAct): boolean {
  const from: Record<TopupAct, readonly string[]> = { vote: p.way === 'vote' ? ['draft'] : [], issue: p.way === 'vote' ? ['passed'] : ['draft'], cancel: ['draft', 'passed', 'failed'], close: ['issued'] }
  return from[act].includes(p.state)
}

/** Deposits that count for a line l of a plan p: topped up while it ran and not taken back. Not more than is due. */
export const PAID = sql`least(l.due_fen, coalesce((select sum(e.amount_fen) from funds.entry e where e.company_id = l.company_id and e.house_id = l.house_id and e.kind = 'topup' and e.created_at >= p.issued_at and (p.closed_at is null or e.created_at <= p.closed_at)
  and not exists (select from funds.entry r where r.company_id = e.company_id and r.reverses = e.entry_id)), 0))::bigint`

interface Asked {
  community_id: string
  building_ids?: string[] | undefined
  target_bp?: number | undefined
}
interface Low {
  house_id: string
  building_id: string
  house_label: string
  built_area_m2: string
  first_fen: number
  balance_fen: number
}
/** Houses under the threshold of today's rules, without those of a plan that runs. */
async function lowOf(scope: Scope, o: Asked) {
  const p = await policyFor(scope, o.community_id)
  const target_bp = o.target_bp ?? p.topup_target_bp
  const { rows } = await sql<Low>`select a.house_id, a.building_id, h.label as house_label, h.built_area_m2, a.first_fen, a.balance_fen from funds.house_account a join property.house h on h.company_id = a.company_id and h.house_id = a.house_id
    where a.company_id = ${scope.company_id} and a.community_id = ${o.community_id} and a.closed_on is null and a.first_fen > 0 and 10000 * a.balance_fen < ${p.threshold_bp}::bigint * a.first_fen ${o.building_ids?.length ? sql`and a.building_id = any(${o.building_ids}::uuid[])` : sql``}
      and not exists (select from funds.topup_line l join funds.topup_plan p on p.company_id = l.company_id and p.plan_id = l.plan_id and p.state = 'issued' where l.company_id = a.company_id and l.house_id = a.house_id)
    order by h.sort_no, h.label limit ${HOUSES_MAX + 1}`.execute(scope.db)
  if (rows.length > HOUSES_MAX) throw scope.refuse('funds.many', { max: HOUSES_MAX })
  const lines = rows.map((r) => ({ ...r, due_fen: topupOf(r.first_fen, r.balance_fen, target_bp) })).filter((r) => r.due_fen > 0)
  return { lines, total_fen: lines.reduce((n, l) => n + l.due_fen, 0), target_bp, threshold_bp: p.threshold_bp }
}

const preview = answer(funds.previewTopup, async (scope, o) => {
  await communityToChange(scope, o.community_id)
  const { lines, ...rest } = await lowOf(scope, o)
  const names = await ownerNames(scope, lines.map((l) => l.house_id))
  return { ...rest, rows: lines.map(({ building_id: _b, ...l }) => ({ ...l, owner_names: names.get(l.house_id) ?? '' })) }
})

const draft = answer(funds.draftTopup, async (scope, o) => {
  await communityToChange(scope, o.community_id)
  const { lines, total_fen, target_bp, threshold_bp } = await lowOf(scope, o)
  if (lines.length === 0) throw scope.refuse('funds.topup_none')
  if (total_fen !== o.total_fen) throw scope.refuse('funds.changed', { now: yuanGrouped(fen(total_fen)), seen: yuanGrouped(fen(o.total_fen)) })
  const c = scope.company_id
  const plan_id = uuidv7()
  await scope.db
    .insertInto('funds.topup_plan')
    .values({ company_id: c, plan_id, plan_no: await drawNumber(scope, 'topup'), community_id: o.community_id, title: o.title, way: o.way, target_bp, threshold_bp, basis: o.basis, total_fen, house_count: lines.length, created_by: scope.who.account_id!, created_at: scope.now })
    .execute()
  const rows = lines.map((l, i) => ({ house_id: l.house_id, building_id: l.building_id, first_fen: l.first_fen, balance_fen: l.balance_fen, due_fen: l.due_fen, line_no: i + 1 }))
  await sql`insert into funds.topup_line (company_id, plan_id, house_id, line_no, community_id, building_id, first_fen, balance_fen, due_fen)
    select ${c}::bigint, ${plan_id}::uuid, x.house_id, x.line_no, ${o.community_id}::uuid, x.building_id, x.first_fen, x.balance_fen, x.due_fen
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(house_id uuid, building_id uuid, line_no int, first_fen bigint, balance_fen bigint, due_fen bigint)`.execute(scope.db)
  scope.note('fund_topup', plan_id, { total_fen, house_count: lines.length, way: o.way })
  return { plan_id, state: 'draft' as const, house_count: lines.length }
})

/** The plan locked, its community within reach, in a state from which the act may be taken. */
async function begin(scope: Scope, plan_id: string, act: TopupAct) {
  const p = await scope.db.selectFrom('funds.topup_plan').selectAll().where('company_id', '=', scope.company_id).where('plan_id', '=', plan_id).forUpdate().executeTakeFirst()
  if (!p) throw scope.notFound()
  const place = await communityToChange(scope, p.community_id)
  if (!topupMay(p, act)) throw scope.refuse('funds.topup_state', { state: words.states!['topup']![p.state] ?? p.state })
  return { ...p, place }
}
async function set(scope: Scope, plan_id: string, state: State, values: Record<string, unknown>): Promise<{ plan_id: string; state: State }> {
  await scope.db.updateTable('funds.topup_plan').set({ state, ...values }).where('company_id', '=', scope.company_id).where('plan_id', '=', plan_id).execute()
  scope.note('fund_topup', plan_id, { state })
  return { plan_id, state }
}

const vote = answer(funds.recordTopupVote, async (scope, { plan_id, on_day, request_id: _r, dry_run: _d, ...numbers }) => {
  const p = await begin(scope, plan_id, 'vote')
  if (on_day > scope.today) throw scope.refuse('funds.future', { day: on_day })
  if (voteProblem(numbers)) throw scope.refuse('funds.vote_numbers')
  const judged = judgeRaise(await policyFor(scope, p.community_id, on_day), numbers)
  const done = await set(scope, plan_id, judged.passed ? 'passed' : 'failed', { vote: JSON.stringify({ ...numbers, ...judged }), voted_on: on_day })
  return { ...done, ...judged }
})

interface Owner {
  house_id: string
  label: string
  name: string
  phone: string
  due_fen: number
}
const ownersOf = (scope: Scope, plan_id: string, day: string): RawBuilder<Owner> => sql<Owner>`select l.house_id, h.label, n.name, n.phone, l.due_fen from funds.topup_line l join property.house h on h.company_id = l.company_id and h.house_id = l.house_id
  join people.ownership o on o.company_id = l.company_id and o.house_id = l.house_id and o.from_on <= ${day}::date and (o.to_on is null or o.to_on > ${day}::date) join people.person n on n.company_id = l.company_id and n.person_id = o.person_id
  where l.company_id = ${scope.company_id} and l.plan_id = ${plan_id} and n.phone is not null order by l.line_no, o.ownership_id`

const issue = answer(funds.issueTopup, async (scope, { plan_id, sms }) => {
  const p = await begin(scope, plan_id, 'issue')
  const c = scope.company_id
  // Two plans of a community are issued one after the other, so that no house is asked twice.
  await sql`select from property.community where company_id = ${c} and community_id = ${p.community_id} for no key update`.execute(scope.db)
  const other = await sql<{ label: string; plan_no: string }>`select h.label, q.plan_no from funds.topup_line l join funds.topup_line k on k.company_id = l.company_id and k.house_id = l.house_id and k.plan_id <> l.plan_id
    join funds.topup_plan q on q.company_id = k.company_id and q.plan_id = k.plan_id and q.state = 'issued' join property.house h on h.company_id = l.company_id and h.house_id = l.house_id where l.company_id = ${c} and l.plan_id = ${plan_id} limit 1`.execute(scope.db)
  if (other.rows[0]) throw scope.refuse('funds.topup_open', { house: other.rows[0].label, no: other.rows[0].plan_no })
  const due_on = addDays(scope.today, (await policyFor(scope, p.community_id)).topup_days)
  const { rows: owners } = await ownersOf(scope, plan_id, scope.today).execute(scope.db)
  const told = await notify(scope, owners.map((o) => ({
    to: { phone: o.phone }, template: 'fund_topup', params: { name: o.name, community: p.place.name, house: o.label, amount: yuan(fen(o.due_fen)), due: due_on, basis: p.basis, phone: p.place.service_phone ?? '物业服务中心' }, sms: sms === true, link: '/mine/fund', house_id: o.house_id, dedupe_key: `fund_topup:${plan_id}:${o.house_id}:${o.phone}`,
  })))
  const counts = new Map<string, number>()
  for (const [i, o] of owners.entries()) if (told[i]) counts.set(o.house_id, (counts.get(o.house_id) ?? 0) + 1)
  await sql`update funds.topup_line l set told_count = x.n from jsonb_to_recordset(${JSON.stringify([...counts].map(([house_id, n]) => ({ house_id, n })))}::jsonb) as x(house_id uuid, n int) where l.company_id = ${c} and l.plan_id = ${plan_id} and l.house_id = x.house_id`.execute(scope.db)
  const done = await set(scope, plan_id, 'issued', { due_on, issued_by: scope.who.account_id, issued_at: scope.now })
  scope.emit('funds.topup_issued', plan_id, { plan_id, community_id: p.community_id, total_fen: p.total_fen })
  return { ...done, due_on, told_count: told.filter(Boolean).length }
})

const close = answer(funds.closeTopup, async (scope, { plan_id, end_note }) => {
  await begin(scope, plan_id, 'close')
  return set(scope, plan_id, 'closed', { closed_by: scope.who.account_id, closed_at: scope.now, end_note })
})
const cancel = answer(funds.cancelTopup, async (scope, { plan_id, end_note }) => {
  await begin(scope, plan_id, 'cancel')
  return set(scope, plan_id, 'cancelled', { closed_by: scope.who.account_id, closed_at: scope.now, end_note })
})

export const topupAnswers = [preview, draft, vote, issue, close, cancel]
