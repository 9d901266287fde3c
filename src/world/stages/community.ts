// Notices of 花园小区: what was posted in the last weeks, what is in force now, one corrected, one withdrawn, one waiting for its hour; some have been read.
import { sql } from 'kysely'
import type { Work } from '../../kernel/app.ts'
import { addDays } from '../../kernel/clock.ts'
import { asSystem } from '../../kernel/worker.ts'
import { community } from '../../modules/community/contract.ts'
import { sendJob } from '../../modules/community/server/send.ts'
import { RESIDENT_PHONE } from '../accounts.ts'
import { at, inside, isRefusal, type Person } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

interface Place { kinds: Map<string, string>; zones: Map<string, string>; buildings: Map<string, string> }
async function placeOf(t: Town, community_id: string): Promise<Place> {
  return inside(t.app, t.company_id, async (s) => {
    const { rows: kinds } = await sql<{ name: string; id: string }>`select name, kind_id as id from community.kind where company_id = ${t.company_id}`.execute(s.db)
    const { rows: zones } = await sql<{ name: string; id: string }>`select name, zone_id as id from property.zone where company_id = ${t.company_id} and community_id = ${community_id}`.execute(s.db)
    const { rows: buildings } = await sql<{ name: string; id: string }>`select no as name, building_id as id from property.building where company_id = ${t.company_id} and community_id = ${community_id} and kind = 'residential'`.execute(s.db)
    const map = (rows: { name: string; id: string }[]) => new Map(rows.map((r) => [r.name, r.id]))
    return { kinds: map(kinds), zones: map(zones), buildings: map(buildings) }
  })
}
const readers = (t: Town, community_id: string): Promise<Person[]> =>
  inside(t.app, t.company_id, async (s) => (await sql<{ phone: string; name: string }>`select distinct on (p.phone) p.phone, p.name from property.house h join people.ownership o on o.company_id = ${t.company_id} and o.house_id = h.house_id and o.to_on is null
    join people.person p on p.company_id = ${t.company_id} and p.person_id = o.person_id and p.kind = 'natural' and p.phone ~ '^1[0-9]{10}$' and p.phone <> ${RESIDENT_PHONE} where h.company_id = ${t.company_id} and h.community_id = ${community_id} and h.kind = 'dwelling' and h.state = 'lived_in' order by p.phone limit 60`.execute(s.db)).rows
    .sort((a, b) => a.phone.slice(-3).localeCompare(b.phone.slice(-3))).slice(0, READERS).map((p) => ({ company_id: t.company_id, who: { kind: 'resident' as const, account_id: null, name: p.name, phone: p.phone, face: 'resident' as const, ip: null, agent: '样例装载', session: null, grants: [] } })))
const READERS = 12
/** Whoever it does not go to has nothing to read. */
const elsewhere = (error: unknown): void => { if (!isRefusal(error, 'kernel.not_found')) throw error }
/** No worker runs beside the loading: the job of the notice is run here, at its hour; the queued one finds nothing left to do. */
const send = (t: Town, notice_id: string): Promise<unknown> => sendJob.run({ company_id: t.company_id, job_id: 0, account_id: null, payload: { notice_id }, tx: (run) => asSystem(t.app, t.company_id, 'job.community.send', run), progress: async () => {}, stopped: async () => false } satisfies Work)

