// Surveys: drawn by a seed, each household once, results that open their replies, an anonymous one that names no household.
import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { compare } from '../../../../tests/excel_kit.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { addDays } from '../../../kernel/clock.ts'
import { asOwner } from '../../../kernel/db.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { messages } from '../../messages/contract.ts'
import { care, type Question } from '../contract.ts'
import { FEW, drawn, tooFew } from './rules/survey.ts'

let t: TestApp
let w: TinyWorld
let zhang: Caller
let admin: Caller
let desk: Caller
let today: string
const QUESTIONS: Question[] = [{ key: 'q1', zh: '环境卫生', kind: 'scale', options: [], needed: true }, { key: 'q2', zh: '最常联系', kind: 'choice', options: ['前台', '管家'], needed: false }, { key: 'q3', zh: '建议', kind: 'text', options: [], needed: false }]
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
  admin = t.as('manager')
  desk = t.as('service')
  today = await t.inside(async (s) => s.today)
}, 120_000)
const draft = (o: { unnamed: boolean; previous_id?: string; title?: string }) =>
  admin(care.saveSurvey, { community_id: w.community_id, title: o.title ?? '满意度', intro: '', questions: QUESTIONS, unnamed: o.unnamed, goal_percent: 90, building_ids: [], sample_way: 'percent', sample_size: 100, opens_on: today, closes_on: addDays(today, 7), previous_id: o.previous_id ?? null })
const begun = async (o: Parameters<typeof draft>[0]): Promise<string> => {
  const { survey_id } = await draft(o)
  await admin(care.openSurvey, { survey_id })
  return survey_id
}
const house = (label: string): string => w.houses[label]!

