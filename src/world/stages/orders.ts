// Repair orders of 花园小区: six weeks of them, by the calls of residents, the desk and the repairers; most are rated, some are open, some are late.
import { sql } from 'kysely'
import { at, inside, type Person } from '../caller.ts'
import { RESIDENT_PHONE } from '../accounts.ts'
import { addDays } from '../../kernel/clock.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'
import { orders } from '../../modules/orders/contract.ts'
import { claimed, prices, quote, stocked, type PriceList } from './paid_service.ts'

const DAYS = 42
const DONE = 22
type Job = readonly [kind: string, words: string, done: string, place?: string]
const JOBS: readonly Job[] = [
  ['水龙头、洁具', '厨房水龙头关不紧,一直滴水', '更换阀芯,试水不漏'],
  ['楼道、路灯不亮', '三楼楼道灯不亮', '更换声控灯头', '2 栋 1 单元 3 楼楼道'],
  ['下水堵塞', '卫生间地漏返水', '疏通地漏,清出杂物'],
  ['门窗、门锁', '入户门锁芯转不动', '清洗并上油,开关正常'],
  ['单元门、道闸', '单元门关不上', '调整闭门器', '东区 5 栋单元门'],
  ['开关、插座、灯具', '客厅插座没电', '更换插座,检测无漏电'],
  ['水管漏水、爆管', '阳台水管接头漏水', '更换接头与生料带'],
  ['路面、井盖、台阶', '井盖松动,车过有响声', '加橡胶垫并固定', '西门消防通道'],
  ['渗水、返潮', '主卧窗边墙皮起泡', '外窗打胶,铲除重刷'],
  ['对讲、门禁终端', '室内机不响', '更换室内分机电源'],
]
const SAID = ['很快,谢谢师傅', '态度好,收拾得干净', '', '来得有点晚,修好了', '']
const RATINGS = [5, 5, 4, 5, 3, 5, 4, 5, 2, 5]
/** Who was asked afterwards, and what they said. */
const ASKED_BACK = new Map<number, { reached: boolean; solved?: boolean; satisfaction?: number; words?: string }>([
  [1, { reached: true, solved: true, satisfaction: 5, words: '满意' }],
  [8, { reached: true, solved: true, satisfaction: 4, words: '师傅后来又来看过,已经好了' }],
  [13, { reached: false }],
  [16, { reached: true, solved: true, satisfaction: 4 }],
])
const WORKERS: readonly [login: string, skills: string[]][] = [['weixiu1', ['水暖', '综合']], ['weixiu2', ['电工', '弱电']], ['weixiu3', ['木瓦', '综合']], ['weixiu4', ['水暖', '电工']]]

interface Home {
  house_id: string
  phone: string
  name: string
}
/** Owners who live there and have a phone; first the sample's own resident. */
async function homes(t: Town): Promise<Home[]> {
  return inside(t.app, t.company_id, async (s) => (await sql<Home>`select h.house_id, p.phone, p.name from property.house h join people.ownership o on o.company_id = ${t.company_id} and o.house_id = h.house_id and o.to_on is null
    join people.person p on p.company_id = ${t.company_id} and p.person_id = o.person_id and p.kind = 'natural' and p.phone ~ '^1[0-9]{10}$'
    where h.company_id = ${t.company_id} and h.community_id = ${t.ids.community.get('garden')!} and h.kind = 'dwelling' and h.state = 'lived_in' order by p.phone <> ${RESIDENT_PHONE}, md5(h.label) limit ${DONE + 12}`.execute(s.db)).rows)
}
/** A resident by phone, as a sign-in would make him; no session is opened. */
const residentOf = (t: Town, h: Home): Person => ({ company_id: t.company_id, who: { kind: 'resident', account_id: null, name: h.name, phone: h.phone, face: 'resident', ip: null, agent: '样例装载', session: null, grants: [] } })

export async function repair(t: Town): Promise<void> {
  if (!t.ids.community.get('garden')) return
  const desk = must(t, 'kefu')
  const list = await homes(t)
  if (list.length < 10) return
  const { rows } = await t.road.ask(desk, orders.categories, {})
  const kind = new Map(rows.map((r) => [r.name, r.category_id]))
  for (const [login, skills] of WORKERS) await t.road.call(must(t, 'anju'), ['repairer', login], orders.saveWorker, { account_id: must(t, login).who.account_id!, skills, building_ids: [], weekdays: [], duty_from: null, duty_to: null, open_max: 10 })
  const report = async (n: number, iso: string): Promise<string> => {
    const [name, text, , place] = JOBS[n % JOBS.length]!
    const h = list[n % list.length]!
    const input = { category_id: kind.get(name)!, words: text, ...(place ? { place } : {}) }
    // Every third one came by phone.
    const made = await at(iso, () => (n % 3 === 2 ? t.road.call(desk, ['order', n], orders.createOrder, { ...input, source: 'hotline', community_id: t.ids.community.get('garden')!, house_id: h.house_id, reporter_name: h.name, reporter_phone: h.phone }) : t.road.call(residentOf(t, h), ['order', n], orders.report, { ...input, house_id: h.house_id, ...(n % 4 === 1 ? { tell_by: ['sms' as const] } : {}) })))
    return made.order_id
  }
  // From the first day of these six weeks residents may have the progress as SMS.
  const first = addDays(t.calendar.today, -DAYS - 1)
  await at(instantAt(t.calendar, first, '08:00:00'), async () => t.road.call(must(t, 'anju'), ['order policy'], orders.savePolicy, { ...(await t.road.ask(must(t, 'anju'), orders.policy, {})).now, from_on: first, progress_sms: true }))
  const price_list = await prices(t)
  await past(t, list, report, price_list)
  await now(t, list, report, price_list)
}

