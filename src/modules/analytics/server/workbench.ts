// Work bench (BI-01): what needs me today, the figures of the month, twelve months of receivable and received. Each card is there only
// for people whose permission reaches the list behind it, and counts only rows within that reach.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import { readFen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { rulesWaiting } from '../../office/server/index.ts'
import { factCount, staffPolicy } from '../../staff/server/index.ts'
import { approvalsForMe } from '../../system/server/index.ts'
import { analytics } from '../contract.ts'
import { words } from '../words.ts'
import { reaches, seen, seenCommunity } from './access.ts'
import { setupOf } from './setup.ts'

type Bench = Out<typeof analytics.workbench.gives>
const zh = (of: 'todo' | 'figure', code: string): string => words.states?.[of]?.[code] ?? code

interface Todo {
  code: string
  /** null: for all staff, the rows decide. */
  permission: string | null
  path: string
  count: (scope: Scope, community_id: string | undefined, policy: StaffPolicy) => RawBuilder<unknown>
}
const CERT_SOON_DAYS = 30
type StaffPolicy = Awaited<ReturnType<typeof staffPolicy>>
const TODOS: Todo[] = [
  { code: 'approval_mine', permission: null, path: '/system/approvals?box=todo', count: (s, c) => sql`select count(*) from system.approval a where a.company_id = ${s.company_id} and ${approvalsForMe(s)} ${c ? sql`and (a.community_id = ${c} or a.community_id is null)` : sql``}` },
  { code: 'rule_mine', permission: null, path: '/office/mine?unread=1', count: (s) => rulesWaiting(s) },
  { code: 'run_draft', permission: 'billing.run.publish', path: '/billing/runs?state=draft', count: (s, c) => sql`select count(*) from billing.run r where r.company_id = ${s.company_id} and r.state = 'draft' and ${seenCommunity(s, 'r', 'billing.run.publish', c)}` },
  { code: 'reversal_asked', permission: 'payment.reversal.decide', path: '/payment/reversals?state=asked', count: (s, c) => sql`select count(*) from payment.reversal r join payment.payment x on x.company_id = r.company_id and x.payment_id = r.payment_id where r.company_id = ${s.company_id} and r.state = 'asked' and ${seen(s, 'x', 'payment.reversal.decide', c)}` },
  { code: 'reopening_asked', permission: 'closing.period.reopen', path: '/closing/periods', count: (s) => sql`select count(*) from ledger.reopening r where r.company_id = ${s.company_id} and r.state = 'asked' and r.asked_by <> ${s.who.account_id}::uuid` },
  { code: 'manual_asked', permission: 'ledger.entry.decide', path: '/ledger/manual?state=asked', count: (s) => sql`select count(*) from ledger.manual_entry r where r.company_id = ${s.company_id} and r.state = 'asked' and r.asked_by <> ${s.who.account_id}::uuid` },
  { code: 'difference_mine', permission: 'closing.recon.work', path: '/closing/differences?state=open&mine=1', count: (s) => sql`select count(*) from closing.recon_item r where r.company_id = ${s.company_id} and r.state = 'open' and r.owner_id = ${s.who.account_id}::uuid` },
  { code: 'import_previewed', permission: 'system.import.use', path: '/system/imports?state=previewed', count: (s, c) => sql`select count(*) from system.import_batch r where r.company_id = ${s.company_id} and r.state = 'previewed' and (r.community_id is null or ${communitiesSeenBy(s, { alias: 'r', permission: 'system.import.use' })}) ${c ? sql`and r.community_id = ${c}` : sql``}` },
  { code: 'houses_in_arrears', permission: 'billing.stats.read', path: '/billing/arrears', count: (s, c) => sql`select count(distinct b.house_id) from billing.bill b where b.company_id = ${s.company_id} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen and b.due_on < ${s.today}::date and ${seen(s, 'b', 'billing.stats.read', c)}` },
  { code: 'order_waiting', permission: 'orders.order.dispatch', path: '/orders/list?state=waiting', count: (s, c) => sql`select count(*) from orders.work_order o where o.company_id = ${s.company_id} and o.state = 'waiting' and ${seen(s, 'o', 'orders.order.dispatch', c)}` },
  { code: 'order_late', permission: 'orders.order.dispatch', path: '/orders/list?late=1', count: (s, c) => sql`select count(*) from orders.work_order o where o.company_id = ${s.company_id} and o.state in ('waiting','assigned','accepted','working') and (case when o.arrived_at is null then o.respond_due_at else o.finish_due_at end) < ${s.now}::timestamptz and ${seen(s, 'o', 'orders.order.dispatch', c)}` },
  { code: 'complaint_new', permission: 'care.complaint.manage', path: '/care/complaints?state=new', count: (s, c) => sql`select count(*) from care.complaint o where o.company_id = ${s.company_id} and o.state = 'new' and ${seen(s, 'o', 'care.complaint.manage', c)}` },
  { code: 'complaint_late', permission: 'care.complaint.manage', path: '/care/complaints?late=1', count: (s, c) => sql`select count(*) from care.complaint o where o.company_id = ${s.company_id} and ((o.state in ('new','assigned','handling') and (o.answer_due_at < ${s.now}::timestamptz or (o.accepted_at is null and o.accept_due_at < ${s.now}::timestamptz))) or (o.state = 'answered' and o.visit_wanted and o.visited_at is null and o.visit_due_at < ${s.now}::timestamptz)) and ${seen(s, 'o', 'care.complaint.manage', c)}` },
  { code: 'complaint_visit', permission: 'care.visit.write', path: '/care/complaints?fact=visit_waiting', count: (s, c) => sql`select count(*) from care.complaint o where o.company_id = ${s.company_id} and o.state = 'answered' and o.visit_wanted and o.visited_at is null and ${seen(s, 'o', 'care.visit.write', c)}` },
  { code: 'application_deciding', permission: 'care.application.decide', path: '/care/applications?mine=1', count: (s, c) => sql`select count(*) from care.application o where o.company_id = ${s.company_id} and o.state = 'deciding' and (o.department_id is null or exists (select from care.department dp where dp.company_id = ${s.company_id} and dp.department_id = o.department_id and (cardinality(dp.account_ids) = 0 or dp.retired_at is not null or ${s.who.account_id}::uuid = any(dp.account_ids)))) and ${seen(s, 'o', 'care.application.decide', c)}` },
  { code: 'vote_unpublished', permission: 'votes.poll.write', path: '/votes?state=closed', count: (s, c) => sql`select count(*) from votes.poll v where v.company_id = ${s.company_id} and v.state = 'closed' and ${seenCommunity(s, 'v', 'votes.poll.write', c)}` },
  { code: 'round_review', permission: 'rounds.task.review', path: '/rounds/tasks?state=review', count: (s, c) => sql`select count(*) from rounds.task t where t.company_id = ${s.company_id} and t.state = 'review' and t.on_day > ${s.today}::date - 7 and ${seen(s, 't', 'rounds.task.review', c)}` },
  { code: 'round_missed', permission: 'rounds.task.review', path: '/rounds/board', count: (s, c) => sql`select count(*) from rounds.task t where t.company_id = ${s.company_id} and t.state = 'missed' and t.on_day = ${s.today}::date and ${seen(s, 't', 'rounds.task.review', c)}` },
  { code: 'finding_mended', permission: 'rounds.task.review', path: '/rounds/findings?state=mended', count: (s, c) => sql`select count(*) from rounds.finding f where f.company_id = ${s.company_id} and f.state = 'mended' and ${seen(s, 'f', 'rounds.task.review', c)}` },
  { code: 'alarm_active', permission: 'iot.alarm.handle', path: '/iot/alarms?state=active', count: (s, c) => sql`select count(*) from iot.alarm a where a.company_id = ${s.company_id} and a.disposed_at is null and a.cleared_at is null and a.acked_at is null and (a.shelved_until is null or a.shelved_until <= ${s.now}::timestamptz) and ${seen(s, 'a', 'iot.alarm.handle', c)}` },
  { code: 'incident_reported', permission: 'safety.incident.handle', path: '/safety/incidents?state=reported', count: (s, c) => sql`select count(*) from safety.incident o where o.company_id = ${s.company_id} and o.state = 'reported' and ${seen(s, 'o', 'safety.incident.handle', c)}` },
  { code: 'incident_review', permission: 'safety.incident.manage', path: '/safety/incidents?state=review', count: (s, c) => sql`select count(*) from safety.incident o where o.company_id = ${s.company_id} and o.state = 'review' and ${seen(s, 'o', 'safety.incident.manage', c)}` },
  // Over within a month, or a new one was not taken: after its last day no device connects over TLS.
  { code: 'gateway_cert', permission: 'iot.channel.write', path: '/iot/channels', count: (s) => sql`select count(*) from iot.gateway g where g.company_id = ${s.company_id} and ((g.doors->'tls'->>'open')::boolean and (g.doors->'tls'->>'valid_until')::timestamptz < ${s.now}::timestamptz + make_interval(days => ${CERT_SOON_DAYS}) or g.doors->'tls'->>'why' is not null)` },
  ...(['uncertified', 'cert_due', 'contract_due', 'no_contract'] as const).map((fact): Todo => ({ code: `staff_${fact}`, permission: 'staff.file.write', path: `/staff/employees?fact=${fact}`, count: (s, c, policy) => factCount(s, policy, fact, c) })),
  { code: 'contract_due', permission: 'contracts.contract.write', path: '/contracts/list?within_days=30', count: (s, c) => sql`select count(*) from contracts.contract t where t.company_id = ${s.company_id} and t.state = 'active' and t.to_on between ${s.today}::date and ${s.today}::date + 30 and ${seenCommunity(s, 't', 'contracts.contract.write', c)}` },
  { code: 'contract_over', permission: 'contracts.contract.write', path: '/contracts/list?state=expired', count: (s, c) => sql`select count(*) from contracts.contract t where t.company_id = ${s.company_id} and t.state = 'active' and t.to_on < ${s.today}::date and ${seenCommunity(s, 't', 'contracts.contract.write', c)}` },
  { code: 'reading_suspect', permission: 'meters.reading.write', path: '/meters/suspects', count: (s, c) => sql`select count(*) from meters.reading r join meters.meter m on m.company_id = r.company_id and m.meter_id = r.meter_id where r.company_id = ${s.company_id} and r.state = 'suspect' and ${seen(s, 'm', 'meters.reading.write', c)}` },
]

