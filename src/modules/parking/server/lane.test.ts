// Cars without a plate by codes and tickets, paying where one stands, cars turned away, an entry put afterwards.
import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { LOT_RULE, park, parkTariff, type Park } from '../../../../tests/park_kit.ts'
import { pdfText } from '../../../../tests/pdf_text.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import type { FileAnswer } from '../../../kernel/app.ts'
import { setClock } from '../../../kernel/clock.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { parking } from '../contract.ts'
import { forgetOld } from './clock.ts'
import { tokenOf } from './tokens.ts'

let t: TestApp
let w: TinyWorld
let admin: Caller
let guard: Caller
let driver: Caller
let tariff_id: string
let p: Park
let named = 0
beforeAll(async () => {
  setClock('2026-11-26T02:00:00.000Z')
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  driver = t.as('nobody')
  tariff_id = await parkTariff(t, w.community_id)
}, 120_000)
beforeEach(async () => {
  setClock('2026-11-26T02:00:00.000Z') // 10:00
  p = await park(t, { building_id: w.buildings['P1']!, name: `车场${++named}`, rule: { tariff_id, max_height_cm: 210 } })
})
const at = (time: string) => setClock(`2026-11-26T${time}Z`)
const sign = (d: 'in' | 'out') => tokenOf('lane', { company_id: t.company_id, id: p.lanes[d] })
const ask = (n: number) => `00000000-0000-4000-8000-00000000${String(n).padStart(4, '0')}`
const stays = async () => (await guard(parking.stays, { lot_id: p.lot_id })).rows
const held = async (d: 'in' | 'out') => (await guard(parking.booth, { lot_id: p.lot_id })).lanes.find((l) => l.direction === d)!.waiting.at(-1)!

