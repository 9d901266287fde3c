// Complaints and suggestions of 花园小区: three months of them, by the calls of residents, the desk and those who handle them; most are closed, one was
// opened again, one is of the city hotline, one has no name, some are open and one is late.
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { care } from '../../modules/care/contract.ts'
import { orders } from '../../modules/orders/contract.ts'
import { RESIDENT_PHONE } from '../accounts.ts'
import { at, inside, type Person } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

interface Home {
  house_id: string
  phone: string
  name: string
}
async function homes(t: Town, count: number): Promise<Home[]> {
  return inside(t.app, t.company_id, async (s) => (await sql<Home>`select h.house_id, p.phone, p.name from property.house h join people.ownership o on o.company_id = ${t.company_id} and o.house_id = h.house_id and o.to_on is null
    join people.person p on p.company_id = ${t.company_id} and p.person_id = o.person_id and p.kind = 'natural' and p.phone ~ '^1[0-9]{10}$'
    where h.company_id = ${t.company_id} and h.community_id = ${t.ids.community.get('garden')!} and h.kind = 'dwelling' and h.state = 'lived_in' order by p.phone <> ${RESIDENT_PHONE}, md5(h.label || 'care') limit ${count}`.execute(s.db)).rows)
}
const residentOf = (t: Town, h: Home): Person => ({ company_id: t.company_id, who: { kind: 'resident', account_id: null, name: h.name, phone: h.phone, face: 'resident', ip: null, agent: '样例装载', session: null, grants: [] } })

type Past = readonly [days_ago: number, kind: string, words: string, source: 'app' | 'counter' | 'phone' | 'wechat' | 'letter', handler: string, answer: string, cause: string, score: number | null, hours?: number]
const PAST: readonly Past[] = [
  [88, '环境卫生', '楼道三天没有拖,地上有油渍', 'app', 'jingli', '已安排保洁补拖并检查本周记录', '处理不及时', 5],
  [81, '噪音扰民', '楼上装修中午也在打孔', 'phone', 'zhixu', '已制止并告知施工时间,装修负责人致歉', '业户之间', 4],
  [74, '停车管理', '消防通道长期停车', 'app', 'zhixu', '已挪车,加装禁停桩并列入夜巡', '标准或制度', 5],
  [69, '收费与账单', '上月公摊比往常多,要求说明', 'counter', 'kefu', '已提供公摊计算明细,经核对无误', '沟通解释不到位', 3, 60],
  [62, '绿化养护', '楼前草坪枯死没有补种', 'wechat', 'jingli', '已补种,一个月内观察', '处理不及时', 4],
  [55, '服务态度', '前台登记时态度不耐烦', 'letter', 'jingli', '已核实并批评教育,当面致歉', '服务态度', 4],
  [47, '服务建议', '建议周末也能办理停车登记', 'app', 'kefu', '已试行周六上午值班办理', '标准或制度', null],
  [40, '电梯与设施设备', '电梯里灯闪,老人害怕', 'app', 'gongcheng', '已更换灯管,并检查其他轿厢', '设施老化', 5],
  [33, '维修质量与时效', '上次修的水龙头又漏了', 'phone', 'gongcheng', '免费重修并更换阀芯', '维修质量', 2, 70],
  [27, '表扬', '门岗师傅帮忙抬老人上楼', 'app', 'jingli', '已转达并在公告栏表扬', '其他', null],
  [20, '安全秩序', '单元门常开,有陌生人进出', 'app', 'zhixu', '已修复闭门器,加强夜间巡查', '设施老化', 4],
  [14, '环境卫生', '地下车库垃圾桶溢出', 'phone', 'jingli', '已增加清运次数', '处理不及时', 5],
]

export async function hear(t: Town): Promise<void> {
  if (!t.ids.community.get('garden')) return
  const list = await homes(t, 20)
  if (list.length < 18) return
  const desk = must(t, 'kefu')
  const admin = must(t, 'anju')
  const [kinds, causes] = [await t.road.ask(desk, care.kinds, {}), await t.road.ask(desk, care.causes, {})]
  const kind = new Map(kinds.rows.map((k) => [k.name, k.kind_id]))
  const cause = new Map(causes.rows.map((x) => [x.name, x.cause_id]))
  const id = (login: string): string => must(t, login).who.account_id!
  const { rows: departments } = await t.road.ask(admin, care.departments, {})
  for (const [n, [name, logins]] of ([['客服部', ['kefu', 'jingli']], ['工程部', ['gongcheng']], ['秩序部', ['zhixu']]] as const).entries()) {
    const d = departments.find((x) => x.name === name)!
    await t.road.call(admin, ['care department', name], care.saveDepartment, { department_id: d.department_id, name, account_ids: logins.map(id), sort_no: (n + 1) * 10, retired: false })
  }
  const c: Ctx = { t, list, desk, kind, cause }
  for (const [n, p] of PAST.entries()) await past(c, n, p)
  await open(c)
  await contacts(c)
  await applications(c)
  await surveyed(c)
}

