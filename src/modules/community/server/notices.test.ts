// Notices on PostgreSQL through the public calls: to whom, told once, in batches that survive a stop; approval, the hour, what is corrected and withdrawn; who has read; who may see.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { pdfText } from '../../../../tests/pdf_text.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { Refused } from '../../../kernel/client.ts'
import type { In } from '../../../kernel/contract.ts'
import { saveUpload } from '../../../kernel/files.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { messages } from '../../messages/contract.ts'
import { people } from '../../people/contract.ts'
import { system } from '../../system/contract.ts'
import { community } from '../contract.ts'

const NOW = '2026-03-05T02:00:00.000Z' // 10:00 in the community
let t: TestApp
let w: TinyWorld
let desk: Caller
let kind_id: string
const phones: Record<string, Caller> = {}
beforeAll(async () => {
  setClock(NOW)
  t = await testApp()
  w = await tinyWorld(t)
  desk = t.as('service')
  await t.as('admin')(community.addUsualKinds, {})
  kind_id = (await desk(community.kinds, {})).rows.find((k) => k.name === '停水停电')!.kind_id
  for (const name of ['张三', '李四', '王五', '周八'] as const) phones[name] = await t.resident(PHONES[name])
  await lasting(t)
}, 120_000)

type Draft = In<typeof community.saveNotice.takes>
const EVERYBODY = ['owner', 'tenant', 'household'] as const
const draftOf = (o: Partial<Draft> = {}): Draft => ({
  community_id: w.community_id, targets: [{ scope: 'community', target_id: w.community_id }], roles: [...EVERYBODY], house_kinds: [], kind_id, title: '停水通知', body: '# 停水\n因水箱清洗,**明天** 停水。\n- 请储水', urgent: false, by_sms: false, must_confirm: false, pinned: false, publish_at: null, valid_until_on: null, picture_ids: [], file_ids: [], ...o,
})
const draft = async (o: Partial<Draft> = {}, as: Caller = desk): Promise<string> => (await as(community.saveNotice, draftOf(o))).notice_id
async function out(o: Partial<Draft> = {}, as: Caller = desk): Promise<string> {
  const notice_id = await draft(o, as)
  await as(community.publishNotice, { notice_id })
  await t.drain()
  return notice_id
}
const at = (scope: Draft['targets'][number]['scope'], target_id: string): Partial<Draft> => ({ targets: [{ scope, target_id }] })
const schedule = (name: string) => runSchedule(t.app, t.app.modules.find((m) => m.name === 'community')!.schedules!.find((s) => s.name === name)!)
const told = async (phone: string, notice_id: string): Promise<number> => (await t.inside((s) => sql`select from messages.message where company_id = ${s.company_id} and phone = ${phone} and link = ${`/notices/${notice_id}`}`.execute(s.db))).rows.length
const readersOf = async (notice_id: string, o: object = {}) => (await desk(community.readers, { notice_id, page_size: 100, ...o })).rows.map((r) => `${r.house_label} ${r.name}`)
const titles = async (as: Caller, o: object = {}): Promise<string[]> => (await as(community.myNotices, o)).rows.map((n) => n.title)

