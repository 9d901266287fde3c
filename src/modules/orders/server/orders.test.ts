// Orders from report to rating as named people: who sees and may what, thirty who want one order, numbers without gaps, limits by the clock.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, rid, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { billing } from '../../billing/contract.ts'
import { messages } from '../../messages/contract.ts'
import { property } from '../../property/contract.ts'
import { FACTS, orders } from '../contract.ts'
import { onDuty } from './workers.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let zhang: Caller
let wang: Caller
let li: Hired
let chen: Hired
let desk: Caller
let kinds: Record<string, string>

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
  wang = await t.resident(PHONES.王五)
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  li = await t.hire('repairer', here)
  chen = await t.hire('repairer', here)
  desk = t.as('service')
  kinds = Object.fromEntries((await desk(orders.categories, {})).rows.map((g) => [g.name, g.category_id]))
}, 120_000)

const reportAs = (as: Caller, o: { kind?: string; words?: string; place?: string; wished_at?: string } = {}) =>
  as(orders.report, { house_id: w.houses['1-1-101']!, category_id: kinds[o.kind ?? '水龙头、洁具']!, words: o.words ?? '水龙头关不紧', ...(o.place ? { place: o.place } : {}), ...(o.wished_at ? { wished_at: o.wished_at } : {}) })
const photoBy = async (account_id: string): Promise<string> => {
  const file_id = someId()
  await t.inside((s) => sql`insert into kernel.file (company_id, file_id, sha256, name, type, size_bytes, purpose, created_by, created_at, expires_at) values (${s.company_id}, ${file_id}, ${'0'.repeat(64)}, 'a.jpg', 'image/jpeg', 10, 'photo', ${account_id}, ${s.now}, ${s.now})`.execute(s.db))
  return file_id
}

test('the first orders of a company may come all at once', async () => {
  const order = () => desk(orders.createOrder, { source: 'desk', community_id: w.community_id, house_id: w.houses['1-1-101']!, category_id: kinds['水龙头、洁具']!, words: '灯不亮' })
  expect(new Set((await Promise.all([order(), order(), order(), order()])).map((o) => o.no)).size).toBe(4)
})

test('from report to rating, each followed by the resident', async () => {
  const { order_id, no } = await reportAs(zhang, { place: '厨房' })
  expect(no).toMatch(/^WX\d{4}-\d{6}$/)
  const list = await desk(orders.orders, { q: no })
  expect(list.rows[0]).toMatchObject({ no, state: 'waiting', place: '1-1-101 厨房', category: '水龙头、洁具', reporter_name: '张三', assignee_name: null })
  expect(list.counts.waiting).toBeGreaterThan(0)
  const { rows } = await desk(orders.candidates, { order_id })
  expect(rows.map((r) => r.account_id)).toEqual(expect.arrayContaining([li.account_id, chen.account_id]))
  await desk(orders.assignOrder, { order_id, account_id: li.account_id })
  expect((await li(messages.inbox, { page: 1 })).rows[0]).toMatchObject({ title: '新派工单:1-1-101 厨房', link: `/orders/list/${order_id}` })
  await li(orders.acceptOrder, { order_id })
  await expectRefused(li(orders.finishOrder, { order_id, note: '好了' }), 'orders.wrong_state')
  const before = await photoBy(li.account_id)
  await li(orders.arriveOrder, { order_id, photo_ids: [before] })
  await expectRefused(li(orders.finishOrder, { order_id, note: '换阀芯', photo_ids: [await photoBy(chen.account_id)] }), 'orders.no_photo')
  await li(orders.finishOrder, { order_id, note: '换了陶瓷阀芯', photo_ids: [await photoBy(li.account_id)] })
  const mine = await zhang(orders.myOrder, { order_id })
  expect(mine.steps.map((s) => s.action)).toEqual(['report', 'assign', 'accept', 'arrive', 'finish'])
  expect(mine.steps[4]).toMatchObject({ note: '换了陶瓷阀芯', photo_ids: [expect.any(String)] })
  expect(mine.can).toEqual({ cancel: 'orders.wrong_state', rate: true, reopen: true, urge: 'orders.wrong_state' })
  await zhang(orders.rateMine, { order_id, rating: 5, words: '很快' })
  await expectRefused(zhang(orders.rateMine, { order_id, rating: 1 }), 'orders.rated')
  expect(await desk(orders.order, { order_id })).toMatchObject({ state: 'closed', rating: 5, rating_words: '很快', late_respond: false, late_finish: false, limits_zh: '1 天内到场,3 天内完工(工作时间)' })
  expect((await zhang(messages.inbox, { page: 1 })).rows.map((m) => m.title)).toEqual(expect.arrayContaining(['报修进度:师傅已到场', expect.stringContaining('已完工')]))
})