test('named: answered on the phone, by telephone and on paper, each household once, against the goal and the one before', async () => {
  const { survey_id } = await draft({ unnamed: false, title: '上半年' })
  await expectRefused(zhang(care.answerSurvey, { survey_id, house_id: house('1-1-101'), answers: [] }), 'kernel.not_found')
  // 1-1-101, 1-1-102 and 1-1-201 are lived in.
  expect((await admin(care.openSurvey, { survey_id })).sampled_count).toBe(3)
  await expectRefused(admin(care.openSurvey, { survey_id }), 'care.survey_begun')
  await expectRefused(draft({ unnamed: false }).then(({ survey_id: id }) => admin(care.saveSurvey, { survey_id: id, community_id: w.community_id, title: '', intro: '', questions: QUESTIONS, unnamed: false, goal_percent: 90, building_ids: [], sample_way: 'percent', sample_size: 100, opens_on: today, closes_on: today, previous_id: null })), 'kernel.invalid')
  expect((await zhang(care.mySurveys, {})).rows.map((r) => r.label)).toEqual(['1-1-101'])
  await expectRefused(zhang(care.answerSurvey, { survey_id, house_id: house('1-1-101'), answers: [{ key: 'q2', value: '前台' }] }), 'care.survey_question')
  await expectRefused(zhang(care.answerSurveyUnnamed, { survey_id, house_id: house('1-1-101'), answers: [{ key: 'q1', value: '5' }] }), 'care.survey_kind')
  await expectRefused(zhang(care.answerSurvey, { survey_id, house_id: house('1-1-102'), answers: [{ key: 'q1', value: '5' }] }), 'kernel.not_found')
  // Husband and wife at the same moment, on two phones.
  const both = await Promise.all([1, 2].map(() => zhang(care.answerSurvey, { survey_id, house_id: house('1-1-101'), answers: [{ key: 'q1', value: '5' }, { key: 'q3', value: '多种树' }] }).then(() => 'kept', (e: { code: string }) => e.code)))
  expect(both.toSorted()).toEqual(['care.survey_answered', 'kept'])
  await desk(care.noteSurveyCall, { survey_id, house_id: house('1-1-102'), last_call: 'no_answer' })
  const list = await desk(care.surveyHouses, { survey_id, open_only: true })
  expect(list.rows.find((h) => h.label === '1-1-102')).toMatchObject({ call_count: 1, last_call: 'no_answer', phone_masked: expect.stringContaining('****') })
  await desk(care.saveReply, { survey_id, house_id: house('1-1-102'), way: 'phone', answers: [{ key: 'q1', value: '2' }, { key: 'q2', value: '管家' }] })
  await desk(care.saveReply, { survey_id, house_id: house('1-1-201'), way: 'paper', answers: [{ key: 'q1', value: '4' }] })
  const r = await admin(care.surveyResult, { survey_id })
  expect(r).toMatchObject({ sampled_count: 3, reply_count: 3, response_bp: 10_000, satisfied_bp: 6666, previous_bp: null, goal_percent: 90, ways: { app: 1, phone: 1, paper: 1 } })
  expect(r.questions[0]).toMatchObject({ satisfied_bp: 6666, average_tenths: 37 })
  for (const q of r.questions) {
    expect((await admin(care.surveyReplies, { survey_id, key: q.key })).total, q.zh).toBe(q.answered_count)
    for (const x of q.options) expect((await admin(care.surveyReplies, { survey_id, key: q.key, value: x.value })).total, `${q.zh} ${x.label}`).toBe(x.count)
  }
  for (const b of r.buildings) expect((await admin(care.surveyReplies, { survey_id, building_id: b.building_id })).total).toBe(b.reply_count)
  expect((await admin(care.surveyReplies, { survey_id, key: 'q1', satisfied: false })).rows[0]).toMatchObject({ label: '1-1-102', answers: [{ zh: '环境卫生', value: '2 分' }, { zh: '最常联系', value: '管家' }] })
  await admin(care.closeSurvey, { survey_id })
  const next = await begun({ unnamed: false, previous_id: survey_id })
  expect((await admin(care.surveyResult, { survey_id: next })).previous_bp).toBe(6666)
  await expectRefused(t.as('visitor')(care.closeSurvey, { survey_id: next }), 'kernel.forbidden')
  await expectRefused(t.as('other_admin')(care.surveyResult, { survey_id: next }), 'kernel.not_found')
  await admin(care.closeSurvey, { survey_id: next })
  await expectRefused(desk(care.saveReply, { survey_id: next, house_id: house('1-1-201'), way: 'paper', answers: [{ key: 'q1', value: '4' }] }), 'care.survey_closed')
})

