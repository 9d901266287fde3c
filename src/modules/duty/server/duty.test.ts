// A fire control room over two days: the law's two certified persons, a roster by cycle with its holes, nights handed over by signature, hours that were
// written late. Named people on real PostgreSQL; the clock is set.
import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, rid, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { equipment } from '../../equipment/contract.ts'
import { messages } from '../../messages/contract.ts'
import { rounds } from '../../rounds/contract.ts'
import { duty } from '../contract.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let boss: Hired
let men: Hired[]
let outsider: Hired
let admin: Caller
let room_id: string
let shifts: { shift_id: string; name: string }[]
let plan_id: string
let checklist_id: string
const go = (iso: string): void => setClock(iso)
/** Beijing time. */
const at = (day: string, clock: string): void => go(new Date(`${day}T${clock}:00+08:00`).toISOString())
const tick = async (): Promise<void> => runSchedule(t.app, t.app.modules.find((m) => m.name === 'duty')!.schedules![0]!)
const sign = async (who: Hired): Promise<string[]> => {
  const file_id = randomUUID()
  await t.inside((s) => sql`insert into kernel.file (company_id, file_id, sha256, name, type, size_bytes, purpose, created_by, created_at, expires_at) values (${s.company_id}, ${file_id}, ${randomUUID().replaceAll('-', '').repeat(2)}, 'sign.png', 'image/png', 9, 'photo', ${who.account_id}::uuid, ${s.now}, ${s.now})`.execute(s.db))
  return [file_id]
}
const THINGS = [{ thing_id: 'key', name: '钥匙串', count: 3 }, { thing_id: 'radio', name: '对讲机', count: 2 }]
const whole = [{ thing_id: 'key', found: 3, note: null }, { thing_id: 'radio', found: 2, note: null }]
const of = (name: string): string => shifts.find((s) => s.name === name)!.shift_id