test('a resident sees and moves only his own; a worker his own and the hall of his communities', async () => {
  const { order_id } = await reportAs(zhang)
  for (const call of [() => wang(orders.myOrder, { order_id }), () => wang(orders.cancelMine, { order_id }), () => wang(orders.rateMine, { order_id, rating: 1 }), () => wang(orders.order, { order_id })]) await expectRefused(call(), 'kernel.not_found')
  await expectRefused(zhang(orders.orders, {}), 'kernel.forbidden')
  await expectRefused(zhang(orders.order, { order_id }), 'kernel.not_found')
  expect((await wang(orders.myOrders, {})).total).toBe(0)
  await expectRefused(wang(orders.report, { house_id: w.houses['1-1-101']!, category_id: kinds['门窗、门锁']!, words: '别人家的门' }), 'kernel.not_found')
  const { community_id } = await t.as('admin')(property.saveCommunity, { name: '另一小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  const far = await t.hire('repairer', { scope_kind: 'community', scope_ids: [community_id] })
  expect((await far(orders.myWork, { box: 'hall' })).rows).toEqual([])
  await expectRefused(far(orders.order, { order_id }), 'kernel.not_found')
  await expectRefused(far(orders.takeOrder, { order_id }), 'kernel.not_found')
  await expectRefused(desk(orders.assignOrder, { order_id, account_id: far.account_id }), 'orders.no_worker')
  expect((await li(orders.myWork, { box: 'hall' })).rows.map((r) => r.order_id)).toContain(order_id)
  await li(orders.takeOrder, { order_id })
  await expectRefused(chen(orders.order, { order_id }), 'kernel.not_found')
  await expectRefused(chen(orders.arriveOrder, { order_id }), 'kernel.not_found')
  await expectRefused(chen(orders.revealReporter, { order_id }), 'kernel.not_found')
  expect(await li(orders.revealReporter, { order_id })).toEqual({ phone: PHONES.张三 })
  await expectRefused(t.as('other_admin')(orders.order, { order_id }), 'kernel.not_found')
  await expectRefused(t.as('visitor')(orders.assignOrder, { order_id, account_id: li.account_id }), 'kernel.forbidden')
  const row = await t.as('visitor')(orders.order, { order_id })
  expect(row.reporter_phone_masked).toBe('138****0101')
  expect(row.can).toMatchObject({ assign: 'kernel.forbidden', reveal: 'kernel.forbidden' })
})

test('thirty want one order: one has it, the others are told who', async () => {
  const { order_id } = await reportAs(zhang)
  const crowd: Hired[] = []
  for (let n = 0; n < 30; n++) crowd.push(await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] }))
  const outcome = await Promise.all(crowd.map((c) => c(orders.takeOrder, { order_id }).then(() => 'won', (e: { code?: string; message: string }) => e.code ?? e.message)))
  expect(outcome.filter((x) => x === 'won')).toHaveLength(1)
  expect(new Set(outcome.filter((x) => x !== 'won'))).toEqual(new Set(['orders.taken']))
  const after = await desk(orders.order, { order_id })
  expect(after.steps.filter((s) => s.action === 'take')).toHaveLength(1)
  expect(after.state).toBe('accepted')
}, 120_000)