test('counted before, and told to exactly those: by place, by tie, by kind of house; each phone once', async () => {
  const count = (o: Partial<Draft> = {}) => { const d = draftOf(o); return desk(community.audience, { community_id: d.community_id, targets: d.targets, roles: d.roles, house_kinds: d.house_kinds }) }
  // 1-2-302 is the developer's and has nobody at home; 味美餐饮 has no phone.
  expect(await count()).toEqual({ building_count: 5, house_count: 7, person_count: 7, unreachable_count: 1 })
  expect(await count(at('building', w.buildings['1']!))).toEqual({ building_count: 1, house_count: 3, person_count: 5, unreachable_count: 0 })
  expect(await count({ house_kinds: ['dwelling'] })).toMatchObject({ house_count: 4, person_count: 6 })
  expect(await count({ roles: ['tenant'] })).toMatchObject({ house_count: 1, person_count: 1 })
  // A house twice, by itself and by its building, is one house.
  expect(await count({ targets: [{ scope: 'building', target_id: w.buildings['2']! }, { scope: 'house', target_id: w.houses['2-1-101']! }] })).toMatchObject({ house_count: 1, person_count: 1 })
  const { units, zone } = await t.inside(async (s) => ({ units: (await sql<{ unit_id: string }>`select unit_id from property.unit where company_id = ${s.company_id} and building_id = ${w.buildings['1']!} order by no`.execute(s.db)).rows, zone: (await sql<{ zone_id: string }>`select zone_id from property.zone where company_id = ${s.company_id}`.execute(s.db)).rows[0]!.zone_id }))
  expect(await count(at('unit', units[0]!.unit_id))).toMatchObject({ house_count: 3 })
  expect(await count(at('unit', units[1]!.unit_id))).toMatchObject({ house_count: 0, person_count: 0 })
  expect(await count(at('zone', zone))).toMatchObject({ building_count: 2, house_count: 4 })
  await expectRefused(count(at('building', '01900000-0000-7000-8000-000000000009')), 'community.target_unknown')

  const notice_id = await out({ ...at('building', w.buildings['1']!), title: '一栋停水' })
  expect(await readersOf(notice_id)).toEqual(['1-1-101 张三', '1-1-101 李四', '1-1-102 王五', '1-1-102 赵六', '1-1-201 孙七'].sort())
  for (const name of ['张三', '李四', '王五', '赵六', '孙七'] as const) expect([name, await told(PHONES[name], notice_id)]).toEqual([name, 1])
  expect(await told(PHONES.周八, notice_id)).toBe(0)
  expect(await titles(phones['张三']!)).toContain('一栋停水')
  expect(await titles(phones['周八']!)).not.toContain('一栋停水')
  await expectRefused(phones['周八']!(community.myNotice, { notice_id }), 'kernel.not_found')
  // 张三 has a dwelling, a garage and a bay in it: three houses, one message.
  const all = await out({ title: '全区停水' })
  expect([await told(PHONES.张三, all), (await readersOf(all)).filter((x) => x.endsWith('张三')).length]).toEqual([1, 3])
  const n = await desk(community.notice, { notice_id: all })
  expect([n.house_count, n.person_count, n.unreachable_count, n.no]).toEqual([7, 7, 1, 'GG2026-00002'])
  const tenants = await out({ roles: ['tenant'], title: '致租户' })
  expect(await readersOf(tenants)).toEqual(['1-1-101 李四'])
  expect(await titles(phones['张三']!)).not.toContain('致租户')
  await expectRefused(desk(community.publishNotice, { notice_id: await draft(at('house', w.houses['1-2-302']!)) }), 'community.nobody')
  await expectRefused(draft({ by_sms: true }), 'community.sms_urgent')
})

