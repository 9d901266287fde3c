// How each kind of rule is shown and filled in.
import { optionsOf } from '../../../ui/list.ts'
import { RULES, type RuleKind } from '../contract_shift.ts'
import { words } from '../words.ts'

export interface RuleField {
  name: string
  label: string
  as: 'switch' | 'money' | 'whole' | 'select'
  unit?: string
  help?: string
  options?: readonly { value: string; label: string }[]
}
const zh = (kind: RuleKind, name: string): string => {
  const field = (RULES[kind].shape as Record<string, { meta: () => { zh?: string } | undefined }>)[name]
  return field?.meta()?.zh ?? name
}
const field = (kind: RuleKind, name: string, as: RuleField['as'], more: Partial<RuleField> = {}): RuleField => ({ name, label: zh(kind, name), as, ...more })

export const RULE_FORMS: Record<RuleKind, { title: string; fields: readonly RuleField[] }> = {
  desk: {
    title: '收费台与交班',
    fields: [
      field('desk', 'cash_needs_shift', 'switch', { help: '打开后,没有开班的收费员不能收现金' }),
      field('desk', 'difference_limit_fen', 'money', { help: '长短款超过这个数要另一人审批;0 为任何差额都要审批' }),
      field('desk', 'bank_needs_slip', 'switch'),
    ],
  },
  deduct: {
    title: '预存自动抵扣',
    fields: [field('deduct', 'when', 'select', { options: optionsOf(words.states?.['deduct_when']), help: '每天早上 6 点后按此抵扣一次;先专项后通用,先旧后新,只抵扣业主自己的账单' }), field('deduct', 'general_too', 'switch', { help: '关闭后只用专项预存抵扣' })],
  },
  coupon: { title: '优惠券', fields: [field('coupon', 'limit_fen', 'money', { help: '一批券的总面额超过这个数要另一人审批;0 为每批都要审批' })] },
  bank: { title: '银行来款', fields: [field('bank', 'suspense_days', 'whole', { unit: '天', help: '导入后过了这些天没有认领的来款自动转入暂收;0 为不自动' }), field('bank', 'auto', 'switch', { help: '附言中只有一户的缴费码,或流水号与金额和收费台收过的转账相同,自动入账;其余仍由人确认' })] },
}