test('numbers have no gaps though some reports are refused, and a repeated request makes one order', async () => {
  const from = await t.inside(async (s) => (await sql<{ n: number; last: number }>`select count(*)::int as n, max(right(no, 6))::int as last from orders.work_order where company_id = ${s.company_id}`.execute(s.db)).rows[0]!)
  const request_id = rid()
  const input = { source: 'hotline' as const, community_id: w.community_id, house_id: null, category_id: kinds['楼道、路灯不亮']!, place: '2 栋 1 单元 3 楼楼道', words: '灯不亮', reporter_name: '过路人', reporter_phone: '13911112222' }
  const twice = await Promise.all([desk(orders.createOrder, { ...input, request_id }), desk(orders.createOrder, { ...input, request_id })])
  expect(twice[0]).toEqual(twice[1])
  const many = await Promise.all(Array.from({ length: 20 }, (_, i) => desk(orders.createOrder, i % 4 === 0 ? { ...input, place: undefined } : input).then(() => 1, () => 0 as number)))
  const made = many.reduce((a, b) => a + b, 0)
  expect(made).toBe(15)
  const to = await t.inside(async (s) => (await sql<{ n: number; last: number }>`select count(*)::int as n, max(right(no, 6))::int as last from orders.work_order where company_id = ${s.company_id}`.execute(s.db)).rows[0]!)
  expect(to).toEqual({ n: from.n + 16, last: from.last + 16 })
  expect(to.n).toBe(to.last)
})

test('give back, transfer, help, suspend and resume; what was waited for is added to the limit', async () => {
  setClock('2026-06-01T02:00:00Z')
  try {
    const { order_id } = await reportAs(zhang, { kind: '渗水、返潮' })
    await li(orders.takeOrder, { order_id })
    await expectRefused(li(orders.giveBackOrder, { order_id, reason: '' }), 'kernel.invalid')
    await li(orders.giveBackOrder, { order_id, reason: '不会做防水' })
    expect((await desk(orders.order, { order_id })).assignee_name).toBeNull()
    await desk(orders.assignOrder, { order_id, account_id: chen.account_id })
    await expectRefused(desk(orders.assignOrder, { order_id, account_id: chen.account_id }), 'orders.same_worker')
    await chen(orders.acceptOrder, { order_id })
    await chen(orders.helpOrder, { order_id, account_id: li.account_id, note: '带防水胶' })
    expect((await li(orders.order, { order_id })).helper_names).toHaveLength(1)
    await expectRefused(li(orders.arriveOrder, { order_id }), 'kernel.not_found')
    const due = (await desk(orders.order, { order_id })).finish_due_at
    await chen(orders.suspendOrder, { order_id, cause: 'absent', note: '下午再来' })
    expect((await zhang(orders.myOrder, { order_id })).steps.at(-1)).toMatchObject({ action: 'suspend', note: '住户不在家,下午再来' })
    setClock('2026-06-01T05:00:00Z')
    expect(await chen(orders.resumeOrder, { order_id })).toMatchObject({ state: 'accepted' })
    expect(Date.parse((await desk(orders.order, { order_id })).finish_due_at) - Date.parse(due)).toBe(3 * 3_600_000)
    await chen(orders.arriveOrder, { order_id })
    await chen(orders.suspendOrder, { order_id, cause: 'parts' })
    expect(await chen(orders.resumeOrder, { order_id })).toMatchObject({ state: 'working' })
    await chen(orders.transferOrder, { order_id, account_id: li.account_id, reason: '下班交接' })
    expect((await desk(orders.order, { order_id })).state).toBe('assigned')
    await expectRefused(zhang(orders.urgeMine, { order_id }).then(() => zhang(orders.urgeMine, { order_id })), 'orders.urged')
  } finally {
    setClock(undefined)
  }
})

