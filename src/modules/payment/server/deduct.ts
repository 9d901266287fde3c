// Automatic deduction (自动抵扣): prepayment of the owners' side pays the owners' bills, by the rule of the community. A run is a job over the
// houses that have both; 25 houses a transaction, each house once a run (unique key), so that it may stop and be taken up again.
import { sql } from 'kysely'
import { answer, type JobKind, type Schedule, type Work } from '../../../kernel/app.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { lockOpen } from '../../billing/server/index.ts'
import { activeOn, ownerNames } from '../../people/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import type { RuleValue } from '../contract_shift.ts'
import { linesByKey } from './bills.ts'
import { deductRunAnswers } from './deduct_runs.ts'
import { lockPurses } from './purses.ts'
import { recordPayments, type HouseOf, type NewPayment } from './record.ts'
import { ruleOf, rulesOfAll } from './rule.ts'
import { deduct, type Owed, type Purses } from './rules/deduct.ts'

const CHUNK = 25
const HOUSES_MAX = 50_000
const BILLS_MAX = 500_000
const ROWS_SHOWN = 200

type Rule = RuleValue<'deduct'>
interface Candidate extends HouseOf {
  general_fen: number
  bound: Record<string, number> | null
  bills: Owed[]
}

/** Houses with prepayment and open bills of their present owners that the rule lets be paid now; what is being paid by phone is left alone. */
async function candidates(scope: Scope, community_id: string, rule: Rule): Promise<Candidate[]> {
  const c = scope.company_id
  const houses = await sql<HouseOf & { general_fen: number; bound: Record<string, number> | null }>`
    with purse as (select house_id from payment.wallet where company_id = ${c} and balance_fen > 0 union select house_id from payment.bound_wallet where company_id = ${c} and balance_fen > 0)
    select h.house_id, h.community_id, h.building_id, h.label, coalesce((select w.balance_fen from payment.wallet w where w.company_id = ${c} and w.house_id = h.house_id), 0)::bigint as general_fen,
      (select jsonb_object_agg(b.fee_item_id, b.balance_fen) from payment.bound_wallet b where b.company_id = ${c} and b.house_id = h.house_id and b.balance_fen > 0) as bound
    from purse p join property.house h on h.company_id = ${c} and h.house_id = p.house_id and h.community_id = ${community_id} order by h.sort_no, h.house_id limit ${HOUSES_MAX}`.execute(scope.db)
  if (houses.rows.length === 0) return []
  const bills = await sql<Owed & { house_id: string }>`
    select b.house_id, b.bill_id, b.period_on, b.fee_item_id, b.due_on, b.amount_fen - b.paid_fen - b.reduced_fen as open_fen from billing.bill b
    where b.company_id = ${c} and b.community_id = ${community_id} and b.house_id = any(${houses.rows.map((h) => h.house_id)}::uuid[]) and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen
      and ${rule.when === 'due' ? sql`b.due_on <= ${scope.today}::date` : sql`true`}
      and exists (select from people.ownership o where o.company_id = ${c} and o.house_id = b.house_id and o.person_id = b.payer_id and ${activeOn('o', scope.today)})
      and not exists (select from payment.intent_bill ib join payment.intent i on i.company_id = ${c} and i.intent_id = ib.intent_id where ib.company_id = ${c} and ib.bill_id = b.bill_id and i.state in ('created','pending','unknown') and i.expires_at > ${scope.now})
    limit ${BILLS_MAX}`.execute(scope.db)
  const by = Map.groupBy(bills.rows, (b) => b.house_id)
  return houses.rows.flatMap((h) => {
    const list = by.get(h.house_id)
    return list ? [{ ...h, bills: list }] : []
  })
}
const pursesOf = (x: Candidate, rule: Rule): Purses => ({ general_fen: rule.general_too ? x.general_fen : 0, bound: new Map(Object.entries(x.bound ?? {})) })
const workingOf = (used: readonly { fee_item_id: string | null; amount_fen: number }[]): string => {
  const bound = used.reduce((n, u) => n + (u.fee_item_id ? u.amount_fen : 0), 0)
  const general = used.reduce((n, u) => n + (u.fee_item_id ? 0 : u.amount_fen), 0)
  return `自动抵扣:${[bound ? `专项预存 ${yuanGrouped(fen(bound))} 元` : '', general ? `通用预存 ${yuanGrouped(fen(general))} 元` : ''].filter(Boolean).join(',')};先专项后通用,先旧后新`
}