type Report = (n: number, iso: string) => Promise<string>
async function past(t: Town, list: readonly Home[], report: Report, p: PriceList): Promise<void> {
  const desk = must(t, 'kefu')
  for (let n = 0; n < DONE; n++) {
    const day = addDays(t.calendar.today, -DAYS + Math.floor((n * (DAYS - 4)) / DONE))
    const start = Date.parse(instantAt(t.calendar, day, `${String(8 + (n % 9)).padStart(2, '0')}:${String((n * 7) % 60).padStart(2, '0')}:00`))
    const later = (minutes: number): string => new Date(start + minutes * 60_000).toISOString()
    const order_id = await report(n, later(0))
    const man = must(t, WORKERS[n % WORKERS.length]![0])
    const id = { order_id }
    if (n === 11) {
      await at(later(30), () => t.road.call(desk, ['order declined', n], orders.declineOrder, { ...id, reason: '属供电公司设施,已代为转报' }))
      continue
    }
    // One in six took a day and more.
    const slow = n % 6 === 5 ? 1500 : 0
    if (n % 4 === 0) await at(later(12), () => t.road.call(man, ['order taken', n], orders.takeOrder, id))
    else {
      await at(later(10), () => t.road.call(desk, ['order given', n], orders.assignOrder, { ...id, account_id: man.who.account_id! }))
      await at(later(14), () => t.road.call(man, ['order accepted', n], orders.acceptOrder, id))
    }
    // Of the last days only: the months before are closed.
    if (n === 20) await quote(t, man, n, later(22), { ...id, lines: [p.line('水龙头(铜,4 分)', '1'), p.line('不锈钢软管 60 cm', '2'), p.line('水电维修人工', '0.5')], note: '旧件归业户,材料保修 3 个月', signer_name: list[n % list.length]!.name })
    await at(later(25 + slow), () => t.road.call(man, ['order arrived', n], orders.arriveOrder, id))
    await at(later(70 + slow), () => t.road.call(man, ['order finished', n], orders.finishOrder, { ...id, note: JOBS[n % JOBS.length]![2] }))
    if (n % 7 !== 6) await at(later(300 + slow), () => t.road.call(residentOf(t, list[n % list.length]!), ['order rated', n], orders.rateMine, { ...id, rating: RATINGS[n % RATINGS.length]!, ...(SAID[n % SAID.length] ? { words: SAID[n % SAID.length]! } : {}) }))
    const asked = ASKED_BACK.get(n)
    if (asked) await at(later(1500 + slow), () => t.road.call(desk, ['order visit', n], orders.saveVisit, { ...id, way: 'phone', ...asked }))
  }
}

/** What stands open when the sample is looked at. */
async function now(t: Town, list: readonly Home[], report: Report, p: PriceList): Promise<void> {
  const desk = must(t, 'kefu')
  const ago = (minutes: number): string => new Date(Date.parse(t.calendar.until) - minutes * 60_000).toISOString()
  const [m1, m2, m3] = WORKERS.map(([login]) => must(t, login)) as [Person, Person, Person]
  const give = async (n: number, minutes: number, man: Person): Promise<{ order_id: string }> => {
    const id = { order_id: await report(n, ago(minutes)) }
    await at(ago(minutes - 6), () => t.road.call(desk, ['order given', n], orders.assignOrder, { ...id, account_id: man.who.account_id! }))
    return id
  }
  const accept = (n: number, minutes: number, man: Person, id: { order_id: string }) => at(ago(minutes), () => t.road.call(man, ['order accepted', n], orders.acceptOrder, id))
  const arrive = (n: number, minutes: number, man: Person, id: { order_id: string }) => at(ago(minutes), () => t.road.call(man, ['order arrived', n], orders.arriveOrder, id))
  const waits = await give(30, 60 * 50, m2)
  await accept(30, 60 * 49, m2, waits)
  await arrive(30, 60 * 48, m2, waits)
  await at(ago(60 * 47), () => t.road.call(m2, ['order suspended', 30], orders.suspendOrder, { ...waits, cause: 'parts', note: '阀芯型号缺货,明天到' }))
  const again = await give(33, 60 * 26, m3)
  await accept(33, 60 * 25, m3, again)
  await arrive(33, 60 * 24, m3, again)
  await at(ago(60 * 23), () => t.road.call(m3, ['order finished', 33], orders.finishOrder, { ...again, note: '上油' }))
  await at(ago(60 * 3), () => t.road.call(residentOf(t, list[33 % list.length]!), ['order again', 33], orders.reopenMine, { ...again, reason: '今天又转不动了' }))
  const works = await give(35, 110, m2)
  await accept(35, 100, m2, works)
  await arrive(35, 70, m2, works)
  await stocked(t, m2, ago(65), works)
  await quote(t, m2, 35, ago(60), { ...works, lines: [p.line('五孔插座', '2'), p.line('水电维修人工', '0.5')] })
  await quote(t, m2, 30, ago(60 * 46), { ...waits, lines: [p.line('水龙头(铜,4 分)', '1'), p.line('水电维修人工', '0.5'), { kind: 'material', name: '阀芯(进口)', unit: '个', quantity: '1', unit_price: '68' }], signer_name: list[30 % list.length]!.name })
  const late = await give(36, 95, m1) // a leaking pipe that nobody has gone to for an hour and a half
  await accept(36, 80, m1, late)
  await claimed(t, ago(30), await give(38, 40, m3))
  await report(31, ago(35))
  await report(32, ago(18))
  await report(37, ago(9))
}
