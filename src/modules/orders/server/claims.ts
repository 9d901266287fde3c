// Claims against the builder (保修通知): sent with deadlines, answered, repaired or refused; what the company then repairs itself is drawn from the
// builder's deposit once another person has agreed.
import { sql, type RawBuilder } from 'kysely'
import { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { Id } from '../../../kernel/shapes.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { orders, type Claim, type ClaimAction, type ClaimFilter, type ClaimFull, type ClaimStep, type Cover } from '../contract.ts'
import { words } from '../words.ts'
import { orderToRead, ordersSeenBy, reaches, type Order } from './access.ts'
import { CLAIM_MOVES, coveredUntil, isLate, termsFor } from './rules/warranty.ts'
import { concerned, linkOf, notify } from './tell.ts'
import { builderToChange, buildersOf, termsOf } from './warranty_setup.ts'

const CLAIMS_MAX = 20
interface Row extends Claim { community_id: string; builder_id: string; step_no: number; balance_fen: number; steps: ClaimStep[] }
const COLUMNS = (c: number) => sql`x.claim_id, x.no, x.order_id, o.no as order_no, k.name as community_name, o.place, b.name as builder_name, x.part, x.accepted_on, x.covered_until_on, x.defect, x.state, x.sent_at, x.answer_by_on, x.repair_by_on, x.cost_fen, x.deduct_fen, x.community_id, x.builder_id, x.step_no
  , coalesce((select sum(case m.kind when 'paid_in' then m.amount_fen else -m.amount_fen end) from orders.builder_move m where m.company_id = ${c} and m.builder_id = x.builder_id), 0)::bigint as balance_fen`
const FROM = (c: number) => sql`from orders.claim x join orders.work_order o on o.company_id = ${c} and o.order_id = x.order_id join orders.builder b on b.company_id = ${c} and b.builder_id = x.builder_id join property.community k on k.company_id = ${c} and k.community_id = x.community_id`
const STEPS = (c: number) => sql`coalesce((select jsonb_agg(jsonb_build_object('step_no', s.step_no, 'action', s.action, 'note', s.note, 'by_name', s.by_name, 'at', s.at, 'file_ids', s.file_ids) order by s.step_no) from orders.claim_step s where s.company_id = ${c} and s.claim_id = x.claim_id), '[]') as steps`

export async function claimToRead(scope: Scope, claim_id: string, lock = false): Promise<Row> {
  const c = scope.company_id
  const { rows } = await sql<Row>`select ${COLUMNS(c)}, ${STEPS(c)} ${FROM(c)} where x.company_id = ${c} and x.claim_id = ${claim_id} and ${ordersSeenBy(scope)} ${lock ? sql`for update of x` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return { ...rows[0], late: isLate(rows[0], scope.today) }
}
async function proofs(scope: Scope, file_ids: readonly string[] | undefined): Promise<string[]> {
  const ids = [...new Set(file_ids ?? [])]
  if (ids.length === 0) return []
  const { rows } = await sql`select 1 from kernel.file where company_id = ${scope.company_id} and file_id = any(${ids}::uuid[]) and purpose in ('proof','photo') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.refuse('orders.no_file')
  return ids
}

interface Step { note: string; file_ids?: readonly string[] | undefined; set?: Record<string, unknown> }
async function move(scope: Scope, x: Row, action: ClaimAction, s: Step): Promise<{ claim_id: string; state: Claim['state'] }> {
  const m = CLAIM_MOVES[action]
  const zh = words.states!
  if (!m.from.includes(x.state)) throw scope.refuse('orders.claim_state', { no: x.no, state: zh['claim']![x.state]!, action: zh['claim_action']![action]! })
  const n = x.step_no + 1
  const over = m.to === 'repaired' || m.to === 'deducted' || m.to === 'dropped'
  const done = await scope.db.updateTable('orders.claim').set({ state: m.to, step_no: n, ...(over ? { ended_at: scope.now } : {}), ...s.set } as never).where('company_id', '=', scope.company_id).where('claim_id', '=', x.claim_id).where('step_no', '=', x.step_no).executeTakeFirst()
  if (Number(done.numUpdatedRows) !== 1) throw scope.refuse('orders.claim_state', { no: x.no, state: zh['claim']![x.state]!, action: zh['claim_action']![action]! })
  await writeStep(scope, x.claim_id, n, action, s)
  scope.note('claim', x.claim_id, { no: x.no, action, from: x.state, to: m.to })
  return { claim_id: x.claim_id, state: m.to }
}
async function writeStep(scope: Scope, claim_id: string, step_no: number, action: string, s: Step): Promise<void> {
  await scope.db.insertInto('orders.claim_step').values({ company_id: scope.company_id, claim_id, step_no, action, note: s.note, file_ids: await proofs(scope, s.file_ids), by_account: scope.who.account_id, by_name: scope.who.kind === 'system' ? '系统' : scope.who.name, at: scope.now }).execute()
}

/** Every part of every builder who answers for the order's place; those that the category speaks of come first. */
async function coversOf(scope: Scope, o: Order): Promise<Cover[]> {
  const terms = await termsOf(scope)
  const list = (await buildersOf(scope, { community_id: o.community_id })).filter((b) => !b.retired && (b.building_ids.length === 0 || (o.building_id !== null && b.building_ids.includes(o.building_id))))
  const covers = list.flatMap((b) => termsFor(terms, b.accepted_on).map((t) => {
    const covered_until_on = coveredUntil(b.accepted_on, t)
    return { builder_id: b.builder_id, builder_name: b.name, part: t.part, accepted_on: b.accepted_on, covered_until_on, covered: covered_until_on >= scope.today, by_category: t.category_ids.includes(o.category_id), answer_by_on: addDays(scope.today, b.answer_days), repair_by_on: addDays(scope.today, b.repair_days) }
  }))
  return covers.toSorted((a, b) => Number(b.by_category) - Number(a.by_category) || Number(b.covered) - Number(a.covered) || a.part.localeCompare(b.part, 'zh-CN'))
}
function full(scope: Scope, x: Row, o: Order): ClaimFull {
  const mine = reaches(scope, 'orders.warranty.write', o)
  const may = (a: ClaimAction): true | string => (!mine ? 'kernel.forbidden' : !CLAIM_MOVES[a].from.includes(x.state) ? 'orders.claim_state' : a === 'lapse' && !isLate(x, scope.today) ? 'orders.claim_not_late' : true)
  const { community_id: _c, builder_id: _b, step_no: _s, ...rest } = x
  return { ...rest, late: isLate(x, scope.today), can: { promise: may('promise'), refuse: may('refuse'), lapse: may('lapse'), repaired: may('repaired'), own: may('own'), ask: may('ask'), drop: may('drop') } }
}

const Payload = z.object({ claim_id: Id })
export const deductApproval: ApprovalKind<z.output<typeof Payload>> = {
  kind: 'orders.claim_deduct', zh: '扣除保修金', may: 'orders.warranty.decide', has_amount: true, payload: Payload,
  facts: async (scope, a) => {
    const { rows } = await sql<Row>`select ${COLUMNS(scope.company_id)} ${FROM(scope.company_id)} where x.company_id = ${scope.company_id} and x.claim_id = ${a.payload.claim_id}`.execute(scope.db)
    const x = rows[0]
    return x ? [{ label: '保修通知', value: x.no }, { label: '建设单位', value: x.builder_name }, { label: '工单', value: `${x.order_no} ${x.place}` }, { label: '自行维修费用', value: `${yuanGrouped(fen(x.cost_fen ?? 0))} 元` }, { label: '保修金余额', value: `${yuanGrouped(fen(x.balance_fen))} 元` }] : []
  },
  agreed: async (scope, a) => {
    const c = scope.company_id
    const { rows } = await sql<Row>`select ${COLUMNS(c)} ${FROM(c)} where x.company_id = ${c} and x.claim_id = ${a.payload.claim_id} for update of x, b`.execute(scope.db)
    const x = rows[0]!
    // The deposit may have been drawn on while this waited.
    if (x.deduct_fen! > x.balance_fen) throw scope.refuse('orders.deposit_short', { balance: yuanGrouped(fen(x.balance_fen)) })
    await scope.db.insertInto('orders.builder_move').values({ company_id: c, move_id: uuidv7(), builder_id: x.builder_id, kind: 'deducted', amount_fen: x.deduct_fen!, done_on: scope.today, paper: `${x.no} 拒修,自行维修`, claim_id: x.claim_id, created_by: scope.who.account_id!, created_at: scope.now }).execute()
    await move(scope, x, 'deduct', { note: `扣除保修金 ${yuanGrouped(fen(x.deduct_fen!))} 元` })
  },
  dropped: async (scope, a, how) => {
    const c = scope.company_id
    const { rows } = await sql<Row>`select ${COLUMNS(c)} ${FROM(c)} where x.company_id = ${c} and x.claim_id = ${a.payload.claim_id} for update of x`.execute(scope.db)
    if (rows[0]) await move(scope, rows[0], 'back', { note: how === 'refused' ? '扣款未批准' : '撤回扣款申请', set: { deduct_fen: null } })
  },
}

export function conditions(scope: Scope, f: ClaimFilter): RawBuilder<unknown> {
  const p: RawBuilder<unknown>[] = [sql`x.company_id = ${scope.company_id}`, ordersSeenBy(scope)]
  if (f.state) p.push(sql`x.state = ${f.state}`)
  if (f.late) p.push(sql`((x.state = 'sent' and x.answer_by_on < ${scope.today}::date) or (x.state = 'promised' and x.repair_by_on < ${scope.today}::date))`)
  if (f.community_id) p.push(sql`x.community_id = ${f.community_id}`)
  if (f.from_on) p.push(sql`x.sent_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) p.push(sql`x.sent_at < ${dayStart(f.to_on, 1)}`)
  if (f.q) p.push(sql`(x.no ilike ${`%${f.q.trim()}%`} or o.no ilike ${`%${f.q.trim()}%`} or o.place like ${`%${f.q.trim()}%`} or b.name like ${`%${f.q.trim()}%`} or x.defect like ${`%${f.q.trim()}%`})`)
  return sql.join(p, sql` and `)
}
export async function claimRows(scope: Scope, f: ClaimFilter, o: { limit: number; offset: number }): Promise<Claim[]> {
  const c = scope.company_id
  const { rows } = await sql<Row>`select ${COLUMNS(c)} ${FROM(c)} where ${conditions(scope, f)} order by x.sent_at desc, x.claim_id limit ${o.limit} offset ${o.offset}`.execute(scope.db)
  return rows.map(({ community_id: _c, builder_id: _b, step_no: _s, balance_fen: _f, steps: _t, ...r }) => ({ ...r, late: isLate(r, scope.today) }))
}

/** The clock: a deadline that passed is told once to whoever follows the order. */
export async function tellLateClaims(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ claim_id: string; order_id: string; no: string; builder_name: string; state: Claim['state'] }>`with late as (select x.claim_id from orders.claim x where x.company_id = ${c} and x.told_late_at is null and ((x.state = 'sent' and x.answer_by_on < ${scope.today}::date) or (x.state = 'promised' and x.repair_by_on < ${scope.today}::date)) order by x.claim_id limit 200 for update skip locked),
      told as (update orders.claim x set told_late_at = ${scope.now} from late where x.company_id = ${c} and x.claim_id = late.claim_id returning x.*)
    select t.claim_id, t.order_id, t.no, b.name as builder_name, t.state from told t join orders.builder b on b.company_id = ${c} and b.builder_id = t.builder_id`.execute(scope.db)
  for (const x of rows) {
    const o = await orderToRead(scope, x.order_id)
    const what = x.state === 'sent' ? '建设单位逾期未答复' : '建设单位逾期未修复'
    await notify(scope, (await concerned(scope, o)).map((account_id) => ({ to: { account_id }, template: 'order_noted', params: { no: o.no, place: o.place, category: o.category, what, words: `${x.builder_name} ${x.no}` }, link: linkOf(o.order_id) })))
  }
}

export const claimAnswers = [
  answer(orders.orderWarranty, async (scope, { order_id }) => {
    const c = scope.company_id
    const o = await orderToRead(scope, order_id)
    const { rows } = await sql<Row>`select ${COLUMNS(c)}, ${STEPS(c)} ${FROM(c)} where x.company_id = ${c} and x.order_id = ${order_id} order by x.sent_at desc limit ${CLAIMS_MAX}`.execute(scope.db)
    const live = rows.some((x) => !['repaired', 'deducted', 'dropped'].includes(x.state))
    const send: true | string = !reaches(scope, 'orders.warranty.write', o) ? 'kernel.forbidden' : live ? 'orders.claim_live' : ['cancelled', 'declined', 'closed'].includes(o.state) ? 'orders.wrong_state' : true
    return { covers: await coversOf(scope, o), claims: rows.map((x) => full(scope, x, o)), can: { send } }
  }),
  answer(orders.sendClaim, async (scope, i) => {
    const c = scope.company_id
    const o = await orderToRead(scope, i.order_id)
    if (!reaches(scope, 'orders.warranty.write', o)) throw scope.notFound()
    if (['cancelled', 'declined', 'closed'].includes(o.state)) throw scope.refuse('orders.wrong_state', { no: o.no, state: words.states!['state']![o.state]!, action: '通知保修' })
    const cover = (await coversOf(scope, o)).find((x) => x.builder_id === i.builder_id && x.part === i.part)
    if (!cover) throw scope.notFound()
    if (!cover.covered) throw scope.refuse('orders.not_covered', { part: cover.part, until: cover.covered_until_on })
    const year = scope.today.slice(0, 4)
    const drawn = await sql<{ last_no: number }>`insert into orders.series (company_id, series, last_no) values (${c}, ${`BX-${year}`}, 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no`.execute(scope.db)
    const no = `BX${year}-${String(drawn.rows[0]!.last_no).padStart(6, '0')}`
    const claim_id = uuidv7()
    // The unique index decides who was first; the other hears that there is one.
    const made = await sql`insert into orders.claim (company_id, claim_id, no, order_id, community_id, builder_id, part, accepted_on, covered_until_on, defect, answer_by_on, repair_by_on, state, sent_at)
      values (${c}, ${claim_id}, ${no}, ${o.order_id}, ${o.community_id}, ${cover.builder_id}, ${cover.part}, ${cover.accepted_on}, ${cover.covered_until_on}, ${i.defect}, ${cover.answer_by_on}, ${cover.repair_by_on}, 'sent', ${scope.now}) on conflict do nothing returning 1`.execute(scope.db)
    if (made.rows.length === 0) throw scope.refuse('orders.claim_live', { no: o.no })
    await writeStep(scope, claim_id, 1, 'send', { note: i.defect })
    scope.note('claim', claim_id, { no, order_no: o.no, builder: cover.builder_name, part: cover.part })
    return { claim_id, no }
  }),
  answer(orders.answerClaim, async (scope, i) => {
    const x = await claimToChange(scope, i.claim_id)
    if (i.answer === 'lapse' && !isLate(x, scope.today)) throw scope.refuse('orders.claim_not_late', { no: x.no })
    return move(scope, x, i.answer, { note: i.note, file_ids: i.file_ids, set: i.answer === 'promise' && i.repair_by_on ? { repair_by_on: i.repair_by_on, told_late_at: null } : i.answer === 'promise' ? { told_late_at: null } : {} })
  }),
  answer(orders.repairedClaim, async (scope, i) => move(scope, await claimToChange(scope, i.claim_id), 'repaired', { note: i.note, file_ids: i.file_ids })),
  answer(orders.ownRepair, async (scope, i) => move(scope, await claimToChange(scope, i.claim_id), 'own', { note: `${i.note},费用 ${yuanGrouped(fen(i.cost_fen))} 元`, file_ids: i.file_ids, set: { cost_fen: i.cost_fen } })),
  answer(orders.askDeduct, async (scope, i) => {
    const x = await claimToChange(scope, i.claim_id)
    if (x.state === 'own' && i.amount_fen > x.cost_fen!) throw scope.refuse('orders.deduct_over', { cost: yuanGrouped(fen(x.cost_fen!)) })
    const b = await builderToChange(scope, x.builder_id)
    if (i.amount_fen > b.balance_fen) throw scope.refuse('orders.deposit_short', { balance: yuanGrouped(fen(b.balance_fen)) })
    await move(scope, x, 'ask', { note: `申请扣除 ${yuanGrouped(fen(i.amount_fen))} 元:${i.reason}`, set: { deduct_fen: i.amount_fen } })
    return askApproval(scope, deductApproval, { subject_type: 'claim', subject_id: x.claim_id, community_id: x.community_id, title: `扣除保修金 ${x.no} ${x.builder_name} ${yuanGrouped(fen(i.amount_fen))} 元`, amount_fen: i.amount_fen, payload: { claim_id: x.claim_id }, reason: i.reason, attachments: [] })
  }),
  answer(orders.dropClaim, async (scope, i) => move(scope, await claimToChange(scope, i.claim_id), 'drop', { note: i.reason })),
  answer(orders.claims, async (scope, { page, page_size, ...f }) => {
    const c = scope.company_id
    const [rows, sums] = await Promise.all([
      claimRows(scope, f, { limit: page_size, offset: (page - 1) * page_size }),
      sql<{ total: number; cost: number; deduct: number }>`select count(*)::int as total, coalesce(sum(x.cost_fen), 0)::bigint as cost, coalesce(sum(x.deduct_fen) filter (where x.state = 'deducted'), 0)::bigint as deduct ${FROM(c)} where ${conditions(scope, f)}`.execute(scope.db),
    ])
    const s = sums.rows[0]!
    return { rows, total: s.total, cost_fen_sum: s.cost, deduct_fen_sum: s.deduct }
  }),
]
async function claimToChange(scope: Scope, claim_id: string): Promise<Row> {
  const x = await claimToRead(scope, claim_id, true)
  if (!reaches(scope, 'orders.warranty.write', await orderToRead(scope, x.order_id))) throw scope.notFound()
  return x
}
