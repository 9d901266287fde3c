// The bank statement of the last days, as finance files it: what channels paid out, transfers of the desk, lines with a payment code or a name, and
// money of nobody known. Coded ones are booked by the rule, one is refused with its reason, one is confirmed by hand, one stands in suspense.
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { closing } from '../../modules/closing/contract.ts'
import { payment } from '../../modules/payment/contract.ts'
import { bankImport } from '../../modules/payment/server/import_bank.ts'
import { bookCertain } from '../../modules/payment/server/bank_auto.ts'
import { asSystem } from '../../kernel/worker.ts'
import { at, inside } from '../caller.ts'
import { must, type Town } from '../town.ts'
import { owing, type Payer } from './online.ts'

interface Line {
  booked_on: string
  amount_fen: number
  counter_name?: string
  memo?: string
  reference?: string
}
const YUAN_100 = 10_000

const sumOf = (p: Payer): number => p.bills.reduce((n, b) => n + b.amount_fen, 0)

/** Single transfers of the desk of the last weeks. */
async function transfers(t: Town, community_id: string): Promise<{ reference: string; amount_fen: number; payer: string }[]> {
  const c = t.company_id
  const { rows } = await inside(t.app, c, (s) => sql<{ reference: string; amount_fen: number; payer: string }>`select min(d.reference) as reference, sum(d.amount_fen)::bigint as amount_fen, min(p.payer_name) as payer from payment.payment p join payment.tender d on d.company_id = ${c} and d.payment_id = p.payment_id and d.method = 'transfer'
    where p.company_id = ${c} and p.community_id = ${community_id} and p.source = 'desk' and p.reversed_at is null and p.merge_id is null and p.taken_on >= ${addDays(t.calendar.today, -40)}::date group by p.payment_id, p.taken_at having count(*) = 1 order by p.taken_at desc, min(d.reference) limit 4`.execute(s.db))
  return rows
}

/** What came in, and the bank's own charge. */
async function linesOf(t: Town, payers: readonly Payer[], community_id: string): Promise<Line[]> {
  const { today } = t.calendar
  const [a, b, c, d, e] = payers
  if (!a || !b || !c || !d || !e) return []
  const codes = new Map((await t.road.call(must(t, 'caiwu'), ['payment codes'], payment.houseCodes, { house_ids: [a, b, e].map((p) => p.house_id) })).rows.map((r) => [r.house_id, r.code]))
  const days = (await t.road.ask(must(t, 'caiwu'), closing.reconDays, { from_on: addDays(today, -7) })).rows
  const desk = await transfers(t, community_id)
  const [yesterday, before] = [addDays(today, -1), addDays(today, -2)]
  return [
    ...days.filter((x) => x.due_fen > 0).map((x) => ({ booked_on: addDays(x.business_day, 1), amount_fen: x.due_fen, counter_name: '财付通支付科技有限公司', memo: `微信支付商户结算 ${x.business_day}`, reference: `JS${x.business_day.replaceAll('-', '')}0001` })),
    { booked_on: before, amount_fen: sumOf(a), counter_name: a.name, memo: `物业费 缴费码${codes.get(a.house_id)}`, reference: 'HK0000310001' },
    { booked_on: yesterday, amount_fen: Math.ceil(sumOf(b) / YUAN_100) * YUAN_100, counter_name: b.name, memo: `${codes.get(b.house_id)} 交物业费,多的存着`, reference: 'HK0000310002' },
    { booked_on: yesterday, amount_fen: sumOf(c), counter_name: c.name, memo: '物业费', reference: 'HK0000310003' },
    { booked_on: yesterday, amount_fen: sumOf(d), counter_name: d.name, memo: '物业', reference: 'HK0000310004' },
    ...desk.slice(0, 3).map((x) => ({ booked_on: yesterday, amount_fen: x.amount_fen, counter_name: x.payer, memo: '转账', reference: x.reference })),
    // The slip was taken at the desk already, with another sum.
    ...(desk[3] ? [{ booked_on: yesterday, amount_fen: YUAN_100, counter_name: e.name, memo: `缴费码 ${codes.get(e.house_id)}`, reference: desk[3].reference }] : []),
    { booked_on: before, amount_fen: 86_000, counter_name: '樊志强', memo: '跨行转入', reference: 'HK0000310005' },
    { booked_on: yesterday, amount_fen: 12_000, counter_name: '田秀英', memo: '手机银行转账', reference: 'HK0000310006' },
    { booked_on: yesterday, amount_fen: -1_500, memo: '账户管理费', reference: 'SF0000310001' },
  ]
}

export const fileStatement = (t: Town): Promise<void> => at(t.calendar.until, () => file(t))

async function file(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id) return
  const fin = must(t, 'caiwu')
  await t.road.call(fin, ['bank account'], payment.saveBankAccount, { community_id, name: t.company.name, bank: '眉县农村商业银行', account_no: '2703061000000088' })
  await t.road.call(fin, ['bank rule'], payment.saveRule, { community_id, from_on: t.calendar.today, note: '网银流水每日导入', rule: { kind: 'bank', value: { suspense_days: 15, auto: true } } })
  const payers = t.road.has('statement') ? [] : await owing(t, 20, 5)
  const lines = t.road.has('statement') ? [] : await linesOf(t, payers, community_id)
  await t.road.step(fin, ['statement'], 'payment.bank.import', async (scope) => {
    await bankImport.apply(scope, { import_id: null, community_id, rows: lines.map((data, i) => ({ row_no: i + 2, data })) } as never)
    return lines.length
  })
  for (const day of (await t.road.ask(fin, closing.reconDays, { from_on: addDays(t.calendar.today, -7) })).rows) await t.road.call(fin, ['recon again', day.channel_id, day.business_day], closing.runRecon, { channel_id: day.channel_id, business_day: day.business_day })
  await bookCertain({ tx: (run) => asSystem(t.app, t.company_id, 'job.payment.bank_auto', run) })
  const { rows } = await t.road.ask(fin, payment.bankLines, { state: 'new', community_id, page_size: 50 })
  // In the order of the statement: lines of one day have no other.
  const named = rows.filter((l) => l.proposals[0]?.sure === 'likely').sort((a, b) => (a.reference ?? '').localeCompare(b.reference ?? ''))
  if (named[0]) await t.road.call(fin, ['claim'], payment.matchLine, { line_id: named[0].line_id, shares: [{ house_id: named[0].proposals[0]!.house_id, amount_fen: named[0].amount_fen }], note: '户名与欠费相符' })
  const nobody = rows.filter((l) => l.proposals.length === 0 && l.payments.length === 0 && l.booked_on < addDays(t.calendar.today, -1))
  if (nobody.length > 0) await t.road.call(fin, ['suspend'], payment.suspendLines, { line_ids: nobody.map((l) => l.line_id) })
}