describe('by the code of a lane', () => {
  test('a car without a plate takes a ticket, once, and goes out by it when nothing is owed', async () => {
    await expectRefused(driver(parking.laneEnter, { token: sign('in'), ask: ask(1) }), 'parking.lane_nobody')
    await p.cam.in.see({ plate: '_无_', kind: 0 })
    expect(await driver(parking.laneView, { token: sign('in') })).toMatchObject({ lane_name: '东门入', max_height_cm: 210, car: { no_plate: true, direction: 'in' }, can: { enter: true } })
    const one = await driver(parking.laneEnter, { token: sign('in'), ask: ask(1) })
    expect(await driver(parking.laneEnter, { token: sign('in'), ask: ask(1) })).toEqual(one)
    // Another phone that saw the same sign gets nothing of it.
    await expectRefused(driver(parking.laneEnter, { token: sign('in'), ask: ask(2) }), 'parking.lane_nobody')
    expect(await stays()).toMatchObject([{ plate: one.ticket_no, no_plate: true, state: 'in' }])
    await p.cam.in.beat()
    expect(p.cam.in.opened).toMatchObject([{ by: 'command' }])
    expect(await driver(parking.ticketView, { ticket: one.ticket })).toMatchObject({ inside: true, stay: { plate: one.ticket_no, due_fen: 0 }, place: null })
    await driver(parking.ticketPlace, { ticket: one.ticket, place: '负一层 B 区 23 号' })
    expect((await driver(parking.ticketView, { ticket: one.ticket })).place).toBe('负一层 B 区 23 号')
    at('02:20:00')
    await expectRefused(driver(parking.laneLeave, { token: sign('out'), ticket: one.ticket }), 'parking.lane_nobody')
    await p.cam.out.see({ plate: '_无_', kind: 0 })
    await expectRefused(driver(parking.laneLeave, { token: sign('out') }), 'parking.ticket_needed')
    expect(await driver(parking.laneView, { token: sign('out'), ticket: one.ticket })).toMatchObject({ can: { leave: true }, stay: { plate: one.ticket_no } })
    expect(await driver(parking.laneLeave, { token: sign('out'), ticket: one.ticket })).toEqual({ left: true })
    await p.cam.out.beat()
    expect(p.cam.out.opened).toHaveLength(1)
    expect(await stays()).toMatchObject([{ state: 'left', due_fen: 0 }])
    expect(await driver(parking.ticketView, { ticket: one.ticket })).toMatchObject({ inside: false })
    // Gone: the ticket lets no second car out, and remembers no place.
    await p.cam.out.see({ plate: '_无_', kind: 0 })
    await expectRefused(driver(parking.laneLeave, { token: sign('out'), ticket: one.ticket }), 'parking.ticket_needed')
    await expectRefused(driver(parking.ticketPlace, { ticket: one.ticket, place: 'B2' }), 'parking.not_inside')
  })
  test('what is owed is paid first; a ticket of another lot, a changed one and a sign of nobody open nothing', async () => {
    await p.cam.in.see({ plate: '_无_', kind: 0 })
    const { ticket, ticket_no } = await driver(parking.laneEnter, { token: sign('in'), ask: ask(3) })
    at('03:31:00')
    await p.cam.out.see({ plate: '_无_', kind: 0 })
    await expectRefused(driver(parking.laneLeave, { token: sign('out'), ticket }), 'parking.still_due')
    expect(await driver(parking.lanePay, { token: sign('out'), ticket })).toMatchObject({ due_fen: 400 })
    expect(await driver(parking.ticketPay, { ticket })).toMatchObject({ due_fen: 400 })
    await expectRefused(driver(parking.ticketView, { ticket: `${ticket.slice(0, -1)}${ticket.endsWith('A') ? 'B' : 'A'}` }), 'kernel.not_found')
    await expectRefused(driver(parking.laneView, { token: ticket }), 'kernel.not_found') // a ticket is no sign
    await expectRefused(driver(parking.laneView, { token: tokenOf('ticket', { company_id: t.company_id, id: p.lanes.out }) }), 'kernel.not_found')
    const other = await park(t, { building_id: w.buildings['P1']!, name: `别处${named}` })
    await other.cam.out.see({ plate: '_无_', kind: 0 })
    await expectRefused(driver(parking.laneLeave, { token: tokenOf('lane', { company_id: t.company_id, id: other.lanes.out }), ticket }), 'parking.ticket_needed')
    expect((await guard(parking.insideCars, { lot_id: other.lot_id, q: `https://x.cn/resident/ticket/${ticket}` })).rows).toEqual([])
    // Paid at the booth by the scanner instead.
    const look = await held('out')
    const { rows } = await guard(parking.insideCars, { lot_id: p.lot_id, q: `https://x.cn/resident/ticket/${ticket}` })
    expect(rows).toMatchObject([{ plate: ticket_no }])
    expect(await guard(parking.boothCar, { look_id: look.look_id, stay_id: rows[0]!.stay_id })).toMatchObject({ stay: { due_fen: 400, plate: ticket_no } })
  })
  test('the rules of the lot hold for codes too: closed hours, full, a camera that is not heard', async () => {
    await admin(parking.publishRule, { lot_id: p.lot_id, from_on: '2026-11-26', ...LOT_RULE, tariff_id, closed: [{ from: '09:00', to: '11:00' }] })
    await p.cam.in.see({ plate: '_无_', kind: 0 })
    expect((await driver(parking.laneView, { token: sign('in') })).can.enter).toBe('现在是外来车辆禁入时段')
    await expectRefused(driver(parking.laneEnter, { token: sign('in'), ask: ask(4) }), 'parking.lane_refused')
    await admin(parking.publishRule, { lot_id: p.lot_id, from_on: '2026-11-26', ...LOT_RULE, tariff_id })
    at('02:00:40')
    await expectRefused(driver(parking.laneEnter, { token: sign('in'), ask: ask(5) }), 'parking.lane_offline')
    expect(await stays()).toEqual([])
    at('02:04:00')
    expect((await driver(parking.laneView, { token: sign('in') })).car).toBeNull() // three minutes are over
  })
  test('a lot that refuses cars without a plate refuses them by the camera, by the sign and by the booth’s ticket', async () => {
    const no_plate = { lot_id: p.lot_id, from_on: '2026-11-26', ...LOT_RULE, tariff_id, refused_kinds: ['no_plate' as const] }
    await admin(parking.publishRule, no_plate)
    await p.cam.in.see({ plate: '_无_', kind: 0 })
    const look = await held('in')
    expect(look.why).toBe('no_plate_refused')
    expect((await driver(parking.laneView, { token: sign('in') })).can.enter).toBe('无牌车不准进入')
    await expectRefused(driver(parking.laneEnter, { token: sign('in'), ask: ask(7) }), 'parking.lane_refused')
    await expectRefused(guard(parking.admitTicket, { look_id: look.look_id, vehicle: 'small' }), 'parking.no_plate_refused')
    await guard(parking.dismiss, { look_id: look.look_id, kind: 'no_plate', reason: '无牌车' })
    expect((await guard(parking.turnedAway, { lot_id: p.lot_id })).rows).toMatchObject([{ kind: 'no_plate', plate: null }])
    // A car with a plate is another matter, and whoever is in may go out.
    expect(await p.cam.in.see({ plate: '陕C12349' })).toBe(true)
    await p.cam.out.see({ plate: '_无_', kind: 0 })
    expect((await held('out')).why).toBe('no_plate')
  })
  test('a sign is not to be asked without end', async () => {
    at('07:00:00')
    for (let i = 0; i < 20; i++) await driver(parking.laneView, { token: sign('in') })
    await expectRefused(driver(parking.laneView, { token: sign('in') }), 'parking.too_often')
    at('07:01:00')
    expect((await driver(parking.laneView, { token: sign('in') })).car).toBeNull()
  })
  test('a car with a plate pays at the exit by the sign, its plate masked to whoever scans', async () => {
    await p.cam.in.see({ plate: '陕C12345' })
    at('03:31:00')
    await p.cam.out.see({ plate: '陕C12345' })
    const v = await driver(parking.laneView, { token: sign('out') })
    expect(v).toMatchObject({ car: { plate: '陕C1**45' }, stay: { plate: '陕C1**45', due_fen: 400 }, can: { leave: 'parking.still_due' } })
    expect(await driver(parking.lanePay, { token: sign('out') })).toMatchObject({ due_fen: 400 })
    // Known already at the entry: no ticket for a car whose plate was read.
    await admin(parking.publishRule, { lot_id: p.lot_id, from_on: '2026-11-26', ...LOT_RULE, closed: [{ from: '00:00', to: '23:59' }] })
    await p.cam.in.see({ plate: '陕C54321' })
    expect((await driver(parking.laneView, { token: sign('in') })).can.enter).toBe('parking.lane_plate_read')
    await expectRefused(driver(parking.laneEnter, { token: sign('in'), ask: ask(6) }), 'parking.lane_nobody')
  })
})

