// Safety of the sample: incidents of the last months, closed with their measures; one that waits for review, one just reported; the warning signs.
import { addDays } from '../../kernel/clock.ts'
import { at } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'
import { safety } from '../../modules/safety/contract.ts'

interface Told {
  kind: string
  days_ago: number
  time: string
  place: string
  words: string
  level?: 'minor' | 'general'
  hurt?: number
  loss_fen?: number
  /** To whom it was reported, so many minutes after. */
  out?: readonly [authority: 'police' | 'fire' | 'ambulance', receiver: string, minutes: number, no?: string]
  cause?: string
  measure?: string
  end: 'closed' | 'review' | 'handling' | 'reported'
}
const TOLD: readonly Told[] = [
  { kind: '火情火灾', days_ago: 96, time: '21:40:00', place: '3 栋 1 单元 2 楼楼道', words: '楼道内电动车充电起火,值班保安用灭火器扑灭,无人受伤。', level: 'general', loss_fen: 180_000, out: ['fire', '眉县消防救援大队', 3, '119-2117'], cause: '电动车在楼道充电,电池老化', measure: '楼道加装禁止停放充电标识并每晚巡查', end: 'closed' },
  { kind: '盗窃抢劫', days_ago: 63, time: '07:10:00', place: '地下停车场 B 区', words: '业主车内手提包被盗,车窗被砸。', loss_fen: 320_000, out: ['police', '首善派出所', 12, '眉公(首)受案字〔2026〕88 号'], cause: 'B 区监控有一处死角,夜间无人巡查', measure: 'B 区补装一台摄像机,夜间每两小时巡查一次', end: 'closed' },
  { kind: '高空抛物坠物', days_ago: 41, time: '16:25:00', place: '5 栋北侧绿地', words: '高空坠落玻璃片,砸坏一辆轿车前挡风玻璃。', loss_fen: 150_000, out: ['police', '首善派出所', 15], cause: '高层住户窗扇年久松动', measure: '排查高层外窗并发告知书', end: 'closed' },
  { kind: '人员受伤', days_ago: 18, time: '08:05:00', place: '东门人行道', words: '雨后地砖湿滑,一位老人滑倒,手腕挫伤,已送医。', hurt: 1, out: ['ambulance', '眉县人民医院', 4], cause: '地砖青苔未及时清理', measure: '人行道铺设防滑垫,雨天前清理青苔', end: 'closed' },
  { kind: '纠纷冲突', days_ago: 6, time: '18:50:00', place: '南门岗亭', words: '外来车辆拒不登记,与值班保安争吵,劝离。', cause: '外来车辆登记规定没有张贴', measure: '岗亭张贴车辆登记规定', end: 'review' },
  { kind: '漏水淹水', days_ago: 1, time: '23:15:00', place: '地下一层电梯前室', words: '消防支管接头渗水,前室积水约 2 厘米,已关阀排水。', end: 'handling' },
]
const SIGNS: readonly (readonly [no: string, kind: '警告' | '禁止' | '消防' | '提示' | '文明提示', words: string, place: string, months_ago: number, checked?: readonly ['good' | 'damaged', number, string?]])[] = [
  ['BS-001', '警告', '当心触电', '配电房门口', 14, ['good', 40]], ['BS-002', '警告', '水深危险', '中心水景', 14, ['damaged', 20, '边角破损,字迹褪色']], ['BS-003', '禁止', '禁止停放充电', '3 栋 1 单元楼道', 3, ['good', 10]], ['BS-004', '消防', '消防通道 禁止占用', '东门消防通道', 14, ['good', 40]],
  ['BS-005', '禁止', '禁止攀爬', '围墙东段', 14], ['BS-006', '警告', '小心地滑', '东门人行道', 1, ['good', 15]], ['BS-007', '提示', '安全出口', '地下停车场 A 区', 14, ['good', 40]], ['BS-008', '文明提示', '请牵绳遛狗', '中心花园', 8],
]
const MINUTE_MS = 60_000
export async function keepSafe(t: Town): Promise<void> {
  const [guard, head, manager] = [must(t, 'zhixuyuan1'), must(t, 'zhixu'), must(t, 'jingli')]
  const community_id = t.ids.community.get('garden')!
  const kinds = new Map((await t.road.ask(guard, safety.kinds, {})).rows.map((k) => [k.name, k.kind_id]))
  for (const [n, i] of TOLD.entries()) {
    const begun = instantAt(t.calendar, addDays(t.calendar.today, -i.days_ago), i.time)
    const later = (minutes: number): string => new Date(Date.parse(begun) + minutes * MINUTE_MS).toISOString()
    const { incident_id } = await at(later(2), () => t.road.call(guard, ['incident', n], safety.createIncident, { kind_id: kinds.get(i.kind)!, community_id, place: i.place, words: i.words, occurred_at: begun, level: i.level ?? 'minor', hurt_count: i.hurt ?? 0, loss_fen: i.loss_fen ?? null, source: 'patrol' }))
    const one = { incident_id }
    if (i.out) await at(later(i.out[2] + 2), () => t.road.call(guard, ['incident out', n], safety.reportOut, { ...one, authority: i.out![0], receiver: i.out![1], way: 'phone', reported_at: later(i.out![2]), ...(i.out![3] ? { outside_no: i.out![3] } : {}) }))
    if (i.end === 'reported') continue
    await at(later(20), () => t.road.call(head, ['incident taken', n], safety.takeIncident, one))
    await at(later(45), () => t.road.call(head, ['incident note', n], safety.noteIncident, { ...one, note: '现场已处置,拍照留存,安排专人看守' }))
    if (i.end === 'handling') continue
    const due_on = addDays(t.calendar.today, 14 - i.days_ago)
    await at(later(60 * 26), () => t.road.call(head, ['incident submitted', n], safety.submitIncident, { ...one, cause: i.cause!, duty: '秩序维护部', measures: [{ words: i.measure!, account_id: head.who.account_id!, due_on: due_on < addDays(begun.slice(0, 10), 3) ? addDays(begun.slice(0, 10), 10) : due_on }] }))
    if (i.end === 'review') continue
    await at(later(60 * 50), () => t.road.call(manager, ['incident closed', n], safety.approveIncident, { ...one, note: '同意结案,措施按期落实' }))
    if (n > 2) continue
    const { measures } = await t.road.ask(head, safety.incident, one)
    await at(later(60 * 24 * 6), () => t.road.call(head, ['incident measure', n], safety.doneMeasure, { ...one, measure_id: measures[0]!.measure_id, done_words: '已落实,见巡查记录' }))
  }
  for (const [no, kind, words, place, months_ago, checked] of SIGNS) {
    const { sign_id } = await t.road.call(head, ['sign', no], safety.saveSign, { community_id, no, kind, words, place, set_on: addDays(t.calendar.today, -months_ago * 30), check_months: 6 })
    if (checked) await at(instantAt(t.calendar, addDays(t.calendar.today, -checked[1]), '10:00:00'), () => t.road.call(head, ['sign check', no], safety.checkSign, { sign_id, state: checked[0], ...(checked[2] ? { words: checked[2] } : {}) }))
  }
}
