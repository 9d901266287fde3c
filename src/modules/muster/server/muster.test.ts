// A muster as named people: who was last where from doors, patrols, beacons, visitors and rosters, read only when it was opened in writing, marked by scan and hand, forgotten in time.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { doorsKit, openToAll, type DoorsKit } from '../../../../tests/doors_kit.ts'
import { expectRefused, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { pdfText } from '../../../../tests/pdf_text.ts'
import type { TinyWorld } from '../../../../tests/tiny_world.ts'
import type { FileAnswer } from '../../../kernel/app.ts'
import { nowMs, setClock } from '../../../kernel/clock.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import type { DoorTerminal } from '../../../world/outside/door_terminal.ts'
import { access } from '../../access/contract.ts'
import { doors } from '../../doors/contract.ts'
import { muster } from '../contract.ts'
import { refreshOpen } from './gather.ts'
import { takeBeaconPush } from './index.ts'
import { forget } from './rule.ts'

let t: TestApp
let w: TinyWorld
let admin: Caller
let head: Caller
let guard: Caller
let elsewhere: Caller
let gate: DoorTerminal
let id: DoorsKit['id']
const NOON = '2026-11-26T04:00:00.000Z'
const at = (time: string): void => setClock(`2026-11-26T${time}.000Z`)
const account = (c: Caller): string => (c as Caller & { account_id: string }).account_id

beforeAll(async () => {
  setClock(NOON)
  const k = await doorsKit()
  ;({ t, w, admin, head, guard, elsewhere, id } = k)
  gate = await k.controller('控制器', [{ name: '南门', kind: 'gate' }, { name: '1栋1单元门', kind: 'unit', unit_no: '1', building: '1' }])
  await openToAll(k, 'all', ['南门', '1栋1单元门'], '全部')
  for (const [name, no] of [['张三', 'Z001'], ['孙七', 'S001'], ['王五', 'W001']] as const) await head(doors.issueCard, { person_id: w.persons[name]!, house_id: w.houses[name === '孙七' ? '1-1-201' : name === '张三' ? '1-1-101' : '1-1-102']!, community_id: w.community_id, card_no: no, to_on: null, reason: null })
  await gate.settle()
  id['point'] = (await head(muster.savePoint, { community_id: w.community_id, name: '中心广场', place: '喷泉旁', retired: false })).point_id
}, 120_000)
beforeEach(() => setClock(NOON))

test('who was last where, with its source and its doubt; read only after opening it in writing', async () => {
  at('01:00:00')
  await gate.swipe('W001', 2)
  at('03:40:00')
  await gate.swipe('Z001', 1)
  await gate.swipe('Z001', 2)
  await gate.swipe('S001', 2)
  await gate.swipe('S001', 1)
  const visit = await guard(access.registerVisit, { house_id: w.houses['1-1-101']!, host_name: '张三', visitor_name: '送水工', visitor_phone: null, id_number: null, plate: null, people_count: 2, purpose: '送水', hours: 2 })
  id['visit'] = visit.visit_id
  // A beacon hears the guard's tag, and a stranger's, twice.
  const gw = await head(muster.saveGateway, { community_id: w.community_id, name: '泵房网关', zone: '地下泵房', retired: false })
  await head(muster.saveTag, { no: 'AC:23:3F:00:01', account_id: account(guard), retired: false })
  await expectRefused(head(muster.saveTag, { no: 'AC:23:3F:00:01', account_id: account(head), retired: false }), 'muster.tag_taken')
  const { path } = await head(muster.gatewayAddress, { gateway_id: gw.gateway_id })
  const s = Math.floor(nowMs() / 1000)
  const body = JSON.stringify({ clock: s - 3600, sightings: [{ tag: 'AC:23:3F:00:01', at: s - 3600 - 60, rssi: -61 }, { tag: 'FF:FF', at: s - 3600 }] })
  expect(await takeBeaconPush(t.app, path.replace('/gate/beacon/', ''), body)).toEqual({ status: 200, body: { taken: 1 } })
  expect(await takeBeaconPush(t.app, path.replace('/gate/beacon/', ''), body)).toEqual({ status: 200, body: { taken: 0 } })
  expect((await takeBeaconPush(t.app, `${path.replace('/gate/beacon/', '').slice(0, -1)}~`, body)).status).toBe(404)
  expect((await takeBeaconPush(t.app, path.replace('/gate/beacon/', ''), '{')).status).toBe(400)
  at('04:00:00')
  await expectRefused(elsewhere(muster.startRoll, { community_id: w.community_id, cause: 'drill', title: '演练' }), 'kernel.not_found')
  const made = await guard(muster.startRoll, { community_id: w.community_id, cause: 'drill', title: '消防演练' })
  id['roll'] = made.roll_id
  expect(made.total_count).toBe(5)
  await expectRefused(head(muster.startRoll, { community_id: w.community_id, cause: 'emergency', title: '又一次' }), 'muster.open_already')
  await expectRefused(guard(muster.roll, { roll_id: made.roll_id }), 'muster.look_first')
  await expectRefused(elsewhere(muster.lookRoll, { roll_id: made.roll_id }), 'kernel.not_found')
  await guard(muster.lookRoll, { roll_id: made.roll_id })
  const roll = await guard(muster.roll, { roll_id: made.roll_id })
  const of = (name: string) => roll.entries.find((e) => e.name.startsWith(name))
  expect(of('张三')).toMatchObject({ kind: 'resident', zone: '1栋1单元门', source: 'passage', credible: true, about: '1-1-101' })
  expect(of('孙七')).toMatchObject({ zone: '南门', credible: false, doubt: '最后在大门,可能已离开' })
  expect(of('王五')).toMatchObject({ credible: false, doubt: '位置较旧' })
  expect(of('送水工')).toMatchObject({ name: '送水工等 2 人', kind: 'visitor', source: 'visit', credible: true, about: '受访 1-1-101' })
  expect(roll.entries.find((e) => e.kind === 'staff')).toMatchObject({ zone: '地下泵房', source: 'beacon', at: '2026-11-26T03:39:00.000Z', credible: true })
  expect(roll.points).toMatchObject([{ name: '中心广场' }])
  // Fifteen minutes later it has to be opened again.
  at('04:16:00')
  await expectRefused(guard(muster.roll, { roll_id: made.roll_id }), 'muster.look_first')
})

test('marked by scan and by hand; a mark stays when somebody is seen again; closed with a word, forgotten in time', async () => {
  const roll_id = id['roll']!
  const left = async () => (await guard(muster.rolls, {})).rows[0]!.left_count
  expect(await left()).toBe(5)
  const sun = await t.resident('13800000105')
  await sun(doors.startCode, { house_id: w.houses['1-1-201']! })
  await gate.settle()
  const { codes } = await sun(doors.myCodes, { house_id: w.houses['1-1-201']! })
  expect(await guard(muster.markByScan, { roll_id, text: codes[0]!.text, point_id: id['point']! })).toEqual({ name: '孙七', left_count: 4 })
  const code = (await t.inside((s) => sql<{ code: string }>`select code from access.visit where company_id = ${s.company_id} and visit_id = ${id['visit']}`.execute(s.db))).rows[0]!.code
  expect((await guard(muster.markByScan, { roll_id, text: `https://x/resident/visit/${code}`, point_id: id['point']! })).left_count).toBe(3)
  expect((await guard(muster.markByScan, { roll_id, text: `HYM1.${id['point']}`, point_id: null })).left_count).toBe(2)
  // Somebody nobody knew of, by his own point code.
  expect((await head(muster.markByScan, { roll_id, text: `HYM1.${id['point']}`, point_id: null })).left_count).toBe(2)
  await expectRefused(guard(muster.markByScan, { roll_id, text: 'https://example.com', point_id: null }), 'muster.unknown_code')
  await guard(muster.lookRoll, { roll_id })
  const entries = (await guard(muster.roll, { roll_id })).entries
  const zhang = entries.find((e) => e.name === '张三')!
  await guard(muster.markEntry, { roll_id, entry_id: zhang.entry_id, mark: 'help', note: '三楼,腿脚不便' })
  expect((await guard(muster.rolls, {})).rows[0]).toMatchObject({ help_count: 1, left_count: 2, total_count: 6, safe_count: 4 })
  at('04:05:00')
  await gate.swipe('Z001', 1)
  await t.inside(refreshOpen)
  await guard(muster.lookRoll, { roll_id })
  expect((await guard(muster.roll, { roll_id })).entries[0]).toMatchObject({ name: '张三', mark: 'help', zone: '1栋1单元门', note: '三楼,腿脚不便' })
  await guard(muster.markEntry, { roll_id, entry_id: zhang.entry_id, mark: 'found', note: null })
  await guard(muster.addEntry, { roll_id, name: '装修工老李', zone: '2 栋楼下', mark: 'safe', point_id: id['point']! })
  const audit = await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from kernel.audit where company_id = ${s.company_id} and call = 'muster.lookRoll' and outcome = 'done'`.execute(s.db))
  expect(audit.rows[0]!.n).toBe(3)
  expect((await guard(muster.closeRoll, { roll_id, note: '王五电话确认在外地' })).left_count).toBe(1)
  await expectRefused(guard(muster.markEntry, { roll_id, entry_id: zhang.entry_id, mark: null }), 'muster.closed')
  setClock('2026-11-28T04:00:00.000Z')
  await t.inside(forget)
  expect((await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from muster.sighting where company_id = ${s.company_id}`.execute(s.db))).rows[0]!.n).toBe(0)
  setClock('2027-01-05T04:00:00.000Z')
  await t.inside(forget)
  expect((await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from muster.entry where company_id = ${s.company_id}`.execute(s.db))).rows[0]!.n).toBe(0)
  setClock(NOON)
  expect((await guard(muster.rolls, {})).rows[0]).toMatchObject({ forgotten: true, total_count: 7, safe_count: 6 })
  await expectRefused(guard(muster.lookRoll, { roll_id }), 'muster.forgotten')
})

test('on paper and in Excel: the same people as on the screen, only for who has opened the roll, and not once it is forgotten', async () => {
  at('05:00:00')
  const { roll_id } = await guard(muster.startRoll, { community_id: w.community_id, cause: 'drill', title: '纸质演练' })
  const paper = (who: Caller) => who(muster.rollPaper, { roll_id }) as unknown as Promise<FileAnswer>
  const excel = (who: Caller) => who(muster.rollExcel, { roll_id }) as unknown as Promise<FileAnswer>
  await expectRefused(paper(guard), 'muster.look_first')
  await expectRefused(excel(guard), 'muster.look_first')
  await guard(muster.lookRoll, { roll_id })
  // Opened by the guard, not by his head.
  await expectRefused(excel(head), 'muster.look_first')
  await expectRefused(excel(elsewhere), 'kernel.not_found')
  await guard(muster.addEntry, { roll_id, name: '外卖员小周', zone: '南门', mark: 'help', point_id: null })
  const { entries } = await guard(muster.roll, { roll_id })
  const { sheets } = await readSheets((await excel(guard)).body as Buffer, '点名册.xlsx')
  const rows = sheets[0]!.rows.map((r) => r.cells.map((c) => c.text))
  expect(rows).toHaveLength(entries.length + 1)
  for (const e of entries) expect(rows.flat().some((x) => x.includes(e.name)), e.name).toBe(true)
  expect(rows.flat()).toContain('请求帮助')
  const file = await paper(guard)
  expect([file.type, (file.body as Buffer).subarray(0, 4).toString()]).toEqual(['application/pdf', '%PDF'])
  const text = pdfText(file.body as Buffer)
  if (text !== null) for (const e of entries) expect(text).toContain(e.name.replace(/\s/g, ''))
  at('05:20:00')
  await expectRefused(paper(guard), 'muster.look_first') // fifteen minutes are over
  await guard(muster.closeRoll, { roll_id, note: '结束' })
})

test('an emergency that is started opens one, one noted later does not; a confirmed fire joins what is open', async () => {
  const run = (name: string, p: Record<string, unknown>) => t.inside((s) => [...t.app.listenersOf.values()].flat().find((l) => l.name === name)!.run(s, { community_id: w.community_id, ...p }))
  const open = async () => (await guard(muster.rolls, { state: 'open' })).rows
  await run('muster.emergency', { name: '燃气泄漏预案', place: '1 栋', live: false, fire: false })
  expect(await open()).toEqual([])
  await run('muster.emergency', { name: '火灾预案', place: '1 栋', live: true, fire: true })
  await run('muster.fire', { fire_id: '00000000-0000-4000-8000-00000000f19e', why: '2 个信号' })
  expect(await open()).toMatchObject([{ cause: 'fire', title: '火灾预案 1 栋', started_name: '应急启动' }])
  await guard(muster.closeRoll, { roll_id: (await open())[0]!.roll_id, note: '扑灭' })
})

test('rules by date', async () => {
  const rule = { from_on: '2026-11-26', keep_hours: 12, seen_hours: 24, credible_min: 60, roll_days: 10, basis: '制度' }
  await expectRefused(admin(muster.saveRule, rule), 'muster.seen_too_long')
  await expectRefused(admin(muster.saveRule, { ...rule, seen_hours: 8, from_on: '2026-11-01' }), 'muster.from_past')
  await expectRefused(head(muster.saveRule, { ...rule, seen_hours: 8 }), 'kernel.forbidden')
  await admin(muster.saveRule, { ...rule, seen_hours: 8 })
  expect((await admin(muster.rule, {})).now).toMatchObject({ keep_hours: 12, roll_days: 10 })
})