interface Ctx {
  t: Town
  list: readonly Home[]
  desk: Person
  kind: ReadonlyMap<string, string>
  cause: ReadonlyMap<string, string>
}
const community = (c: Ctx): string => c.t.ids.community.get('garden')!
async function report(c: Ctx, n: number, iso: string, what: { kind: string; words: string; source: Past[3] }): Promise<string> {
  const h = c.list[n % c.list.length]!
  const kind_id = c.kind.get(what.kind)!
  const made = await at(iso, () => (what.source === 'app' ? c.t.road.call(residentOf(c.t, h), ['complaint', n], care.complain, { kind_id, house_id: h.house_id, words: what.words }) : c.t.road.call(c.desk, ['complaint', n], care.createComplaint, { kind_id, source: what.source, community_id: community(c), house_id: h.house_id, words: what.words, reporter_name: h.name, reporter_phone: h.phone })))
  return made.complaint_id
}
async function past(c: Ctx, n: number, [days_ago, kind, words, source, handler, said, cause, score, hours = 7]: Past): Promise<void> {
  const { t, desk } = c
  const start = Date.parse(instantAt(t.calendar, addDays(t.calendar.today, -days_ago), `09:${String((n * 7) % 60).padStart(2, '0')}:00`))
  const later = (h: number): string => new Date(start + h * 3_600_000).toISOString()
  const one = { complaint_id: await report(c, n, later(0), { kind, words, source }) }
  const man = must(t, handler)
  if (man !== desk) await at(later(0.4), () => t.road.call(desk, ['complaint given', n], care.assignComplaint, { ...one, department_id: null, account_id: man.who.account_id! }))
  await at(later(1), () => t.road.call(man, ['complaint accepted', n], care.acceptComplaint, one))
  await at(later(hours), () => t.road.call(man, ['complaint answered', n], care.answerComplaint, { ...one, answer: said, cause_id: c.cause.get(cause)! }))
  const asker = man === desk ? must(t, 'jingli') : desk
  if (score === null) return void (await at(later(hours + 20), () => t.road.call(must(t, 'jingli'), ['complaint closed', n], care.closeComplaint, one)))
  await at(later(hours + 26), () => t.road.call(asker, ['complaint visited', n], care.visitComplaint, { ...one, way: 'phone', reached: true, satisfaction: score, solved: score > 2 }))
  if (score >= 4) return
  // Once more, and then good.
  await at(later(hours + 30), () => t.road.call(man, ['complaint again', n], care.acceptComplaint, one))
  await at(later(hours + 50), () => t.road.call(man, ['complaint answered again', n], care.answerComplaint, { ...one, answer: `${said};已上门当面说明`, cause_id: c.cause.get(cause)! }))
  await at(later(hours + 75), () => t.road.call(asker, ['complaint visited again', n], care.visitComplaint, { ...one, way: 'door', reached: true, satisfaction: 4, solved: true }))
}