beforeAll(async () => {
  at('2026-12-30', '07:00')
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  boss = await t.hire('guard_head', here)
  men = []
  for (let i = 0; i < 5; i++) men.push(await t.hire('guard', here))
  outsider = await t.hire('guard', { scope_kind: 'community', scope_ids: [someId()] })
  const kinds = (await admin(rounds.kinds, {})).rows
  ;({ checklist_id } = await admin(rounds.saveChecklist, { kind_id: kinds.find((k) => k.code === 'duty')!.kind_id, name: '消防控制室记录', retired: false, items: [{ item_id: 'host', text: '报警主机', answer: 'tick', choices: [], low: null, high: null, unit: null, photo: 'no', points: 5 }, { item_id: 'bar', text: '稳压', answer: 'number', choices: [], low: '0.30', high: '0.50', unit: 'MPa', photo: 'no', points: 5 }] }))
  ;({ room_id } = await boss(duty.saveRoom, { community_id: w.community_id, building_id: null, name: '消防控制室', kind: 'fire_control', place: '1 栋一层', inventory: THINGS, retired: false }))
}, 180_000)
beforeEach(() => t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`))

test('shifts within what the law allows; a rule of the province for one room from its day on', async () => {
  const [rule] = (await boss(duty.rules, {})).rows.filter((r) => r.kind === 'fire_control')
  expect(rule).toMatchObject({ min_persons: 2, min_certified: 2, cert_name: '消防设施操作员证', max_hours: 8, shipped: true })
  const long = await expectRefused(boss(duty.saveShifts, { room_id, shifts: [{ name: '白班', from_time: '08:00', to_time: '20:00' }] }), 'duty.shift_long')
  expect(long.message).toContain('12')
  await boss(duty.saveShifts, { room_id, shifts: [{ name: '早班', from_time: '08:00', to_time: '16:00' }, { name: '中班', from_time: '16:00', to_time: '00:00' }, { name: '夜班', from_time: '00:00', to_time: '08:00' }] })
  const [room] = (await boss(duty.rooms, {})).rows
  shifts = room!.shifts
  expect(shifts.map((s) => s.name)).toEqual(['夜班', '早班', '中班'])
  // For a kind only by who runs the company.
  await expectRefused(boss(duty.publishRule, { kind: 'fire_control', room_id: null, from_on: '2027-06-01', min_persons: 1, min_certified: 1, cert_kind_id: rule!.cert_kind_id, max_hours: 8, handover_minutes: 15, source: '省规' }), 'kernel.not_found')
  await boss(duty.publishRule, { kind: 'fire_control', room_id, from_on: '2027-06-01', min_persons: 1, min_certified: 1, cert_kind_id: rule!.cert_kind_id, max_hours: 12, handover_minutes: 15, source: '省消防条例:远程联网可一人值班' })
  await expectRefused(boss(duty.publishRule, { kind: 'fire_control', room_id, from_on: '2026-01-01', min_persons: 1, min_certified: 0, cert_kind_id: null, max_hours: 12, handover_minutes: 15, source: '省规' }), 'duty.from_past')
  const july = await boss(duty.roster, { room_id, month: '2027-07' })
  expect(july.holes).toHaveLength(31 * 3)
  expect(july.holes[0]).toMatchObject({ want: 1, want_certified: 1 })
  expect((await boss(duty.roster, { room_id, month: '2027-05' })).holes[0]).toMatchObject({ want: 2, want_certified: 2 })
})

test('a roster by cycle: holes, no certificate, a certificate that runs out within the month, two places at once, too long', async () => {
  const kind = (await admin(equipment.certKinds, {})).rows.find((k) => k.code === 'person_fire')!
  const certify = async (i: number, valid_to_on: string): Promise<void> => {
    const proof = randomUUID()
    await t.inside((s) => sql`insert into equipment.cert_kind (company_id, kind_id, code, name, subject, category_ids, sort_no, changed_by, changed_at) values (${s.company_id}, ${kind.kind_id}, 'person_fire', ${kind.name}, 'person', '{}', 1, null, ${s.now}) on conflict do nothing`.execute(s.db))
    await t.inside((s) => sql`insert into equipment.cert (company_id, cert_id, kind_id, community_id, account_id, issuer, result, valid_from_on, valid_to_on, made_by, made_by_name, made_at) values (${s.company_id}, ${proof}, ${kind.kind_id}, ${w.community_id}, ${men[i]!.account_id}, '消防总队', 'pass', '2024-01-01', ${valid_to_on}, ${men[i]!.account_id}, '登记', ${s.now})`.execute(s.db))
  }
  await certify(0, '2027-12-31')
  await certify(1, '2027-01-05')
  await certify(2, '2027-12-31')
  await certify(3, '2027-12-31')
  const cycle = [of('早班'), of('中班'), of('夜班'), null]
  await expectRefused(boss(duty.applyPattern, { room_id, from_on: '2026-12-30', to_on: '2026-12-31', pattern: { cycle, anchor_on: '2026-12-30', groups: [{ account_ids: [outsider.account_id], offset: 0 }] } }), 'duty.no_worker')
  const done = await boss(duty.applyPattern, { room_id, from_on: '2026-12-30', to_on: '2027-01-10', pattern: { cycle, anchor_on: '2026-12-30', groups: [{ account_ids: [men[0]!.account_id, men[1]!.account_id], offset: 0 }, { account_ids: [men[2]!.account_id, men[3]!.account_id], offset: 1 }, { account_ids: [men[4]!.account_id], offset: 2 }] } })
  // Three of the four places of the cycle are filled, one of them by one man only.
  expect(done.entry_count).toBeGreaterThan(40)
  const dec = await boss(duty.roster, { room_id, month: '2026-12' })
  expect(dec.entries.filter((e) => e.account_id === men[4]!.account_id).every((e) => e.marks.includes('no_cert'))).toBe(true)
  expect(dec.holes.some((h) => h.on_day === '2026-12-30' && h.shift_id === of('早班'))).toBe(false)
  const jan = await boss(duty.roster, { room_id, month: '2027-01' })
  const of1 = jan.entries.filter((e) => e.account_id === men[1]!.account_id)
  expect(of1.filter((e) => e.on_day <= '2027-01-05').every((e) => e.marks.includes('cert_soon'))).toBe(true)
  const after = of1.filter((e) => e.on_day > '2027-01-05')
  expect(after.length).toBeGreaterThan(0)
  expect(after.every((e) => e.marks.includes('cert_over') && e.why.some((x) => x.includes('2027-01-05 到期')))).toBe(true)
  // What ran out does not count as certified: a hole.
  expect(jan.holes.some((h) => h.on_day === after[0]!.on_day && h.shift_id === after[0]!.shift_id && h.have === 2 && h.have_certified === 1)).toBe(true)
  // The same man at the gate at the same time, and straight on from one shift to the next.
  const gate = (await boss(duty.saveRoom, { community_id: w.community_id, building_id: null, name: '东门岗', kind: 'gate', place: '', inventory: [], retired: false })).room_id
  await boss(duty.saveShifts, { room_id: gate, shifts: [{ name: '白班', from_time: '08:00', to_time: '20:00' }] })
  const day = (await boss(duty.roster, { room_id: gate, month: '2026-12' })).shifts[0]!.shift_id
  await boss(duty.setRoster, { room_id: gate, cells: [{ on_day: '2026-12-30', shift_id: day, account_ids: [men[0]!.account_id] }] })
  const twice = (await boss(duty.roster, { room_id, month: '2026-12' })).entries.find((e) => e.on_day === '2026-12-30' && e.account_id === men[0]!.account_id && e.shift_id === of('早班'))!
  expect(twice.marks).toEqual(expect.arrayContaining(['double', 'too_long']))
  expect(twice.why.join()).toContain('东门岗')
  await boss(duty.setRoster, { room_id: gate, cells: [{ on_day: '2026-12-30', shift_id: day, account_ids: [] }] })
  await expectRefused(boss(duty.setRoster, { room_id, cells: [{ on_day: '2026-12-29', shift_id: of('早班'), account_ids: [men[0]!.account_id] }] }), 'duty.over')
  // The next month from this one, by day of the week: those of the same weekday four weeks before.
  const copied = await boss(duty.copyRoster, { room_id, month: '2027-02', by: 'weekday' })
  expect(copied.entry_count).toBeGreaterThan(0)
  const feb = await boss(duty.roster, { room_id, month: '2027-02' })
  expect(feb.entries.filter((e) => e.on_day === '2027-02-01').map((e) => e.account_id).toSorted()).toEqual(jan.entries.filter((e) => e.on_day === '2027-01-04').map((e) => e.account_id).toSorted())
  await expectRefused(boss(duty.copyRoster, { room_id, month: '2027-05', by: 'day' }), 'duty.nothing_to_copy')
  await expectRefused(boss(duty.saveShifts, { room_id, shifts: [{ shift_id: of('早班'), name: '早班', from_time: '08:00', to_time: '16:00' }] }), 'duty.shift_rostered')
})

const cells = (on_day: string, name: string, who: number[]) => ({ on_day, shift_id: of(name), account_ids: who.map((i) => men[i]!.account_id) })
test('handed over by signature: counted, refused without a successor, never to oneself; of two who take it one has it', async () => {
  await boss(duty.setRoster, { room_id, cells: [cells('2026-12-30', '夜班', []), cells('2026-12-30', '早班', [0, 1]), cells('2026-12-30', '中班', []), cells('2026-12-31', '夜班', [4]), cells('2026-12-31', '早班', [0, 4])] })
  at('2026-12-30', '08:05')
  const early = await men[0]!(duty.myDuty, {})
  expect(early.shifts.find((s) => s.shift_name === '早班')).toMatchObject({ with_names: [expect.any(String)], can: { begin: true, offer: 'duty.not_taken' } })
  await expectRefused(men[2]!(duty.beginDuty, { room_id, on_day: '2026-12-30', shift_id: of('早班'), note: null, photo_ids: await sign(men[2]!) }), 'duty.not_on')
  await expectRefused(men[0]!(duty.beginDuty, { room_id, on_day: '2026-12-30', shift_id: of('早班'), note: null, photo_ids: await sign(men[1]!) }), 'duty.no_signature')
  await men[0]!(duty.beginDuty, { room_id, on_day: '2026-12-30', shift_id: of('早班'), note: '首班', photo_ids: await sign(men[0]!) })
  await expectRefused(men[1]!(duty.beginDuty, { room_id, on_day: '2026-12-30', shift_id: of('早班'), note: null, photo_ids: await sign(men[1]!) }), 'duty.handed')
  const offer = async (i: number, on_day: string, name: string, counts = whole, photo_ids?: string[]) => men[i]!(duty.offerHandover, { request_id: rid(), room_id, on_day, shift_id: of(name), counts, note: '主机有一处屏蔽点', photo_ids: photo_ids ?? (await sign(men[i]!)) })
  await expectRefused(offer(0, '2026-12-30', '早班'), 'duty.too_early')
  at('2026-12-30', '15:50')
  await expectRefused(offer(2, '2026-12-30', '早班'), 'duty.not_on')
  const none = await expectRefused(offer(0, '2026-12-30', '早班'), 'duty.no_successor')
  expect(none.message).toContain('中班')
  await boss(duty.setRoster, { room_id, cells: [cells('2026-12-30', '中班', [0])] })
  await expectRefused(offer(0, '2026-12-30', '早班'), 'duty.only_yourself')
  await boss(duty.setRoster, { room_id, cells: [cells('2026-12-30', '中班', [0, 2, 3])] })
  await expectRefused(offer(0, '2026-12-30', '早班', [whole[0]!]), 'duty.count_missing')
  await expectRefused(offer(0, '2026-12-30', '早班', [whole[0]!, { thing_id: 'radio', found: 1, note: null }]), 'duty.count_why')
  const { handover_id } = await offer(0, '2026-12-30', '早班', [whole[0]!, { thing_id: 'radio', found: 1, note: '送修' }] as typeof whole)
  expect((await men[2]!(messages.inbox, {})).rows[0]!.title).toContain('请接班')
  await expectRefused(offer(1, '2026-12-30', '早班'), 'duty.offered_already')
  const take = async (i: number) => men[i]!(duty.takeHandover, { request_id: rid(), handover_id, note: null, photo_ids: await sign(men[i]!) })
  await expectRefused(take(0), 'duty.own_handover')
  await expectRefused(take(4), 'duty.not_successor')
  await expectRefused(men[1]!(duty.withdrawHandover, { handover_id, reason: '不是我交的' }), 'kernel.not_found')
  await men[2]!(duty.declineHandover, { handover_id, reason: '对讲机去向不明' })
  expect((await men[0]!(messages.inbox, {})).rows[0]!.body).toContain('对讲机去向不明')
  const second = (await offer(1, '2026-12-30', '早班')).handover_id
  await men[1]!(duty.withdrawHandover, { handover_id: second, reason: '重新清点' })
  const third = (await offer(0, '2026-12-30', '早班')).handover_id
  const both = await Promise.allSettled([2, 3].map(async (i) => men[i]!(duty.takeHandover, { request_id: rid(), handover_id: third, note: '核对无误', photo_ids: await sign(men[i]!) })))
  expect(both.filter((x) => x.status === 'fulfilled')).toHaveLength(1)
  expect((both.find((x) => x.status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'duty.wrong_state' })
  await expectRefused(offer(0, '2026-12-30', '早班'), 'duty.handed')
  const list = await boss(duty.handovers, { room_id })
  expect(list.rows.map((h) => h.state).toSorted()).toEqual(['declined', 'taken', 'taken', 'withdrawn'])
  const declined = list.rows.find((h) => h.state === 'declined')!
  expect(declined).toMatchObject({ short: true, end_reason: '对讲机去向不明' })
  // Two of one shift hand over at once: one sheet.
  at('2026-12-30', '23:40')
  const twice = await Promise.allSettled([offer(2, '2026-12-30', '中班'), offer(3, '2026-12-30', '中班')])
  expect(twice.filter((x) => x.status === 'fulfilled')).toHaveLength(1)
  expect((twice.find((x) => x.status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'duty.offered_already' })
  await expectRefused(boss(duty.setRoster, { room_id, cells: [cells('2026-12-30', '中班', [0])] }), 'duty.handed')
})

test('who does not hand over in time is told once; the next may begin alone then, and it is seen as that', async () => {
  at('2026-12-31', '00:05')
  const mine = (await men[4]!(duty.myDuty, {})).to_take
  expect(mine).toHaveLength(1)
  await tick()
  expect((await boss(messages.inbox, {})).rows.filter((m) => m.title.startsWith('逾期未交接'))).toHaveLength(0)
  await men[4]!(duty.takeHandover, { handover_id: mine[0]!.handover_id, note: null, photo_ids: await sign(men[4]!) })
  at('2026-12-31', '08:10')
  expect((await boss(duty.board, {})).rows.find((r) => r.room_id === room_id)).toMatchObject({ shift_name: '早班', untaken: false, short: true, want: 2 })
  await expectRefused(men[0]!(duty.beginDuty, { room_id, on_day: '2026-12-31', shift_id: of('早班'), note: null, photo_ids: await sign(men[0]!) }), 'duty.before_there')
  at('2026-12-31', '08:16')
  await tick()
  await tick()
  const told = (await boss(messages.inbox, {})).rows.filter((m) => m.title.startsWith('逾期未交接'))
  expect(told).toHaveLength(1)
  const board = await boss(duty.board, {})
  expect(board.counts).toMatchObject({ untaken: 1 })
  await men[0]!(duty.beginDuty, { room_id, on_day: '2026-12-31', shift_id: of('早班'), note: '上一班人已离开', photo_ids: await sign(men[0]!) })
  expect((await boss(duty.board, {})).counts.untaken).toBe(0)
  const alone = (await boss(duty.handovers, { room_id, from_on: '2026-12-31' })).rows.find((h) => h.to_day === '2026-12-31' && h.to_shift_name === '早班')!
  expect(alone).toMatchObject({ out_name: null, state: 'taken', late_minutes: 16 })
})

let seq = 0
const write = (i: number, task: { on_day: string; task_id: string }, iso: string, bar: string, finding: { words: string; way: 'deadline' } | null = null) =>
  men[i]!(rounds.saveRecord, { request_id: rid(), record_id: someId(), on_day: task.on_day, task_id: task.task_id, stop_no: 1, device_at: new Date(iso).toISOString(), device: { boot: someId(), mono_ms: 0, seq: ++seq, went_back: false, sync: { server_at: new Date(iso).toISOString(), device_at: new Date(iso).toISOString(), boot: someId(), mono_ms: 0 } }, proof: 'none', code: null, outcome: 'done', answers: [{ item_id: 'host', value: 'ok' }, { item_id: 'bar', value: bar }], note: null, photos: [], finding })
test('the hourly log goes through midnight: in time, caught up, missed, owing; a value out of its limits is a finding and is open at the next handover', async () => {
  at('2026-12-31', '19:00')
  ;({ plan_id } = await boss(duty.saveLog, { room_id, name: '消防控制室运行记录', checklist_id, every_minutes: 60, from: '20:00', to: '04:00', catch_up_minutes: 120, from_on: '2026-12-31' }))
  await expectRefused(boss(duty.saveLog, { room_id, name: '消防控制室运行记录', checklist_id, every_minutes: 60, from: '20:00', to: '04:00', catch_up_minutes: 120, from_on: '2026-12-31' }), 'rounds.name_taken')
  await boss(duty.setRoster, { room_id, cells: [cells('2026-12-31', '中班', [2, 3]), cells('2027-01-01', '夜班', [0, 2])] })
  at('2026-12-31', '20:30')
  const tasks = (await men[2]!(rounds.myRounds, {})).tasks.filter((x) => x.name === '消防控制室运行记录').toSorted((a, b) => a.starts_at.localeCompare(b.starts_at))
  expect(tasks[0]!.starts_at).toBe('2026-12-31T12:00:00.000Z')
  await write(2, tasks[0]!, '2026-12-31T20:30:00+08:00', '0.40')
  at('2027-01-01', '00:30')
  await write(2, tasks[4]!, '2027-01-01T00:30:00+08:00', '0.10', { words: '稳压过低', way: 'deadline' })
  // 22:00 caught up at half past midnight, marked as such.
  await write(2, tasks[2]!, '2027-01-01T00:31:00+08:00', '0.40')
  const phone = (await men[2]!(duty.myDuty, {})).shifts.find((s) => s.shift_name === '夜班')!
  expect(phone.logs.find((l) => l.task_id === tasks[3]!.task_id)!.hour).toBe('owing')
  expect(phone.opens.map((o) => o.kind).toSorted()).toEqual(expect.arrayContaining(['finding', 'log']))
  at('2027-01-01', '00:40')
  await runSchedule(t.app, t.app.modules.find((m) => m.name === 'rounds')!.schedules!.find((s) => s.name === 'rounds.sweep')!)
  at('2027-01-01', '01:30')
  await runSchedule(t.app, t.app.modules.find((m) => m.name === 'rounds')!.schedules!.find((s) => s.name === 'rounds.sweep')!)
  const sheet = (await boss(duty.daySheet, { room_id, on_day: '2026-12-31' })).sheets[0]!
  expect(sheet.rows.map((r) => r.hour)).toEqual(['in_time', 'missed', 'caught_up', 'owing', 'in_time', 'now'])
  expect(sheet.rows[4]!.bad).toHaveLength(1)
  const row = (await boss(duty.board, {})).rows.find((r) => r.room_id === room_id)!
  expect(row.logs).toEqual([expect.objectContaining({ owing: 1, missed: 1, caught_up: 1, bad: 1 })])
  expect(await boss(duty.daySheetPaper, { room_id, plan_id, on_day: '2026-12-31' })).toMatchObject({ type: 'application/pdf' })
  expect(await boss(duty.daySheetBook, { room_id, on_day: '2026-12-31' })).toMatchObject({ name: expect.stringContaining('值班运行记录') })
  expect(await boss(duty.rosterBook, { room_id, month: '2027-01' })).toMatchObject({ name: expect.stringContaining('排班表') })
  await boss(duty.stopLog, { room_id, plan_id, reason: '改用新表' })
  await expectRefused(boss(duty.stopLog, { room_id, plan_id, reason: '再停一次' }), 'rounds.plan_over')
})

test('who may see: a guard has the phone only, another place and another company nothing', async () => {
  await expectRefused(men[0]!(duty.board, {}), 'kernel.forbidden')
  const other = await t.hire('guard_head', { scope_kind: 'community', scope_ids: [someId()] })
  expect((await other(duty.rooms, {})).rows).toEqual([])
  await expectRefused(other(duty.roster, { room_id, month: '2026-12' }), 'kernel.not_found')
  expect((await t.as('other_admin')(duty.handovers, {})).total).toBe(0)
  await expectRefused(t.as('other_admin')(duty.daySheet, { room_id, on_day: '2026-12-31' }), 'kernel.not_found')
  await expectRefused(t.as('visitor')(duty.setRoster, { room_id, cells: [cells('2027-01-05', '早班', [0])] }), 'kernel.forbidden')
  const h = (await boss(duty.handovers, { room_id, state: 'taken' })).rows[0]!
  await expectRefused(other(duty.handoverSignature, { handover_id: h.handover_id, of: 'in' }), 'kernel.not_found')
})