interface Post { key: string; days_ago: number; kind: string; title: string; body: string; to: 'all' | 'east' | 'some'; valid_days: number | null; urgent?: boolean; must_confirm?: boolean; pinned?: boolean; reads: number; confirms?: number }
const POSTS: readonly Post[] = [
  { key: 'tank', days_ago: 20, kind: '停水停电', title: '二次供水水箱清洗停水通知', body: '# 停水时间\n当日 9:00 至 17:00,东区各楼停水。\n# 请您注意\n- 提前储备生活用水\n- 恢复供水后先放水几分钟再使用\n- 太阳能、净水设备请关闭进水阀\n给您带来不便,敬请谅解。', to: 'east', valid_days: 1, urgent: true, reads: 9 },
  { key: 'ebike', days_ago: 12, kind: '安全提醒', title: '电动自行车不得进楼充电', body: '为了您和邻居的安全,请遵守以下规定:\n- 电动自行车及电池**不得进入楼道、电梯和室内充电**\n- 请到东区、西区集中充电棚充电,扫码使用\n- 发现有人进楼充电,请随时向物业服务中心反映\n违反规定的,物业将劝阻并报告消防救援机构。', to: 'all', valid_days: 120, must_confirm: true, pinned: true, reads: 10, confirms: 7 },
  { key: 'heating', days_ago: 9, kind: '通知', title: '入户燃气安全检查安排', body: '# 时间\n每周二、周四 14:00 至 17:00,按楼栋依次进行。\n# 办法\n燃气公司人员由物业陪同,持工作证上门;软管过期的当场提示更换。\n家中无人的请致电物业服务中心另约时间。', to: 'some', valid_days: 60, reads: 6 },
  { key: 'lift', days_ago: 5, kind: '施工维修', title: '1 栋、2 栋电梯年度检验停梯', body: '检验期间每部电梯停用约 2 小时,两部电梯错开进行。\n- 老人和带小孩的家庭请安排好出行\n- 紧急需要请拨打服务电话,我们安排人员协助', to: 'some', valid_days: 20, reads: 4 },
  { key: 'fee', days_ago: 3, kind: '收费公示', title: '公共收益收支公示说明', body: '上季度公共收益收支已在「我的 → 收支公示」公布,包括车位、广告和场地收入及其支出。\n有疑问的业主请在公示期内向物业服务中心或业主委员会提出。', to: 'some', valid_days: 30, reads: 5 },
]
export async function postNotices(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id) return
  const [boss, desk] = [must(t, 'jingli'), must(t, 'kefu')]
  const { today, until } = t.calendar
  await at(instantAt(t.calendar, addDays(today, -30), '09:00:00'), () => t.road.call(boss, ['notice kinds'], community.addUsualKinds, {}))
  const [place, people] = [await placeOf(t, community_id), await readers(t, community_id)]
  const targetsOf = (to: Post['to']): { scope: 'community' | 'zone' | 'building'; target_id: string }[] => {
    const some = ['1', '2'].flatMap((no) => (place.buildings.has(no) ? [{ scope: 'building' as const, target_id: place.buildings.get(no)! }] : []))
    const east = place.zones.get('东区')
    if (to === 'some' && some.length) return some
    return to === 'east' && east ? [{ scope: 'zone', target_id: east }] : [{ scope: 'community', target_id: community_id }]
  }
  const draft = (p: Omit<Post, 'days_ago' | 'reads'>, day: string, o: { publish_at?: string; notice_id?: string } = {}) =>
    t.road.call(desk, ['notice', p.key], community.saveNotice, { ...(o.notice_id ? { notice_id: o.notice_id } : {}), community_id, targets: targetsOf(p.to), roles: ['owner', 'tenant', 'household'], house_kinds: ['dwelling', 'shop'], kind_id: place.kinds.get(p.kind)!, title: p.title, body: p.body, urgent: p.urgent ?? false, by_sms: false, must_confirm: p.must_confirm ?? false, pinned: p.pinned ?? false, publish_at: o.publish_at ?? null, valid_until_on: p.valid_days === null ? null : addDays(day, p.valid_days), picture_ids: [], file_ids: [] })
  const later = (iso: string, minutes: number): string => new Date(Date.parse(iso) + minutes * 60_000).toISOString()
  for (const p of POSTS) {
    const day = addDays(today, -p.days_ago)
    const morning = instantAt(t.calendar, day, '10:00:00')
    const { notice_id } = await at(morning, () => draft(p, day))
    await at(later(morning, 20), () => t.road.call(desk, ['notice out', p.key], community.publishNotice, { notice_id }))
    await at(later(morning, 21), () => send(t, notice_id))
    for (const [i, who] of people.slice(0, p.reads).entries())
      await at(later(morning, 40 + i * 17), () => t.road.call(who, ['notice read', p.key, i], community.seeNotice, { notice_id, confirm: i < (p.confirms ?? 0) }).catch(elsewhere))
    if (p.key === 'lift') {
      const { notice_id: other } = await at(later(morning, 300), () => t.road.call(desk, ['notice correct'], community.correctNotice, { notice_id }))
      await at(later(morning, 305), async () => {
        await draft({ ...p, key: 'lift2', title: '1 栋、2 栋电梯年度检验停梯(改期)', body: `检验单位改期,原定时间顺延一周。\n${p.body}` }, day, { notice_id: other })
        await t.road.call(desk, ['notice out', 'lift2'], community.publishNotice, { notice_id: other })
        await send(t, other)
      })
    }
  }
  const wrong = await at(later(until, -180), () => draft({ key: 'wrong', kind: '温馨提示', title: '周末消杀提示', body: '周末对公共绿地消杀,请看管好宠物。', to: 'all', valid_days: 5 }, today))
  await at(later(until, -175), () => t.road.call(desk, ['notice out', 'wrong'], community.publishNotice, { notice_id: wrong.notice_id }))
  await at(later(until, -120), () => t.road.call(desk, ['notice withdraw'], community.withdrawNotice, { notice_id: wrong.notice_id, reason: '消杀因降雨取消' }))
  const soon = `${addDays(today, 1)}T00:00:00.000Z`
  const waits = await at(later(until, -60), () => draft({ key: 'soon', kind: '停水停电', title: '配电房检修停电通知', body: '# 停电时间\n后天 8:00 至 12:00,东区公共照明和电梯停电。\n- 请勿乘坐电梯\n- 请提前给手机充电', to: 'east', valid_days: 3, urgent: true }, today, { publish_at: soon }))
  await at(later(until, -59), () => t.road.call(desk, ['notice out', 'soon'], community.publishNotice, { notice_id: waits.notice_id }))
  await at(later(until, -30), () => draft({ key: 'draft', kind: '温馨提示', title: '节假日值班安排', body: '节假日期间物业服务中心照常值班,报修电话不变。\n请出行前关闭水、电、燃气。', to: 'all', valid_days: null }, today))
}