describe('on paper', () => {
  test('the booth prints a ticket and the lot its signs', async () => {
    await p.cam.in.see({ plate: '_无_', kind: 0 })
    const made = await guard(parking.admitTicket, { look_id: (await held('in')).look_id, vehicle: 'small' })
    const paper = (await guard(parking.ticketPaper, { stay_id: made.stay_id!, origin: 'https://he.example.cn/x' })) as unknown as FileAnswer
    const text = pdfText(paper.body as Buffer)
    expect((paper.body as Buffer).subarray(0, 4).toString()).toBe('%PDF')
    if (text !== null) expect(text).toContain(made.ticket_no)
    expect(await driver(parking.ticketView, { ticket: made.ticket })).toMatchObject({ inside: true })
    await p.cam.in.see({ plate: '陕C77777' })
    await expectRefused(guard(parking.ticketPaper, { stay_id: (await stays()).find((s) => s.plate === '陕C77777')!.stay_id, origin: 'https://he.example.cn' }), 'parking.not_ticket')
    const signs = (await admin(parking.laneSigns, { lot_id: p.lot_id, origin: 'https://he.example.cn' })) as unknown as FileAnswer
    const hung = pdfText(signs.body as Buffer)
    if (hung !== null) expect(hung).toContain('东门出')
    await expectRefused(guard(parking.laneSigns, { lot_id: p.lot_id, origin: 'https://he.example.cn' }), 'kernel.forbidden')
  })
})

