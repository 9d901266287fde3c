// Instalment plans: signed over chosen bills, kept when they are paid, broken when a part stays unpaid past its days of grace. Paying is as
// ever, against the bills; a plan only says by when, and holds late fees and reminders back while it is kept.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile, type Schedule } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { housesOfResident } from '../../people/server/index.ts'
import { covers, houseToChange, houseToRead, housesSeenBy } from '../../property/server/index.ts'
import { billing } from '../contract.ts'
import type { PlanDetail, PlanRow } from '../plan_contract.ts'
import { words } from '../words.ts'
import { LIST_MAX, listBook } from './excel.ts'
import { coverParts, type Part } from './rules/plan.ts'
import { lockOpen } from './settle.ts'

export interface PlanRaw {
  plan_id: string
  no: string
  community_name: string
  company_name: string
  house_id: string
  house_label: string
  community_id: string
  building_id: string
  payer_name: string
  amount_fen: number
  open_fen: number
  signed_on: string
  grace_days: number
  suspends_late_fee: boolean
  note: string | null
  state: PlanRow['state']
  created_by: string
  created_at: string
  ended_on: string | null
  end_reason: string | null
  parts: Part[]
}
async function read(scope: Scope, where: RawBuilder<unknown>, limit: number, offset = 0): Promise<PlanRaw[]> {
  const c = scope.company_id
  const { rows } = await sql<PlanRaw>`
    with page as materialized (select p.* from billing.plan p where p.company_id = ${c} and ${where} order by p.signed_on desc, p.plan_id limit ${limit} offset ${offset})
    select p.plan_id, p.no, m.name as community_name, co.name as company_name, p.house_id, h.label as house_label, p.community_id, p.building_id, pe.name as payer_name, p.amount_fen, p.signed_on, p.grace_days, p.suspends_late_fee, p.note, p.state, p.created_by, p.created_at, p.ended_on, p.end_reason,
      (select coalesce(sum(case when b.voided_at is null then b.amount_fen - b.paid_fen - b.reduced_fen else 0 end), 0)::bigint from billing.plan_bill x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id where x.company_id = ${c} and x.plan_id = p.plan_id) as open_fen,
      (select jsonb_agg(jsonb_build_object('part_no', t.part_no, 'due_on', t.due_on, 'amount_fen', t.amount_fen) order by t.part_no) from billing.plan_part t where t.company_id = ${c} and t.plan_id = p.plan_id) as parts
    from page p join property.house h on h.company_id = ${c} and h.house_id = p.house_id join property.community m on m.company_id = ${c} and m.community_id = p.community_id join people.person pe on pe.company_id = ${c} and pe.person_id = p.payer_id
      join identity.company co on co.company_id = ${c} order by p.signed_on desc, p.plan_id`.execute(scope.db)
  return rows
}
const settledOf = (p: PlanRaw): number => Math.max(0, p.amount_fen - p.open_fen)

function rowOf(scope: Scope, p: PlanRaw): PlanRow & { parts: PlanDetail['parts'] } {
  const settled_fen = settledOf(p)
  const covered = coverParts(p.parts, settled_fen, scope.today)
  const may = covers(scope.reach('billing.plan.write'), p)
  return {
    plan_id: p.plan_id, no: p.no, community_name: p.community_name, house_id: p.house_id, house_label: p.house_label, payer_name: p.payer_name, amount_fen: p.amount_fen, settled_fen, part_count: p.parts.length,
    next_on: p.state === 'active' ? covered.next_on : null, behind_fen: p.state === 'active' ? covered.behind_fen : 0, signed_on: p.signed_on, state: p.state, suspends_late_fee: p.suspends_late_fee,
    can: { end: !may ? 'kernel.forbidden' : p.state === 'active' ? true : 'billing.plan_ended' }, parts: covered.parts,
  }
}

