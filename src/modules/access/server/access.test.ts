// Visitors as named people: invited by a resident, shown at the gate, driven in and out by plate, registered by the desk, barred, inside too long, forgotten in time.
import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { FileAnswer } from '../../../kernel/app.ts'
import { access } from '../contract.ts'
import { forgetVisits, visitByPlate, visitorCame, visitorLeft } from './outside.ts'

let t: TestApp
let w: TinyWorld
let zhang: Caller
let wang: Caller
let guard: Caller
let head: Caller
let elsewhere: Caller
const NOON = '2026-11-26T04:00:00.000Z'
const at = (time: string): void => setClock(`2026-11-26T${time}.000Z`)
beforeAll(async () => {
  setClock(NOON)
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
  wang = await t.resident(PHONES.王五)
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  guard = await t.hire('guard', here)
  head = await t.hire('guard_head', here)
  elsewhere = await t.hire('guard', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] })
}, 120_000)
beforeEach(() => setClock(NOON))

/** What a lane learns of a plate at an instant. */
const announced = (plate: string, at_: string) => t.inside(async (s) => (await sql<{ visit_id: string | null }>`select ${visitByPlate(s, { community_id: sql`${w.community_id}::uuid`, plate, at: at_ })} as visit_id`.execute(s.db)).rows[0]!.visit_id)
interface Ask {
  from_at?: string
  plate?: string
  phone?: string
  hours?: number
  house?: string
}
const invite = (o: Ask = {}) => zhang(access.invite, { house_id: w.houses[o.house ?? '1-1-101']!, visitor_name: '客人', people_count: 2, from_at: o.from_at ?? '2026-11-26T06:00:00.000Z', hours: o.hours ?? 4, ...(o.plate ? { plate: o.plate } : {}), ...(o.phone ? { visitor_phone: o.phone } : {}) })
const courier = (o: Partial<{ visitor_name: string; visitor_phone: string | null; id_number: string | null; plate: string | null; hours: number }> = {}) => ({ house_id: w.houses['1-1-102']!, host_name: '王五', visitor_name: '送货员', visitor_phone: null, id_number: null, plate: null, people_count: 1, purpose: '送货', hours: 1, ...o })