test('read by whom, when: per house, the unread by name and on a sheet, reminded once a day and not after moving out', async () => {
  const notice_id = await out({ ...at('building', w.buildings['1']!), title: '请确认', must_confirm: true })
  const zhang = phones['张三']!
  expect((await zhang(community.myNotices, {})).rows.find((n) => n.notice_id === notice_id)).toMatchObject({ read: false, confirmed: false })
  const before = (await zhang(community.myNotices, {})).unread_count
  await zhang(community.seeNotice, { notice_id })
  await zhang(community.seeNotice, { notice_id })
  expect((await zhang(community.myNotices, {})).unread_count).toBe(before - 1)
  const firstRead = (await desk(community.readers, { notice_id, state: 'read' })).rows[0]!.read_at
  setClock('2026-03-05T03:00:00.000Z')
  await zhang(community.seeNotice, { notice_id, confirm: true })
  expect((await desk(community.readers, { notice_id, state: 'confirmed' })).rows).toMatchObject([{ house_label: '1-1-101', name: '张三', read_at: firstRead, confirmed_at: '2026-03-05T03:00:00.000Z', phone_masked: '138****0101' }])
  expect(await readersOf(notice_id, { state: 'unread' })).toEqual(['1-1-101 李四', '1-1-102 王五', '1-1-102 赵六', '1-1-201 孙七'])
  expect(await readersOf(notice_id, { q: '赵' })).toEqual(['1-1-102 赵六'])
  const sheet = (await desk(community.readersExcel, { notice_id, state: 'unread' })) as unknown as { name: string; body: Buffer }
  expect([sheet.name, (await readSheets(sheet.body, sheet.name)).sheets[0]!.rows.length]).toEqual(['公告未读-GG2026-00004.xlsx', 5])
  // 李四 moves out: he is not rung after.
  await t.as('admin')(people.endTenancy, { tenancy_id: w.tenancy_id, to_on: '2026-03-05' })
  expect(await desk(community.remindUnread, { notice_id })).toEqual({ person_count: 4 })
  await t.drain()
  expect([await told(PHONES.王五, notice_id), await told(PHONES.李四, notice_id), await told(PHONES.张三, notice_id)]).toEqual([2, 1, 1])
  await expectRefused(desk(community.remindUnread, { notice_id }), 'community.reminded_today')
  expect((await desk(community.notice, { notice_id })).can.remind).toBe('community.reminded_today')
  // He left, so it is no longer his; who moves in later reads what is valid.
  expect(await titles(phones['李四']!)).toEqual([])
  await t.as('admin')(people.addHousehold, { house_id: w.houses['1-1-201']!, person: { name: '钱九', phone: '13800000109' }, relation: '父母', from_on: '2026-03-05' })
  const late = await t.resident('13800000109')
  expect(await titles(late)).toContain('请确认')
  await late(community.seeNotice, { notice_id })
  expect(await readersOf(notice_id, { state: 'late' })).toEqual(['1-1-201 钱九'])
  await expectRefused(late(community.seeNotice, { notice_id: await out({ title: '不需确认' }), confirm: true }), 'community.not_to_confirm')
  setClock(NOW)
})

test('a sending that stops halfway goes on where it stood, and tells nobody twice; withdrawn, it goes no further', async () => {
  const notice_id = await draft({ title: '分批' })
  await desk(community.publishNotice, { notice_id })
  const [job] = await t.inside(async (s) => (await sql<{ job_id: number }>`select job_id from kernel.job where company_id = ${s.company_id} and name = 'community.send' and state = 'waiting'`.execute(s.db)).rows)
  expect(job).toBeDefined()
  await t.drain()
  expect(await told(PHONES.张三, notice_id)).toBe(1)
  // The same job again, as after a crash before its end was written, and one that lost its mark.
  for (const mark of [false, true]) {
    await t.inside((s) => sql`update community.notice set sent_at = null, send_after = ${mark ? null : w.houses['1-1-102']!} where company_id = ${s.company_id} and notice_id = ${notice_id}`.execute(s.db))
    await t.inside((s) => sql`update kernel.job set state = 'waiting' where company_id = ${s.company_id} and job_id = ${job!.job_id}`.execute(s.db))
    await t.drain()
    expect((await desk(community.notice, { notice_id })).sent_at).not.toBeNull()
  }
  for (const name of ['张三', '王五', '周八'] as const) expect([name, await told(PHONES[name], notice_id)]).toEqual([name, 1])
  const stopped = await draft({ title: '误发' })
  await desk(community.publishNotice, { notice_id: stopped })
  await desk(community.withdrawNotice, { notice_id: stopped, reason: '日期写错了' })
  await t.drain()
  expect(await told(PHONES.张三, stopped)).toBe(0)
  // It leaves a trace: its title and the reason, not its words.
  expect(await phones['张三']!(community.myNotice, { notice_id: stopped })).toMatchObject({ state: 'withdrawn', ended_reason: '日期写错了', body: '', lead: '' })
  expect(await titles(phones['张三']!)).not.toContain('误发')
  expect(await titles(phones['张三']!, { with_past: true })).toContain('误发')
})

test('urgent ones go as SMS too, at night after the quiet hours', async () => {
  await t.as('admin')(messages.saveQuietHours, { from_on: '2026-03-05', quiet_from: '22:00', quiet_to: '07:00' })
  setClock('2026-03-05T15:00:00.000Z') // 23:00
  const notice_id = await out({ title: '爆管停水', urgent: true, by_sms: true })
  const { rows } = await t.inside((s) => sql<{ run_at: string; payload: { phone: string; params: { title: string } } }>`select run_at, payload from kernel.job where company_id = ${s.company_id} and name = 'messages.send_sms' and payload->>'template' = 'notice_told'`.execute(s.db))
  expect(new Set(rows.map((r) => r.payload.params.title))).toEqual(new Set(['爆管停水']))
  expect(new Set(rows.map((r) => r.run_at))).toEqual(new Set(['2026-03-05T23:00:00.000Z']))
  expect(rows.filter((r) => r.payload.phone === PHONES.张三).length).toBe(1)
  expect(await told(PHONES.张三, notice_id)).toBe(1)
  setClock(NOW)
})