function whereOf(scope: Scope, f: Out<typeof billing.plansExcel.takes>): RawBuilder<unknown> {
  const w: RawBuilder<unknown>[] = [housesSeenBy(scope, { alias: 'p' })]
  if (f.community_id) w.push(sql`p.community_id = ${f.community_id}`)
  if (f.house_id) w.push(sql`p.house_id = ${f.house_id}`)
  if (f.state) w.push(sql`p.state = ${f.state}`)
  return sql.join(w, sql` and `)
}
const list = answer(billing.plans, async (scope, { page, page_size, ...f }) => {
  const where = whereOf(scope, f)
  const { rows } = await sql<{ total: number }>`select count(*)::int as total from billing.plan p where p.company_id = ${scope.company_id} and ${where}`.execute(scope.db)
  return { rows: (await read(scope, where, page_size, (page - 1) * page_size)).map((p) => (({ parts: _, ...r }) => r)(rowOf(scope, p))), total: rows[0]!.total }
})
const excel = answerFile(billing.plansExcel, async (scope, f) => {
  const rows = (await read(scope, whereOf(scope, f), LIST_MAX + 1)).map((p) => rowOf(scope, p))
  return listBook(scope, { name: '分期协议', count_word: '份' }, rows, [
    ['协议号', 'text', (r) => r.no], ['小区', 'text', (r) => r.community_name], ['房号', 'text', (r) => r.house_label], ['缴费人', 'text', (r) => r.payer_name], ['分期总额', 'money_fen', (r) => r.amount_fen], ['已缴', 'money_fen', (r) => r.settled_fen], ['期数', 'int', (r) => r.part_count],
    ['下期应缴日', 'day', (r) => r.next_on], ['逾期未缴', 'money_fen', (r) => r.behind_fen], ['签订日', 'day', (r) => r.signed_on], ['状态', 'text', (r) => words.states!['plan']![r.state]],
  ])
})

export async function planToRead(scope: Scope, plan_id: string): Promise<PlanRaw> {
  const [p] = await read(scope, sql`p.plan_id = ${plan_id} and ${housesSeenBy(scope, { alias: 'p' })}`, 1)
  if (!p) throw scope.notFound()
  return p
}
export async function billsIn(scope: Scope, plan_id: string): Promise<PlanDetail['bills']> {
  const c = scope.company_id
  return (await sql<PlanDetail['bills'][number]>`select x.bill_id, x.period_on, i.name as fee_item_name, x.open_fen as open_at_signing_fen, case when b.voided_at is null then b.amount_fen - b.paid_fen - b.reduced_fen else 0 end as open_fen
    from billing.plan_bill x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = b.fee_item_id
    where x.company_id = ${c} and x.plan_id = ${plan_id} order by x.period_on, x.bill_id`.execute(scope.db)).rows
}
const detail = answer(billing.plan, async (scope, { plan_id }) => {
  const p = await planToRead(scope, plan_id)
  return { ...rowOf(scope, p), grace_days: p.grace_days, note: p.note, created_by_name: (await memberNames(scope, [p.created_by])).get(p.created_by) ?? '', created_at: p.created_at, ended_on: p.ended_on, end_reason: p.end_reason, bills: await billsIn(scope, plan_id) }
})