const deductPreview = answer(payment.deductPreview, async (scope, { community_id }) => {
  await communityToChange(scope, community_id)
  const rule = await ruleOf(scope, 'deduct', community_id)
  const all = (await candidates(scope, community_id, rule)).flatMap((x) => {
    const purses = pursesOf(x, rule)
    const d = deduct(x.bills, purses)
    const has = purses.general_fen + [...purses.bound.values()].reduce((n, v) => n + v, 0)
    return d.total_fen > 0 ? [{ house_id: x.house_id, house_label: x.label, bill_count: d.lines.length, amount_fen: d.total_fen, bound_fen: d.lines.reduce((n, l) => n + l.bound_fen, 0), left_fen: has - d.total_fen, working: workingOf(d.used) }] : []
  })
  return { house_count: all.length, bill_count: all.reduce((n, x) => n + x.bill_count, 0), amount_fen: all.reduce((n, x) => n + x.amount_fen, 0), rows: all.slice(0, ROWS_SHOWN) }
})

async function begin(scope: Scope, community_id: string, rule: Rule, started_by: string | null): Promise<string | null> {
  const run_id = uuidv7()
  const made = await sql`insert into payment.deduct_run (company_id, run_id, community_id, on_day, rule, state, started_by, started_at)
    values (${scope.company_id}, ${run_id}, ${community_id}, ${scope.today}, ${JSON.stringify(rule)}::jsonb, 'running', ${started_by}, ${scope.now}) on conflict (company_id, community_id, on_day) where started_by is null do nothing returning run_id`.execute(scope.db)
  if (made.rows.length === 0) return null
  scope.later({ name: 'payment.deduct', payload: { run_id }, lane: `payment.deduct:${scope.company_id}:${community_id}` })
  scope.note('deduct_run', run_id, { community_id, rule })
  return run_id
}

const startDeduct = answer(payment.startDeduct, async (scope, { community_id }) => {
  await communityToChange(scope, community_id)
  const rule = await ruleOf(scope, 'deduct', community_id)
  if (rule.when === 'off') throw scope.refuse('payment.deduct_off')
  await sql`select pg_advisory_xact_lock(hashtextextended(${`payment.deduct:${scope.company_id}:${community_id}`}, 0))`.execute(scope.db)
  const running = await scope.db.selectFrom('payment.deduct_run').select('run_id').where('company_id', '=', scope.company_id).where('community_id', '=', community_id).where('state', '=', 'running').executeTakeFirst()
  if (running) throw scope.refuse('payment.deduct_running')
  return { run_id: (await begin(scope, community_id, rule, scope.who.account_id))! }
})