/** What stands open when the sample is looked at. */
async function open(c: Ctx): Promise<void> {
  const { t, desk } = c
  const ago = (hours: number): string => new Date(Date.parse(t.calendar.until) - hours * 3_600_000).toISOString()
  const chief = must(t, 'gongcheng')
  await report(c, 13, ago(2), { kind: '环境卫生', words: '快递柜旁纸箱堆了一地', source: 'app' })
  const fees = { complaint_id: await report(c, 14, ago(30), { kind: '收费与账单', words: '空置半年仍按全额收物业费', source: 'counter' }) }
  await at(ago(28), () => t.road.call(desk, ['complaint accepted', 14], care.acceptComplaint, fees))
  const lift = { complaint_id: await report(c, 15, ago(90), { kind: '电梯与设施设备', words: '单元门口地灯不亮,晚上看不清台阶', source: 'app' }) }
  await at(ago(88), () => t.road.call(desk, ['complaint given', 15], care.assignComplaint, { ...lift, department_id: null, account_id: chief.who.account_id! }))
  await at(ago(87), () => t.road.call(chief, ['complaint accepted', 15], care.acceptComplaint, lift))
  const light = (await t.road.ask(desk, orders.categories, {})).rows.find((g) => g.name === '楼道、路灯不亮')
  if (light) await at(ago(86), () => t.road.call(desk, ['complaint order', 15], care.makeComplaintOrder, { ...lift, category_id: light.category_id, place: '6 栋单元门口', words: '地灯不亮' }))
  const sent = ago(20)
  await at(ago(18), () => t.road.call(desk, ['complaint', 'hotline'], care.createComplaint, { kind_id: c.kind.get('噪音扰民')!, source: 'city_hotline', community_id: community(c), house_id: null, place: '东门广场', words: '广场舞音响晚上十点还在响', outside: { channel: 'city_hotline', outside_no: '20261125-0731', sender: '县政务服务热线', sent_at: sent, due_at: new Date(Date.parse(sent) + 5 * 86_400_000).toISOString() } }))
  await at(ago(5), () => t.road.call(residentOf(t, c.list[16]!), ['complaint', 'unnamed'], care.complainUnnamed, { kind_id: c.kind.get('服务态度')!, community_id: community(c), words: '夜班门岗在岗亭里睡觉,敲门才醒' }))
  const asked = { complaint_id: await report(c, 17, ago(75), { kind: '停车管理', words: '固定车位被占,打电话没人来', source: 'phone' }) }
  const guard = must(t, 'zhixu')
  await at(ago(74), () => t.road.call(desk, ['complaint given', 17], care.assignComplaint, { ...asked, department_id: null, account_id: guard.who.account_id! }))
  await at(ago(73), () => t.road.call(guard, ['complaint accepted', 17], care.acceptComplaint, asked))
  await at(ago(50), () => t.road.call(guard, ['complaint answered', 17], care.answerComplaint, { ...asked, answer: '已联系车主挪车,并在该车位加装地锁', cause_id: c.cause.get('处理不及时')! }))
}

type Said = readonly [hours_ago: number, way: 'phone' | 'counter' | 'wechat', topic: 'consult' | 'fee' | 'help' | 'lodge' | 'borrow', words: string, answer: string]
const CALLS: readonly Said[] = [
  [170, 'phone', 'consult', '问暖气什么时候试水', '11 月 8 日起分楼栋试水,已贴通知'], [150, 'counter', 'fee', '要去年物业费的发票', '已补打并告知可在手机上申请'], [122, 'phone', 'consult', '装修要办什么手续', '带身份证与图纸到前台登记'], [100, 'wechat', 'fee', '扣款后账单还显示未缴', '次日到账后自动更新,已核对'],
  [76, 'phone', 'help', '老人独自在家,请去看一下', '已请保安上门,平安'], [52, 'counter', 'lodge', '快递暂放', '快递 2 件'], [49, 'counter', 'consult', '车位出租信息登记', '已登记在公告板'], [26, 'phone', 'fee', '公摊怎么算的', '已说明并发公摊明细'], [6, 'counter', 'borrow', '搬家借手推车', '手推车 1 辆'], [3, 'phone', 'consult', '周末有没有人值班', '前台 8:30–18:00,保安 24 小时'],
]
async function contacts(c: Ctx): Promise<void> {
  const { t, desk } = c
  const ago = (hours: number): string => new Date(Date.parse(t.calendar.until) - hours * 3_600_000).toISOString()
  for (const [n, [hours, way, topic, words, said]] of CALLS.entries()) {
    const h = c.list[(n * 3) % c.list.length]!
    const lodged = topic === 'lodge' || topic === 'borrow'
    await at(ago(hours), () => t.road.call(desk, ['contact', n], care.saveContact, { way, topic, community_id: community(c), house_id: h.house_id, caller_name: h.name, caller_phone: h.phone, words, seconds: 60 + n * 17, ...(lodged ? { outcome: 'lodged', item: said } : topic === 'help' ? { outcome: 'passed', answer: said } : { outcome: 'answered', answer: said }) }))
  }
  const h = c.list[5]!
  await at(ago(2), () => t.road.call(desk, ['contact', 'back'], care.saveContact, { way: 'phone', topic: 'fee', community_id: community(c), house_id: h.house_id, caller_name: h.name, caller_phone: h.phone, words: '要求核对三年的水费', outcome: 'callback', call_back_at: new Date(Date.parse(t.calendar.until) + 20 * 3_600_000).toISOString(), seconds: 140 }))
}