test('opened again within the days of the rule, with limits from now; closed by the clock after them', async () => {
  setClock('2026-06-01T02:00:00Z')
  try {
    await t.as('manager')(orders.savePolicy, { from_on: '2026-06-01', work_from: '08:30', work_to: '17:30', warn_minutes: 15, reopen_days: 3, hall: true, auto_assign: false, visit_percent: 0, visit_below: 3, grace_minutes: 30, offline_hours: 24 })
    const { order_id } = await reportAs(zhang)
    await li(orders.takeOrder, { order_id })
    await li(orders.arriveOrder, { order_id })
    await li(orders.finishOrder, { order_id, note: '已修' })
    setClock('2026-06-03T02:00:00Z')
    await zhang(orders.reopenMine, { order_id, reason: '又漏了' })
    expect(await desk(orders.order, { order_id })).toMatchObject({ state: 'waiting', round_no: 2, respond_due_at: '2026-06-04T02:00:00.000Z' })
    await li(orders.takeOrder, { order_id })
    await li(orders.arriveOrder, { order_id })
    await li(orders.finishOrder, { order_id, note: '换新的' })
    setClock('2026-06-06T02:00:01Z')
    await expectRefused(zhang(orders.reopenMine, { order_id, reason: '还漏' }), 'orders.reopen_late')
    const close = t.app.modules.find((m) => m.name === 'orders')!.schedules!.find((s) => s.name === 'orders.close_old')!
    await runSchedule(t.app, close)
    expect((await zhang(orders.myOrder, { order_id })).steps.at(-1)).toMatchObject({ action: 'close', by_kind: 'system' })
    await zhang(orders.rateMine, { order_id, rating: 4 })
  } finally {
    setClock(undefined)
  }
})

test('a burst pipe at 23:40 on a holiday: heard at once, warned before half past, told to the chief after ten past', async () => {
  await t.as('manager')(billing.saveDaysOff, { year: 2026, off: ['2026-10-01', '2026-10-02'], works: [] })
  setClock('2026-10-01T15:40:00Z')
  const tick = async () => runSchedule(t.app, t.app.modules.find((m) => m.name === 'orders')!.schedules![0]!)
  const heard = async (as: Caller) => (await as(messages.inbox, { category: 'work', page_size: 50 })).rows.map((m) => m.title)
  try {
    await tick() // what the tests before left behind
    const boss = await t.hire('foreman', { scope_kind: 'community', scope_ids: [w.community_id] })
    const { order_id } = await reportAs(zhang, { kind: '水管漏水、爆管', words: '厨房水管爆了' })
    expect(await desk(orders.order, { order_id })).toMatchObject({ urgent: true, respond_due_at: '2026-10-01T16:10:00.000Z' })
    expect(await heard(boss)).toEqual(['紧急报修:1-1-101'])
    await desk(orders.assignOrder, { order_id, account_id: chen.account_id })
    await tick()
    expect((await heard(chen))[0]).toBe('新派工单:1-1-101')
    setClock('2026-10-01T15:56:00Z')
    await tick()
    await tick()
    expect((await heard(chen)).filter((x) => x === '到场即将超时:1-1-101')).toHaveLength(1)
    expect(await heard(boss)).toHaveLength(1)
    setClock('2026-10-01T16:11:00Z')
    await tick()
    expect((await heard(boss))[0]).toBe('到场已超时:1-1-101')
    expect((await desk(orders.orders, { late: true, page_size: 100 })).rows.map((r) => r.order_id)).toContain(order_id)
    await chen(orders.acceptOrder, { order_id })
    await chen(orders.arriveOrder, { order_id })
    expect(await desk(orders.order, { order_id })).toMatchObject({ late_respond: true, late: false })
  } finally {
    setClock(undefined)
  }
})

