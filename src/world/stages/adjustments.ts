// Bills made smaller or claimed: a vacancy discount from a month on, a waiver decided, a plan, a case at the lawyer's, and what is left to whoever
// tries the sample: a write-off to decide, a sale to settle.
import { sql } from 'kysely'
import { addMonths } from '../../kernel/clock.ts'
import { at, inside } from '../caller.ts'
import { firstOf, lastDayOf } from '../plan/calendar.ts'
import { keyOf, must, type Town } from '../town.ts'
import type { Event } from './runs.ts'
import { billing } from '../../modules/billing/contract.ts'
import { handover } from '../../modules/handover/contract.ts'
import { system } from '../../modules/system/contract.ts'

const VACANT_HOUSES = 3
const agree = (t: Town, key: string[], approval_id: string) => t.road.call(must(t, 'caiwu'), ['agree', ...key], system.decideApproval, { approval_id, decision: 'agree', step_no: 1, note: '材料齐全,同意' })

/** Houses of 花园小区 by state that owe something, the ones with the oldest debt first. */
async function owing(t: Town, state: 'vacant' | 'lived_in', limit: number): Promise<{ house_id: string }[]> {
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ house_id: string }>`select h.house_id from property.house h join billing.bill b on b.company_id = h.company_id and b.house_id = h.house_id and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen
    where h.company_id = ${t.company_id} and h.community_id = ${t.ids.community.get('garden')!} and h.kind = 'dwelling' and h.state = ${state} group by h.house_id, h.sort_no order by min(b.period_on), h.sort_no limit ${limit}`.execute(s.db))
  return rows
}

async function discounts(t: Town, from_on: string): Promise<void> {
  const fee_item_id = t.ids.fee.get(keyOf('garden', 'WY'))!
  const { rule_id } = await t.road.call(must(t, 'caiwu'), ['discount rule'], billing.saveDiscountRule, { community_id: t.ids.community.get('garden')!, name: '空置房折扣', fee_item_ids: [fee_item_id], pay_bp: 7000, from_on, basis: '物业服务合同第十二条:空置满六个月按 70% 缴纳' })
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ house_id: string }>`select house_id from property.house where company_id = ${t.company_id} and community_id = ${t.ids.community.get('garden')!} and kind = 'dwelling' and state = 'vacant' and delivered_on is not null order by sort_no, house_id limit ${VACANT_HOUSES}`.execute(s.db))
  for (const [i, h] of rows.entries()) {
    const { approval_id } = await t.road.call(must(t, 'kefu'), ['vacant', String(i)], billing.askHouseDiscount, { house_id: h.house_id, rule_id, from_on, proof: '管家上门查验无人居住,水表半年无走数' })
    await agree(t, ['vacant', String(i)], approval_id)
  }
}

async function waiver(t: Town): Promise<void> {
  const [h] = await owing(t, 'lived_in', 1)
  if (!h) return
  const what = { house_id: h.house_id, kind: 'waiver', how: 'percent', percent_bp: 3000 } as const
  const { amount_fen } = await t.road.ask(must(t, 'kefu'), billing.previewWaiver, what)
  const { approval_id } = await t.road.call(must(t, 'kefu'), ['waiver'], billing.askWaiver, { ...what, amount_fen, reason: '楼道漏水维修延误两个月,协商减免三成' })
  await agree(t, ['waiver'], approval_id)
}

/** Agreed from the year's beginning: three ten-thousandths a day after a month of grace, at most 30 %. */
async function lateRule(t: Town, from_on: string): Promise<void> {
  await t.road.call(must(t, 'caiwu'), ['late rule'], billing.saveLateRule, { community_id: t.ids.community.get('garden')!, fee_item_ids: [t.ids.fee.get(keyOf('garden', 'WY'))!], daily_rate: '0.0003', grace_days: 30, counts_from: 'grace', cap_bp: 3000, shift: true, from_on, basis: '物业服务合同第九条' })
}

