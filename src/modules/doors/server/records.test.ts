// Records of doors beyond the everyday: silent controllers, ports that are no door yet, persons who were one.
import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { doorsKit, gateAndUnits, type DoorsKit } from '../../../../tests/doors_kit.ts'
import { expectRefused, type Caller, type TestApp } from '../../../../tests/harness.ts'
import type { TinyWorld } from '../../../../tests/tiny_world.ts'
import { nowMs, setClock } from '../../../kernel/clock.ts'
import { DoorTerminal } from '../../../world/outside/door_terminal.ts'
import { iot } from '../../iot/contract.ts'
import { people } from '../../people/contract.ts'
import { doors, type PassageRow } from '../contract.ts'
import { watchControllers } from './alarms.ts'
import { takeDoorPush } from './index.ts'

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

describe('records', () => {
  test('forced and held doors alarm once where every alarm goes, end, and are disposed of by somebody', async () => {
    await units.force(2)
    await units.force(2)
    const centre = async (q: string) => (await head(iot.alarms, { q })).rows
    expect(await centre('1栋2单元门')).toMatchObject([{ kind: 'door_forced', level: 'critical', times_count: 2, state: 'active' }])
    await t.drain()
    const told = await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from messages.message where company_id = ${s.company_id} and body like '%1栋2单元门被强行打开%' and account_id = ${(head as Caller & { account_id: string }).account_id}`.execute(s.db))
    expect(told.rows[0]!.n).toBeGreaterThan(0)
    const alarm = (await board('1栋2单元门')).alarm!
    expect(alarm).toMatchObject({ kind: 'forced', over: false })
    await units.shut(2)
    expect((await board('1栋2单元门')).alarm).toMatchObject({ over: true })
    await expectRefused(elsewhere(doors.handleAlarm, { alarm_id: alarm.alarm_id, note: '已查看' }), 'kernel.not_found')
    await guard(doors.handleAlarm, { alarm_id: alarm.alarm_id, note: '搬家撞开,已关好' })
    expect((await board('1栋2单元门')).alarm).toBeNull()
    await expectRefused(guard(doors.handleAlarm, { alarm_id: alarm.alarm_id, note: '再来' }), 'doors.alarm_handled')
    expect(await centre('1栋2单元门')).toMatchObject([{ state: 'disposed', disposal: '搬家撞开,已关好' }])
    // What is disposed of in the centre is over on the board too.
    await units.leaveOpen(1)
    const held = (await board('1栋1单元门')).alarm!
    await head(iot.disposeAlarm, { alarm_id: held.alarm_id, disposal: '门下垫砖,已移走' })
    expect((await board('1栋1单元门')).alarm).toBeNull()
    await units.shut(1)
    await units.tamper()
    expect([(await board('1栋1单元门')).alarm, (await board('1栋2单元门')).alarm]).toMatchObject([{ kind: 'tamper', over: false }, { kind: 'tamper' }])
    await units.mend()
    expect((await board('1栋2单元门')).alarm).toMatchObject({ kind: 'tamper', over: true })
    await guard(doors.handleAlarm, { alarm_id: (await board('1栋1单元门')).alarm!.alarm_id, note: '检修开盖' })
  })
  test('a controller that is silent too long alarms once and is over when it is heard; not while the platform itself stood still', async () => {
    const offline = async () => (await head(iot.alarms, { q: '离线超过' })).rows.map((r) => [r.title, r.state])
    const look = () => t.inside(watchControllers)
    await gate.settle()
    await units.settle()
    await look()
    at('06:00:00')
    await look()
    expect(await offline()).toEqual([])
    for (let m = 1; m <= 9; m++) { at(`06:0${m}:00`); await look() }
    await units.poll()
    at('06:11:00')
    await look()
    await look()
    expect(await offline()).toEqual([['门禁控制器「南门控制器」离线超过 10 分钟', 'active']])
    expect((await board('南门人行')).alarm).toMatchObject({ kind: 'offline', over: false })
    await guard(doors.handleAlarm, { alarm_id: (await board('南门人行')).alarm!.alarm_id, note: '交换机检修' })
    at('06:12:00')
    await look()
    expect(await offline()).toEqual([['门禁控制器「南门控制器」离线超过 10 分钟', 'disposed']])
    for (let m = 13; m <= 20; m++) { at(`06:${m}:00`); await look() }
    await gate.poll()
    expect((await offline()).length).toBe(2)
    await units.poll()
    at('06:21:00')
    await look()
    expect((await offline()).map(([, s]) => s).sort()).toEqual(['cleared', 'disposed'])
    await head(iot.disposeAlarm, { alarm_id: (await board('1栋1单元门')).alarm!.alarm_id, disposal: '网络已恢复' })
  })
  test('what comes from a port that is no door is kept, counted, shown, and becomes the door’s when it is registered', async () => {
    const { path } = await admin(doors.controllerAddress, { controller_id: id['南门控制器']! })
    const wide = new DoorTerminal({ path, ports: [1, 2, 3], nowMs, send: (body) => takeDoorPush(t.app, path.replace('/gate/door/', ''), body) })
    wide.series = 'W1'
    wide.list.clear()
    for (const [k, v] of gate.list) wide.list.set(k, v)
    await wide.button(3)
    await wide.button(3)
    const before = (await admin(doors.passages, {})).total
    expect((await guard(doors.board, {})).strays).toMatchObject([{ controller_name: '南门控制器', port_no: 3, stray_count: 2 }])
    expect(wide.kept).toEqual([])
    const made = await admin(doors.saveDoor, { controller_id: id['南门控制器']!, port_no: 3, building_id: null, unit_no: null, name: '南门快递柜旁', kind: 'gate', fire_release: false, held_s: 30, retired: false })
    expect(made.adopted_count).toBe(2)
    expect([(await admin(doors.passages, {})).total, (await passages({ door_id: made.door_id })).length, (await guard(doors.board, {})).strays]).toEqual([before + 2, 2, []])
    await admin(doors.saveDoor, { door_id: made.door_id, controller_id: id['南门控制器']!, port_no: 3, building_id: null, unit_no: null, name: '南门快递柜旁', kind: 'gate', fire_release: false, held_s: 30, retired: true })
  })
  test('two persons who were one: cards, rights, passages and visits follow, and the controllers learn it', async () => {
    const twin = await admin(people.savePerson, { name: '周八(重)', kind: 'natural' })
    await admin(people.addHousehold, { house_id: w.houses['1-2-101']!, person: { person_id: twin.person_id }, relation: '家属', from_on: '2026-01-01' })
    await head(doors.issueCard, { person_id: twin.person_id, house_id: w.houses['1-2-101']!, community_id: w.community_id, card_no: 'TWIN01', to_on: null, reason: null })
    await units.settle()
    expect(await units.swipe('TWIN01', 2)).toBe(true)
    await admin(people.mergePersons, { keep_id: w.persons['周八']!, drop_id: twin.person_id, reason: '重复登记' })
    await t.drain()
    for (const k of [gate, units]) await k.settle()
    expect(await units.swipe('TWIN01', 2)).toBe(true)
    expect((await head(doors.cards, { q: 'TWIN01' })).rows[0]).toMatchObject({ holder_name: '周八', state: 'live', left_doors: 0 })
    expect((await passages({ door_id: id['1栋2单元门'], q: 'IN01' })).map((p) => p.who)).toEqual(['周八', '周八'])
    await head(doors.endCard, { card_id: (await head(doors.cards, { q: 'TWIN01' })).rows[0]!.card_id, reason: '退卡' })
  })
})