describe('invited', () => {
  test('the code is good from an hour before to the end, once in and once out; the page shows it while it is good', async () => {
    const { code, token, visit_id } = await invite()
    expect(code).toMatch(/^\d{6}$/)
    const page = () => t.as('nobody')(access.visitPass, { token })
    const pass = await page()
    expect(pass).toMatchObject({ code, house_masked: '1-1-1**', over: false })
    expect(JSON.stringify(pass)).not.toContain('张三')
    expect((await guard(access.findVisit, { q: code })).rows).toMatchObject([{ visit_id, house_label: '1-1-101', can: { arrive: 'access.too_early' } }])
    await expectRefused(guard(access.arriveVisit, { visit_id }), 'access.too_early')
    at('05:00:00')
    await guard(access.arriveVisit, { visit_id })
    await expectRefused(guard(access.arriveVisit, { visit_id }), 'access.wrong_state')
    await guard(access.leaveVisit, { visit_id })
    expect((await page()).code).toBeNull()
    await expectRefused(guard(access.leaveVisit, { visit_id }), 'access.wrong_state')
    const late = await invite()
    at('10:00:00')
    await expectRefused(guard(access.arriveVisit, { visit_id: late.visit_id }), 'access.over')
    await expectRefused(t.as('nobody')(access.visitPass, { token: `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}` }), 'kernel.not_found')
  })
  test('only for one’s own house, within the rules, and cancelled by whoever sent it', async () => {
    await expectRefused(wang(access.invite, { house_id: w.houses['1-1-101']!, visitor_name: '客人', people_count: 1, from_at: NOON, hours: 2 }), 'kernel.not_found')
    await expectRefused(invite({ hours: 73 }), 'access.too_long')
    await expectRefused(invite({ from_at: '2026-11-25T00:00:00.000Z' }), 'access.past')
    await expectRefused(invite({ from_at: '2099-01-01T00:00:00.000Z' }), 'access.too_far')
    await expectRefused(invite({ plate: 'ABC12' }), 'access.bad_plate')
    const { visit_id, code } = await invite()
    await expectRefused(wang(access.cancelVisit, { visit_id }), 'kernel.not_found')
    expect((await wang(access.myVisits, {})).rows).toEqual([])
    await zhang(access.cancelVisit, { visit_id })
    expect((await guard(access.findVisit, { q: code })).rows).toEqual([])
    const rule = { from_on: '2026-11-26', keep_days: 90, max_hours: 72, early_minutes: 60 }
    await t.as('admin')(access.savePolicy, { ...rule, max_open: 1 })
    await invite({ house: 'G-01' })
    await expectRefused(invite({ house: 'G-01' }), 'access.too_many')
    at('04:00:01')
    await t.as('admin')(access.savePolicy, { ...rule, max_open: 10 })
    await expectRefused(head(access.savePolicy, { ...rule, max_open: 10 }), 'kernel.not_found')
  })
  test('a plate is good at the lane in its window only; out and in again, but not after the guard has ended the visit', async () => {
    const { visit_id } = await invite({ plate: '陕C6Z888' })
    const found = (time: string) => announced('陕C6Z888', `2026-11-26T${time}.000Z`)
    expect([await found('04:30:00'), await found('10:00:00')]).toEqual([null, null])
    expect(await found('05:10:00')).toBe(visit_id)
    expect((await guard(access.findVisit, { q: '陕C·6Z888' })).rows).toHaveLength(1)
    at('06:00:00')
    await t.inside((s) => visitorCame(s, visit_id, '南门入口'))
    at('07:00:00')
    await t.inside((s) => visitorLeft(s, visit_id, '南门出口'))
    expect((await head(access.visits, { q: '陕C6Z888' })).rows[0]).toMatchObject({ state: 'left', left_by: '南门出口' })
    expect(await found('07:30:00')).toBe(visit_id)
    await t.inside((s) => visitorCame(s, visit_id, '南门入口'))
    expect((await head(access.visits, { q: '陕C6Z888' })).rows[0]).toMatchObject({ state: 'arrived', arrived_at: '2026-11-26T06:00:00.000Z', left_at: null })
    await guard(access.leaveVisit, { visit_id })
    expect(await found('07:40:00')).toBeNull()
  })
})

describe('at the gate', () => {
  test('the guard finds the host by room, registers with a paper of which head and tail stay, and sees who is inside too long', async () => {
    const hosts = await guard(access.hosts, { q: '1栋1单元102' })
    expect(hosts.rows).toMatchObject([{ house_id: w.houses['1-1-102'], label: '1-1-102', names: ['王五', '赵六'] }])
    expect((await elsewhere(access.hosts, { q: '1-1-102' })).rows).toEqual([])
    await expectRefused(guard(access.registerVisit, courier({ id_number: '110101199003070098' })), 'access.bad_id_number')
    const { visit_id } = await guard(access.registerVisit, courier({ visitor_phone: '13800009999', id_number: '110101199003070097' }))
    const row = (await head(access.visits, { q: '送货员' })).rows[0]!
    expect(row).toMatchObject({ visit_id, state: 'arrived', overstayed: false, visitor_phone_masked: '138****9999', id_masked: '110***********0097' })
    const stored = await t.inside((s) => sql<{ text: string }>`select to_jsonb(v)::text as text from access.visit v where v.company_id = ${s.company_id} and v.visit_id = ${visit_id}`.execute(s.db))
    expect(stored.rows[0]!.text).not.toContain('110101199003070097')
    at('05:30:00')
    const gate = await guard(access.gate, {})
    expect(gate.inside.find((v) => v.visit_id === visit_id)).toMatchObject({ overstayed: true })
    expect(gate.overstayed_count).toBeGreaterThan(0)
    const listed = await head(access.visits, { overstayed: true })
    expect(listed.rows.map((r) => r.visit_id)).toContain(visit_id)
    expect(listed).toMatchObject({ total: gate.overstayed_count, overstayed_count: gate.overstayed_count })
    await guard(access.leaveVisit, { visit_id })
    expect((await head(access.visits, { overstayed: true })).rows.map((r) => r.visit_id)).not.toContain(visit_id)
    for (const who of [elsewhere, t.as('other_admin')]) await expectRefused(who(access.leaveVisit, { visit_id }), 'kernel.not_found')
    expect((await t.as('other_admin')(access.visits, {})).total).toBe(0)
    await expectRefused(guard(access.visits, {}), 'kernel.forbidden')
  })
  test('the sheet has the rows of the screen', async () => {
    const file = (await head(access.visitsExcel, {})) as unknown as FileAnswer
    const { sheets } = await readSheets(file.body as Buffer, '访客记录.xlsx')
    const { total } = await head(access.visits, {})
    expect(sheets[0]!.rows).toHaveLength(total + 1)
  })
})

