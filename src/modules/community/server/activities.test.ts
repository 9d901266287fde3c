// Activities on PostgreSQL through the public calls: places are persons and never too many, whoever waits moves up by himself, changes and cancelling are told, the door, the hours of volunteers by two persons, what is deleted when.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import type { Refused } from '../../../kernel/client.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { In } from '../../../kernel/contract.ts'
import { saveUpload } from '../../../kernel/files.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { messages } from '../../messages/contract.ts'
import { people } from '../../people/contract.ts'
import { system } from '../../system/contract.ts'
import { community } from '../contract.ts'

const NOW = '2026-03-05T02:00:00.000Z'
const at = (day: string, hm: string): string => new Date(`${day}T${hm}:00+08:00`).toISOString()
let t: TestApp
let w: TinyWorld
let desk: Caller
const me: Record<string, Caller> = {}
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  desk = t.as('service')
  for (const name of ['张三', '李四', '王五', '赵六', '孙七', '周八'] as const) me[name] = await t.resident(PHONES[name])
  await lasting(t)
}, 120_000)

type Draft = In<typeof community.saveActivity.takes>
const shape = (o: Partial<Draft> = {}): Draft => ({ community_id: w.community_id, kind: 'activity', title: '包饺子', body: '请自带围裙。', place: '会所一层', from_at: at('2026-03-07', '09:00'), to_at: at('2026-03-07', '11:00'), sign_until_at: at('2026-03-06', '18:00'), capacity: 4, party_max: 3, roles: ['owner', 'tenant', 'household'], ...o })
async function opened(o: Partial<Draft> = {}): Promise<string> {
  const { activity_id } = await desk(community.saveActivity, shape(o))
  await desk(community.openActivity, { activity_id })
  return activity_id
}
const HOUSE = { 张三: '1-1-101', 李四: '1-1-101', 王五: '1-1-102', 赵六: '1-1-102', 孙七: '1-1-201', 周八: '2-1-101' } as const
type Name = keyof typeof HOUSE
const sign = (name: Name, activity_id: string, people_count = 1) => me[name]!(community.signUp, { activity_id, house_id: w.houses[HOUSE[name]]!, people_count })
const mine = async (name: Name, activity_id: string) => (await me[name]!(community.myActivity, { activity_id })).mine
const states = async (activity_id: string) => Object.fromEntries((await desk(community.signups, { activity_id, page_size: 100 })).rows.map((s) => [s.contact_name, s.state]))
const taken = async (activity_id: string) => { const a = await desk(community.activity, { activity_id }); return [a.taken_count, a.waiting_count] }
const heard = async (name: Name): Promise<string> => (await me[name]!(messages.inbox, { page: 1, page_size: 50 })).rows.map((m) => m.body).join('\n')

test('persons are counted; who finds no place waits, and moves up by himself in the order of the list, each who fits', async () => {
  const activity_id = await opened()
  expect(await sign('张三', activity_id, 3)).toMatchObject({ state: 'in' })
  expect(await sign('王五', activity_id, 2)).toMatchObject({ state: 'waiting' })
  expect(await sign('孙七', activity_id, 2)).toMatchObject({ state: 'waiting' })
  expect(await sign('周八', activity_id, 1)).toMatchObject({ state: 'in' })
  expect(await taken(activity_id)).toEqual([4, 4])
  expect((await mine('孙七', activity_id))!.before_me).toBe(2)
  await expectRefused(sign('张三', activity_id), 'community.signed_already')
  await expectRefused(sign('李四', activity_id, 4), 'community.party_size')
  // One goes: two persons wait first, and do not fit into one place; nobody loses his turn.
  await me['周八']!(community.cancelMySignup, { signup_id: (await mine('周八', activity_id))!.signup_id })
  expect(await states(activity_id)).toEqual({ 张三: 'in', 王五: 'waiting', 孙七: 'waiting', 周八: 'cancelled' })
  await me['张三']!(community.cancelMySignup, { signup_id: (await mine('张三', activity_id))!.signup_id })
  expect(await states(activity_id)).toEqual({ 张三: 'cancelled', 王五: 'in', 孙七: 'in', 周八: 'cancelled' })
  expect(await taken(activity_id)).toEqual([4, 0])
  expect(await heard('王五')).toContain('候补成功,已为您留名额')
  // Whoever cancelled may come again, at the end of the list; more room takes them in.
  expect(await sign('张三', activity_id, 1)).toMatchObject({ state: 'waiting' })
  await expectRefused(desk(community.saveActivity, { ...shape({ capacity: 3 }), activity_id }), 'community.capacity_taken')
  expect(await desk(community.saveActivity, { ...shape({ capacity: 6, place: '会所二层' }), activity_id })).toMatchObject({ moved_up: 1 })
  expect(await heard('孙七')).toContain('时间或地点有变:改为 2026-03-07 09:00,会所二层')
  expect(await taken(activity_id)).toEqual([5, 0])
})

