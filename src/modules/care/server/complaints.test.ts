// Complaints from report to closing as named people: who sees and may what, two who accept one, nobody who knows the unnamed, limits over a holiday.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { asOwner } from '../../../kernel/db.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { billing } from '../../billing/contract.ts'
import { identity } from '../../identity/contract.ts'
import { messages } from '../../messages/contract.ts'
import { orders } from '../../orders/contract.ts'
import { property } from '../../property/contract.ts'
import { reminders } from '../../reminders/contract.ts'
import { FACTS, care } from '../contract.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let zhang: Caller
let wang: Caller
let desk: Caller
let foreman: Hired
let handler: Hired
let kinds: Record<string, string>
let causes: Record<string, string>

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
  wang = await t.resident(PHONES.王五)
  desk = t.as('service')
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  foreman = await t.hire('foreman', here)
  handler = await t.hire('steward', here)
  kinds = Object.fromEntries((await desk(care.kinds, {})).rows.map((k) => [k.name, k.kind_id]))
  causes = Object.fromEntries((await desk(care.causes, {})).rows.map((x) => [x.name, x.cause_id]))
}, 120_000)

const complain = (as: Caller, o: { kind?: string; words?: string; house?: string } = {}) => as(care.complain, { kind_id: kinds[o.kind ?? '环境卫生']!, house_id: w.houses[o.house ?? '1-1-101']!, words: o.words ?? '垃圾桶满了三天没有清' })
const state = async (complaint_id: string) => (await desk(care.complaint, { complaint_id })).state
const answered = async (as: Caller, complaint_id: string): Promise<void> => {
  await as(care.acceptComplaint, { complaint_id })
  await as(care.answerComplaint, { complaint_id, answer: '已加派保洁,每天清两次', cause_id: causes['处理不及时']! })
}

test('from the phone to closing: assigned, accepted, answered, asked by somebody else', async () => {
  const { complaint_id, no } = await complain(zhang)
  expect(no).toMatch(/^TS\d{4}-\d{6}$/)
  const list = await desk(care.complaints, { q: no })
  expect(list.rows[0]).toMatchObject({ no, state: 'new', kind: '环境卫生', nature: 'complaint', source: 'app', reporter_name: '张三', place: '1-1-101' })
  await desk(care.assignComplaint, { complaint_id, department_id: null, account_id: handler.account_id })
  expect((await handler(messages.inbox, { page: 1 })).rows[0]).toMatchObject({ title: '派给您处理:环境卫生', link: `/care/complaints/${complaint_id}` })
  await expectRefused(desk(care.acceptComplaint, { complaint_id }), 'kernel.not_found')
  await handler(care.acceptComplaint, { complaint_id })
  await handler(care.noteComplaint, { complaint_id, note: '到现场看过' })
  await expectRefused(handler(care.answerComplaint, { complaint_id, answer: '好了', cause_id: someId() }), 'care.cause_unknown')
  await handler(care.answerComplaint, { complaint_id, answer: '已加派保洁', cause_id: causes['处理不及时']! })
  expect(await desk(care.complaint, { complaint_id })).toMatchObject({ state: 'answered', visit_wanted: true, late: false, cause: '处理不及时', limits_zh: '4 小时内受理,2 天内答复(工作时间)', reporter_phone_masked: '138****0101' })
  await expectRefused(handler(care.visitComplaint, { complaint_id, way: 'phone', reached: true, satisfaction: 5, solved: true }), 'care.own_visit')
  await expectRefused(desk(care.closeComplaint, { complaint_id }), 'care.visit_first')
  await expectRefused(desk(care.visitComplaint, { complaint_id, way: 'phone', reached: true }), 'care.visit_answer')
  expect((await desk(care.complaints, { fact: 'visit_waiting' })).rows.map((r) => r.no)).toContain(no)
  await desk(care.visitComplaint, { complaint_id, way: 'phone', reached: true, satisfaction: 5, solved: true, words: '好了' })
  expect(await desk(care.complaint, { complaint_id })).toMatchObject({ state: 'closed', satisfaction: 5 })
  const mine = await zhang(care.myComplaint, { complaint_id })
  expect(mine.steps.map((s) => s.action)).toEqual(['report', 'assign', 'accept', 'answer', 'visit_good'])
  expect(mine.answer).toBe('已加派保洁')
  expect((await zhang(messages.inbox, { page: 1 })).rows.map((m) => m.title)).toEqual(expect.arrayContaining(['投诉建议进度:已受理,正在处理', expect.stringContaining('已答复')]))
})