const WHO = ['owner', 'tenant', 'household'] as const
const PLANS = [
  { key: 'clean', days: -8, from: '09:00:00', to: '11:00:00', kind: 'volunteer', title: '清洁家园志愿行动', place: '东区广场集合', capacity: 30, party_max: 1, joins: 6, came: 5, body: '清理楼道小广告和绿地垃圾,工具由物业提供。\n- 请穿方便活动的衣服\n- 服务时长由物业登记确认', report: '邻居们用两小时清理了 6 个单元的楼道,谢谢大家。' },
  { key: 'film', days: -3, from: '19:00:00', to: '21:00:00', kind: 'activity', title: '露天电影', place: '东区广场', capacity: 80, party_max: 4, joins: 7, came: 6, body: '放映适合全家观看的影片,请自带小板凳。', report: '当晚来了不少家庭,秩序很好。下个月再见。' },
  { key: 'health', days: 4, from: '14:00:00', to: '16:30:00', kind: 'activity', title: '社区义诊与用药咨询', place: '物业服务中心二层', capacity: 10, party_max: 2, joins: 8, came: 0, body: '# 内容\n- 量血压、测血糖\n- 家庭药箱清理咨询\n# 请带\n平时服用的药品和病历。', report: null },
  { key: 'trees', days: 9, from: '08:30:00', to: '10:30:00', kind: 'volunteer', title: '绿地养护志愿服务', place: '西区中心绿地', capacity: null, party_max: 1, joins: 3, came: 0, body: '松土、浇水、给树木刷白,绿化员现场指导。', report: null },
] as const
/** Free activities of 花园小区: two that were, with who came and hours of volunteers; two that are open, one of them full with people who wait. */
export async function holdActivities(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id) return
  const [boss, desk] = [must(t, 'jingli'), must(t, 'kefu')]
  const people = await readers(t, community_id)
  const { today, until } = t.calendar
  const later = (iso: string, minutes: number): string => new Date(Date.parse(iso) + minutes * 60_000).toISOString()
  for (const p of PLANS) {
    const on = addDays(today, p.days)
    const clock = (time: string): string => new Date(`${on}T${time}+08:00`).toISOString()
    const begun = p.days < 0 ? instantAt(t.calendar, addDays(on, -6), '10:00:00') : later(until, -400)
    const { activity_id } = await at(begun, () => t.road.call(desk, ['activity', p.key], community.saveActivity, { community_id, kind: p.kind, title: p.title, body: p.body, place: p.place, from_at: clock(p.from), to_at: clock(p.to), sign_until_at: clock(p.from), capacity: p.capacity, party_max: p.party_max, roles: [...WHO] }))
    await at(later(begun, 5), () => t.road.call(desk, ['activity open', p.key], community.openActivity, { activity_id }))
    const signed: string[] = []
    for (const [i, who] of people.slice(0, p.joins).entries())
      await at(later(begun, 20 + i * 11), async () => {
        const [own] = (await t.road.ask(who, community.myActivity, { activity_id })).houses
        signed.push((await t.road.call(who, ['signup', p.key, i], community.signUp, { activity_id, house_id: own!.house_id, people_count: Math.min(p.party_max, 1 + (i % 2)) })).signup_id)
      })
    if (p.came === 0) continue
    for (const [i, signup_id] of signed.slice(0, p.came).entries()) await at(later(clock(p.from), 2 + i), () => t.road.call(desk, ['came', p.key, i], community.checkIn, { signup_id }))
    if (p.kind === 'volunteer')
      for (const [i, signup_id] of signed.slice(0, p.came).entries()) {
        await at(later(clock(p.to), 10 + i), () => t.road.call(desk, ['minutes', p.key, i], community.saveMinutes, { signup_id, minutes: 120 }))
        if (i < p.came - 1) await at(later(clock(p.to), 60 + i), () => t.road.call(boss, ['minutes agreed', p.key, i], community.confirmMinutes, { signup_id }))
      }
    if (p.report) await at(later(clock(p.to), 90), () => t.road.call(desk, ['activity report', p.key], community.saveReport, { activity_id, report: p.report, photo_ids: [] }))
  }
}
