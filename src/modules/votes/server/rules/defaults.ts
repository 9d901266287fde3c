// What holds where a community has set no rule of its own: 民法典 278, 物业管理条例 12 and 14, and the mildest of the local numbers (domain-facts 1.2, 1.3).
import { MATTERS, type MatterRule, type Rule } from '../../contract.ts'

const HEAVY = new Set(['fund_raise', 'rebuild', 'change_use'])
export const BY_LAW: readonly MatterRule[] = MATTERS.map((matter) => ({ matter, method: 'majority', quorum_num: 2, quorum_den: 3, ...(HEAVY.has(matter) ? { pass_num: 3, pass_den: 4, inclusive: true } : { pass_num: 1, pass_den: 2, inclusive: false }) }))
export const SHIPPED: Rule = {
  from_on: '2021-01-01', matters: [...BY_LAW], counted_kinds: ['dwelling', 'shop', 'office'], proxy_max: 3, staff_barred: true, notice_days: 15, notice_days_extra: 7, vote_days_min: 5, vote_days_max: 60, publish_days: 3, posting_days: 15,
  basis: '民法典第二百七十八条;物业管理条例第十二条、第十四条;车位、车库、储藏室不计入面积',
}