test('not satisfied: the visit sends it back, rated badly it wants a visit, the reporter opens it again, too late he cannot', async () => {
  const { complaint_id } = await complain(zhang)
  await answered(handler, complaint_id)
  await desk(care.visitComplaint, { complaint_id, way: 'phone', reached: true, satisfaction: 2, solved: false })
  expect(await desk(care.complaint, { complaint_id })).toMatchObject({ state: 'assigned', round_no: 2, answer: null, assignee_id: handler.account_id })
  await answered(handler, complaint_id)
  await zhang(care.rateMine, { complaint_id, satisfaction: 2 })
  await expectRefused(zhang(care.rateMine, { complaint_id, satisfaction: 5 }), 'care.rated')
  expect(await desk(care.complaint, { complaint_id })).toMatchObject({ state: 'answered', visit_wanted: true })
  await zhang(care.reopenMine, { complaint_id, reason: '还是没有清' })
  await answered(handler, complaint_id)
  await zhang(care.rateMine, { complaint_id, satisfaction: 5 })
  expect(await desk(care.complaint, { complaint_id })).toMatchObject({ state: 'closed', round_no: 3, satisfaction: 5 })
  // As if it had been answered long ago: a clock moved by weeks would end the sessions.
  await t.inside((s) => sql`update care.complaint set answered_at = answered_at - interval '16 days' where company_id = ${s.company_id} and complaint_id = ${complaint_id}`.execute(s.db))
  await expectRefused(zhang(care.reopenMine, { complaint_id, reason: '又来了' }), 'care.reopen_late')
})