test('anonymous: no row tells whose answer it is, and few of a building are not shown', async () => {
  const survey_id = await begun({ unnamed: true })
  await expectRefused(zhang(care.answerSurvey, { survey_id, house_id: house('1-1-101'), answers: [{ key: 'q1', value: '1' }] }), 'care.survey_kind')
  await zhang(care.answerSurveyUnnamed, { survey_id, house_id: house('1-1-101'), answers: [{ key: 'q1', value: '1' }, { key: 'q3', value: '一句只有我说的话' }] })
  await desk(care.saveReplyUnnamed, { survey_id, house_id: house('1-1-102'), way: 'phone', answers: [{ key: 'q1', value: '5' }] })
  await expectRefused(zhang(care.answerSurveyUnnamed, { survey_id, house_id: house('1-1-101'), answers: [{ key: 'q1', value: '5' }] }), 'care.survey_answered')
  // No row that holds the words holds a house, an account or an input; nor does the audit of the call.
  const found = await asOwner(t.url, async (c) => ({
    replies: (await c.query<{ x: string }>(`select r::text as x from care.survey_reply r where survey_id = $1`, [survey_id])).rows,
    audit: (await c.query<{ x: string; account_id: string | null }>(`select a::text as x, account_id from kernel.audit a where call in ('care.answerSurveyUnnamed', 'care.saveReplyUnnamed')`)).rows,
  }))
  expect(found.replies).toHaveLength(2)
  for (const r of found.replies) for (const label of ['1-1-101', '1-1-102']) expect(r.x).not.toContain(house(label))
  for (const a of found.audit) {
    expect(a.account_id).toBeNull()
    expect(a.x).not.toContain('一句只有我说的话')
    expect(a.x).not.toContain(house('1-1-101'))
  }
  // Whoever watches the list of households and the result together while it runs learns nothing but how many.
  const nothing = async (id: string): Promise<void> => {
    const r = await admin(care.surveyResult, { survey_id: id })
    expect(r).toMatchObject({ reply_count: 2, hidden: true, satisfied_bp: null, questions: [] })
    for (const b of r.buildings) expect(b).toMatchObject({ hidden: true, satisfied_bp: null })
    expect((await admin(care.surveyReplies, { survey_id: id })).total).toBe(0)
    expect(await admin(care.survey, { survey_id: id })).toMatchObject({ reply_count: 2, satisfied_bp: null })
    expect((await admin(care.surveys, {})).rows.find((x) => x.survey_id === id)!.satisfied_bp).toBeNull()
  }
  await nothing(survey_id)
  // Two of a survey that is over are too few as well, there and as what the next is compared with.
  const few = await begun({ unnamed: true })
  for (const label of ['1-1-102', '1-1-201']) await desk(care.saveReplyUnnamed, { survey_id: few, house_id: house(label), way: 'phone', answers: [{ key: 'q1', value: '5' }] })
  await admin(care.closeSurvey, { survey_id: few })
  await nothing(few)
  const after = await begun({ unnamed: false, previous_id: few })
  await desk(care.saveReply, { survey_id: after, house_id: house('1-1-201'), way: 'phone', answers: [{ key: 'q1', value: '5' }] })
  const compared = await admin(care.surveyResult, { survey_id: after })
  expect([compared.satisfied_bp, compared.previous_bp, compared.questions[0]!.previous_bp]).toEqual([10_000, null, null])
  // Three, over: shown, of no household and of no building by itself.
  await desk(care.saveReplyUnnamed, { survey_id, house_id: house('1-1-201'), way: 'paper', answers: [{ key: 'q1', value: '5' }] })
  await admin(care.closeSurvey, { survey_id })
  const r = await admin(care.surveyResult, { survey_id })
  expect(r).toMatchObject({ hidden: false, reply_count: 3, satisfied_bp: 6666 })
  const list = (await admin(care.surveyReplies, { survey_id })).rows
  expect(list.map((x) => [x.label, x.building])).toEqual([[null, ''], [null, ''], [null, '']])
  for (const { building_id } of r.buildings) expect((await admin(care.surveyReplies, { survey_id, building_id })).total).toBe(0)
})

test('what is not shown of buildings cannot be had from the total', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 8 }), (replies) => {
    const hidden = tooFew(replies)
    for (const [i, n] of replies.entries()) if (n > 0 && n < FEW) expect(hidden[i]).toBe(true)
    const sum = replies.reduce((s, n, i) => (hidden[i] ? s + n : s), 0)
    const shown = replies.some((n, i) => n > 0 && !hidden[i])
    expect(sum === 0 || sum >= FEW || !shown).toBe(true)
  }))
})

test('the same seed draws the same, each building its share, nobody twice', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }), fc.string({ minLength: 1, maxLength: 8 }), fc.constantFrom('percent' as const, 'number' as const), fc.integer({ min: 1, max: 100 }), (sizes, seed, way, size) => {
    const houses = sizes.flatMap((n, b) => Array.from({ length: n }, (_, i) => ({ house_id: `h${b}-${i}`, building_id: `b${b}` })))
    const a = drawn(houses, { seed, way, size })
    expect(drawn(houses.toReversed(), { seed, way, size }).toSorted()).toEqual(a.toSorted())
    expect(new Set(a).size).toBe(a.length)
    for (const [b, n] of sizes.entries()) expect(a.filter((id) => id.startsWith(`h${b}-`)).length).toBe(way === 'percent' ? Math.ceil((n * size) / 100) : Math.min(size, n))
  }))
})