test('twelve at once for two places: two have one, ten wait; the database refuses one too many', { timeout: 60_000 }, async () => {
  const activity_id = await opened({ capacity: 2, party_max: 1, title: '抢名额' })
  const made = await Promise.all(Array.from({ length: 12 }, (_, i) => desk(community.signUpFor, { activity_id, house_id: w.houses['1-1-101']!, contact_name: `来客${i}`, contact_phone: null, people_count: 1 })))
  expect(made.filter((s) => s.state === 'in').length).toBe(2)
  expect(await taken(activity_id)).toEqual([2, 10])
  // Both that have a place cancel at once: two others move up, and never three.
  const list = (await desk(community.signups, { activity_id, state: 'in' })).rows
  await Promise.all(list.map((s) => desk(community.cancelSignup, { signup_id: s.signup_id, reason: '来电取消' })))
  expect(await taken(activity_id)).toEqual([2, 8])
  expect((await desk(community.signups, { activity_id, state: 'in' })).rows.map((s) => s.no)).toEqual((await desk(community.signups, { activity_id, page_size: 100 })).rows.filter((s) => s.state !== 'cancelled').slice(0, 2).map((s) => s.no))
  const over = await t.inside((s) => sql`update community.activity set taken_count = 3 where company_id = ${s.company_id} and activity_id = ${activity_id}`.execute(s.db)).then(() => 'taken', (e: { constraint?: string }) => e.constraint)
  expect(over).toBe('activity_full')
  // One person twice at once.
  const twice = await opened({ title: '一人一次' })
  const both = await Promise.allSettled([sign('李四', twice), sign('李四', twice)])
  expect(both.map((r) => (r.status === 'fulfilled' ? r.value.state : (r.reason as Refused).code)).sort()).toEqual(['community.signed_already', 'in'])
})

test('for whom, until when; drafts are not there; cancelled, everybody is told why', async () => {
  const { activity_id: draft } = await desk(community.saveActivity, shape({ title: '草稿' }))
  await expectRefused(sign('张三', draft), 'kernel.not_found')
  await expectRefused(desk(community.saveActivity, shape({ to_at: at('2026-03-07', '08:00') })), 'community.activity_times')
  await expectRefused(desk(community.saveActivity, shape({ kind: 'volunteer' })), 'community.volunteer_one')
  const owners = await opened({ title: '业主恳谈', roles: ['owner'] })
  await expectRefused(sign('李四', owners), 'kernel.not_found')
  expect((await me['李四']!(community.myActivities, {})).rows.map((a) => a.title)).not.toContain('业主恳谈')
  await sign('张三', owners)
  setClock(at('2026-03-06', '18:30'))
  await expectRefused(sign('王五', owners), 'community.sign_closed')
  // The desk may, until it is over.
  await desk(community.signUpFor, { activity_id: owners, house_id: w.houses['1-1-102']!, contact_name: '王五', contact_phone: PHONES.王五, people_count: 1 })
  expect(await desk(community.cancelActivity, { activity_id: owners, reason: '天气原因' })).toEqual({ activity_id: owners, told: 2 })
  expect(await heard('王五')).toContain('已取消,天气原因')
  await expectRefused(sign('张三', owners), 'community.activity_state')
  expect((await me['张三']!(community.myActivity, { activity_id: owners })).ended_reason).toBe('天气原因')
  setClock(NOW)
})