test('a resident sees only his own, a handler what waits or is his; names and numbers stay behind the right', async () => {
  const { complaint_id } = await complain(zhang)
  for (const call of [() => wang(care.myComplaint, { complaint_id }), () => wang(care.withdrawMine, { complaint_id }), () => wang(care.complaint, { complaint_id }), () => zhang(care.complaint, { complaint_id })]) await expectRefused(call(), 'kernel.not_found')
  await expectRefused(zhang(care.complaints, {}), 'kernel.forbidden')
  expect((await foreman(care.myCases, { box: 'open' })).rows.map((r) => r.complaint_id)).toContain(complaint_id)
  const { community_id } = await t.as('admin')(property.saveCommunity, { name: '另一小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  const far = await t.hire('foreman', { scope_kind: 'community', scope_ids: [community_id] })
  await expectRefused(far(care.complaint, { complaint_id }), 'kernel.not_found')
  await expectRefused(far(care.acceptComplaint, { complaint_id }), 'kernel.not_found')
  await expectRefused(desk(care.assignComplaint, { complaint_id, department_id: null, account_id: far.account_id }), 'care.no_handler')
  await expectRefused(desk(care.assignComplaint, { complaint_id, department_id: null, account_id: null }), 'care.assign_whom')
  await handler(care.acceptComplaint, { complaint_id })
  await expectRefused(foreman(care.complaint, { complaint_id }), 'kernel.not_found')
  await expectRefused(t.as('other_admin')(care.complaint, { complaint_id }), 'kernel.not_found')
  await expectRefused(t.as('visitor')(care.rejectComplaint, { complaint_id, reason: '不归我管' }), 'kernel.forbidden')
  expect((await t.as('visitor')(care.complaint, { complaint_id })).can).toMatchObject({ assign: 'kernel.forbidden', reveal: 'kernel.forbidden' })
  expect(await handler(care.revealComplainer, { complaint_id })).toEqual({ phone: PHONES.张三 })
})

test('two accept one complaint: one has it, the other hears who; of a department likewise', async () => {
  for (const by of ['hall', 'department'] as const) {
    const { complaint_id } = await complain(zhang)
    if (by === 'department') {
      const { department_id } = await t.as('admin')(care.saveDepartment, { name: `环境组`, account_ids: [handler.account_id, foreman.account_id], sort_no: 1, retired: false })
      await desk(care.assignComplaint, { complaint_id, department_id, account_id: null })
    }
    const got = await Promise.all([handler, foreman].map((x) => x(care.acceptComplaint, { complaint_id }).then(() => 'won', (e: { code?: string; message: string }) => e.code ?? e.message)))
    expect(got.toSorted()).toEqual(['care.taken', 'won'])
    expect((await desk(care.complaint, { complaint_id })).steps.filter((s) => s.action === 'accept')).toHaveLength(1)
  }
})

/** How often an account or a phone stands anywhere in the database, but where he lives and where he signs in. */
async function traces(account_id: string): Promise<Record<string, number>> {
  const { rows } = await t.app.d.pool.query<{ t: string }>(`select n.nspname || '.' || c.relname as t from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname in (select nspname from pg_namespace where nspname not like 'pg_%' and nspname not in ('information_schema'))`)
  const out: Record<string, number> = {}
  // As the owner, who sees every row of every table; a session says when somebody was there, whatever he did.
  await asOwner(t.url, async (c) => {
    for (const { t: table } of rows.filter((r) => r.t !== 'identity.session')) {
      const found = await c.query<{ n: number }>(`select count(*)::int as n from ${table} x where x::text like $1 or x::text like $2 or x::text like '%张三%'`, [`%${account_id}%`, `%${PHONES.张三}%`])
      if (found.rows[0]!.n > 0) out[table] = found.rows[0]!.n
    }
  })
  return out
}
test('an unnamed complaint names nobody, in any row of any table, and its reporter follows it by the code', async () => {
  const { account_id } = await zhang(identity.me, {})
  const file_id = someId()
  await t.inside((s) => sql`insert into kernel.file (company_id, file_id, sha256, name, type, size_bytes, purpose, created_by, created_at, expires_at) values (${s.company_id}, ${file_id}, ${'0'.repeat(64)}, 'a.jpg', 'image/jpeg', 10, 'unnamed_photo', null, ${s.now}, ${s.now})`.execute(s.db))
  const before = await traces(account_id)
  expect(before['people.person']).toBeGreaterThan(0)
  const input = { kind_id: kinds['服务态度']!, community_id: w.community_id, words: '前台态度不好', request_id: someId(), photo_ids: [file_id] }
  const { no, query_token } = await zhang(care.complainUnnamed, input)
  expect(await zhang(care.complainUnnamed, input)).toEqual({ no, query_token })
  await expectRefused(zhang(care.complainUnnamed, { ...input, request_id: someId() }), 'care.no_photo')
  await expectRefused(zhang(care.complainUnnamed, { ...input, request_id: someId(), photo_ids: [], community_id: someId() }), 'kernel.not_found')
  const row = (await desk(care.complaints, { q: no })).rows[0]!
  expect(row).toMatchObject({ unnamed: true, reporter_name: null, place: null })
  const { complaint_id } = row
  await answered(handler, complaint_id)
  const mine = await zhang(care.unnamedComplaint, { query_token: query_token.toLowerCase() })
  expect(mine).toMatchObject({ no, state: 'answered', answer: '已加派保洁,每天清两次', can: { rate: true, reopen: true, urge: 'kernel.forbidden' } })
  await zhang(care.addUnnamed, { query_token, words: '第二次了', request_id: someId() })
  await zhang(care.reopenUnnamed, { query_token, reason: '没有道歉', request_id: someId() })
  await handler(care.acceptComplaint, { complaint_id })
  await handler(care.answerComplaint, { complaint_id, answer: '已道歉', cause_id: causes['服务态度']! })
  await zhang(care.rateUnnamed, { query_token, satisfaction: 4, request_id: someId() })
  expect(await state(complaint_id)).toBe('closed')
  await expectRefused(zhang(care.addUnnamed, { query_token, words: '再说一句' }), 'care.wrong_state')
  expect(await traces(account_id)).toEqual(before)
  // The measure measures: a named one leaves him in the complaint, its step, the request and the audit.
  await complain(zhang)
  const named = await traces(account_id)
  for (const table of ['care.complaint', 'care.step', 'kernel.audit']) expect(named[table], table).toBeGreaterThan(before[table]!)
  // The audit tells that it happened, and of nobody.
  const audit = await asOwner(t.url, (c) => c.query<{ actor_name: string; ip: string | null; account_id: string | null; d: string }>(`select actor_name, ip, account_id, detail::text as d from kernel.audit where company_id = $1 and call like 'care.%Unnamed'`, [t.company_id]))
  expect(audit.rows.length).toBeGreaterThan(4)
  for (const r of audit.rows) expect([r.actor_name, r.ip, r.account_id]).toEqual(['匿名', null, null])
  expect(audit.rows.some((r) => r.d.includes(query_token))).toBe(false)
  // Who has not the code finds nothing, and the list of his own does not have it either.
  await expectRefused(wang(care.unnamedComplaint, { query_token: 'ABCDEFGHJKLM' }), 'kernel.not_found')
  expect((await zhang(care.myComplaints, { page_size: 100 })).rows.map((r) => r.no)).not.toContain(no)
  await expectRefused(zhang(care.myComplaint, { complaint_id }), 'kernel.not_found')
  const { now } = await t.as('manager')(care.policy, {})
  await t.as('manager')(care.savePolicy, { ...now, from_on: (await t.inside(async (s) => s.today)), unnamed_open: false })
  await expectRefused(zhang(care.complainUnnamed, { ...input, request_id: someId(), photo_ids: [] }), 'care.unnamed_closed')
})

test('fees: the house is not reminded while it is open; merged it waits for the other one', async () => {
  const live = async (label: string) => (await desk(reminders.pauses, { house_id: w.houses[label]!, live_only: true })).rows
  const a = await complain(zhang, { kind: '收费与账单', words: '物业费多收了' })
  const b = await complain(wang, { kind: '收费与账单', words: '我家也多收', house: '1-1-102' })
  expect((await live('1-1-101'))[0]).toMatchObject({ kind: 'complaint', reason: `投诉 ${a.no}(收费与账单)未办结` })
  expect(await desk(care.complaint, { complaint_id: a.complaint_id })).toMatchObject({ paused: true })
  await expectRefused(desk(care.mergeComplaint, { complaint_id: b.complaint_id, into_id: b.complaint_id, reason: '同一件事' }), 'care.merge_self')
  await desk(care.mergeComplaint, { complaint_id: b.complaint_id, into_id: a.complaint_id, reason: '同一件事' })
  expect(await live('1-1-102')).toHaveLength(1)
  await answered(handler, a.complaint_id)
  expect((await wang(messages.inbox, { page: 1 })).rows.map((m) => m.title)).toEqual(expect.arrayContaining([expect.stringContaining('已答复')]))
  expect(await wang(care.myComplaint, { complaint_id: b.complaint_id })).toMatchObject({ state: 'merged', answer: '已加派保洁,每天清两次' })
  expect(await live('1-1-101')).toHaveLength(1)
  await desk(care.visitComplaint, { complaint_id: a.complaint_id, way: 'phone', reached: true, satisfaction: 5, solved: true })
  expect(await live('1-1-101')).toHaveLength(0)
  expect(await live('1-1-102')).toHaveLength(0)
  await zhang(care.reopenMine, { complaint_id: a.complaint_id, reason: '账单没改' })
  expect(await live('1-1-101')).toHaveLength(1)
  await expectRefused(desk(care.mergeComplaint, { complaint_id: a.complaint_id, into_id: b.complaint_id, reason: '反过来' }), 'care.merge_over')
  await desk(care.withdrawComplaint, { complaint_id: a.complaint_id, reason: '业户来电撤回' })
  expect(await live('1-1-101')).toHaveLength(0)
})

test('a repair order of it in one call, its state in sight; who may not report repairs there cannot', async () => {
  const category_id = (await desk(orders.categories, {})).rows.find((g) => g.name === '路面、井盖、台阶')!.category_id
  const { complaint_id } = await complain(zhang, { kind: '电梯与设施设备', words: '井盖松动' })
  await desk(care.acceptComplaint, { complaint_id })
  await expectRefused(foreman(care.makeComplaintOrder, { complaint_id, category_id, place: '西门', words: '井盖松动' }), 'kernel.not_found')
  await expectRefused(desk(care.makeComplaintOrder, { complaint_id, category_id, words: '井盖松动' }), 'orders.place_needed')
  const { order_id, no } = await desk(care.makeComplaintOrder, { complaint_id, category_id, place: '西门通道', words: '井盖松动' })
  expect(await desk(care.complaint, { complaint_id })).toMatchObject({ orders: [{ order_id, no, state: 'waiting', category: '路面、井盖、台阶' }] })
  expect((await zhang(care.myComplaint, { complaint_id })).orders).toEqual([{ no, state: 'waiting' }])
  expect((await desk(orders.order, { order_id })).words).toBe('井盖松动')
})

test('the city hotline: its own number and clock, extension by paper, reply, three rates', async () => {
  const at = (h: number) => new Date(Date.now() + h * 3_600_000).toISOString()
  const input = { kind_id: kinds['噪音扰民']!, source: 'city_hotline' as const, community_id: w.community_id, house_id: null, words: '夜间施工扰民' }
  await expectRefused(desk(care.createComplaint, input), 'care.outside_needed')
  const outside = { channel: 'city_hotline' as const, outside_no: 'BJ20261126001', sender: '县政务热线', sent_at: at(-2), due_at: at(46) }
  const { complaint_id, no } = await desk(care.createComplaint, { ...input, outside })
  expect((await expectRefused(desk(care.createComplaint, { ...input, outside }), 'care.outside_taken')).message).toContain(no)
  await expectRefused(desk(care.saveOutside, { complaint_id, ...outside, due_at: at(90) }), 'care.extend_paper')
  await desk(care.saveOutside, { complaint_id, ...outside, due_at: at(90), extend_paper: '县热线 11-26 电话同意' })
  await desk(care.acceptComplaint, { complaint_id })
  await expectRefused(desk(care.rateOutside, { complaint_id, caller_satisfied: 'satisfied', caller_solved: true }), 'care.not_replied')
  await expectRefused(desk(care.replyOutside, { complaint_id, contacted_at: at(-5), reply: '已制止' }), 'care.contact_before')
  await desk(care.replyOutside, { complaint_id, contacted_at: at(-1), reply: '已制止夜间施工,当面致歉' })
  await expectRefused(desk(care.replyOutside, { complaint_id, contacted_at: null, reply: '再说一次' }), 'care.outside_replied')
  await desk(care.rateOutside, { complaint_id, caller_satisfied: 'basic', caller_solved: true })
  expect((await desk(care.complaint, { complaint_id })).outside).toMatchObject({ outside_no: 'BJ20261126001', late: false, caller_solved: true, extend_paper: '县热线 11-26 电话同意' })
  expect((await desk(care.complaintStats, { by: 'source', from_on: '2020-01-01', to_on: '2100-01-01' })).rows.find((r) => r.key === 'city_hotline')).toMatchObject({ outside_contact_bp: 10_000, outside_solved_bp: 10_000, outside_satisfied_bp: 10_000 })
  await expectRefused(desk(care.createComplaint, { kind_id: kinds['服务态度']!, source: 'box', unnamed: true, community_id: w.community_id, house_id: null, reporter_name: '张三', words: '意见箱里的信' }), 'care.unnamed_person')
  const box = await desk(care.createComplaint, { kind_id: kinds['服务态度']!, source: 'box', unnamed: true, community_id: w.community_id, house_id: null, words: '意见箱里的信' })
  await answered(desk, box.complaint_id)
  // Nobody to ask: it may be closed at once.
  await t.as('manager')(care.closeComplaint, { complaint_id: box.complaint_id })
})

test('limits over a holiday: working days by the calendar of orders; told before, told after, once each; extended by another', async () => {
  // National Day 2026: 1–7 October off, Saturday 10 October worked. Brought on 30 September at 16:00: 4 working hours and 2 working days later.
  await t.as('admin')(billing.saveDaysOff, { year: 2026, off: ['01', '02', '05', '06', '07'].map((d) => `2026-10-${d}`), works: ['2026-10-10'] })
  const tick = (name: string) => runSchedule(t.app, t.app.modules.find((m) => m.name === 'care')!.schedules!.find((x) => x.name === name)!)
  const now = (iso: string) => setClock(iso)
  now('2026-09-30T08:00:00Z')
  const { complaint_id } = await complain(wang, { house: '1-1-102' })
  expect(await desk(care.complaint, { complaint_id })).toMatchObject({ accept_due_at: '2026-10-08T03:00:00.000Z', answer_due_at: '2026-10-09T08:00:00.000Z' })
  const fees = await complain(wang, { kind: '收费与账单', house: '1-1-102' })
  expect((await desk(care.complaint, { complaint_id: fees.complaint_id })).answer_due_at).toBe('2026-10-13T08:00:00.000Z')
  await wang(care.withdrawMine, { complaint_id: fees.complaint_id })
  await handler(care.acceptComplaint, { complaint_id })
  const told = async () => {
    await tick('care.escalate')
    return (await t.inside(async (s) => (await sql<{ x: string }>`select limit_kind || ' ' || stage as x from care.escalation where company_id = ${s.company_id} and complaint_id = ${complaint_id} order by told_at, 1`.execute(s.db)).rows)).map((r) => r.x)
  }
  now('2026-10-09T02:00:00Z')
  expect(await told()).toEqual([])
  now('2026-10-09T05:00:00Z')
  expect(await told()).toEqual(['answer before'])
  expect(await told()).toEqual(['answer before'])
  await expectRefused(desk(care.extendComplaint, { complaint_id, due_at: '2026-10-09T07:00:00Z', reason: '要等厂家' }), 'care.due_earlier')
  await desk(care.extendComplaint, { complaint_id, due_at: '2026-10-12T08:00:00Z', reason: '要等厂家' })
  now('2026-10-12T08:30:00Z')
  expect(await told()).toEqual(['answer before', 'answer after'])
  expect((await desk(care.complaints, { late: true })).rows.map((r) => r.complaint_id)).toContain(complaint_id)
  expect((await handler(messages.inbox, { page: 1 })).rows.map((m) => m.title)).toEqual(expect.arrayContaining(['答复即将超时:环境卫生', '答复已超时:环境卫生']))
  await handler(care.answerComplaint, { complaint_id, answer: '已更换', cause_id: causes['设施老化']! })
  // Three tries without reaching anybody: it may be closed, and after the days to reopen it closes by itself.
  for (let n = 0; n < 3; n++) await desk(care.visitComplaint, { complaint_id, way: 'phone', reached: false })
  now('2026-10-30T08:00:00Z')
  await tick('care.close_old')
  expect(await desk(care.complaint, { complaint_id })).toMatchObject({ state: 'closed', late_answer: true })
  setClock(undefined)
})

test('every figure of the statistics is the number of rows that it opens', async () => {
  const days = { from_on: '2020-01-01', to_on: '2100-01-01' }
  for (const by of ['kind', 'cause', 'building', 'community', 'person', 'department', 'source', 'month'] as const) {
    const { rows, all } = await desk(care.complaintStats, { by, ...days })
    expect(rows.length, by).toBeGreaterThan(0)
    for (const fact of FACTS) expect(rows.reduce((n, r) => n + r.counts[fact]!, 0), `${by} ${fact}`).toBe(all.counts[fact])
  }
  const { all, rows } = await desk(care.complaintStats, { by: 'kind', ...days })
  for (const fact of FACTS) expect((await desk(care.complaints, { fact, ...days })).total, fact).toBe(all.counts[fact])
  for (const r of rows) expect((await desk(care.complaints, { fact: 'counted', kind_id: r.key!, ...days })).total).toBe(r.counts.counted)
})

test('setup: a kind with limits from a day on and a department that gets it at once', async () => {
  const admin = t.as('admin')
  const { kind_id } = await admin(care.saveKind, { nature: 'complaint', name: '宠物', pauses: false, sort_no: 5, retired: false })
  await expectRefused(zhang(care.complain, { kind_id, house_id: w.houses['1-1-101']!, words: '狗没有拴绳' }), 'care.kind_unknown')
  const today = await t.inside(async (s) => s.today)
  const { department_id } = await admin(care.saveDepartment, { name: '秩序组', account_ids: [foreman.account_id], sort_no: 9, retired: false })
  const limits = { kind_id, accept_n: 2, accept_unit: 'hour' as const, answer_n: 1, answer_unit: 'day' as const, clock: 'calendar' as const, visit: false, department_id }
  await expectRefused(admin(care.publishKindRule, { ...limits, from_on: '2020-01-01' }), 'care.from_past')
  await expectRefused(admin(care.publishKindRule, { ...limits, from_on: today, accept_n: 30 }), 'care.limits_crossed')
  await admin(care.publishKindRule, { ...limits, from_on: today })
  const { complaint_id } = await zhang(care.complain, { kind_id, house_id: w.houses['1-1-101']!, words: '狗没有拴绳' })
  expect(await desk(care.complaint, { complaint_id })).toMatchObject({ state: 'assigned', department_name: '秩序组', assignee_name: null })
  await foreman(care.acceptComplaint, { complaint_id })
  await expectRefused(desk(care.saveKind, { nature: 'complaint', name: '宠物', pauses: false, sort_no: 5, retired: false }), 'kernel.forbidden')
  await expectRefused(admin(care.saveCause, { name: '不属实', from_on: today, to_on: null, sort_no: 1 }), 'care.name_taken')
})