test('the desk knows who calls, and limits are data from a day on', async () => {
  const { rows } = await desk(orders.lookUpCaller, { q: PHONES.张三 })
  expect(rows.map((r) => [r.name, r.label])).toEqual(expect.arrayContaining([['张三', '1-1-101']]))
  expect(JSON.stringify(rows)).not.toContain(PHONES.张三)
  expect((await desk(orders.lookUpCaller, { q: '1栋101' })).rows.map((r) => r.name)).toEqual(expect.arrayContaining(['张三', '李四']))
  expect((await desk(orders.lookUpCaller, { q: '0103' })).rows.map((r) => r.name)).toEqual(['王五'])
  const on = (await t.as('manager')(orders.policy, {})).now
  expect(on.reopen_days).toBe(3)
  const rule = { urgent: true, respond_n: 20, respond_unit: 'minute', finish_n: 2, finish_unit: 'hour', clock: 'calendar', skill: '弱电' } as const
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
  await expectRefused(t.as('service')(orders.publishRule, { category_id: kinds['对讲、门禁终端']!, from_on: today, ...rule }), 'kernel.forbidden')
  await expectRefused(t.as('manager')(orders.publishRule, { category_id: kinds['对讲、门禁终端']!, from_on: today, ...rule, finish_n: 10, finish_unit: 'minute' }), 'orders.limits_crossed')
  await t.as('manager')(orders.publishRule, { category_id: kinds['对讲、门禁终端']!, from_on: today, ...rule })
  const { order_id } = await reportAs(zhang, { kind: '对讲、门禁终端' })
  const o = await desk(orders.order, { order_id })
  expect(Date.parse(o.respond_due_at) - Date.parse(o.created_at)).toBe(20 * 60_000)
  await t.as('manager')(orders.saveCategory, { category_id: kinds['对讲、门禁终端']!, parent_id: kinds['户内其他']!, name: '对讲、门禁终端', place: 'house', sort_no: 301, retired: true })
  await expectRefused(reportAs(zhang, { kind: '对讲、门禁终端' }), 'orders.category_unknown')
  await expectRefused(reportAs(zhang, { kind: '楼道、路灯不亮' }), 'orders.place_needed')
  await expectRefused(reportAs(zhang, { wished_at: '2020-01-01T00:00:00Z' }), 'orders.wish_past')
})

test('the total of a list is the number of rows that its filter finds, however it is counted', async () => {
  const { order_id } = await desk(orders.createOrder, { source: 'desk', community_id: w.community_id, house_id: w.houses['1-1-101']!, category_id: kinds['水龙头、洁具']!, words: '水龙头关不紧' })
  await desk(orders.cancelOrder, { order_id, reason: '业户说已经好了' })
  const boss = t.as('manager')
  const filters = [{}, { urgent: false }, { urgent: true }, { late: false }, { late: true }, { with_equipment: false }, { community_id: w.community_id }, { late: true, community_id: w.community_id }, { assignee_id: li.account_id }, ...(['waiting', 'assigned', 'finished', 'closed', 'cancelled'] as const).flatMap((state) => [{ state }, { state, late: true }, { state, urgent: true }])]
  for (const as of [boss, desk]) for (const f of filters) {
    const { rows, total } = await as(orders.orders, { ...f, page_size: 200 })
    expect(total, JSON.stringify(f)).toBe(rows.length)
  }
  expect((await boss(orders.orders, {})).total).toBeGreaterThan(5)
})

