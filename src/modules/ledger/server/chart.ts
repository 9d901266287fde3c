// The charts of accounts by book: names of 小企业会计准则, with the sub-accounts that property companies keep. Written for a company when a
// book is first used; companies add their own beside them.
import { sql, type RawBuilder } from 'kysely'
import type { BookName } from '../contract.ts'

export type AccountKind = 'asset' | 'liability' | 'clearing' | 'equity' | 'income' | 'expense'
export interface AccountSeed {
  code: string
  name: string
  kind: AccountKind
  normal: 'debit' | 'credit'
}
const NORMAL: Record<AccountKind, 'debit' | 'credit'> = { asset: 'debit', liability: 'credit', clearing: 'debit', equity: 'credit', income: 'credit', expense: 'debit' }
const of = (kind: AccountKind, rows: Record<string, string>): AccountSeed[] => Object.entries(rows).map(([code, name]) => ({ code, name, kind, normal: NORMAL[kind] }))

/** What one book owes another stands on both sides under the other's name, and the two always cancel out. */
export const CLEARING: Record<BookName, string> = { company: '300101', public_income: '300102', fund: '300103', trust: '300104', owners: '300105' }
const CLEARING_NAMES: Record<BookName, string> = { company: '账簿往来-公司账', public_income: '账簿往来-公共收益', fund: '账簿往来-维修资金', trust: '账簿往来-代管资金', owners: '账簿往来-业主资金' }
const clearing = (own: BookName): AccountSeed[] => of('clearing', Object.fromEntries((Object.keys(CLEARING) as BookName[]).filter((b) => b !== own).map((b) => [CLEARING[b], CLEARING_NAMES[b]])))

const MONEY = { '1001': '库存现金', '1002': '银行存款', '1012': '其他货币资金' }
/** Spending subjects of a service: the same codes in the company's and the owners' book, so that the two models can be compared. */
const COSTS = {
  '640101': '主营业务成本-人员费用', '640102': '主营业务成本-设施设备运行维护', '640103': '主营业务成本-绿化养护', '640104': '主营业务成本-清洁卫生', '640105': '主营业务成本-秩序维护',
  '640106': '主营业务成本-公用水电', '640107': '主营业务成本-办公费用', '640108': '主营业务成本-保险费用', '640109': '主营业务成本-固定资产折旧', '640199': '主营业务成本-其他',
}

const company: AccountSeed[] = [
  ...of('asset', { ...MONEY, '1122': '应收账款', '1123': '预付账款', '1221': '其他应收款', '1231': '坏账准备' }),
  ...of('liability', { '2202': '应付账款', '2203': '预收账款', '2211': '应付职工薪酬', '2221': '应交税费', '2241': '其他应付款' }),
  ...of('equity', { '4001': '实收资本', '4103': '本年利润', '4104': '利润分配' }),
  ...of('income', { '6001': '主营业务收入', '600190': '主营业务收入-物业酬金', '6051': '其他业务收入', '6301': '营业外收入' }),
  ...of('expense', { ...COSTS, '6402': '其他业务成本', '6403': '税金及附加', '6601': '销售费用', '6602': '管理费用', '6603': '财务费用', '6702': '信用减值损失', '6711': '营业外支出' }),
]
const public_income: AccountSeed[] = [
  ...of('asset', { ...MONEY, '1122': '应收账款', '1221': '其他应收款' }),
  ...of('liability', { '2202': '应付账款', '2203': '预收账款', '2221': '应交税费', '2241': '其他应付款' }),
  ...of('equity', { '4103': '本年结余', '4104': '公共收益累计结余' }),
  ...of('income', { '600101': '公共车位收入', '600102': '广告收入', '600103': '场地租赁收入', '600104': '公共用房收入', '600105': '设施占用收入', '600109': '其他公共收益', '6301': '利息收入' }),
  ...of('expense', { '640201': '经营管理成本', '640202': '物业公司分成', '640203': '公共部位维修', '640204': '补充维修资金', '640205': '业主大会与业委会经费', '640206': '业主公共活动', '640209': '其他支出', '6403': '税金及附加', '6711': '坏账损失' }),
]
const trust: AccountSeed[] = [
  ...of('asset', { ...MONEY, '1122': '应收代收款', '1221': '其他应收款' }),
  ...of('liability', { '2203': '预收代收款', '224101': '押金保证金', '224102': '代收代付款', '2241': '其他代管款' }),
  ...of('income', { '6301': '利息收入' }),
  ...of('expense', { '6603': '手续费', '6711': '坏账损失' }),
  ...of('equity', { '4103': '本年结余', '4104': '累计结余' }),
]
const owners: AccountSeed[] = [
  ...of('asset', { ...MONEY, '1122': '应收物业服务资金', '1123': '预付账款', '1221': '其他应收款' }),
  ...of('liability', { '2202': '应付账款', '2203': '预收物业服务资金', '2241': '其他应付款' }),
  ...of('equity', { '4103': '本年结余', '4104': '业主资金累计结余' }),
  ...of('income', { '6001': '物业服务资金收入', '6051': '其他收入', '6301': '利息收入' }),
  ...of('expense', { ...Object.fromEntries(Object.entries(COSTS).map(([k, v]) => [k, v.replace('主营业务成本', '物业服务支出')])), '640190': '物业服务支出-酬金', '6711': '坏账损失' }),
]
const fund: AccountSeed[] = [
  ...of('asset', { '1002': '银行存款', '1012': '其他货币资金', '1101': '购买国债', '1122': '应收续交款', '1501': '定期存款', '1221': '其他应收款' }),
  ...of('liability', { '2202': '应付账款', '2241': '其他应付款' }),
  ...of('equity', { '4001': '维修资金本金', '4103': '本年结余', '4104': '维修资金累计结余' }),
  ...of('income', { '6011': '利息收入', '6301': '公共收益转入' }),
  ...of('expense', { '640301': '维修工程支出', '640302': '审计费用', '640309': '其他支出' }),
]
export const CHARTS: Record<BookName, readonly AccountSeed[]> = {
  company: [...company, ...clearing('company')],
  public_income: [...public_income, ...clearing('public_income')],
  trust: [...trust, ...clearing('trust')],
  owners: [...owners, ...clearing('owners')],
  fund: [...fund, ...clearing('fund')],
}

/** Written by documents alone: a hand that changed them would set the books against bills, wallets and the other books. */
export const controlled = (code: string): boolean => code === '1122' || code === '2203' || code.startsWith('3001')
/** Where the maintenance fund's money lies: current account, other, government bonds, fixed deposits; and what is beneath them. A hand may move
 * it between these within a community and nothing else, for sub-accounts, uses and interest write the rest of that book. */
const FUND_MONEY = ['1002', '1012', '1101', '1501'] as const
export const isFundMoney = (code: string): boolean => FUND_MONEY.some((m) => code.startsWith(m))
export const fundMoney = (code: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`left(${code}, 4) = any(${[...FUND_MONEY]}::text[])`
/** Carried to the year's result at the end of the year. */
export const RESULT = '4103'
export const RETAINED = '4104'