test('at its hour and not before; taken back; one that can no longer go out is a draft again', async () => {
  const hour = '2026-03-05T04:00:00.000Z'
  await expectRefused(draft({ publish_at: '2026-03-05T01:00:00.000Z' }), 'community.publish_past')
  await expectRefused(draft({ valid_until_on: '2026-03-04' }), 'community.valid_over')
  const [a, b, c] = [await draft({ title: '定时甲', publish_at: hour }), await draft({ title: '定时乙', publish_at: hour }), await draft({ title: '定时丙', publish_at: hour, valid_until_on: '2026-03-05' })]
  for (const notice_id of [a, b, c]) expect(await desk(community.publishNotice, { notice_id })).toMatchObject({ state: 'scheduled' })
  await desk(community.takeBackNotice, { notice_id: b })
  await schedule('community.clock')
  expect((await desk(community.notice, { notice_id: a })).state).toBe('scheduled')
  expect(await titles(phones['张三']!)).not.toContain('定时甲')
  await t.inside((s) => sql`update community.notice set valid_until_on = '2026-03-04' where company_id = ${s.company_id} and notice_id = ${c}`.execute(s.db))
  setClock('2026-03-05T04:00:30.000Z')
  await schedule('community.clock')
  await t.drain()
  expect(await Promise.all([a, b, c].map(async (notice_id) => (await desk(community.notice, { notice_id })).state))).toEqual(['published', 'draft', 'draft'])
  expect(await titles(phones['张三']!)).toContain('定时甲')
  setClock(NOW)
})

test('a second person where the company wants one: asked, refused, agreed; nobody agrees with himself', async () => {
  await t.as('admin')(system.saveSetting, { key: 'community.publishing', value: '第二人批准', from_on: '2026-03-05' })
  const notice_id = await draft({ title: '须批准' })
  const { state, approval_id } = await desk(community.publishNotice, { notice_id, reason: '请批准' })
  expect([state, await titles(phones['张三']!)]).toEqual(['asked', expect.not.arrayContaining(['须批准'])])
  await expectRefused(desk(community.saveNotice, { ...draftOf({ title: '偷改' }), notice_id }), 'community.wrong_state')
  expect((await t.as('manager')(system.approval, { approval_id: approval_id! })).facts).toContainEqual({ label: '发给', value: '整个小区(业主、租户、住户成员)' })
  await expectRefused(desk(system.decideApproval, { approval_id: approval_id!, decision: 'agree', step_no: 1 }), 'system.approval_own')
  await t.as('manager')(system.decideApproval, { approval_id: approval_id!, decision: 'refuse', step_no: 1, note: '请写清时间' })
  expect((await desk(community.notice, { notice_id })).state).toBe('draft')
  const again = await desk(community.publishNotice, { notice_id })
  await t.as('manager')(system.decideApproval, { approval_id: again.approval_id!, decision: 'agree', step_no: 1 })
  await t.drain()
  expect(await desk(community.notice, { notice_id })).toMatchObject({ state: 'published', published_by_name: expect.stringContaining('项目经理') })
  expect(await titles(phones['张三']!)).toContain('须批准')
  setClock('2026-03-06T02:00:00.000Z')
  await t.as('admin')(system.saveSetting, { key: 'community.publishing', value: '本人发布', from_on: '2026-03-06' })
  setClock('2026-03-06T02:00:01.000Z')
})