test('the door lets in by code from an hour before; the list goes to Excel; phones are covered', async () => {
  const activity_id = await opened({ title: '观影' })
  await sign('孙七', activity_id, 2)
  const { code, signup_id } = (await mine('孙七', activity_id))!
  const guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  await lasting(t)
  await expectRefused(guard(community.checkIn, { signup_id }), 'community.check_time')
  setClock(at('2026-03-07', '08:30'))
  expect((await guard(community.findSignups, { q: code })).rows).toMatchObject([{ contact_name: '孙七', people_count: 2, contact_phone_masked: null, can: { check_in: true } }])
  await guard(community.checkIn, { signup_id })
  await expectRefused(guard(community.checkIn, { signup_id }), 'community.signup_state')
  await expectRefused(desk(community.cancelSignup, { signup_id, reason: '已经来了' }), 'community.signup_state')
  await expectRefused(guard(community.signups, { activity_id }), 'kernel.forbidden')
  const sheet = (await desk(community.signupsExcel, { activity_id })) as unknown as { body: Buffer; name: string }
  const rows = (await readSheets(sheet.body, sheet.name)).sheets[0]!.rows.map((r) => r.cells.map((x) => x.text))
  expect(rows[1]!.slice(0, 5)).toEqual(['1', '1-1-201', '孙七', '138****0105', '2'])
  setClock(at('2026-03-07', '12:00'))
  await expectRefused(guard(community.checkIn, { signup_id }), 'community.signup_state')
  const mineNow = await t.hire('service')
  await lasting(t)
  const known = (await t.app.whoIs(mineNow.token, { ip: null, agent: null, face: 'admin' }))!
  const { file_id } = await saveUpload(t.app, known, { purpose: 'photo', name: 'a.png', body: Readable.from([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')]) })
  await expectRefused(desk(community.saveReport, { activity_id, report: '来了两人', photo_ids: [file_id] }), 'community.no_file')
  await mineNow(community.saveReport, { activity_id, report: '来了两人', photo_ids: [file_id] })
  expect((await me['周八']!(community.myActivity, { activity_id })).report).toBe('来了两人')
  expect(((await me['周八']!(community.activityPhoto, { activity_id, file_id })) as unknown as { type: string }).type).toBe('image/png')
  setClock(NOW)
})

test('hours of volunteers: recorded by one, confirmed by another, summed by person', async () => {
  const activity_id = await opened({ kind: 'volunteer', party_max: 1, title: '清洁家园', capacity: null })
  for (const name of ['张三', '王五'] as const) await sign(name, activity_id)
  const ids = { 张三: (await mine('张三', activity_id))!.signup_id, 王五: (await mine('王五', activity_id))!.signup_id }
  setClock(at('2026-03-07', '09:10'))
  await expectRefused(desk(community.saveMinutes, { signup_id: ids.张三, minutes: 90 }), 'community.signup_state')
  for (const signup_id of Object.values(ids)) await desk(community.checkIn, { signup_id })
  await expectRefused(desk(community.saveMinutes, { signup_id: ids.张三, minutes: 90 }), 'community.hours_early')
  setClock(at('2026-03-07', '12:00'))
  await expectRefused(t.as('manager')(community.confirmMinutes, { signup_id: ids.张三 }), 'community.hours_missing')
  await desk(community.saveMinutes, { signup_id: ids.张三, minutes: 90 })
  await desk(community.saveMinutes, { signup_id: ids.张三, minutes: 120 })
  await desk(community.saveMinutes, { signup_id: ids.王五, minutes: 60 })
  await expectRefused(desk(community.confirmMinutes, { signup_id: ids.张三 }), 'community.hours_own')
  expect((await me['张三']!(community.myActivities, {})).volunteer_minutes).toBe(0)
  await t.as('manager')(community.confirmMinutes, { signup_id: ids.张三 })
  await expectRefused(desk(community.saveMinutes, { signup_id: ids.张三, minutes: 600 }), 'community.hours_confirmed')
  expect((await me['张三']!(community.myActivities, {})).volunteer_minutes).toBe(120)
  expect((await desk(community.volunteers, {})).rows.map((v) => [v.name, v.times, v.minutes, v.open_minutes, v.phone_masked])).toEqual([['张三', 1, 120, 0, '138****0101'], ['王五', 0, 0, 60, '138****0103']])
  const self = await t.inside((s) => sql`update community.signup set confirmed_by = minutes_by, confirmed_by_name = '自己', confirmed_at = ${s.now} where company_id = ${s.company_id} and signup_id = ${ids.王五}`.execute(s.db)).then(() => 'kept', (e: { constraint?: string }) => e.constraint)
  expect(self).toBe('signup_two_persons')
  await expectRefused(desk(community.saveMinutes, { signup_id: (await desk(community.signups, { activity_id: (await desk(community.activities, { q: '观影' })).rows[0]!.activity_id })).rows[0]!.signup_id, minutes: 5 }), 'community.not_volunteer')
  setClock(NOW)
})

test('rows by reach; two entries of one person; names go when their days are over, earned hours stay with the person', async () => {
  const activity_id = await opened({ title: '范围' })
  await sign('周八', activity_id)
  const elsewhere = await t.hire('service', { scope_kind: 'community', scope_ids: ['01900000-0000-7000-8000-000000000009'] })
  const steward = await t.hire('steward', { scope_kind: 'building', scope_ids: [w.buildings['1']!] })
  await lasting(t)
  await expectRefused(elsewhere(community.activity, { activity_id }), 'kernel.not_found')
  await expectRefused(t.as('other_admin')(community.activity, { activity_id }), 'kernel.not_found')
  expect((await steward(community.signups, { activity_id })).rows).toEqual([])
  expect((await steward(community.activity, { activity_id })).can).toMatchObject({ edit: 'community.not_whole', cancel: 'community.not_whole', sign: true })
  await expectRefused(steward(community.cancelActivity, { activity_id, reason: '不归我管' }), 'kernel.not_found')
  await expectRefused(steward(community.cancelSignup, { signup_id: (await mine('周八', activity_id))!.signup_id, reason: '不归我管' }), 'kernel.not_found')
  const keep = (await t.as('admin')(people.savePerson, { name: '周八', phone: '13800000199' })).person_id
  await t.as('admin')(people.mergePersons, { keep_id: w.persons['周八']!, drop_id: keep, reason: '重复登记' })
  await t.drain()
  expect((await mine('周八', activity_id))!.state).toBe('in')

  await t.as('admin')(system.saveSetting, { key: 'community.signups_kept', value: '90 天', from_on: '2026-03-05' })
  const forget = () => runSchedule(t.app, t.app.modules.find((m) => m.name === 'community')!.schedules!.find((s) => s.name === 'community.forget_signups')!)
  const names = async () => (await t.inside((s) => sql<{ contact_name: string; contact_phone: string | null; person: boolean; confirmed: boolean }>`select contact_name, contact_phone, person_id is not null as person, confirmed_at is not null as confirmed from community.signup where company_id = ${s.company_id} order by activity_id, no`.execute(s.db))).rows
  setClock(at('2026-06-05', '11:30'))
  await forget()
  expect((await names()).some((s) => s.contact_name === '已删除')).toBe(false)
  setClock(at('2026-06-06', '11:30'))
  await forget()
  const after = await names()
  expect(after.every((s) => s.contact_name === '已删除' && s.contact_phone === null && s.person === s.confirmed)).toBe(true)
  expect((await desk(community.volunteers, {})).rows.map((v) => [v.name, v.minutes])).toEqual([['张三', 120]])
  setClock(NOW)
})