test('who is best comes first, a full hand takes no more, a shift may run over midnight', async () => {
  await t.as('manager')(orders.saveWorker, { account_id: li.account_id, skills: ['水暖'], building_ids: [w.buildings['1']!], weekdays: [], duty_from: null, duty_to: null, open_max: 1 })
  const { order_id } = await reportAs(zhang)
  const { rows } = await desk(orders.candidates, { order_id })
  const fits = rows.find((r) => r.account_id === li.account_id)!
  expect(fits.fits).toMatchObject({ skill: true, area: true, on_duty: true })
  await li(orders.takeOrder, { order_id }).catch((e: { code: string }) => expect(e.code).toBe('orders.too_many'))
  const again = await reportAs(zhang)
  await expectRefused(li(orders.takeOrder, { order_id: again.order_id }), 'orders.too_many')
  const night = { weekdays: [5], duty_from: '20:00', duty_to: '08:00' } // Friday night
  expect([['2026-11-27T21:00', true], ['2026-11-28T07:59', true], ['2026-11-28T08:00', false], ['2026-11-28T21:00', false], ['2026-11-27T07:00', false]].map(([at, is]) => onDuty(night, new Date(`${at as string}:00+08:00`).toISOString()) === is)).toEqual([true, true, true, true, true])
})

test('each figure of the statistics is the number of orders its filter shows', async () => {
  const today = (await desk(orders.stats, { by: 'month', from_on: '2026-01-01', to_on: '2099-12-31' })).rows.length
  expect(today).toBeGreaterThan(0)
  for (const by of ['worker', 'category', 'building', 'community', 'month'] as const) {
    const { rows, all } = await desk(orders.stats, { by, from_on: '2020-01-01', to_on: '2099-12-31' })
    for (const fact of FACTS) expect(rows.reduce((n, r) => n + r.counts[fact], 0), `${by} ${fact}`).toBe(all.counts[fact])
    const row = rows.find((r) => r.key !== null && r.counts.finished > 0)!
    const key = { worker: 'assignee_id', category: 'category_id', building: 'building_id', community: 'community_id' }[by as 'worker']
    if (!key) continue
    for (const fact of FACTS) expect((await desk(orders.orders, { [key]: row.key!, fact, page_size: 200 })).total, `${by} ${fact}`).toBe(row.counts[fact])
  }
  const { all } = await desk(orders.stats, { by: 'worker', from_on: '2020-01-01', to_on: '2099-12-31' })
  expect(all.counts.rated).toBeGreaterThanOrEqual(2)
  expect(all.respond_bp).toBe(Math.floor((all.counts.respond_in_time * 10_000) / all.counts.respond_due))
  await expectRefused(t.as('visitor')(orders.statsExcel as never, { by: 'worker', from_on: '2020-01-01', to_on: '2099-12-31' } as never), 'kernel.forbidden')
})

const finished = async (): Promise<string> => {
  const { order_id } = await reportAs(zhang)
  await desk(orders.assignOrder, { order_id, account_id: chen.account_id })
  await chen(orders.acceptOrder, { order_id })
  await chen(orders.arriveOrder, { order_id })
  await chen(orders.finishOrder, { order_id, note: '好了' })
  return order_id
}
test('a bad rating and a rework are asked about; nobody at home is asked again; the papers print', async () => {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
  await t.as('manager')(orders.savePolicy, { from_on: today, work_from: '08:30', work_to: '17:30', warn_minutes: 15, reopen_days: 7, hall: true, auto_assign: false, visit_percent: 0, visit_below: 3, grace_minutes: 30, offline_hours: 24 })
  const waiting = async () => (await desk(orders.visits, { box: 'waiting', page_size: 200 })).rows.map((r) => r.order_id)
  const good = await finished()
  const bad = await finished()
  await zhang(orders.rateMine, { order_id: good, rating: 5 })
  expect(await waiting()).not.toContain(bad)
  await zhang(orders.rateMine, { order_id: bad, rating: 2, words: '还在滴' })
  expect(await waiting()).toContain(bad)
  expect(await waiting()).not.toContain(good)
  await desk(orders.saveVisit, { order_id: bad, way: 'phone', reached: false })
  expect(await waiting()).toContain(bad)
  await expectRefused(desk(orders.saveVisit, { order_id: bad, way: 'phone', reached: true }), 'orders.visit_answer')
  await desk(orders.saveVisit, { order_id: bad, way: 'phone', reached: true, solved: false, satisfaction: 2, words: '要求返修' })
  expect(await waiting()).not.toContain(bad)
  expect((await desk(orders.visits, { box: 'done', page_size: 200 })).rows.find((r) => r.order_id === bad)?.visit).toMatchObject({ solved: false, words: '要求返修' })
  await desk(orders.reopenOrder, { order_id: bad, reason: '回访未解决' })
  await expectRefused(desk(orders.saveVisit, { order_id: bad, way: 'phone', reached: false }), 'orders.not_finished')
  const pdf = (await desk(orders.orderPaper as never, { order_id: bad } as never)) as { body: Buffer }
  expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
  const sheet = (await desk(orders.ordersExcel as never, { fact: 'rated' } as never)) as { body: Buffer }
  expect(sheet.body.subarray(0, 2).toString()).toBe('PK')
})

