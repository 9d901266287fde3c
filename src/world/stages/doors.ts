// Doors of 花园小区: fourteen doors on eight controllers, groups and rights, cards of residents and staff, two days of passages, a card just lost, a door forced at night. One
// controller has no network, so that the screens show what that looks like. The addresses are written down where the simulated doors find them, as an installer would.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { addDays, nowMs } from '../../kernel/clock.ts'
import { doors } from '../../modules/doors/contract.ts'
import { publishGroups, takeDoorPush } from '../../modules/doors/server/index.ts'
import { iot } from '../../modules/iot/contract.ts'
import { RESIDENT_PHONE } from '../accounts.ts'
import { at, inside } from '../caller.ts'
import { DoorTerminal } from '../outside/door_terminal.ts'
import type { SimDoors } from '../outside/door_sim.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

interface Port {
  name: string
  kind: 'gate' | 'unit' | 'garage' | 'room'
  building_no?: string
  unit_no?: string
  fire: boolean
}
const unit = (b: string, u: string): Port => ({ name: `${b}栋${u}单元门`, kind: 'unit', building_no: b, unit_no: u, fire: true })
const CONTROLLERS: readonly { name: string; dead?: boolean; ports: readonly Port[] }[] = [
  { name: '南门控制器', ports: [{ name: '南门人行进', kind: 'gate', fire: true }, { name: '南门人行出', kind: 'gate', fire: true }] },
  { name: '西门控制器', ports: [{ name: '西门人行', kind: 'gate', fire: true }] },
  { name: '车库控制器', ports: [{ name: '东区停车场人行门', kind: 'garage', building_no: 'P1', fire: true }, { name: '西区停车场人行门', kind: 'garage', building_no: 'P2', fire: true }] },
  { name: '3栋控制器', ports: [unit('3', '1'), unit('3', '2')] },
  { name: '18栋控制器', ports: [unit('18', '1'), unit('18', '2')] },
  { name: '25栋控制器', ports: [unit('25', '1'), unit('25', '2')] },
  { name: '41栋控制器', dead: true, ports: [unit('41', '1'), unit('41', '2')] },
  { name: '消控室控制器', ports: [{ name: '消防控制室门', kind: 'room', fire: false }] },
]
const BUILDINGS = ['3', '18', '25', '41']
const CARDS = 20
export async function guardDoors(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('doors', 'done')) return
  const [admin, head] = [must(t, 'anju'), must(t, 'zhixu')]
  const today = t.calendar.today
  const began = instantAt(t.calendar, addDays(today, -20), '10:00:00')
  const buildings = await inside(t.app, t.company_id, (s) => s.db.selectFrom('property.building').select(['no', 'building_id']).where('company_id', '=', t.company_id).where('community_id', '=', community_id).execute())
  const door_id = new Map<string, string>()
  const terminals = new Map<string, DoorTerminal>()
  const sim: SimDoors[] = []
  for (const k of CONTROLLERS) {
    const { controller_id } = await at(began, () => t.road.call(admin, ['door controller', k.name], doors.saveController, { community_id, name: k.name, serial_no: null, retired: false }))
    for (const [i, p] of k.ports.entries()) door_id.set(p.name, (await at(began, () => t.road.call(admin, ['door', p.name], doors.saveDoor, { controller_id, port_no: i + 1, building_id: p.building_no ? (buildings.find((b) => b.no === p.building_no)?.building_id ?? null) : null, unit_no: p.unit_no ?? null, name: p.name, kind: p.kind, fire_release: p.fire, held_s: 30, retired: false }))).door_id)
    const { path } = await t.road.ask(admin, doors.controllerAddress, { controller_id })
    const ports = k.ports.map((_, i) => i + 1)
    terminals.set(k.name, new DoorTerminal({ path, ports, nowMs, send: (body) => takeDoorPush(t.app, path.replace('/gate/door/', ''), body) }))
    if (!k.dead) sim.push({ name: k.name, path, ports })
  }
  await writeFile(join(t.app.data_dir, 'sim_doors.json'), JSON.stringify(sim))
  await authorise(t, community_id, door_id, began)
  // Heard once, and never again: what the cards bring has not come to it.
  const dead = CONTROLLERS.find((k) => k.dead)!
  await at(began, () => terminals.get(dead.name)!.settle())
  await giveCards(t, community_id, began)
  for (const k of CONTROLLERS) if (!k.dead) await at(began, () => terminals.get(k.name)!.settle())
  await passDays(t, terminals, today)
  const lost = (await t.road.ask(head, doors.cards, { q: '0060000003' })).rows[0]
  if (lost) await at(new Date(Date.parse(t.calendar.until) - 1_800_000).toISOString(), () => t.road.call(head, ['door card lost'], doors.loseCard, { card_id: lost.card_id, reason: '买菜时丢失' }))
  // Another lost it a week ago and has its replacement; the fee is a bill of the house.
  const old = (await t.road.ask(head, doors.cards, { q: '0060000005' })).rows[0]
  if (old) {
    const then = instantAt(t.calendar, addDays(today, -7), '15:20:00')
    await at(then, () => t.road.call(head, ['door card lost', 'old'], doors.loseCard, { card_id: old.card_id, reason: '公交车上丢失' }))
    await at(then, () => t.road.call(head, ['door card again'], doors.reissueCard, { card_id: old.card_id, card_no: '0060008005', free: false, reason: '遗失补办' }))
  }
  await helpersAndBarred(t, community_id, door_id)
  await openOnGas(t, community_id)
  for (const k of CONTROLLERS) if (!k.dead) await at(t.calendar.until, () => terminals.get(k.name)!.settle())
  await at(t.calendar.until, () => t.road.call(admin, ['doors', 'done'], doors.savePolicy, { from_on: today, keep_days: 180, card_fee_fen: 1500, qr_step_s: 30, visitors_open: true, offline_alarm_min: 10, basis: '补卡工本费已在公示栏公示' }))
}
/** Two rules of the garage hold the same doors: one by carbon monoxide, one when a probe says nothing any more; they stay open until both are over. */
async function openOnGas(t: Town, community_id: string): Promise<void> {
  const admin = must(t, 'anju')
  const product_id = (await t.road.ask(admin, iot.products, {})).rows.find((p) => p.code === 'co_garage')?.product_id
  const group_id = (await t.road.ask(admin, doors.groups, { community_id })).rows.find((g) => g.name === '停车场人行门')?.group_id
  if (!product_id || !group_id) return
  await inside(t.app, t.company_id, publishGroups)
  const rule = { product_id, community_id, device_id: null }
  const body = { hours: null, cool_down_s: 300, order_category_id: null, command: null, back_command: null, scene_id: null, webhook: false, doors: { group_ids: [group_id], what: 'hold' as const, back: true } }
  await t.road.call(admin, ['door rule', 'gas'], iot.saveRule, { ...rule, name: '一氧化碳超限,停车场人行门常开', body: { ...body, trigger: { kind: 'threshold', point: 'co', op: 'above', limit: 16, back: 8, for_s: 60 }, level: null, notify: 'handle' } })
  await t.road.call(admin, ['door rule', 'silent'], iot.saveRule, { ...rule, name: '一氧化碳探测器失联,停车场人行门常开', body: { ...body, trigger: { kind: 'no_data', for_s: 1800 }, level: 'minor', notify: null } })
}
async function authorise(t: Town, community_id: string, door_id: Map<string, string>, began: string): Promise<void> {
  const head = must(t, 'zhixu')
  const from_on = began.slice(0, 10)
  const of = (kinds: readonly string[]): string[] => CONTROLLERS.flatMap((k) => k.ports).filter((p) => kinds.includes(p.kind)).map((p) => door_id.get(p.name)!)
  const group = (name: string, ids: string[]) => at(began, () => t.road.call(head, ['door group', name], doors.saveGroup, { community_id, name, door_ids: ids }))
  const home = await group('大门、单元门与停车场', of(['gate', 'unit', 'garage']))
  const all = await group('全部门', of(['gate', 'unit', 'garage', 'room']))
  await at(began, () => t.road.call(head, ['door right', 'home'], doors.grantRight, { group_id: home.group_id, who: 'community', times: [], from_on, to_on: null, reason: '业主日常通行' }))
  const { roles } = await t.road.ask(head, doors.staffAndRoles, {})
  for (const name of ['保安', '保安队长', '工程主管']) {
    const role_id = roles.find((r) => r.name === name)?.role_id
    if (role_id) await at(began, () => t.road.call(head, ['door right', name], doors.grantRight, { group_id: all.group_id, who: 'role', role_id, times: [], from_on, to_on: null, reason: '巡查与值守' }))
  }
  const cleaner = roles.find((r) => r.name === '保洁绿化员')?.role_id
  if (cleaner) await at(began, () => t.road.call(head, ['door right', 'cleaner'], doors.grantRight, { group_id: home.group_id, who: 'role', role_id: cleaner, times: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '06:00', to: '19:00' }], from_on, to_on: null, reason: '保洁时段' }))
}
async function giveCards(t: Town, community_id: string, began: string): Promise<void> {
  const head = must(t, 'zhixu')
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ person_id: string; house_id: string; mixed: string; phone: string | null }>`select distinct on (h.house_id) o.person_id, h.house_id, md5(h.label || 'card') as mixed, p.phone from property.house h join property.building b on b.company_id = ${t.company_id} and b.building_id = h.building_id and b.no = any(${BUILDINGS}::text[]) join people.ownership o on o.company_id = ${t.company_id} and o.house_id = h.house_id and o.to_on is null join people.person p on p.company_id = ${t.company_id} and p.person_id = o.person_id and p.kind = 'natural'
    where h.company_id = ${t.company_id} and h.community_id = ${community_id} and h.kind = 'dwelling' and h.state = 'lived_in' order by h.house_id, o.person_id`.execute(s.db))
  const first = (r: { phone: string | null; mixed: string }): string => (r.phone === RESIDENT_PHONE ? '' : r.mixed)
  for (const [n, r] of rows.toSorted((a, b) => (first(a) < first(b) ? -1 : 1)).slice(0, CARDS).entries()) await at(began, () => t.road.call(head, ['door card', n], doors.issueCard, { person_id: r.person_id, house_id: r.house_id, community_id, card_no: String(60_000_000 + n).padStart(10, '0'), to_on: null, reason: null }))
  for (const [n, login] of ['zhixuyuan1', 'zhixu', 'gongcheng'].entries()) await at(began, () => t.road.call(head, ['door card', login], doors.issueCard, { account_id: must(t, login).who.account_id!, community_id, card_no: String(60_009_000 + n).padStart(10, '0'), to_on: null, reason: '工作卡' }))
}
/** People home and away, some refused, an hour without network at the garage, a unit's door forced at night. */
async function passDays(t: Town, terminals: Map<string, DoorTerminal>, today: string): Promise<void> {
  const south = terminals.get('南门控制器')!
  const garage = terminals.get('车库控制器')!
  const cards = [...south.list.keys()].filter((k) => k.startsWith('c:')).map((k) => k.slice(2))
  if (cards.length === 0) return
  const clock = (day: string, minutes: number): string => instantAt(t.calendar, day, `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00`)
  const yesterday = addDays(today, -1)
  for (let n = 0; n < 26; n++) {
    const iso = clock(n % 3 === 0 ? today : yesterday, 420 + n * 31)
    if (iso >= t.calendar.until) continue
    await at(iso, () => south.swipe(cards[(n * 7) % cards.length]!, 1 + (n % 2)))
  }
  garage.unplugged = true
  for (let n = 0; n < 12; n++) await at(clock(yesterday, 780 + n * 4), () => garage.swipe(cards[(n * 5) % cards.length]!, 1 + (n % 2)))
  garage.unplugged = false
  await at(clock(yesterday, 850), () => garage.settle())
  const block = terminals.get('25栋控制器')!
  await at(clock(yesterday, 1380), () => block.force(2))
  await at(clock(yesterday, 1392), () => block.shut(2))
  await at(clock(yesterday, 1125), () => south.swipe('0012349999', 1))
}

