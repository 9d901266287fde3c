// Doors as named people and with the simulated controller: cards, rights, lists with read-back, passages exactly once, commands by reading back, fire, and no debt anywhere.
import { readdirSync, readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { doorsKit, gateAndUnits, type DoorsKit } from '../../../../tests/doors_kit.ts'
import { expectRefused, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { nowMs, setClock } from '../../../kernel/clock.ts'
import { DoorTerminal } from '../../../world/outside/door_terminal.ts'
import { access } from '../../access/contract.ts'
import { iot } from '../../iot/contract.ts'
import { people } from '../../people/contract.ts'
import { doors, type PassageRow } from '../contract.ts'
import { lastPassages, refreshLists, releaseDoors, takeDoorPush } from './index.ts'
import { forgetPassages } from './policy.ts'

let t: TestApp
let w: TinyWorld
let admin: Caller
let head: Caller
let guard: Caller
let elsewhere: Caller
let gate: DoorTerminal
let units: DoorTerminal
let id: DoorsKit['id']
const NOON = '2026-11-26T04:00:00.000Z'
const at = (time: string): void => setClock(`2026-11-26T${time}.000Z`)

const passages = async (f: Record<string, unknown> = {}): Promise<PassageRow[]> => (await admin(doors.passages, { page_size: 200, ...f })).rows
const board = async (name: string) => (await guard(doors.board, {})).rows.find((d) => d.name === name)!

beforeAll(async () => {
  setClock(NOON)
  const k = await doorsKit()
  ;({ t, w, admin, head, guard, elsewhere, id } = k)
  ;({ gate, units } = await gateAndUnits(k))
}, 120_000)
beforeEach(() => setClock(NOON))

describe('cards and rights', () => {
  test('who guards doors finds whom a card may be for by name, phone and house, within reach, and no number of anybody', async () => {
    for (const q of ['张三', PHONES.张三, '1-1-101']) expect((await head(doors.findPersons, { q })).rows).toContainEqual({ person_id: w.persons['张三'], name: '张三', houses: expect.stringContaining('1-1-101') })
    expect(JSON.stringify(await head(doors.findPersons, { q: '张三' }))).not.toContain(PHONES.张三.slice(-4))
    await expectRefused(guard(doors.findPersons, { q: '张三' }), 'kernel.forbidden')
    expect((await elsewhere(doors.findPersons, { q: '张三' })).rows).toEqual([])
  })
  test('a card opens the gates and the holder’s own unit, nothing else, also while nobody can be asked; the reason is told', async () => {
    const made = await head(doors.issueCard, { person_id: w.persons['张三']!, house_id: w.houses['1-1-101']!, community_id: w.community_id, card_no: '0012345678', to_on: null, reason: null })
    expect(made.reached).toEqual({ door_count: 3, left_doors: 3, deny_left_doors: 0 })
    expect(await gate.settle()).toBe(true)
    expect((await head(doors.cards, {})).rows[0]).toMatchObject({ card_no: '0012345678', door_count: 3, left_doors: 1 })
    expect(await units.settle()).toBe(true)
    expect((await head(doors.cards, {})).rows[0]).toMatchObject({ left_doors: 0 })
    gate.unplugged = true
    expect([await gate.swipe('0012345678', 1), await units.swipe('0012345678', 1), await units.swipe('0012345678', 2), await units.swipe('9999999', 1)]).toEqual([true, true, false, false])
    gate.unplugged = false
    expect(await gate.settle()).toBe(true)
    expect((await passages({ door_id: id['1栋2单元门'] })).at(0)).toMatchObject({ what: 'refused', why: 'no_right', who: '张三', card_tail: '5678', house_label: '1-1-101' })
    const why = await head(doors.why, { person_id: w.persons['张三']! })
    expect(why.doors.map((d) => d.name).sort()).toEqual(['1栋1单元门', '南门人行', '南门车旁'])
    expect(why.doors[0]!.rights).toMatchObject([{ group_name: '大门与单元门', by: '全体住户' }])
    await expectRefused(head(doors.issueCard, { person_id: w.persons['李四']!, community_id: w.community_id, card_no: '0012345678', to_on: null, reason: null }), 'doors.card_taken')
    await expectRefused(head(doors.issueCard, { person_id: w.persons['安居置业']!, community_id: w.community_id, card_no: '7777777', to_on: '2026-11-26', reason: null }), 'doors.days_crossed')
    await expectRefused(elsewhere(doors.issueCard, { person_id: w.persons['张三']!, community_id: w.community_id, card_no: '7777777', to_on: null, reason: null }), 'kernel.not_found')
  })
  test('hours and days bound a right; a right that ended is off the doors', async () => {
    const g = await head(doors.saveGroup, { community_id: w.community_id, name: '2单元', door_ids: [id['1栋2单元门']!] })
    await expectRefused(head(doors.grantRight, { group_id: g.group_id, who: 'person', person_id: w.persons['张三']!, times: [{ days: [1, 2, 3, 4, 5], from: '18:00', to: '08:00' }], from_on: '2026-11-01', to_on: null, reason: null }), 'doors.times_crossed')
    await expectRefused(head(doors.grantRight, { group_id: g.group_id, who: 'person', times: [], from_on: '2026-11-01', to_on: null, reason: null }), 'doors.who_missing')
    const { right_id } = await head(doors.grantRight, { group_id: g.group_id, who: 'person', person_id: w.persons['张三']!, times: [{ days: [4], from: '09:00', to: '13:00' }], from_on: '2026-11-01', to_on: '2026-12-01', reason: '帮工' })
    await units.settle()
    expect(await units.swipe('0012345678', 2)).toBe(true)
    at('06:00:00')
    expect(await units.swipe('0012345678', 2)).toBe(false)
    expect((await passages({ door_id: id['1栋2单元门'] }))[0]).toMatchObject({ why: 'time' })
    const ended = await head(doors.endRight, { right_id, reason: '帮工结束' })
    expect(ended.reached).toMatchObject({ door_count: 4, left_doors: 2, deny_left_doors: 2 })
    await expectRefused(head(doors.endRight, { right_id, reason: '再停' }), 'doors.right_over')
    await units.settle()
    setClock(NOON)
    expect(await units.swipe('0012345678', 2)).toBe(false)
  })
  test('staff by their post; who leaves a house loses its doors with the next round of the clock', async () => {
    const guard_role = (await head(doors.staffAndRoles, {})).roles.find((r) => r.name === '保安')!
    const g = await head(doors.saveGroup, { community_id: w.community_id, name: '巡更', door_ids: [id['南门人行']!, id['1栋2单元门']!] })
    await head(doors.grantRight, { group_id: g.group_id, who: 'role', role_id: guard_role.role_id, times: [], from_on: '2026-11-01', to_on: null, reason: '巡更' })
    await head(doors.issueCard, { account_id: (guard as Caller & { account_id: string }).account_id, community_id: w.community_id, card_no: 'A0001', to_on: null, reason: null })
    await units.settle()
    expect([await units.swipe('A0001', 2), await units.swipe('A0001', 1)]).toEqual([true, false])
    await head(doors.issueCard, { person_id: w.persons['李四']!, house_id: w.houses['1-1-101']!, community_id: w.community_id, card_no: 'B0002', to_on: null, reason: null })
    await units.settle()
    expect(await units.swipe('B0002', 1)).toBe(true)
    await admin(people.endTenancy, { tenancy_id: w.tenancy_id, to_on: '2026-11-26' })
    await t.inside((s) => refreshLists(s))
    await units.settle()
    expect(await units.swipe('B0002', 1)).toBe(false)
  })
  test('lost: what tightens goes first, and the screen says on how many doors it is not yet; replaced for a fee that is a bill', async () => {
    await admin(doors.savePolicy, { from_on: '2026-11-26', keep_days: 180, card_fee_fen: 2000, qr_step_s: 30, visitors_open: true, offline_alarm_min: 10, basis: '收费公示' })
    await gate.settle()
    const card = (await head(doors.cards, { q: '0012345678' })).rows[0]!
    // Something new waits for the same controllers.
    await head(doors.issueCard, { person_id: w.persons['孙七']!, house_id: w.houses['1-1-201']!, community_id: w.community_id, card_no: 'C0003', to_on: null, reason: null })
    gate.unplugged = true
    const lost = await head(doors.loseCard, { card_id: card.card_id, reason: '钱包丢失' })
    expect(lost.reached).toEqual({ door_count: 3, left_doors: 3, deny_left_doors: 3 })
    const order = await t.inside((s) => sql<{ key: string }>`select key from doors.list_row where company_id = ${s.company_id} and controller_id = ${id['1栋控制器']} and acked_version is distinct from version order by deny desc, version`.execute(s.db))
    expect(order.rows[0]!.key).toBe('c:0012345678')
    await units.settle()
    expect(await units.swipe('0012345678', 1)).toBe(false)
    expect((await head(doors.cards, { q: '0012345678' })).rows[0]).toMatchObject({ state: 'lost', door_count: 3, left_doors: 2 })
    expect((await head(doors.board, {})).reached).toMatchObject({ door_count: 4, left_doors: 2, deny_left_doors: 2 })
    // The old card opens where the news has not come: no network, no wonder; then it does not.
    expect(await gate.swipe('0012345678', 1)).toBe(true)
    gate.unplugged = false
    await gate.settle()
    expect(await gate.swipe('0012345678', 1)).toBe(false)
    const again = await head(doors.reissueCard, { card_id: card.card_id, card_no: '0099999999', reason: '钱包丢失' })
    expect(again.amount_fen).toBe(2000)
    const bill = await t.inside((s) => sql<{ amount_fen: number; note: string; house_id: string }>`select b.amount_fen, b.note, b.house_id from billing.bill b join doors.card k on k.company_id = b.company_id and k.bill_id = b.bill_id where k.company_id = ${s.company_id} and k.card_id = ${again.card_id}`.execute(s.db))
    expect(bill.rows).toMatchObject([{ amount_fen: 2000, house_id: w.houses['1-1-101'], note: expect.stringContaining('9999') }])
    await expectRefused(head(doors.loseCard, { card_id: card.card_id, reason: '再挂' }), 'doors.card_over')
    for (const k of [gate, units]) await k.settle()
    expect([await gate.swipe('0099999999', 1), await units.swipe('0099999999', 1)]).toEqual([true, true])
  })
})

describe('lists', () => {
  test('a list that was lost or spoiled is found by reading back and mended key by key', async () => {
    const whole = new Map(gate.list)
    gate.list.delete('c:0099999999')
    gate.list.set('c:STRANGER', { version: 1, body: { user: 1, to: 4_000_000_000 } })
    expect(await gate.settle()).toBe(true)
    expect([...gate.list.keys()].sort()).toEqual([...whole.keys()].sort())
    gate.forgetList()
    await gate.settle()
    await gate.poll()
    expect(gate.list.size).toBe(whole.size)
    expect((await head(doors.controllers, {})).rows.find((k) => k.name === '南门控制器')).toMatchObject({ left_count: 0, list_count: whole.size })
  })
  test('answers lost and messages doubled change nothing in the end', async () => {
    units.lose_answers = 3
    units.doubles = 1
    await head(doors.issueCard, { person_id: w.persons['王五']!, house_id: w.houses['1-1-102']!, community_id: w.community_id, card_no: 'D0004', to_on: null, reason: null })
    for (let i = 0; i < 4; i++) await units.poll()
    units.doubles = 0
    expect(await units.settle()).toBe(true)
    expect(await units.swipe('D0004', 1)).toBe(true)
  })
  test('a controller that never confirms is not asked for ever in a hurry', async () => {
    await head(doors.issueCard, { person_id: w.persons['赵六']!, house_id: w.houses['1-1-102']!, community_id: w.community_id, card_no: 'E0005', to_on: null, reason: null })
    units.lose_answers = 100
    for (let i = 0; i < 20; i++) await units.poll()
    units.lose_answers = 0
    expect((await head(doors.controllers, {})).rows.find((k) => k.name === '1栋控制器')).toMatchObject({ batch_tries: 10 })
    at('04:01:01')
    expect(await units.settle()).toBe(true)
    expect(await units.swipe('E0005', 1)).toBe(true)
  })
})

describe('records', () => {
  test('an outage of 420 passages with doubles and disorder is taken exactly once, live ones first; replays neither open nor alarm', async () => {
    const before = (await admin(doors.passages, {})).total
    gate.unplugged = true
    at('05:00:00')
    for (let i = 0; i < 420; i++) await gate.swipe('0099999999', 1 + (i % 2))
    await gate.force(1)
    at('07:00:00')
    gate.unplugged = false
    gate.mixed = true
    gate.doubles = 1
    const opened = gate.opened.length
    expect(await gate.swipe('0099999999', 1)).toBe(true)
    const first = await passages({ door_id: id['南门人行'] })
    expect(first[0]).toMatchObject({ replay: false, what: 'open' })
    expect((await admin(doors.passages, {})).total).toBe(before + 1)
    expect(await gate.settle(100)).toBe(true)
    gate.doubles = 0
    gate.mixed = false
    expect((await admin(doors.passages, {})).total).toBe(before + 422)
    const once = await t.inside((s) => sql<{ n: number; keys: number; replay: number }>`select count(*)::int as n, count(distinct seq)::int as keys, count(*) filter (where replay)::int as replay from doors.passage where company_id = ${s.company_id} and controller_id = ${id['南门控制器']}`.execute(s.db))
    expect(once.rows[0]!.n).toBe(once.rows[0]!.keys)
    expect(once.rows[0]!.replay).toBeGreaterThanOrEqual(421)
    expect(gate.opened.length).toBe(opened + 1)
    expect((await board('南门人行')).alarm).toBeNull()
    expect(await passages({ what: 'forced' })).toMatchObject([{ replay: true, door_name: '南门人行' }])
    await gate.shut(1)
  })
  test('a clock that is off is put right; another series may begin at one again', async () => {
    units.clock_off_s = -7200
    await units.button(1)
    expect(await passages({ door_id: id['1栋1单元门'], way: 'button' })).toMatchObject([{ at: NOON, replay: false }])
    expect((await head(doors.controllers, {})).rows.find((k) => k.name === '1栋控制器')!.clock_off_s).toBe(-7200)
    units.clock_off_s = 0
    const { path } = await admin(doors.controllerAddress, { controller_id: id['1栋控制器']! })
    const fresh = new DoorTerminal({ path, ports: [1, 2], nowMs, send: (body) => takeDoorPush(t.app, path.replace('/gate/door/', ''), body) })
    fresh.series = 'S2'
    const before = (await admin(doors.passages, {})).total
    await fresh.button(1)
    expect((await admin(doors.passages, {})).total).toBe(before + 1)
  })
  test('for presence: the newest door of each; forgotten when their days are over', async () => {
    const last = await t.inside((s) => lastPassages(s, { community_id: w.community_id, since: '2026-11-26T00:00:00.000Z', limit: 100 }))
    expect(last.filter((p) => p.person_id === w.persons['张三'])).toMatchObject([{ door_id: id['南门人行'] }])
    setClock('2027-08-01T04:00:00.000Z')
    await t.inside(async (s) => {
      await forgetPassages(s)
      expect(s.notes).toMatchObject([{ detail: { keep_days: 180 } }])
    })
    expect((await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from doors.passage where company_id = ${s.company_id}`.execute(s.db))).rows[0]!.n).toBe(0)
  })
})

describe('commands', () => {
  test('only to what is heard; true by what the door says; what expired is never obeyed', async () => {
    at('09:00:00')
    await expectRefused(guard(doors.commandDoor, { door_id: id['南门人行']!, what: 'open', reason: '老人忘带卡' }), 'doors.offline')
    await gate.settle()
    const opened = gate.opened.length
    const { command_id } = await guard(doors.commandDoor, { door_id: id['南门人行']!, what: 'open', reason: '老人忘带卡' })
    expect(await guard(doors.command, { command_id })).toEqual({ state: 'waiting', why: null })
    await gate.poll()
    expect(gate.opened.length).toBe(opened + 1)
    expect(await guard(doors.command, { command_id })).toEqual({ state: 'confirmed', why: null })
    expect((await passages({ door_id: id['南门人行'] }))[0]).toMatchObject({ way: 'remote', what: 'open' })
    const late = await guard(doors.commandDoor, { door_id: id['南门人行']!, what: 'open', reason: '访客等候' })
    at('09:00:11')
    await gate.poll()
    expect(gate.opened.length).toBe(opened + 1)
    expect((await guard(doors.command, { command_id: late.command_id })).state).toBe('expired')
    gate.obeys = false
    const stuck = await guard(doors.commandDoor, { door_id: id['南门人行']!, what: 'open', reason: '访客等候' })
    await gate.settle()
    expect(await guard(doors.command, { command_id: stuck.command_id })).toEqual({ state: 'failed', why: '继电器没有动作' })
    gate.obeys = true
    gate.lose_answers = 1
    const unheard = await guard(doors.commandDoor, { door_id: id['南门人行']!, what: 'open', reason: '访客等候' })
    await gate.poll()
    await gate.settle()
    expect(gate.opened.length).toBe(opened + 1)
    at('09:01:00')
    expect((await guard(doors.command, { command_id: unheard.command_id })).state).toBe('unknown')
    await expectRefused(elsewhere(doors.command, { command_id }), 'kernel.not_found')
  })
  test('a fire opens what is marked, says what it could not reach, and nothing locks again by itself', async () => {
    at('10:00:00')
    await gate.settle()
    const told = await t.inside((s) => releaseDoors(s, { community_id: w.community_id, reason: '2 号楼烟感报警', by_name: '消防联动' }))
    expect(told).toEqual({ told: ['南门人行'], unreachable: ['1栋1单元门', '1栋2单元门'] })
    await gate.settle()
    expect(await board('南门人行')).toMatchObject({ lock: 'unlocked', command: { state: 'confirmed', by_name: '消防联动' } })
    expect(await board('南门车旁')).toMatchObject({ lock: 'locked' })
    // The wire was first; within two minutes the other controllers come back and hear it too.
    at('10:01:30')
    await units.settle()
    expect([await board('1栋1单元门'), await board('1栋2单元门')]).toMatchObject([{ lock: 'unlocked' }, { lock: 'unlocked' }])
    at('10:30:00')
    for (const k of [gate, units]) await k.settle()
    expect(await board('南门人行')).toMatchObject({ lock: 'unlocked' })
    const { command_id } = await guard(doors.commandDoor, { door_id: id['南门人行']!, what: 'restore', reason: '解除火警' })
    await gate.settle()
    expect((await guard(doors.command, { command_id })).state).toBe('confirmed')
    expect(await board('南门人行')).toMatchObject({ lock: 'locked' })
  })
})

test('an emergency of the kind fire opens the exits; one that is noted hours later does not, nor does another kind', async () => {
  at('11:00:00')
  await gate.settle()
  const start = (o: { fire: boolean; live: boolean }) => t.inside((s) => app(doorsFire).run(s, { community_id: w.community_id, name: '火灾预案', place: '3 栋 2 楼', ...o }))
  const doorsFire = 'doors.fire'
  const app = (name: string) => [...t.app.listenersOf.values()].flat().find((l) => l.name === name)!
  await start({ fire: true, live: false })
  await start({ fire: false, live: true })
  await gate.settle()
  expect(await board('南门人行')).toMatchObject({ lock: 'locked' })
  await start({ fire: true, live: true })
  await gate.settle()
  expect(await board('南门人行')).toMatchObject({ lock: 'unlocked', command: { by_name: '消防联动', state: 'confirmed' } })
  await guard(doors.commandDoor, { door_id: id['南门人行']!, what: 'restore', reason: '解除火警' })
  await gate.settle()
  // A fire that the panel's signals confirmed: the same, and it is written where the fire is looked at.
  await admin(iot.loadProducts, {})
  const product_id = (await admin(iot.products, {})).rows.find((x) => x.code === 'smoke')!.product_id
  const { device_id } = await admin(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '大厅', product_id, no: 'YG-9', name: '大厅烟感', address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })
  const fire_id = '00000000-0000-4000-8000-00000000f19e'
  await t.inside((s) => sql`insert into iot.fire (company_id, fire_id, community_id, device_id, begun_at) values (${s.company_id}, ${fire_id}, ${w.community_id}, ${device_id}, ${s.now})`.execute(s.db))
  await t.inside((s) => app('doors.iot_fire').run(s, { fire_id, community_id: w.community_id, why: '2 个独立的报警信号' }))
  await gate.settle()
  expect(await board('南门人行')).toMatchObject({ lock: 'unlocked' })
  const said = await t.inside((s) => sql<{ state: string; detail: string }>`select state, detail from iot.fire_act where company_id = ${s.company_id} and fire_id = ${fire_id}`.execute(s.db))
  expect(said.rows).toMatchObject([{ state: 'failed', detail: expect.stringContaining('联系不上 1栋1单元门') }])
  await guard(doors.commandDoor, { door_id: id['南门人行']!, what: 'restore', reason: '解除火警' })
  await gate.settle()
})

test('a visitor’s digits open the gate and the unit he goes to, in his time only, and mark him as come', async () => {
  at('04:00:00')
  const zhang = await t.resident('13800000101')
  const { code, visit_id } = await zhang(access.invite, { house_id: w.houses['1-1-101']!, visitor_name: '客人', people_count: 1, from_at: '2026-11-26T06:00:00.000Z', hours: 2 })
  await t.drain()
  for (const k of [gate, units]) await k.settle()
  expect(await gate.type(code, 1)).toBe(false)
  at('05:30:00')
  expect([await gate.show(code, 1), await units.type(code, 1), await units.type(code, 2)]).toEqual([true, true, false])
  expect((await admin(access.visits, { q: '客人' })).rows.find((v) => v.visit_id === visit_id)).toMatchObject({ state: 'arrived', arrived_by: '南门人行(通行码)' })
  expect((await passages({ way: 'password', what: 'open' })).map((p) => p.who)).toEqual(['访客 客人', '访客 客人'])
  at('08:00:01')
  expect(await gate.type(code, 1)).toBe(false)
})

test('the resident’s code opens his doors without network, in its minute and on his controllers alone; his card is lost by phone', async () => {
  at('04:00:00')
  const sun = await t.resident('13800000105')
  const house_id = w.houses['1-1-201']!
  await expectRefused(sun(doors.myCodes, { house_id: w.houses['1-1-101']! }), 'kernel.not_found')
  await sun(doors.startCode, { house_id })
  for (const k of [gate, units]) await k.settle()
  const { codes, step_s } = await sun(doors.myCodes, { house_id })
  expect([codes.length, step_s]).toEqual([20, 30])
  gate.unplugged = true
  expect([await gate.show(codes[0]!.text, 1), await units.show(codes[0]!.text, 1), await units.show(codes[0]!.text, 2)]).toEqual([true, true, false])
  const [kind, , window, macs] = codes[0]!.text.split('.')
  // Of minutes to come, without a proof, with another's number: not.
  for (const wrong of [codes[5]!.text, [kind, '4', window, 'A'.repeat(macs!.length)].join('.'), [kind, '1', window, macs].join('.')]) expect(await gate.show(wrong, 1)).toBe(false)
  at('04:02:30')
  expect([await gate.show(codes[0]!.text, 1), await gate.show(codes[5]!.text, 1)]).toEqual([false, true])
  gate.unplugged = false
  await gate.settle()
  expect((await passages({ way: 'qr', what: 'open' })).map((p) => p.who)).toEqual(['孙七', '孙七', '孙七'])
  const before = await sun(doors.myDoors, { house_id })
  expect(before).toMatchObject({ ready: true, cards: [{ state: 'live', card_masked: '*0003' }] })
  const zhang = await t.resident('13800000101')
  await expectRefused(zhang(doors.loseMine, { card_id: before.cards[0]!.card_id }), 'kernel.not_found')
  await sun(doors.loseMine, { card_id: before.cards[0]!.card_id })
  await gate.settle()
  expect(await gate.swipe('C0003', 1)).toBe(false)
})

test('no path leads from a debt to a door', async () => {
  // It cannot even be given as the reason.
  const card = (await head(doors.cards, { q: 'D0004' })).rows[0]!
  for (const reason of ['欠费三个月', '拖欠物业费']) {
    await expectRefused(head(doors.loseCard, { card_id: card.card_id, reason }), 'doors.debt_is_no_reason')
    await expectRefused(head(doors.endCard, { card_id: card.card_id, reason }), 'doors.debt_is_no_reason')
  }
  const right = (await head(doors.rights, { who: 'community' })).rows[0]!
  await expectRefused(head(doors.endRight, { right_id: right.right_id, reason: '欠缴物业费,停门禁' }), 'doors.debt_is_no_reason')
  // Bills are known to the fee of a card alone, and what decides who enters names none.
  const dir = 'src/modules/doors/server'
  const files = readdirSync(dir).filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts'))
  const naming = files.filter((f) => /billing|payment|arrears|owed|paid_fen|open_fen|reminders/.test(readFileSync(`${dir}/${f}`, 'utf8').replace(/^\s*(\/\/|\/?\*).*$/gm, '')))
  expect(naming).toEqual(['cards.ts'])
  // And in fact: an unpaid bill of the card's fee stands on 1-1-101 since above; its people's lists are what they were.
  const rows = () => t.inside((s) => sql<{ n: number }>`select count(*)::int as n from doors.list_row where company_id = ${s.company_id} and not gone and key in ('c:0099999999', 'c:D0004')`.execute(s.db)).then((r) => r.rows[0]!.n)
  const owed = await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from billing.bill where company_id = ${s.company_id} and house_id = ${w.houses['1-1-101']!} and paid_fen = 0`.execute(s.db))
  expect(owed.rows[0]!.n).toBeGreaterThan(0)
  const before = await rows()
  setClock('2027-03-01T04:00:00.000Z')
  await t.inside((s) => refreshLists(s))
  expect(await rows()).toBe(before)
})

test('out of sight, and without the right', async () => {
  expect((await elsewhere(doors.board, {})).rows).toEqual([])
  expect((await t.as('other_admin')(doors.passages, {})).total).toBe(0)
  for (const who of [elsewhere, t.as('other_admin')]) await expectRefused(who(doors.commandDoor, { door_id: id['南门人行']!, what: 'open', reason: '试试' }), 'kernel.not_found')
  await expectRefused(guard(doors.cards, {}), 'kernel.forbidden')
  const { path } = await admin(doors.controllerAddress, { controller_id: id['南门控制器']! })
  const wrong = `${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`.replace('/gate/door/', '')
  expect((await takeDoorPush(t.app, wrong, JSON.stringify({ series: 'S1', clock: 1 }))).status).toBe(404)
})