test('by rule an order goes to whoever is on duty, skilled, of the area and least busy; nobody who fits: it waits', async () => {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
  await t.as('manager')(orders.savePolicy, { from_on: today, work_from: '08:30', work_to: '17:30', warn_minutes: 15, reopen_days: 7, hall: true, auto_assign: true, visit_percent: 30, visit_below: 3, grace_minutes: 30, offline_hours: 24 })
  const lift = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  const set = { building_ids: [], weekdays: [], duty_from: null, duty_to: null }
  await t.as('manager')(orders.saveWorker, { account_id: lift.account_id, skills: ['电梯'], open_max: 1, ...set })
  const made = await desk(orders.createOrder, { source: 'hotline', community_id: w.community_id, house_id: null, category_id: kinds['电梯困人']!, place: '1 栋 1 单元电梯', words: '两人被困' })
  await t.drain()
  const o = await desk(orders.order, { order_id: made.order_id })
  expect(o).toMatchObject({ state: 'assigned', skill: '电梯' })
  expect(o.steps.at(-1)).toMatchObject({ action: 'assign', by_kind: 'system', note: expect.stringContaining('按规则派单') })
  expect((await lift(orders.myWork, { box: 'mine' })).rows.map((r) => r.order_id)).toEqual([made.order_id])
  const second = await desk(orders.createOrder, { source: 'hotline', community_id: w.community_id, house_id: null, category_id: kinds['电梯困人']!, place: '2 栋电梯', words: '也困住了' })
  await t.drain()
  expect((await desk(orders.order, { order_id: second.order_id })).state).toBe('waiting')
})

test('the board: what waits, who has what; only for who dispatches, and only within his reach', async () => {
  const [a, b] = [(await reportAs(zhang)).order_id, (await reportAs(zhang)).order_id]
  await desk(orders.assignOrder, { order_id: b, account_id: li.account_id })
  const board = await desk(orders.board, { community_id: w.community_id })
  expect(board.rows.find((o) => o.order_id === a)).toMatchObject({ state: 'waiting', assignee_id: null })
  expect(board.rows.find((o) => o.order_id === b)).toMatchObject({ state: 'assigned', assignee_id: li.account_id })
  expect(board.rows.every((o) => ['waiting', 'assigned', 'accepted', 'working', 'suspended'].includes(o.state))).toBe(true)
  const of = board.workers.find((x) => x.account_id === li.account_id)!
  expect(of.open_count).toBe(board.rows.filter((o) => o.assignee_id === li.account_id).length)
  await expectRefused(li(orders.board, {}), 'kernel.forbidden')
  const { community_id } = await t.as('admin')(property.saveCommunity, { name: '第三小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  const far = await t.hire('foreman', { scope_kind: 'community', scope_ids: [community_id] })
  expect((await far(orders.board, {})).rows).toEqual([])
})