test('what is wrong is corrected by another that says so; two corrections at once, and one of a notice withdrawn meanwhile, do not both stand', async () => {
  const notice_id = await out({ title: '停水周五', pinned: true })
  const made = await Promise.allSettled([desk(community.correctNotice, { notice_id }), t.as('manager')(community.correctNotice, { notice_id })])
  expect(made.map((r) => (r.status === 'fulfilled' ? 'made' : (r.reason as Refused).code)).sort()).toEqual(['community.corrected_already', 'made'])
  const other = made.find((r) => r.status === 'fulfilled')!.value.notice_id
  await desk(community.saveNotice, { ...draftOf({ title: '停水周六' }), notice_id: other })
  await desk(community.publishNotice, { notice_id: other })
  await t.drain()
  const old = await phones['张三']!(community.myNotice, { notice_id })
  expect([old.state, old.replaced_by?.title, old.body.includes('停水')]).toEqual(['replaced', '停水周六', true])
  expect((await phones['张三']!(community.myNotice, { notice_id: other })).replaces).toMatchObject({ notice_id })
  const now = await titles(phones['张三']!)
  expect([now.includes('停水周五'), now.includes('停水周六')]).toEqual([false, true])
  const third = (await desk(community.correctNotice, { notice_id: other })).notice_id
  await desk(community.withdrawNotice, { notice_id: other, reason: '不停了' })
  await expectRefused(desk(community.publishNotice, { notice_id: third }), 'community.replaced_already')
  await desk(community.dropNotice, { notice_id: third })
  await expectRefused(desk(community.notice, { notice_id: third }), 'kernel.not_found')
  await expectRefused(desk(community.dropNotice, { notice_id }), 'community.wrong_state')
})

test('valid until its day, pinned first, and on paper', async () => {
  await out({ title: '到明天', valid_until_on: '2026-03-07' })
  const pinned = await out({ title: '长期置顶', pinned: true })
  setClock('2026-03-06T02:01:00.000Z')
  await out({ title: '最新的' })
  expect((await titles(phones['张三']!)).slice(0, 2)).toEqual(['长期置顶', '最新的'])
  await desk(community.pinNotice, { notice_id: pinned, pinned: false })
  expect((await titles(phones['张三']!))[0]).toBe('最新的')
  setClock('2026-03-07T15:59:00.000Z')
  expect(await titles(phones['张三']!)).toContain('到明天')
  setClock('2026-03-07T16:01:00.000Z')
  expect(await titles(phones['张三']!)).not.toContain('到明天')
  expect((await desk(community.notices, { state: 'expired' })).rows.map((n) => n.title)).toEqual(['到明天'])
  setClock('2026-03-06T02:00:01.000Z')
  const paper = (await desk(community.noticePdf, { notice_id: pinned })) as unknown as { body: Buffer }
  const text = pdfText(paper.body)!
  for (const words of ['长期置顶', '尊敬的花园小区各位业主、住户', '因水箱清洗,明天 停水。', '请储水', '0917-5550000']) expect(text.replace(/\s/g, '')).toContain(words.replace(/\s/g, ''))
  expect(text).not.toContain('**')
})

test('pictures and files: of who sent them up, seen by whom the notice is for', async () => {
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
  const mine = await t.hire('service')
  const known = (await t.app.whoIs(mine.token, { ip: null, agent: null, face: 'admin' }))!
  const { file_id } = await saveUpload(t.app, known, { purpose: 'photo', name: '水箱.png', body: Readable.from([png]) })
  await expectRefused(draft({ picture_ids: [file_id] }), 'community.no_file')
  await expectRefused(draft({ file_ids: [file_id] }, mine), 'community.no_file')
  const notice_id = await out({ ...at('building', w.buildings['2']!), picture_ids: [file_id] }, mine)
  const body = async (as: Caller): Promise<Buffer> => {
    const parts: Buffer[] = []
    for await (const part of ((await as(community.noticeFile, { notice_id, file_id })) as unknown as { body: AsyncIterable<Buffer> }).body) parts.push(part)
    return Buffer.concat(parts)
  }
  expect((await body(phones['周八']!)).equals(png)).toBe(true)
  await expectRefused(body(phones['王五']!), 'kernel.not_found')
  // The correction takes it along, whoever writes it.
  const other = (await desk(community.correctNotice, { notice_id })).notice_id
  await desk(community.saveNotice, { ...draftOf({ ...at('building', w.buildings['2']!), picture_ids: [file_id] }), notice_id: other })
  await desk(community.withdrawNotice, { notice_id, reason: '改发另一条' })
  await expectRefused(body(phones['周八']!), 'kernel.not_found')
})