describe('what guards note', () => {
  test('cars that are not let in are recorded with the reason, in a list and a sheet', async () => {
    await admin(parking.publishRule, { lot_id: p.lot_id, from_on: '2026-11-26', ...LOT_RULE, closed: [{ from: '00:00', to: '23:59' }] })
    await p.cam.in.see({ plate: '陕C66666' })
    const look = await held('in')
    await guard(parking.dismiss, { look_id: look.look_id, kind: 'over_height', reason: '超高:货厢' })
    await guard(parking.turnAway, { lot_id: p.lot_id, lane_id: p.lanes.in, plate: null, kind: 'hazard', detail: '油罐车' })
    await expectRefused(guard(parking.turnAway, { lot_id: p.lot_id, lane_id: null, plate: null, kind: 'other', detail: '' }), 'parking.detail_needed')
    const beside = await park(t, { building_id: w.buildings['P1']!, name: `隔壁${named}` })
    await expectRefused(guard(parking.turnAway, { lot_id: p.lot_id, lane_id: beside.lanes.in, plate: null, kind: 'hazard', detail: null }), 'kernel.not_found')
    await expectRefused(guard(parking.turnAway, { lot_id: p.lot_id, lane_id: null, plate: '?', kind: 'hazard', detail: null }), 'parking.bad_plate')
    const { rows } = await guard(parking.turnedAway, { lot_id: p.lot_id })
    expect(rows.map((r) => [r.kind, r.plate, r.detail])).toEqual([['hazard', null, '油罐车'], ['over_height', '陕C66666', '超高:货厢']])
    expect((await t.as('visitor')(parking.turnedAway, { lot_id: p.lot_id })).rows[1]!.plate).toBe('陕C6**66')
    expect((await t.as('other_admin')(parking.turnedAway, {})).total).toBe(0)
    const elsewhere = await t.hire('guard', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] })
    expect(await elsewhere(parking.turnedAway, { lot_id: p.lot_id })).toEqual({ rows: [], total: 0 })
    const file = (await admin(parking.turnedAwayExcel, { lot_id: p.lot_id, kind: 'hazard' })) as unknown as FileAnswer
    expect((await readSheets(file.body as Buffer, '拒入记录.xlsx')).sheets[0]!.rows).toHaveLength(2)
    // Over the days the lot keeps plates: hidden, the record stays.
    setClock('2027-06-01T02:00:00.000Z')
    await t.inside(forgetOld)
    const kept = await t.inside((x) => sql<{ plate: string | null }>`select plate from parking.turned_away where company_id = ${x.company_id} and lot_id = ${p.lot_id} order by plate nulls first`.execute(x.db))
    expect(kept.rows.map((r) => r.plate)).toEqual([null, '已隐去'])
  })
  test('an entry that nobody saw is put by its time and charged by it; a free passage is free', async () => {
    at('05:00:00')
    await p.cam.out.see({ plate: '陕C88881' })
    const look = await held('out')
    await expectRefused(guard(parking.releaseUnknown, { look_id: look.look_id, entered_at: '2026-11-26T06:00:00.000Z', reason: '录像查证' }), 'parking.entered_when')
    const a = await guard(parking.releaseUnknown, { look_id: look.look_id, entered_at: '2026-11-26T02:30:00.000Z', reason: '录像查证' })
    expect(a.opened).toBe(false)
    expect(await guard(parking.stay, { stay_id: a.stay_id! })).toMatchObject({ no_entry: false, open_fen: 600, steps: [{ kind: 'entered' }, { kind: 'entry_put', reason: '录像查证' }] })
    await admin(parking.publishRule, { lot_id: p.lot_id, from_on: '2026-11-26', ...LOT_RULE, tariff_id, closed: [{ from: '00:00', to: '23:59' }] })
    await p.cam.in.see({ plate: '陕C88882' })
    await guard(parking.admit, { look_id: (await held('in')).look_id, class: 'free', reason: '救护车' })
    at('09:00:00')
    expect(await p.cam.out.see({ plate: '陕C88882' })).toBe(true)
  })
  test('residents see what is free and note where they stand', async () => {
    const zhang = await t.resident(PHONES.张三)
    const { lots, rows } = await zhang(parking.myCars, {})
    expect(lots.find((l) => l.lot_id === p.lot_id)).toMatchObject({ capacity: 5, free: 5, zones: [] })
    // His car from the register, seen at the lane.
    await p.cam.in.see({ plate: '陕C12345' })
    const mine = async () => (await zhang(parking.myCars, {})).rows.find((r) => r.lot_name === `车场${named}`)!
    expect(rows.find((r) => r.lot_name === `车场${named}`)).toBeUndefined()
    expect(await mine()).toMatchObject({ plate: '陕C12345', where: '东门入', place: null })
    await zhang(parking.myPlace, { stay_id: (await mine()).stay_id, place: 'B 区 12' })
    expect(await mine()).toMatchObject({ place: 'B 区 12' })
    expect((await zhang(parking.myCars, {})).lots.find((l) => l.lot_id === p.lot_id)).toMatchObject({ free: 4 })
    // Nobody else's car, and nothing once it has gone.
    const wang = await t.resident(PHONES.王五)
    await expectRefused(wang(parking.myPlace, { stay_id: (await mine()).stay_id, place: 'A1' }), 'kernel.not_found')
    const spots = () => t.inside(async (s) => (await sql<{ n: number }>`select count(*)::int as n from parking.spot x join parking.stay y on y.company_id = x.company_id and y.stay_id = x.stay_id where x.company_id = ${s.company_id} and y.lot_id = ${p.lot_id}`.execute(s.db)).rows[0]!.n)
    expect(await spots()).toBe(1)
    at('02:10:00')
    expect(await p.cam.out.see({ plate: '陕C12345' })).toBe(true)
    await t.inside(forgetOld)
    expect(await spots()).toBe(0)
    await expectRefused(zhang(parking.myPlace, { stay_id: ask(9), place: 'B2' }), 'kernel.not_found')
  })
})