/** Who helps in houses, who brings parcels, who misused another's card; and a community that lets a face be one way among others. */
async function helpersAndBarred(t: Town, community_id: string, door_id: Map<string, string>): Promise<void> {
  const [admin, head] = [must(t, 'anju'), must(t, 'zhixu')]
  const { today } = t.calendar
  const day = (n: number): string => instantAt(t.calendar, addDays(today, n), '10:30:00')
  const groups = (await t.road.ask(head, doors.groups, { community_id })).rows
  const home = groups.find((g) => g.name === '大门、单元门与停车场')!
  const parks = await at(day(-6), () => t.road.call(head, ['door group', 'parks'], doors.saveGroup, { community_id, name: '停车场人行门', door_ids: ['东区停车场人行门', '西区停车场人行门'].map((n) => door_id.get(n)!) }))
  const card = (await t.road.ask(head, doors.cards, { q: '0060000001' })).rows[0]
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ house_id: string }>`select house_id from doors.card where company_id = ${t.company_id} and card_id = ${card?.card_id ?? null}::uuid and house_id is not null`.execute(s.db))
  if (card?.person_id && rows[0]) await at(day(-5), () => t.road.call(head, ['door helper', 'nanny'], doors.registerHelper, { community_id, kind: 'nanny', name: '刘桂芳', phone: '13992700001', employer: '眉县家政服务部', house_id: rows[0]!.house_id, vouch_person_id: card.person_id!, vouch_name: null, group_id: home.group_id, times: [{ days: [1, 2, 3, 4, 5, 6], from: '07:00', to: '19:00' }], with_code: true, from_on: addDays(today, -5), to_on: addDays(today, 85) }))
  await at(day(-4), () => t.road.call(head, ['door helper', 'courier'], doors.registerHelper, { community_id, kind: 'courier', name: '王小军', phone: '13992700002', employer: '速递眉县网点', vouch_name: '速递眉县网点 周站长', group_id: home.group_id, times: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '20:00' }], with_code: true, from_on: addDays(today, -4), to_on: addDays(today, 26) }))
  const found = (await t.road.ask(head, doors.findHolders, { q: '0060000007', community_id })).rows[0]
  if (found) {
    const { barred_id } = await at(day(-3), () => t.road.call(head, ['door barred', 'ask'], doors.askBar, { community_id, holder_id: found.holder_id, group_id: parks.group_id, reason: 'identity', detail: '两次把卡借给外来车辆的人进停车场', from_on: addDays(today, -3), to_on: addDays(today, 27) }))
    await at(day(-2), () => t.road.call(admin, ['door barred', 'decide'], doors.decideBar, { barred_id, agree: true, note: '情况属实,限制一个月' }))
  }
  await at(day(-1), () => t.road.call(admin, ['face rule'], doors.saveFaceRule, { community_id, from_on: addDays(today, -1), enabled: true, purpose: '小区人行门开门核验', consent_text: '我们将收集您的正面照片,由本小区门禁控制器提取面部特征,仅用于开门核验。照片在平台加密保存,特征只存放在门禁控制器,不提供给他人。人脸不是唯一的开门方式,您可以随时使用门禁卡、手机开门码,也可以随时撤回同意;撤回后照片和各控制器中的特征将被删除。', months: 12, assessed_on: addDays(today, -20), assessor: '安居物业法务', basis: '业主大会 2026 年第一次会议决议' }))
}