/** 分期-2026-0001, without gaps within the year: the row of the series is locked by the insert. */
async function nextNo(scope: Scope): Promise<string> {
  const year = scope.today.slice(0, 4)
  await sql`select pg_advisory_xact_lock(hashtextextended(${`plan ${scope.company_id} ${year}`}, 727011))`.execute(scope.db)
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from billing.plan where company_id = ${scope.company_id} and no like ${`分期-${year}-%`}`.execute(scope.db)
  return `分期-${year}-${String(rows[0]!.n + 1).padStart(4, '0')}`
}

const sign = answer(billing.signPlan, async (scope, o) => {
  const c = scope.company_id
  const house = await houseToChange(scope, o.house_id)
  const keys = [...new Map(o.bills.map((b) => [b.bill_id, b])).values()]
  const bills = await lockOpen(scope, keys)
  if (bills.length !== keys.length || bills.some((b) => b.house_id !== o.house_id)) throw scope.notFound()
  if (bills.some((b) => b.open_fen <= 0)) throw scope.refuse('billing.plan_nothing')
  const payers = new Set(bills.map((b) => b.payer_id))
  if (payers.size > 1) throw scope.refuse('billing.plan_payers')
  const amount_fen = bills.reduce((n, b) => n + b.open_fen, 0)
  const sum = o.parts.reduce((n, p) => n + p.amount_fen, 0)
  if (sum !== amount_fen) throw scope.refuse('billing.plan_sum', { sum: yuanGrouped(fen(sum)), open: yuanGrouped(fen(amount_fen)) })
  const bad = o.parts.findIndex((p, i) => p.due_on < (i === 0 ? scope.today : addDays(o.parts[i - 1]!.due_on, 1)))
  if (bad !== -1) throw scope.refuse('billing.plan_days', { no: bad + 1 })
  const plan_id = uuidv7()
  const no = await nextNo(scope)
  await scope.db.insertInto('billing.plan').values({ company_id: c, plan_id, community_id: house.community_id, building_id: house.building_id, house_id: o.house_id, payer_id: [...payers][0]!, no, amount_fen, signed_on: scope.today, grace_days: o.grace_days, suspends_late_fee: o.suspends_late_fee, note: o.note ?? null, created_by: scope.who.account_id!, created_at: scope.now }).execute()
  await scope.db.insertInto('billing.plan_part').values(o.parts.map((p, i) => ({ company_id: c, plan_id, part_no: i + 1, due_on: p.due_on, amount_fen: p.amount_fen }))).execute()
  const made = await sql`insert into billing.plan_bill (company_id, plan_id, bill_id, period_on, open_fen) select ${c}::bigint, ${plan_id}::uuid, x.bill_id, x.period_on, x.open_fen from jsonb_to_recordset(${JSON.stringify(bills.map(({ bill_id, period_on, open_fen }) => ({ bill_id, period_on, open_fen })))}::jsonb) as x(bill_id uuid, period_on date, open_fen bigint)
    on conflict (company_id, bill_id) where live do nothing`.execute(scope.db)
  if (Number(made.numAffectedRows ?? 0n) !== bills.length) throw scope.refuse('billing.plan_bill_taken')
  scope.note('plan', plan_id, { no, house: house.label, amount_fen, parts: o.parts.length })
  scope.emit('billing.plan_signed', plan_id, { plan_id, house_id: o.house_id, amount_fen })
  return { plan_id, no }
})

async function finish(scope: Scope, plan_id: string, state: 'kept' | 'broken' | 'cancelled', reason: string | null): Promise<boolean> {
  const c = scope.company_id
  const done = await sql`update billing.plan set state = ${state}, ended_on = ${scope.today}::date, ended_by = ${scope.who.account_id}::uuid, end_reason = ${reason} where company_id = ${c} and plan_id = ${plan_id} and state = 'active'`.execute(scope.db)
  if (done.numAffectedRows !== 1n) return false
  await sql`update billing.plan_bill set live = false where company_id = ${c} and plan_id = ${plan_id}`.execute(scope.db)
  scope.note('plan', plan_id, { state, reason })
  scope.emit('billing.plan_ended', plan_id, { plan_id, state })
  return true
}

const end = answer(billing.endPlan, async (scope, { plan_id, how, reason }) => {
  const p = await planToRead(scope, plan_id)
  await houseToRead(scope, p.house_id)
  if (!(await finish(scope, plan_id, how, reason))) throw scope.refuse('billing.plan_ended')
  return { plan_id }
})

const JUDGED_MAX = 1000
/** Once a day's work, asked every hour: plans that are paid are kept, plans behind past their grace are broken. */
export const planSchedule: Schedule = {
  name: 'billing.plans',
  every_s: 3600,
  of: 'company',
  run: async (work) => {
    await work.tx(async (scope) => {
      for (const p of await read(scope, sql`p.state = 'active'`, JUDGED_MAX)) {
        const covered = coverParts(p.parts, settledOf(p), scope.today)
        if (p.open_fen === 0) await finish(scope, p.plan_id, 'kept', '已全部缴清')
        else if (covered.oldest_late_on && addDays(covered.oldest_late_on, p.grace_days) < scope.today) await finish(scope, p.plan_id, 'broken', `${covered.oldest_late_on} 应缴的一期逾期超过 ${p.grace_days} 天`)
      }
    })
  },
}

/** Houses and bills whose late fees and reminders are held back today. For those who remind. */
export async function billsInPlans(scope: Scope, bill_ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ bill_id: string }>`select x.bill_id from billing.plan_bill x join billing.plan p on p.company_id = ${scope.company_id} and p.plan_id = x.plan_id and p.state = 'active' and p.suspends_late_fee where x.company_id = ${scope.company_id} and x.live and x.bill_id = any(${[...bill_ids]}::uuid[])`.execute(scope.db)
  return new Set(rows.map((r) => r.bill_id))
}

const mine = answer(billing.myPlans, async (scope, { house_id }) => {
  const me = (await housesOfResident(scope)).filter((h) => h.house_id === house_id && h.role !== 'household')
  if (me.length === 0) throw scope.notFound()
  const rows = await read(scope, sql`p.house_id = ${house_id} and p.payer_id = any(${me.map((h) => h.person_id)}::uuid[])`, 20)
  return { rows: rows.map((p) => (({ plan_id, no, amount_fen, settled_fen, behind_fen, signed_on, state, suspends_late_fee, parts }) => ({ plan_id, no, amount_fen, settled_fen, behind_fen, signed_on, state, suspends_late_fee, parts }))(rowOf(scope, p))) }
})
export const planAnswers = [list, excel, detail, sign, end, mine]
