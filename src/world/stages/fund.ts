// The maintenance fund of the sample: rules, special accounts, standards, and the first deposits that the developer paid up front.
import { at, isRefusal } from '../caller.ts'
import { firstOf, instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'
import { funds } from '../../modules/funds/contract.ts'

const RULES = {
  posting_days: 5, share_posting_days: 7, vote_method: 'majority', quorum_num: 2, quorum_den: 3, pass_num: 1, pass_den: 2, objection_num: 1, objection_den: 3, over_budget_bp: 1000, audit_limit_fen: 3_000_000, threshold_bp: 3000, topup_days: 30,
  current_rate: '0.05', term_rate: '0.95', day_base: 360, settle_day: '06-30', dangers: '屋面、外墙渗漏\n电梯故障危及人身安全\n消防设施故障\n外墙饰面脱落\n给排水管道爆裂\n共用供电线路断电', from_on: '2020-01-01', basis: '《住宅专项维修资金管理办法》(建设部、财政部令第 165 号)及本市规定(样例)',
} as const

/** Paid for all houses of the company's communities on the first day that is played. */
export async function openFund(t: Town): Promise<void> {
  if (t.company.key !== 'anju') return
  const as = must(t, 'caiwu')
  const day = firstOf(t.calendar.months[0]!)
  await at(instantAt(t.calendar, day, '08:30:00'), async () => {
    await t.road.call(as, ['fund rules'], funds.savePolicy, { ...RULES, community_id: null })
    for (const [key, community_id] of t.ids.community) {
      await t.road.call(as, ['fund bank', key], funds.saveBank, { community_id, bank_name: '样例银行眉县支行', account_name: '眉县住宅专项维修资金管理中心', account_no: `6100 0000 ${String(1000 + key.length)}`, opened_on: '2020-01-01' })
      for (const [name, has_lift, unit_price] of [['多层无电梯', 'no', '45'], ['有电梯', 'yes', '75']] as const)
        await t.road.call(as, ['fund standard', key, name], funds.saveStandard, { community_id, name, has_lift, floors_min: 1, house_kinds: ['dwelling', 'shop', 'office'], unit_price, from_on: '2020-01-01', basis: '市住建局公布的首次缴存标准(样例)' })
      if (t.road.has('fund deposit', key)) continue
      const asked = { community_id, kind: 'first', paid_on: day, voucher_no: `WX-${key}-${day.slice(0, 4)}`, payer_name: '安居置业(代缴)' } as const
      const seen = await t.road.ask(as, funds.previewDeposit, asked).catch((e: unknown) => {
        if (isRefusal(e, 'funds.nothing')) return null
        throw e
      })
      if (seen) await t.road.call(as, ['fund deposit', key], funds.takeDeposit, { ...asked, amount_fen: seen.amount_fen })
    }
  })
}