test('rows by reach: drafts for who writes, a building for whoever has it, another company never', async () => {
  const whole = await out({ title: '全区事项' })
  const drafted = await draft({ title: '未发' })
  const guard = await t.hire('guard', { scope_kind: 'community', scope_ids: [w.community_id] })
  const seen = (await guard(community.notices, { page_size: 100 })).rows.map((n) => n.title)
  expect([seen.includes('全区事项'), seen.includes('未发')]).toEqual([true, false])
  await expectRefused(guard(community.notice, { notice_id: drafted }), 'kernel.not_found')
  await expectRefused(guard(community.readers, { notice_id: whole }), 'kernel.forbidden')
  const elsewhere = await t.hire('service', { scope_kind: 'community', scope_ids: ['01900000-0000-7000-8000-000000000009'] })
  await expectRefused(elsewhere(community.notice, { notice_id: whole }), 'kernel.not_found')
  await expectRefused(t.as('other_admin')(community.notice, { notice_id: whole }), 'kernel.not_found')
  const steward = await t.hire('steward', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
  expect((await steward(community.notices, { page_size: 100 })).rows.find((n) => n.notice_id === whole)!.can).toMatchObject({ withdraw: 'community.not_all_yours', correct: 'community.not_all_yours' })
  await expectRefused(steward(community.withdrawNotice, { notice_id: whole, reason: '不归我管' }), 'community.not_all_yours')
  await expectRefused(draft({ title: '越界' }, steward), 'community.target_unknown')
  await expectRefused(draft({ ...at('house', w.houses['1-1-101']!) }, steward), 'community.target_unknown')
  const own = await out({ ...at('building', w.buildings['2']!), title: '二栋事项' }, steward)
  expect((await steward(community.readers, { notice_id: own })).rows.map((r) => r.name)).toEqual(['周八'])
  expect((await steward(community.readers, { notice_id: whole })).rows.map((r) => r.house_label)).toEqual(['2-1-101'])
  await steward(community.withdrawNotice, { notice_id: own, reason: '改期' })
})

test('who read when is deleted when its days are over, and not before; the numbers stay', async () => {
  const notice_id = await out({ title: '留存', valid_until_on: '2026-03-08' })
  await phones['张三']!(community.seeNotice, { notice_id })
  await t.as('admin')(system.saveSetting, { key: 'community.readers_kept', value: '90 天', from_on: '2026-03-06' })
  const counts = async () => { const n = await desk(community.notice, { notice_id }); return [n.person_count, n.read_count, n.house_count, n.kept] }
  const before = await counts()
  const turns = async (): Promise<void> => { for (let i = 0; i < 30; i++) await schedule('community.forget') }
  setClock('2026-06-07T10:00:00.000Z') // 90 days after the 9th are not over
  await turns()
  expect((await desk(community.readers, { notice_id })).total).toBeGreaterThan(0)
  setClock('2026-06-08T10:00:00.000Z')
  await turns()
  expect((await desk(community.readers, { notice_id })).total).toBe(0)
  expect(await counts()).toEqual([...before.slice(0, 3), true])
  setClock('2026-03-06T02:00:01.000Z')
})

test('the words of a kind are the company\'s own, once', async () => {
  const { kind_id: made } = await t.as('manager')(community.saveKind, { name: '节日安排', urgent: false, must_confirm: false, valid_days: 10, sort_no: 5, retired: false })
  await expectRefused(t.as('manager')(community.saveKind, { name: '节日安排', urgent: false, must_confirm: false, valid_days: 10, sort_no: 5, retired: false }), 'community.kind_taken')
  await t.as('manager')(community.saveKind, { kind_id: made, name: '节日安排', urgent: false, must_confirm: false, valid_days: null, sort_no: 5, retired: true })
  await expectRefused(draft({ kind_id: made }), 'community.kind_gone')
  expect((await t.as('manager')(community.addUsualKinds, {})).count).toBe(0)
  await expectRefused(desk(community.saveKind, { name: '越权', urgent: false, must_confirm: false, valid_days: null, sort_no: 1, retired: false }), 'kernel.forbidden')
})