/** 25 houses: bills locked in id order, then purses; what changed meanwhile is simply less. */
async function payChunk(scope: Scope, run: { run_id: string; rule: Rule }, chunk: readonly Candidate[]): Promise<void> {
  const done = new Set((await scope.db.selectFrom('payment.payment').select('house_id').where('company_id', '=', scope.company_id).where('deduct_run_id', '=', run.run_id).where('house_id', 'in', chunk.map((x) => x.house_id)).execute()).map((r) => r.house_id))
  const todo = chunk.filter((x) => !done.has(x.house_id))
  if (todo.length === 0) return
  const keys = todo.flatMap((x) => x.bills.map(({ bill_id, period_on }) => ({ bill_id, period_on })))
  const locked = Map.groupBy(await lockOpen(scope, keys), (b) => b.house_id)
  const purses = await lockPurses(scope, todo.map((x) => x.house_id))
  const plans = todo.map((x) => {
    const p = purses.get(x.house_id)!
    return { x, open: new Map((locked.get(x.house_id) ?? []).map((b) => [b.bill_id, b.open_fen])), d: deduct(locked.get(x.house_id) ?? [], { general_fen: run.rule.general_too ? p.general_fen : 0, bound: p.bound }) }
  }).filter(({ d }) => d.total_fen > 0)
  if (plans.length === 0) return
  const lines = await linesByKey(scope, plans.flatMap(({ d }) => d.lines))
  const names = await ownerNames(scope, plans.map(({ x }) => x.house_id))
  await recordPayments(scope, plans.map(({ x, d, open }): NewPayment => ({
    house: x, payer_name: names.get(x.house_id) ?? '业主', source: 'auto', taken_by: null, cashier_name: '自动抵扣', tenders: [{ method: 'wallet', amount_fen: fen(d.total_fen), reference: null }],
    lines: d.lines.map((l) => ({ line: lines.get(l.bill_id)!, due_fen: open.get(l.bill_id)!, amount_fen: l.amount_fen })), used: d.used, prepaid_fen: 0, change_fen: 0, remark: workingOf(d.used), deduct_run_id: run.run_id,
  })))
}

async function runDeduct(w: Work): Promise<Record<string, unknown>> {
  const run_id = w.payload['run_id'] as string
  const run = await w.tx((s) => s.db.selectFrom('payment.deduct_run').select(['run_id', 'community_id', 'rule', 'state']).where('company_id', '=', w.company_id).where('run_id', '=', run_id).executeTakeFirstOrThrow())
  if (run.state === 'done') return {}
  const rule = run.rule as Rule
  const list = await w.tx((s) => candidates(s, run.community_id, rule))
  for (let i = 0; i < list.length; i += CHUNK) {
    if (await w.stopped()) return {}
    await w.tx((s) => payChunk(s, { run_id, rule }, list.slice(i, i + CHUNK)))
    crashpoint('deduct.paid')
    await w.progress(Math.min(list.length, i + CHUNK), list.length)
  }
  return w.tx(async (s) => {
    const r = await sql<{ house_count: number; bill_count: number; amount_fen: number }>`select count(*)::int as house_count, coalesce(sum(p.applied_fen), 0)::bigint as amount_fen,
      (select count(*)::int from payment.allocation a join payment.payment q on q.company_id = ${s.company_id} and q.payment_id = a.payment_id and q.deduct_run_id = ${run_id} where a.company_id = ${s.company_id}) as bill_count
      from payment.payment p where p.company_id = ${s.company_id} and p.deduct_run_id = ${run_id}`.execute(s.db)
    await s.db.updateTable('payment.deduct_run').set({ state: 'done', ended_at: s.now, ...r.rows[0]! }).where('company_id', '=', s.company_id).where('run_id', '=', run_id).execute()
    return { ...r.rows[0]! }
  })
}
export const deductJob: JobKind = { name: 'payment.deduct', run: runDeduct }

/** Once a day for each community whose rule says so, from six in the morning: night bills and readings are in by then. */
const FROM_HOUR = 6
export const deductSchedule: Schedule = {
  name: 'payment.deduct_daily',
  every_s: 600,
  of: 'company',
  run: (w) => w.tx(async (s) => {
    if (Number(new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', hourCycle: 'h23' }).format(new Date(s.now))) < FROM_HOUR) return
    for (const [community_id, rule] of await rulesOfAll(s, 'deduct')) if (rule.when !== 'off') await begin(s, community_id, rule, null)
  }),
}

export const deductAnswers = [deductPreview, startDeduct, ...deductRunAnswers]