test('what nobody ended ends the day after its last, by the clock', async () => {
  const over = await begun({ unnamed: false, title: '到期' })
  const runs = await begun({ unnamed: false, title: '还在答' })
  await t.inside((x) => sql`update care.survey set opens_on = ${addDays(today, -9)}::date, closes_on = ${addDays(today, -1)}::date where company_id = ${x.company_id} and survey_id = ${over}`.execute(x.db))
  const clock = t.app.modules.find((m) => m.name === 'care')!.schedules!.find((x) => x.name === 'care.close_surveys')!
  await runSchedule(t.app, clock)
  await runSchedule(t.app, clock)
  expect((await admin(care.survey, { survey_id: over })).state).toBe('closed')
  expect((await admin(care.survey, { survey_id: runs })).state).toBe('open')
})

test('those who were drawn are told once, on the first day; reminded once a day while they have not answered', async () => {
  const titles = async () => (await zhang(messages.inbox, {})).rows.filter((m) => m.title === '请您评价物业服务').length
  const before = await titles()
  const survey_id = await begun({ unnamed: true, title: '邀请' })
  expect(await titles()).toBe(before + 1)
  const tick = () => runSchedule(t.app, t.app.modules.find((m) => m.name === 'care')!.schedules!.find((s) => s.name === 'care.tell_surveys')!)
  await tick()
  expect(await titles()).toBe(before + 1)
  expect((await admin(care.remindSurvey, { survey_id })).told_count).toBeGreaterThan(0)
  expect((await admin(care.remindSurvey, { survey_id })).told_count).toBe(0)
  expect(await titles()).toBe(before + 2)
  await zhang(care.answerSurveyUnnamed, { survey_id, house_id: house('1-1-101'), answers: [{ key: 'q1', value: '5' }] })
  await admin(care.closeSurvey, { survey_id })
  await expectRefused(admin(care.remindSurvey, { survey_id }), 'care.survey_closed')
  // One that begins later is told when it does, not when it is published.
  const later = await admin(care.saveSurvey, { community_id: w.community_id, title: '以后', intro: '', questions: QUESTIONS, unnamed: false, goal_percent: 90, building_ids: [], sample_way: 'percent', sample_size: 100, opens_on: addDays(today, 2), closes_on: addDays(today, 7), previous_id: null })
  const had = await titles()
  await admin(care.openSurvey, { survey_id: later.survey_id })
  await tick()
  expect(await titles()).toBe(had)
})
test('a draft may be deleted, what has begun or is compared with not; a number is shown one by one, and the list is exported masked', async () => {
  const gone = await draft({ unnamed: false, title: '删掉' })
  await admin(care.removeSurvey, gone)
  await expectRefused(admin(care.survey, gone), 'kernel.not_found')
  const first = await draft({ unnamed: false, title: '被比较' })
  await draft({ unnamed: false, title: '比较', previous_id: first.survey_id })
  await expectRefused(admin(care.removeSurvey, first), 'care.survey_compared')
  const survey_id = await begun({ unnamed: false, title: '已发布' })
  await expectRefused(admin(care.removeSurvey, { survey_id }), 'care.survey_begun')
  expect(await desk(care.revealSurveyPhone, { survey_id, house_id: house('1-1-101') })).toEqual({ phone: PHONES.张三 })
  await expectRefused(desk(care.revealSurveyPhone, { survey_id, house_id: someId() }), 'kernel.not_found')
  const list = await compare((call, input) => desk(call as never, input as never) as Promise<unknown>, { name: 'care.surveyHousesExcel', read: care.surveyHouses, excel: care.surveyHousesExcel }, { survey_id })
  expect(list).toMatchObject({ rows: 3, strange: [] })
  expect(list.numbers).toBeGreaterThan(0)
  expect(list.texts).toBeGreaterThan(0)
})