async function todosOf(scope: Scope, community_id: string | undefined): Promise<Bench['todos']> {
  const mine = TODOS.filter((t) => t.permission === null || reaches(scope, t.permission))
  if (mine.length === 0) return []
  const policy = await staffPolicy(scope)
  const { rows } = await sql<{ code: string; count: number }>`${sql.join(mine.map((t) => sql`select ${t.code}::text as code, (${t.count(scope, community_id, policy)})::int as count`), sql` union all `)}`.execute(scope.db)
  const counts = new Map(rows.map((r) => [r.code, r.count]))
  return mine.map(({ code, path }) => ({ code, zh: zh('todo', code), count: counts.get(code) ?? 0, path }))
}

interface Month {
  month: string
  receivable_fen: number
  settled_fen: number
  received_fen: number
}
/** The last 12 months: what was billed for each (periods), what of that is paid, and what came in (days of payment; prepayment used
 *  came in on an earlier day and is left out, as in the cashiers' daily report). */
export async function monthsOf(scope: Scope, community_id: string | undefined): Promise<Month[]> {
  const c = scope.company_id
  const month = scope.today.slice(0, 7)
  const from = `${addMonths(month, -11)}-01`
  const to = `${addMonths(month, 1)}-01`
  const bills = reaches(scope, 'billing.bill.read')
    ? sql`select to_char(b.period_on, 'YYYY-MM') as month, sum(b.amount_fen - b.reduced_fen) as receivable_fen, sum(b.paid_fen) as settled_fen, 0::numeric as received_fen from billing.bill b
        where b.company_id = ${c} and b.period_on >= ${from}::date and b.period_on < ${to}::date and b.voided_at is null and ${seen(scope, 'b', 'billing.bill.read', community_id)} group by 1`
    : sql`select ''::text as month, 0::numeric as receivable_fen, 0::numeric as settled_fen, 0::numeric as received_fen where false`
  const payments = reaches(scope, 'payment.payment.read')
    ? sql`select to_char(x.taken_on, 'YYYY-MM'), 0, 0, sum(x.total_fen - coalesce(w.used_fen, 0)) from payment.payment x
        left join (select payment_id, sum(amount_fen) as used_fen from payment.tender where company_id = ${c} and method = 'wallet' group by 1) w on w.payment_id = x.payment_id
        where x.company_id = ${c} and x.taken_on >= ${from}::date and x.taken_on < ${to}::date and x.reversed_at is null and ${seen(scope, 'x', 'payment.payment.read', community_id)} group by 1`
    : sql`select ''::text, 0, 0, 0 where false`
  const { rows } = await sql<Month>`select month, sum(receivable_fen)::bigint as receivable_fen, sum(settled_fen)::bigint as settled_fen, sum(received_fen)::bigint as received_fen from (${bills} union all ${payments}) x group by 1`.execute(scope.db)
  const by = new Map(rows.map((r) => [r.month, r]))
  return Array.from({ length: 12 }, (_, i) => by.get(addMonths(month, i - 11)) ?? { month: addMonths(month, i - 11), receivable_fen: 0, settled_fen: 0, received_fen: 0 })
}

