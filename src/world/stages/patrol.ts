// Rounds of 花园小区: posts above and below ground, equipment rooms, staircases; a day and a half of them walked, some late, some missed, one repair
// order from a pump pit, one walk that nobody can have walked so fast.
import { at, type Person } from '../caller.ts'
import { must, type Town } from '../town.ts'
import { addDays } from '../../kernel/clock.ts'
import { uuidOf } from '../../kernel/ids.ts'
import { orders } from '../../modules/orders/contract.ts'
import { rounds, type Item, type Rule, type TaskRow } from '../../modules/rounds/contract.ts'

const DAYS_BACK = 1
type ItemIn = readonly [text: string, answer: 'tick' | 'number', limits?: readonly [string | null, string | null, string]]
const items = (list: readonly ItemIn[]): Item[] => list.map(([text, answer, l], i) => ({ item_id: `i${i + 1}`, text, answer, choices: [], low: l?.[0] ?? null, high: l?.[1] ?? null, unit: l?.[2] ?? null, photo: 'no', points: 5 }))
const LISTS: readonly [name: string, kind: string, items: Item[]][] = [
  ['地下夜巡检查表', 'patrol', items([['防火门关闭、通道畅通', 'tick'], ['无渗漏、无积水', 'tick'], ['无可疑人员与火源', 'tick']])],
  ['泵房巡检表', 'inspection', items([['供水压力', 'number', ['0.25', '0.40', 'MPa']], ['集水坑水位', 'number', [null, '30', 'cm']], ['水泵无异响、无渗漏', 'tick'], ['门锁与照明完好', 'tick']])],
  ['配电间巡检表', 'inspection', items([['室温', 'number', ['5', '40', '℃']], ['仪表指示正常、无异味', 'tick'], ['灭火器在有效期内', 'tick']])],
  ['楼道保洁检查表', 'cleaning', items([['楼梯拖扫干净', 'tick'], ['扶手无灰', 'tick'], ['无小广告、无堆物', 'tick']])],
]
const POINTS: readonly [name: string, place: string][] = [
  ['西门岗', '西门'], ['东门岗', '东门'], ['中心广场', '中心花园南侧'], ['地下车库东口', '负一层东坡道'], ['地下车库西口', '负一层西坡道'], ['配电间', '负一层 B 区'], ['生活水泵房', '负一层 C 区'], ['消防泵房', '负一层 C 区东侧'],
  ['1栋楼道', '1 栋'], ['2栋楼道', '2 栋'], ['3栋楼道', '3 栋'], ['4栋楼道', '4 栋'],
]
/** Of posts above ground; below ground no phone finds where it is. */
const PLACES: Readonly<Record<string, { lat: string; lon: string }>> = { 西门岗: { lat: '34.274500', lon: '107.750900' }, 中心广场: { lat: '34.274600', lon: '107.752300' }, 东门岗: { lat: '34.274700', lon: '107.753700' } }
const ROUTES: readonly [name: string, ordered: boolean, stops: readonly (readonly [point: string, list: string | null])[]][] = [
  ['地面巡逻线', true, [['西门岗', null], ['中心广场', null], ['东门岗', null]]],
  ['地下车库夜巡线', true, [['地下车库东口', '地下夜巡检查表'], ['配电间', '地下夜巡检查表'], ['生活水泵房', '地下夜巡检查表'], ['消防泵房', '地下夜巡检查表'], ['地下车库西口', '地下夜巡检查表']]],
  ['设备房巡检线', false, [['生活水泵房', '泵房巡检表'], ['消防泵房', '泵房巡检表'], ['配电间', '配电间巡检表']]],
  ['东区楼道保洁', false, [['1栋楼道', '楼道保洁检查表'], ['2栋楼道', '楼道保洁检查表'], ['3栋楼道', '楼道保洁检查表'], ['4栋楼道', '楼道保洁检查表']]],
]
const daily = (...windows: [from: string, to: string][]): Rule => ({ kind: 'daily', every_days: 1, starting_on: '2024-01-01', windows: windows.map(([from, to]) => ({ from, to })), days: 'all', season: null })
const PLANS: readonly [name: string, kind: string, route: string | null, crew: string, rule: Rule, grace: number][] = [
  ['地面巡逻', 'patrol', '地面巡逻线', '秩序一班', { kind: 'hourly', every_minutes: 120, from: '00:00', to: '24:00', days: 'all', season: null }, 30],
  ['地下车库夜巡', 'patrol', '地下车库夜巡线', '秩序一班', { kind: 'hourly', every_minutes: 120, from: '22:00', to: '06:00', days: 'all', season: null }, 30],
  ['设备房巡检', 'inspection', '设备房巡检线', '工程班', daily(['08:30', '10:30'], ['14:30', '16:30']), 60],
  ['东区楼道保洁', 'cleaning', '东区楼道保洁', '东区保洁班', daily(['07:00', '11:00']), 60],
  ['绿化带除草', 'greening', null, '东区保洁班', { kind: 'half_month', season: { from: '04-01', to: '10-31' } }, 1440],
  ['主干道除雪', 'weather', null, '秩序一班', { kind: 'weather', on: ['snow', 'ice'], within_minutes: 120 }, 0],
]
const CREWS: readonly [name: string, logins: readonly string[]][] = [['秩序一班', ['zhixuyuan1', 'zhixuyuan2']], ['工程班', ['weixiu1', 'weixiu2', 'weixiu3', 'weixiu4']], ['东区保洁班', ['baojie1', 'baojie2']], ['品质督导', ['pinzhi']]]

