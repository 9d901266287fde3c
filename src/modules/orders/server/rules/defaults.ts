// What a company begins with: 急修 30 minutes on site, ordinary repairs within 3 days (中物协 一级服务标准; domain-facts 5.1, WO-03). Ids are computed
// from company and code, so that the list is the same before and after it is first written.
import { uuidOf } from '../../../../kernel/ids.ts'
import type { Rule } from './limits.ts'

export interface ShippedCategory {
  category_id: string
  parent_id: string | null
  name: string
  place: 'house' | 'public'
  sort_no: number
  rule: (Rule & { skill: string | null }) | null
}
const URGENT: Rule = { urgent: true, respond: { n: 30, unit: 'minute' }, finish: { n: 1, unit: 'day' }, clock: 'calendar' }
const SOON: Rule = { urgent: false, respond: { n: 4, unit: 'hour' }, finish: { n: 1, unit: 'day' }, clock: 'working' }
const PLAIN: Rule = { urgent: false, respond: { n: 1, unit: 'day' }, finish: { n: 3, unit: 'day' }, clock: 'working' }
type Leaf = readonly [name: string, rule: Rule, skill: string]
const TREE: readonly (readonly [name: string, place: 'house' | 'public', leaves: readonly Leaf[]])[] = [
  ['户内水电', 'house', [['水管漏水、爆管', URGENT, '水暖'], ['停电、漏电', URGENT, '电工'], ['下水堵塞', URGENT, '水暖'], ['水龙头、洁具', PLAIN, '水暖'], ['开关、插座、灯具', PLAIN, '电工'], ['暖气不热', SOON, '水暖']]],
  ['户内土建门窗', 'house', [['门窗、门锁', PLAIN, '木瓦'], ['墙面、地面', PLAIN, '木瓦'], ['渗水、返潮', SOON, '木瓦']]],
  ['户内其他', 'house', [['对讲、门禁终端', SOON, '弱电'], ['其他户内维修', PLAIN, '综合']]],
  ['公共水电', 'public', [['公共水管漏水', URGENT, '水暖'], ['排水、污水外溢', URGENT, '水暖'], ['楼道、路灯不亮', SOON, '电工'], ['公共区域停电', URGENT, '电工']]],
  ['电梯', 'public', [['电梯困人', URGENT, '电梯'], ['电梯故障停运', URGENT, '电梯'], ['电梯异响、按键失灵', SOON, '电梯']]],
  ['公共设施', 'public', [['单元门、道闸', SOON, '弱电'], ['路面、井盖、台阶', SOON, '木瓦'], ['扶手、护栏、标识', PLAIN, '木瓦'], ['屋面、外墙渗漏', SOON, '木瓦'], ['消防设施', URGENT, '综合'], ['绿化、健身、儿童设施', PLAIN, '综合'], ['其他公共维修', PLAIN, '综合']]],
]
export const SKILLS = ['水暖', '电工', '木瓦', '弱电', '电梯', '综合'] as const

export function shippedCategories(company_id: number): ShippedCategory[] {
  return TREE.flatMap(([group, place, leaves], g) => {
    const parent_id = uuidOf('orders.category', company_id, group)
    return [
      { category_id: parent_id, parent_id: null, name: group, place, sort_no: (g + 1) * 100, rule: null },
      ...leaves.map(([name, rule, skill], i) => ({ category_id: uuidOf('orders.category', company_id, group, name), parent_id, name, place, sort_no: (g + 1) * 100 + i + 1, rule: { ...rule, skill } })),
    ]
  })
}

/** In force where a company has said nothing. */
export const POLICY = { work_from: '08:30', work_to: '17:30', warn_minutes: 15, reopen_days: 7, hall: true, auto_assign: false, visit_percent: 30, visit_below: 3, grace_minutes: 30, offline_hours: 24, progress_sms: false }