/** In tenths of a percent by whole numbers, rounded down: 100 % is written only when nothing is left. */
const rate = (m: Month): string => (m.receivable_fen > 0 ? ((t) => `${t.slice(0, -1) || '0'}.${t.slice(-1)}`)(String((BigInt(m.settled_fen) * 1000n) / BigInt(m.receivable_fen))) : '0.0')

async function figuresOf(scope: Scope, community_id: string | undefined, months: readonly Month[]): Promise<Bench['figures']> {
  const c = scope.company_id
  const bills = reaches(scope, 'billing.bill.read')
  const payments = reaches(scope, 'payment.payment.read')
  const houses = reaches(scope, 'property.house.read')
  if (!bills && !payments && !houses) return []
  const { rows } = await sql<{ today_fen: number; house_count: number }>`select
    ${payments ? sql`(select coalesce(sum(x.total_fen - (select coalesce(sum(t.amount_fen), 0) from payment.tender t where t.company_id = x.company_id and t.payment_id = x.payment_id and t.method = 'wallet')), 0) from payment.payment x where x.company_id = ${c} and x.taken_on = ${scope.today}::date and x.reversed_at is null and ${seen(scope, 'x', 'payment.payment.read', community_id)})` : sql`0`}::bigint as today_fen,
    ${houses ? sql`(select count(*) from property.house h where h.company_id = ${c} and ${seen(scope, 'h', 'property.house.read', community_id)})` : sql`0`}::int as house_count`.execute(scope.db)
  const now = months.at(-1)!
  const last = months.at(-2)!
  const period = `period_from=${now.month}&period_to=${now.month}`
  const days = `from_on=${now.month}-01&to_on=${scope.today}`
  const money = (code: string, fen: number, path: string, before: number | null) => ({ code, zh: zh('figure', code), value: yuanGrouped(readFen(fen)), unit: '元', path, compare: before === null ? null : `上月 ${yuanGrouped(readFen(before))} 元` })
  const out: Bench['figures'] = []
  if (bills) out.push(money('receivable_month', now.receivable_fen, `/billing/bills?${period}&state=live`, last.receivable_fen))
  if (payments) out.push(money('received_month', now.received_fen, `/payment/daily?${days}`, last.received_fen))
  if (bills) out.push({ code: 'rate_month', zh: zh('figure', 'rate_month'), value: rate(now), unit: '%', path: `/billing/collection?${period}`, compare: `上月 ${rate(last)} %` })
  if (payments) out.push(money('received_today', rows[0]!.today_fen, `/payment/daily?from_on=${scope.today}&to_on=${scope.today}`, null))
  if (houses) out.push({ code: 'house_count', zh: zh('figure', 'house_count'), value: String(rows[0]!.house_count), unit: '户', path: '/property/houses', compare: null })
  return out
}

export const workbench = answer(analytics.workbench, async (scope, { community_id }) => {
  if (scope.who.kind !== 'staff') return { setup: [], todos: [], figures: [], months: [] }
  const sees_money = reaches(scope, 'billing.bill.read') || reaches(scope, 'payment.payment.read')
  const months = await monthsOf(scope, community_id)
  return { setup: await setupOf(scope), todos: await todosOf(scope, community_id), figures: await figuresOf(scope, community_id, months), months: sees_money ? months.map(({ settled_fen: _s, ...m }) => m) : [] }
})