/** A move-out that went through the gate, keys handed over, one that waits and one whose permit is still good. */
async function applications(c: Ctx): Promise<void> {
  const { t, desk } = c
  const ago = (hours: number): string => new Date(Date.parse(t.calendar.until) - hours * 3_600_000).toISOString()
  const { rows } = await t.road.ask(desk, care.services, {})
  const of = (name: string) => { const s = rows.find((x) => x.name === name)!; return { service_id: s.service_id, version_id: s.version!.version_id } }
  const apply = async (n: number, hours: number, name: string, values: readonly string[]): Promise<{ application_id: string }> => {
    const h = c.list[n]!
    const { application_id } = await at(ago(hours), () => t.road.call(residentOf(t, h), ['application', n], care.apply, { ...of(name), house_id: h.house_id, answers: values.map((value, i) => ({ key: `f${i + 1}`, value })).filter((a) => a.value !== '') }))
    return { application_id }
  }
  const day = addDays(t.calendar.today, 1)
  const gone = await apply(2, 200, '搬出放行条', ['双人床 1、衣柜 2', addDays(t.calendar.today, -8), '陕C5K218', '王师傅'])
  await at(ago(196), () => t.road.call(desk, ['application yes', 2], care.approveApplication, gone))
  const { permit_code } = await t.road.ask(desk, care.application, gone)
  await at(ago(180), () => t.road.call(must(t, 'zhixu'), ['application out', 2], care.usePermit, { permit_code: permit_code!, note: '与清单相符' }))
  const keys = await apply(4, 120, '钥匙领取', ['单元门', '1', '本人'])
  await at(ago(118), () => t.road.call(desk, ['application yes', 4], care.approveApplication, keys))
  await at(ago(96), () => t.road.call(desk, ['application done', 4], care.finishApplication, { ...keys, note: '已交付单元门钥匙 1 把' }))
  const good = await apply(6, 9, '搬出放行条', ['沙发 1、书柜 1', day, '', ''])
  await at(ago(6), () => t.road.call(desk, ['application yes', 6], care.approveApplication, good))
  await apply(8, 3, '搬出放行条', ['洗衣机 1、冰箱 1', day, '陕CD11235', ''])
  await apply(10, 2, '证明开具', ['居住证明', '孩子入学', '1'])
}

/** A survey of half a year ago, done, and one that is open. */
async function surveyed(c: Ctx): Promise<void> {
  const { t, desk } = c
  const manager = must(t, 'jingli')
  const questions = ['客服接待', '维修及时与质量', '环境卫生', '绿化养护', '安全秩序', '总体满意程度'].map((zh, i) => ({ key: `q${i + 1}`, zh, kind: 'scale' as const, options: [], needed: true }))
  const all = [...questions, { key: 'q7', zh: '您最希望改进的是', kind: 'text' as const, options: [], needed: false }]
  const begin = async (name: string, day: string, until: string, previous_id: string | null): Promise<string> => {
    const noon = instantAt(t.calendar, day, '10:00:00')
    const { survey_id } = await at(noon, () => t.road.call(manager, ['survey', name], care.saveSurvey, { community_id: community(c), title: name, intro: '请您为物业服务打分,约两分钟。', questions: all, unnamed: false, goal_percent: 90, building_ids: [], sample_way: 'number', sample_size: 1, opens_on: day, closes_on: until, previous_id }))
    await at(noon, () => t.road.call(manager, ['survey open', name], care.openSurvey, { survey_id }))
    return survey_id
  }
  const answer = async (name: string, survey_id: string, count: number, day: string, low: number): Promise<void> => {
    const { rows } = await at(instantAt(t.calendar, day, '15:00:00'), () => t.road.ask(desk, care.surveyHouses, { survey_id, page_size: 60 }))
    // By the label: the list puts who has answered last, and a second load must take the same.
    for (const [n, h] of rows.toSorted((x, y) => (x.label < y.label ? -1 : 1)).slice(0, count).entries()) await at(instantAt(t.calendar, day, '15:00:00'), () => t.road.call(desk, ['survey reply', name, h.label], care.saveReply, { survey_id, house_id: h.house_id, way: n % 4 === 3 ? 'paper' : 'phone', answers: [...questions.map((q, i) => ({ key: q.key, value: String((n + i) % low === 0 ? 3 : (n + i) % 3 === 0 ? 4 : 5) })), ...(n % 5 === 0 ? [{ key: 'q7', value: '多一些充电桩' }] : [])] }))
  }
  const then = addDays(t.calendar.today, -150)
  const first = await begin('上半年满意度调查', then, addDays(then, 14), null)
  await answer('first', first, 16, addDays(then, 5), 6)
  await at(instantAt(t.calendar, addDays(then, 14), '17:00:00'), () => t.road.call(manager, ['survey close', 'first'], care.closeSurvey, { survey_id: first }))
  const now = addDays(t.calendar.today, -4)
  const second = await begin('下半年满意度调查', now, addDays(now, 20), first)
  await answer('second', second, 10, addDays(now, 2), 13)
}