export async function patrol(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id) return
  const admin = must(t, t.company.admin_login)
  const kind = new Map((await t.road.ask(admin, rounds.kinds, {})).rows.map((k) => [k.code, k.kind_id]))
  const begun = `${addDays(t.calendar.today, -DAYS_BACK)}T00:00:00+08:00`
  const plan_ids: string[] = []
  await at(begun, async () => {
    const ids = new Map<string, string>()
    await t.road.call(admin, ['rounds policy'], rounds.savePolicy, { ...(await t.road.ask(admin, rounds.policy, {})).now, from_on: addDays(t.calendar.today, -DAYS_BACK), positions: true })
    for (const [name, code, list] of LISTS) ids.set(name, (await t.road.call(admin, ['checklist', name], rounds.saveChecklist, { kind_id: kind.get(code)!, name, items: list, retired: false })).checklist_id)
    for (const [name, place] of POINTS) ids.set(name, (await t.road.call(admin, ['point', name], rounds.savePoint, { community_id, building_id: null, name, place, proof: 'scan', nfc_id: null, retired: false, ...PLACES[name] })).point_id)
    for (const [name, ordered, stops] of ROUTES) ids.set(`route ${name}`, (await t.road.call(admin, ['route', name], rounds.saveRoute, { community_id, name, ordered, retired: false, stops: stops.map(([p, l], i) => ({ point_id: ids.get(p)!, checklist_id: l === null ? null : ids.get(l)!, travel_seconds: i === 0 ? 0 : 60 })) })).route_id)
    for (const [name, logins] of CREWS) ids.set(`crew ${name}`, (await t.road.call(admin, ['crew', name], rounds.saveCrew, { community_id, name, account_ids: logins.map((l) => must(t, l).who.account_id!), retired: false })).crew_id)
    for (const [name, code, route, crew, rule, grace_minutes] of PLANS) plan_ids.push((await t.road.call(admin, ['round plan', name], rounds.savePlan, { community_id, kind_id: kind.get(code)!, name, route_id: route === null ? null : ids.get(`route ${route}`)!, checklist_id: null, crew_id: ids.get(`crew ${crew}`)!, rule, from_on: addDays(t.calendar.today, -DAYS_BACK), to_on: null, grace_minutes, photo: false })).plan_id)
    await t.road.call(admin, ['rounds active'], rounds.activatePlans, { plan_ids })
  })
  await walked(t, admin, community_id)
  await supervised(t, admin, community_id, kind)
}

const WALKERS: Record<string, readonly [string, string]> = { 地面巡逻: ['zhixuyuan1', 'zhixuyuan1'], 地下车库夜巡: ['zhixuyuan2', 'zhixuyuan2'], 设备房巡检: ['weixiu1', 'weixiu2'], 东区楼道保洁: ['baojie1', 'baojie1'] }
/** Which walks are left out (missed), and which begin so many minutes late: by number of the walk. */
const MISSED = new Set([7, 15])
const LATE = new Map([[4, 125], [11, 130]])
const TOO_FAST = 9

async function walked(t: Town, admin: Person, community_id: string): Promise<void> {
  const from_on = addDays(t.calendar.today, -1)
  const { rows } = await t.road.ask(admin, rounds.tasks, { from_on, to_on: t.calendar.today, community_id, page_size: 200 })
  const past = rows.filter((r) => r.due_at <= t.calendar.until && WALKERS[r.name]).toSorted((a, b) => (a.starts_at + a.name).localeCompare(b.starts_at + b.name))
  const codes = new Map((await t.road.ask(admin, rounds.points, { community_id, page_size: 200 })).rows.map((p) => [p.name, p.code]))
  const lists = new Map((await t.road.ask(admin, rounds.checklists, {})).rows.map((l) => [l.name, l.items]))
  const order_kind = (await t.road.ask(admin, orders.categories, {})).rows.find((k) => k.name === '排水、污水外溢')!.category_id
  for (const [n, task] of past.entries()) {
    if (MISSED.has(n)) continue
    await walk(t, task, n, { codes, lists, order_kind, found: task === past.findLast((r) => r.name === '设备房巡检') })
  }
}
interface Seen { codes: ReadonlyMap<string, string>; lists: ReadonlyMap<string, Item[]>; order_kind: string; found: boolean }
async function walk(t: Town, task: TaskRow, n: number, o: Seen): Promise<void> {
  const man = must(t, WALKERS[task.name]![n % 2]!)
  const route = ROUTES.find(([name]) => name === PLANS.find(([plan]) => plan === task.name)![2])!
  const start = Date.parse(task.starts_at) + (LATE.get(n) ?? 12) * 60_000
  for (const [i, [point, list]] of route[2].entries()) {
    const iso = new Date(start + i * (n === TOO_FAST ? 15 : 200) * 1000).toISOString()
    if (iso > t.calendar.until) return
    const bad = o.found && i === 0
    const answers = (list === null ? [] : o.lists.get(list)!).map((x) => ({ item_id: x.item_id, value: x.answer === 'tick' ? 'ok' : x.text === '集水坑水位' ? (bad ? '46' : '12') : x.text === '室温' ? '22' : '0.32' }))
    await at(iso, () => t.road.call(man, ['walk', task.task_id, i], rounds.saveRecord, {
      record_id: uuidOf('heyuan sample walk', task.task_id, i), on_day: task.on_day, task_id: task.task_id, stop_no: i + 1, device_at: iso, device: { boot: uuidOf('heyuan sample phone', man.who.name, n), mono_ms: i * 200_000, seq: Math.round((Date.parse(iso) - Date.parse('2026-01-01T00:00:00Z')) / 1000), went_back: false, sync: null },
      proof: 'scan', code: `HY1:${o.codes.get(point)!}`, outcome: 'done', answers, note: null, photos: [], position: PLACES[point] ? { state: 'given', ...PLACES[point], accuracy_m: 8 + ((n + i) % 5) } : { state: 'failed' }, finding: bad ? { words: '集水坑水位 46 cm,潜水泵没有启动', way: 'order', category_id: o.order_kind } : null,
    }))
  }
}