/** A family that pays its old debt in four parts. */
async function plan(t: Town): Promise<void> {
  const [, , h] = await owing(t, 'lived_in', 3)
  if (!h) return
  const { rows } = await t.road.ask(must(t, 'kefu'), billing.houseBills, { house_id: h.house_id })
  const bills = rows.filter((b) => b.payer_id === rows[0]!.payer_id).slice(0, 60)
  const total = bills.reduce((n, b) => n + b.open_fen, 0)
  const each = Math.floor(total / 4)
  if (each < 1) return
  const parts = [0, 1, 2, 3].map((i) => ({ due_on: `${addMonths(t.calendar.current, i)}-28`, amount_fen: i === 0 ? total - 3 * each : each }))
  await t.road.call(must(t, 'kefu'), ['plan'], billing.signPlan, { house_id: h.house_id, bills: bills.map(({ bill_id, period_on }) => ({ bill_id, period_on })), parts, grace_days: 10, suspends_late_fee: true, note: '业主因病住院,协商分四期缴清' })
}

/** An old debt that went to a lawyer: visited, demanded, a letter that arrived. */
async function legal(t: Town, first_on: string, last_on: string): Promise<void> {
  const h = (await owing(t, 'lived_in', 6))[5]
  if (!h) return
  const who = must(t, 'caiwu')
  const { rows } = await t.road.ask(who, billing.houseBills, { house_id: h.house_id })
  const debtor = rows.find((b) => b.overdue_days > 0)
  if (!debtor) return
  const { case_id } = await t.road.call(who, ['case'], billing.openLegalCase, { house_id: h.house_id, payer_id: debtor.payer_id, note: '多次上门未缴,称对保洁不满' })
  await t.road.call(who, ['case', 'contact'], billing.addLegalStep, { case_id, kind: 'contact', done_on: first_on, person: '王丽', note: '上门说明收费依据,业主要求整改后再缴' })
  await t.road.call(who, ['case', 'demand'], billing.addLegalStep, { case_id, kind: 'demand', done_on: first_on, person: '王丽', document_no: '催字〔花园〕1 号', delivery: 'in_person', delivered_on: first_on })
  await t.road.call(who, ['case', 'lawyer'], billing.addLegalStep, { case_id, kind: 'lawyer', done_on: last_on, person: '周律师', office: '眉县正道律师事务所', document_no: '正道函字 18 号', delivery: 'post', delivered_on: last_on })
}

export function adjustmentEvents(t: Town, month: string): Event[] {
  const back = (n: number) => addMonths(t.calendar.current, -n) === month
  return [
    ...(back(5) ? [{ key: 'late rule', day: lastDayOf(month), time: '16:20:00', run: () => lateRule(t, firstOf(addMonths(month, 1))) }] : []),
    ...(back(4) ? [{ key: 'discounts', day: lastDayOf(month), time: '16:00:00', run: () => discounts(t, firstOf(addMonths(month, 1))) }] : []),
    ...(back(1) ? [{ key: 'plan', day: lastDayOf(month), time: '16:30:00', run: () => plan(t) }] : []),
    ...(back(1) ? [{ key: 'legal', day: lastDayOf(month), time: '16:40:00', run: () => legal(t, firstOf(month), lastDayOf(month)) }] : []),
    ...(back(2) ? [{ key: 'waiver', day: lastDayOf(month), time: '16:10:00', run: () => waiver(t) }] : []),
  ]
}

/** The last thing: a bad debt that waits for its decision. */
export async function leaveWriteOffOpen(t: Town): Promise<void> {
  if (t.road.has('write off')) return
  const [, h] = await owing(t, 'lived_in', 2)
  if (!h) return
  await at(t.calendar.until, async () => {
    const what = { house_id: h.house_id, kind: 'write_off', how: 'whole', period_to: addMonths(t.calendar.current, -6) } as const
    const open = await t.road.ask(must(t, 'kefu'), billing.previewWaiver, what).catch(() => null)
    if (open) await t.road.call(must(t, 'kefu'), ['write off'], billing.askWaiver, { ...what, amount_fen: open.amount_fen, reason: '原业主失联,多次催缴无果,时效将届满' })
  })
}

/** A sale in work: its sheet waits to be paid and completed. */
export async function leaveSaleOpen(t: Town): Promise<void> {
  if (t.road.has('sale')) return
  const h = (await owing(t, 'lived_in', 5))[4]
  if (h) await at(t.calendar.until, async () => void (await t.road.call(must(t, 'caiwu'), ['sale'], handover.openSheet, { house_id: h.house_id, kind: 'transfer', tenancy_id: null, on_day: t.calendar.today, note: '业主出售,买方下周来办' })))
}
