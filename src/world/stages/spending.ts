// Budgets, spending and the owners' common income of 花园小区: what a manager asks for, what is flagged, what was paid, what was disclosed.
import { at } from '../caller.ts'
import { instantAt, isPast } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'
import { spending } from '../../modules/spending/contract.ts'
import { system } from '../../modules/system/contract.ts'

const INCOMES = [
  ['600102', '城南楼宇传媒有限公司', 'GG-07', '电梯广告半年', 1_260_000, 3000],
  ['600103', '友宝自助售货', 'CD-03', '售货机场地一季度', 180_000, 2000],
  ['600105', '眉县铁塔', 'SS-01', '通信设备占用半年', 600_000, 2000],
] as const
const BUDGETS = [['public_income', '640203', 6_000_000], ['public_income', '640206', 800_000], ['company', '640102', 24_000_000], ['company', '640103', 9_600_000], ['company', '640107', 1_200_000]] as const
const ASKED = [
  ['door', 'public_income', '640203', '东门道闸更换控制板', '永安工程', 286_000, '道闸控制板烧毁,车辆无法正常出入'],
  ['party', 'public_income', '640206', '重阳节业主活动', '县文化传播', 320_000, '业委会提议,预算内'],
  ['pump', 'company', '640102', '二次供水水泵大修', '恒通机电', 1_850_000, '2 号水泵轴承磨损'],
  ['pump seal', 'company', '640102', '水泵机械密封更换', '恒通机电', 980_000, '与大修同批更换'],
] as const

export async function spendAndEarn(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  // The books of earlier months are closed by now; the present month may have begun today.
  const [m1, m2] = t.calendar.months.slice(-2)
  if (!community_id || !m1 || !m2) return
  const [chief, fin] = [must(t, 'jingli'), must(t, 'caiwu')]
  const on = <T>(day: string, run: () => Promise<T>): Promise<T> => at(instantAt(t.calendar, day, '10:30:00'), run)
  await on(`${m1}-02`, async () => {
    for (const [book, account_code, amount_fen] of BUDGETS) await t.road.call(fin, ['budget', book, account_code], spending.setBudget, { community_id, book, account_code, year: Number(m1.slice(0, 4)), amount_fen })
    for (const [account_code, payer_name, contract_no, covers, amount_fen, share_bp] of INCOMES) await t.road.call(fin, ['income', account_code], spending.recordIncome, { community_id, account_code, payer_name, contract_no, covers, amount_fen, share_bp })
  })
  await on(`${m1}-08`, async () => {
    for (const [key, book, account_code, title, supplier_name, amount_fen, reason] of ASKED) await t.road.call(chief, ['spend', key], spending.askSpending, { community_id, book, account_code, title, supplier_name, amount_fen, reason })
  })
  // Two are paid, one waits for the payment, the flagged one for the decision.
  const { rows } = await t.road.ask(fin, spending.requests, { community_id, page_size: 50 })
  const of = (title: string) => rows.find((r) => r.title === title)!
  for (const [i, [key, , , title]] of ASKED.slice(0, 3).entries()) {
    await on(`${m1}-10`, () => t.road.call(fin, ['spend agree', key], system.decideApproval, { approval_id: of(title).approval_id!, decision: 'agree', step_no: 1 }))
    if (i < 2) await on(`${m1}-12`, () => t.road.call(fin, ['spend pay', key], spending.paySpending, { spending_id: of(title).spending_id, reference: `ZF-${m1.replace('-', '')}-${i + 1}` }))
  }
  if (!isPast(t.calendar, `${m2}-03`, '10:30:00')) return
  await on(`${m2}-03`, () => t.road.call(fin, ['disclose common income'], spending.publishStatement, { community_id, book: 'public_income', from_month: m1, to_month: m1, note: '请业主监督,咨询物业服务中心' }))
}