/** A month's work plan with two things, one done; and a quality check whose finding waits to be put right. */
async function supervised(t: Town, admin: Person, community_id: string, kind: ReadonlyMap<string, string>): Promise<void> {
  const yesterday = addDays(t.calendar.today, -1)
  const hour = (h: number): string => new Date(Date.parse(`${yesterday}T00:00:00+08:00`) + h * 3_600_000).toISOString()
  const lists = new Map((await t.road.ask(admin, rounds.checklists, {})).rows.map((l) => [l.name, l]))
  const crews = new Map((await t.road.ask(admin, rounds.crews, { community_id })).rows.map((w) => [w.name, w.crew_id]))
  const tidy = lists.get('楼道保洁检查表')!
  await at(hour(0), async () => {
    const month = Number(t.calendar.today.slice(5, 7))
    const { work_plan_id } = await t.road.call(admin, ['work plan'], rounds.saveWorkPlan, { community_id, level: 'month', period_on: yesterday, department: '保洁部', title: `${month} 月保洁绿化月计划`, parent_id: null })
    for (const [name, on] of [['化粪池清掏', yesterday], ['外墙玻璃清洗', addDays(t.calendar.today, 2)]] as const) await t.road.call(admin, ['work item', name], rounds.savePlan, { community_id, kind_id: kind.get('work')!, name, route_id: null, checklist_id: null, crew_id: crews.get('东区保洁班')!, work_plan_id, rule: { kind: 'once', on, span_days: 1 }, from_on: on, to_on: null, grace_minutes: 1440, photo: false })
    await t.road.call(admin, ['work published'], rounds.publishWorkPlan, { work_plan_id })
    const { plan_id } = await t.road.call(admin, ['round plan', '品质督查'], rounds.savePlan, { community_id, kind_id: kind.get('quality')!, name: '品质督查·楼道', route_id: null, checklist_id: tidy.checklist_id, crew_id: crews.get('品质督导')!, rule: daily(['09:00', '12:00']), from_on: yesterday, to_on: null, grace_minutes: 120, photo: false })
    await t.road.call(admin, ['quality active'], rounds.activatePlans, { plan_ids: [plan_id] })
  })
  const { rows } = await t.road.ask(admin, rounds.tasks, { from_on: yesterday, to_on: yesterday, community_id, page_size: 200 })
  const done: readonly [name: string, login: string, hour: number, bad: boolean][] = [['化粪池清掏', 'baojie1', 15, false], ['品质督查·楼道', 'pinzhi', 10, true]]
  for (const [name, login, h, bad] of done) {
    const task = rows.find((r) => r.name === name)!
    const iso = hour(h)
    await at(iso, () => t.road.call(must(t, login), ['walk', task.task_id, 0], rounds.saveRecord, {
      record_id: uuidOf('heyuan sample walk', task.task_id, 0), on_day: task.on_day, task_id: task.task_id, stop_no: 1, device_at: iso, device: { boot: uuidOf('heyuan sample phone', login), mono_ms: 0, seq: Math.round((Date.parse(iso) - Date.parse('2026-01-01T00:00:00Z')) / 1000), went_back: false, sync: null },
      proof: 'none', code: null, outcome: 'done', answers: bad ? tidy.items.map((x) => ({ item_id: x.item_id, value: x.item_id === 'i3' ? 'bad' : 'ok' })) : [], note: bad ? null : '清掏两车,井盖已复位', photos: [], finding: bad ? { words: '5 栋 2 单元 3 楼楼道堆放纸箱,堵塞通道', way: 'deadline' } : null,
    }))
  }
}
