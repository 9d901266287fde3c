// Public order of 花园小区 over three months: stalls at the gate, posted bills, cars where none may stand; most dealt with on the spot, some by a day and looked at again, one handed
// to repair, two told to the authority, one over its time.
import { addDays } from '../../kernel/clock.ts'
import { at } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'
import { orders } from '../../modules/orders/contract.ts'
import { rounds } from '../../modules/rounds/contract.ts'

/** `end`: put right after so many hours and closed by the head; 'open'; 'mended'; a done word is dealt with on the spot; told: to whom. */
type Seen = readonly [subject: string, days_ago: number, time: string, place: string, words: string, end: string | number | 'open' | 'mended' | 'order', who?: 'zhixuyuan1' | 'zhixuyuan2' | 'baojie1' | 'kefu', told?: readonly [to: string, no: string]]
const SEEN: readonly Seen[] = [
  ['流动摊贩', 84, '17:40:00', '东门外人行道', '水果车占道', '劝离'], ['小广告张贴', 80, '08:20:00', '3 栋 1 单元门厅', '开锁广告 6 张', '当场铲除', 'baojie1'], ['乱停乱放', 76, '19:10:00', '中心广场', '一辆面包车停上广场', '联系车主驶离'], ['乱贴乱画', 71, '09:30:00', '地下车库东口', '墙面喷涂电话', 20, 'baojie1'],
  ['占用消防通道', 66, '20:05:00', '东门消防通道', '私家车堵住消防通道', '联系车主驶离', 'zhixuyuan2'], ['流动摊贩', 60, '17:55:00', '东门外人行道', '烧烤摊占道', '劝离', 'zhixuyuan2', ['城市管理执法部门', '12345-0927']], ['楼道堆物', 55, '10:15:00', '5 栋 2 单元 3 楼', '纸箱、旧家具', 22], ['小广告张贴', 51, '08:10:00', '电梯轿厢', '贷款广告', '当场铲除', 'baojie1'],
  ['违规养犬', 47, '07:20:00', '中心花园', '大型犬没有牵绳', '劝导后牵绳'], ['乱停乱放', 43, '18:45:00', '西门岗', '外卖车堵在门口', '劝离', 'zhixuyuan2'], ['推销散发传单', 38, '16:00:00', '2 栋门厅', '装修公司入户推销', '劝离'], ['乱停乱放', 33, '19:30:00', '中心广场', '两辆轿车停上广场', 1], ['噪声扰民', 29, '22:40:00', '6 栋', '装修到夜里', 3, 'kefu'], ['毁绿种菜', 26, '09:00:00', '7 栋南侧绿地', '开垦约 4 平方米', 60],
  ['小广告张贴', 22, '08:30:00', '1 栋 2 单元门厅', '疏通广告', '当场铲除', 'baojie1'], ['电动车进楼或飞线充电', 18, '21:15:00', '3 栋 1 单元楼道', '二楼接线充电', '劝离,断电', 'zhixuyuan2'], ['流动摊贩', 15, '17:50:00', '东门外人行道', '水果车占道', '劝离'], ['乱停乱放', 12, '20:00:00', '东门', '出租车停在出口', 5, 'kefu'], ['占用消防通道', 9, '19:20:00', '东门消防通道', '私家车停放', '联系车主驶离', 'zhixuyuan2'],
  ['乱贴乱画', 6, '10:00:00', '地下车库西口', '立柱涂画,需重新粉刷', 'order', 'baojie1'], ['流动摊贩', 4, '18:05:00', '东门外人行道', '烧烤摊,劝离后又来', 'open', 'zhixuyuan1', ['城市管理执法部门', '12345-1123']], ['楼道堆物', 2, '09:40:00', '4 栋 1 单元 6 楼', '婴儿车和纸箱堵住前室', 'mended', 'kefu'], ['小广告张贴', 1, '08:00:00', '2 栋 1 单元门厅', '开锁广告', '当场铲除', 'baojie1'], ['乱停乱放', 1, '19:05:00', '中心广场', '货车停上广场卸货', '劝离', 'zhixuyuan2'],
]
const HOUR_MS = 3_600_000
export async function keepOrder(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id) return
  const [head, guard] = [must(t, 'zhixu'), must(t, 'zhixuyuan1')]
  const subjects = new Map((await t.road.ask(head, rounds.subjects, {})).rows.map((s) => [s.name, s.subject_id]))
  const category_id = (await t.road.ask(head, orders.categories, {})).rows.find((k) => k.name === '其他公共维修')!.category_id
  for (const [n, [subject, days_ago, time, place, words, end, who = 'zhixuyuan1', told]] of SEEN.entries()) {
    const found_at = instantAt(t.calendar, addDays(t.calendar.today, -days_ago), time)
    if (found_at > t.calendar.until) continue
    const later = (hours: number): string => new Date(Date.parse(found_at) + hours * HOUR_MS).toISOString()
    const fixed = typeof end === 'string' && !['open', 'mended', 'order'].includes(end)
    const { finding_id } = await at(found_at, () => t.road.call(must(t, who), ['order found', n], rounds.reportFinding, { subject_id: subjects.get(subject)!, community_id, place, words, source: who === 'kefu' ? 'desk' : 'phone', way: fixed ? 'fixed' : end === 'order' ? 'order' : 'deadline', ...(fixed ? { done_words: end } : {}), ...(end === 'order' ? { category_id } : {}) }))
    if (told) await at(later(0.5), () => t.road.call(must(t, who), ['order told', n], rounds.tellFinding, { finding_id, told_to: told[0], told_no: told[1] }))
    if (typeof end !== 'number' && end !== 'mended') continue
    await at(later(end === 'mended' ? 5 : end), () => t.road.call(guard, ['order mended', n], rounds.mendFinding, { finding_id, note: '已处理,现场恢复' }))
    if (end !== 'mended') await at(later(end + 2), () => t.road.call(head, ['order closed', n], rounds.closeFinding, { finding_id }))
  }
}