describe('barred', () => {
  test('by paper, phone or plate: not invited, not registered, not let in, no lane; lifted, all is well again', async () => {
    const waiting = await invite({ phone: '13900001111', plate: '陕C7B777' })
    await expectRefused(head(access.bar, { community_id: w.community_id, name: '某某', phone: null, plate: null, id_number: null, reason: '盗窃', to_on: '2027-05-01' }), 'access.barred_by_what')
    await expectRefused(head(access.bar, { community_id: w.community_id, name: '某某', phone: '13900001111', plate: null, id_number: null, reason: '盗窃', to_on: '2028-05-01' }), 'access.barred_days')
    await expectRefused(guard(access.bar, { community_id: w.community_id, name: '某某', phone: '13900001111', plate: null, id_number: null, reason: '盗窃', to_on: '2027-05-01' }), 'kernel.forbidden')
    const { barred_id } = await head(access.bar, { community_id: w.community_id, name: '某某', phone: '13900001111', plate: '陕C7B777', id_number: '110101199003070097', reason: '多次盗窃电瓶', to_on: '2027-05-01' })
    const told = await expectRefused(invite({ phone: '13900001111' }), 'access.not_received')
    expect(told.message).not.toContain('盗窃')
    for (const o of [{ visitor_phone: '13900001111' }, { id_number: '110101199003070097' }, { plate: '陕C7B777' }]) await expectRefused(guard(access.registerVisit, courier(o)), 'access.barred')
    at('06:00:00')
    expect((await guard(access.findVisit, { q: waiting.code })).rows[0]).toMatchObject({ barred_reason: '多次盗窃电瓶', can: { arrive: 'access.barred' } })
    await expectRefused(guard(access.arriveVisit, { visit_id: waiting.visit_id }), 'access.barred')
    const lane = () => announced('陕C7B777', '2026-11-26T06:30:00.000Z')
    expect(await lane()).toBeNull()
    expect((await head(access.barred, { state: 'now' })).rows[0]).toMatchObject({ barred_id, phone_masked: '139****1111', state: 'now' })
    await head(access.liftBarred, { barred_id, reason: '误认' })
    await expectRefused(head(access.liftBarred, { barred_id, reason: '误认' }), 'access.lifted')
    expect(await lane()).toBe(waiting.visit_id)
    await guard(access.arriveVisit, { visit_id: waiting.visit_id })
  })
})

test('forgotten after its time, with a trace of how many', async () => {
  const { visit_id } = await guard(access.registerVisit, courier({ visitor_name: '收废品' }))
  await guard(access.leaveVisit, { visit_id })
  const left = async (): Promise<number> => (await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from access.visit where company_id = ${s.company_id} and visit_id = ${visit_id}`.execute(s.db))).rows[0]!.n
  setClock('2027-02-24T04:00:00.000Z')
  await t.inside(forgetVisits)
  expect(await left()).toBe(1)
  setClock('2027-02-25T06:00:00.000Z')
  await t.inside(async (s) => {
    await forgetVisits(s)
    expect(s.notes[0]).toMatchObject({ subject_type: 'visit', detail: { keep_days: 90 } })
  })
  expect(await left()).toBe(0)
})
