// Money held for others: deposits of people who renovate or lose a card, a refund and a forfeit; prepayment that is bound; the rule by which
// prepayment is deducted; the bank account that transfers come to.
import { sql } from 'kysely'
import { inside } from '../caller.ts'
import { firstOf } from '../plan/calendar.ts'
import { addDays } from '../../kernel/clock.ts'
import { dice } from '../plan/random.ts'
import { must, type Town } from '../town.ts'
import type { Event } from './runs.ts'
import { payment } from '../../modules/payment/contract.ts'
import { system } from '../../modules/system/contract.ts'

const KINDS = [
  { name: '装修押金', amount_fen: 200_000, max_fen: 200_000, return_days: 90, basis: '装修管理服务协议,每户不超过 2000 元' },
  { name: '门禁卡押金', amount_fen: 3_000, max_fen: 5_000, return_days: null, basis: '门禁卡领用登记' },
] as const

async function someHouses(t: Town, community_id: string, state: string, limit: number): Promise<{ house_id: string; label: string }[]> {
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ house_id: string; label: string }>`select h.house_id, h.label from property.house h where h.company_id = ${t.company_id} and h.community_id = ${community_id} and h.kind = 'dwelling' and h.state = ${state}
    and exists (select from people.ownership o where o.company_id = h.company_id and o.house_id = h.house_id) order by h.sort_no, h.label limit ${limit}`.execute(s.db))
  return rows
}

async function decide(t: Town, key: string, kind: string, subject_id: string, note: string): Promise<void> {
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ approval_id: string }>`select approval_id from system.approval where company_id = ${t.company_id} and kind = ${kind} and subject_id = ${subject_id} and state = 'asked'`.execute(s.db))
  if (rows[0]) await t.road.call(must(t, 'caiwu'), ['decide', key], system.decideApproval, { approval_id: rows[0].approval_id, step_no: 1, decision: 'agree', note })
}

export function heldEvents(t: Town, month: string): Event[] {
  if (month !== t.calendar.current || t.company.key !== 'anju') return []
  const run = async (): Promise<void> => {
    const community_id = t.ids.community.get('garden')
    if (!community_id) return
    const [cashier, finance] = [must(t, 'shoufei1'), must(t, 'caiwu')]
    await t.road.call(finance, ['bank account'], payment.saveBankAccount, { community_id, name: t.company.name, bank: '眉县农村商业银行', account_no: '2703061000000088' })
    await t.road.call(finance, ['deduct rule'], payment.saveRule, { community_id, from_on: addDays(firstOf(month), 2), note: '业主大会约定', rule: { kind: 'deduct', value: { when: 'due', general_too: true } } })
    const kinds: string[] = []
    for (const k of KINDS) kinds.push((await t.road.call(finance, ['deposit kind', k.name], payment.saveDepositKind, { community_id, ...k })).kind_id)
    const houses = [...(await someHouses(t, community_id, 'renovating', 6)), ...(await someHouses(t, community_id, 'lived_in', 6))]
    for (const [i, h] of houses.entries()) {
      const kind = i < houses.length - 6 ? 0 : 1
      const method = dice('deposit', h.label).pick(['cash', 'wechat', 'transfer'] as const)
      const d = await t.road.call(cashier, ['deposit', h.label], payment.takeDeposit, { house_id: h.house_id, kind_id: kinds[kind]!, amount_fen: KINDS[kind]!.amount_fen, method, ...(method === 'transfer' ? { reference: `YJ${h.label.replaceAll('-', '')}` } : {}) })
      if (i === 0) {
        const r = await t.road.call(cashier, ['refund deposit', h.label], payment.askDepositRefund, { deposit_id: d.deposit_id, amount_fen: 150_000, method: 'cash', payee_name: '业主本人', reason: '装修验收合格,先退一部分' })
        await decide(t, 'refund deposit', 'payment.refund', r.refund_id, '验收单已核')
        await t.road.call(cashier, ['pay refund', h.label], payment.payRefund, { refund_id: r.refund_id })
      }
      if (i === 1) {
        await t.road.call(finance, ['forfeit', h.label], payment.askForfeit, { deposit_id: d.deposit_id, amount_fen: 30_000, reason: '装修损坏电梯轿厢,按维修单扣除' })
      }
      if (i === 2) await t.road.call(cashier, ['prepay bound', h.label], payment.takePayment, { house_id: h.house_id, prepay_fen: 100_000, prepay_item_id: t.ids.fee.get('garden WY') ?? null, tenders: [{ method: 'wechat', amount_fen: 100_000 }] })
    }
  }
  return [{ key: 'held', day: addDays(firstOf(month), 2), time: '16:40:00', run }]
}
