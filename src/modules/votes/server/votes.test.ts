// A vote of the owners' assembly as named people: rules, the frozen roll, ballots by phone, paper and proxy, the count, the list that anybody counts again.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, rid, someId, type Caller } from '../../../../tests/harness.ts'
import { compare } from '../../../../tests/excel_kit.ts'
import { PHONES } from '../../../../tests/tiny_world.ts'
import { pdfText } from '../../../../tests/pdf_text.ts'
import { BOTH, at, iso, lasting, marks, voterOf, votesKit, type VotesKit } from '../../../../tests/votes_kit.ts'
import type { FileAnswer } from '../../../kernel/app.ts'
import { setClock } from '../../../kernel/clock.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { identity } from '../../identity/contract.ts'
import { messages } from '../../messages/contract.ts'
import { people } from '../../people/contract.ts'
import { votes, type Rule } from '../contract.ts'
import { receiptCode } from './rules/receipt.ts'
import { sweepVotes } from './sweep.ts'

let k: VotesKit
let zhang: Caller
let wang: Caller
let zhao: Caller
beforeAll(async () => {
  at('2026-03-01')
  k = await votesKit()
  zhang = await k.t.resident(PHONES.张三)
  wang = await k.t.resident(PHONES.王五)
  zhao = await k.t.resident(PHONES.赵六)
  await lasting(k.t)
}, 120_000)
beforeEach(() => at('2026-03-01'))
const tick = (): Promise<void> => runSchedule(k.t.app, k.t.app.modules.find((m) => m.name === 'votes')!.schedules![0]!)
const sound = async (): Promise<void> => expect((await k.t.inside(sweepVotes)).filter((x) => !x.ok)).toEqual([])

test('a rule of a community is dated and never below the law', async () => {
  const { now, own } = await k.manager(votes.rules, { community_id: k.w.community_id })
  expect([own, now.proxy_max, now.counted_kinds, now.notice_days]).toEqual([false, 3, ['dwelling', 'shop', 'office'], 15])
  const rule: Rule = { ...now, from_on: '2026-03-01', proxy_max: 1, basis: '花园小区业主大会议事规则' }
  await expectRefused(k.manager(votes.saveRule, { community_id: k.w.community_id, ...rule, matters: rule.matters.map((m) => (m.matter === 'rebuild' ? { ...m, pass_num: 2, pass_den: 3 } : m)) }), 'votes.below_law')
  await expectRefused(k.manager(votes.saveRule, { community_id: k.w.community_id, ...rule, matters: rule.matters.map((m) => (m.matter === 'company' ? { ...m, method: 'objection' as const, pass_num: 1, pass_den: 3 } : m)) }), 'votes.below_law')
  await expectRefused(k.manager(votes.saveRule, { community_id: k.w.community_id, ...rule, from_on: '2026-02-28' }), 'votes.from_past')
  await expectRefused(k.manager(votes.saveRule, { community_id: k.w.community_id, ...rule, vote_days_min: 70 }), 'votes.days_order')
  await expectRefused(k.manager(votes.saveRule, { community_id: k.w.community_id, ...rule, matters: rule.matters.map(() => rule.matters[0]!) }), 'votes.matter_twice')
  await expectRefused(k.service(votes.saveRule, { community_id: k.w.community_id, ...rule }), 'kernel.forbidden')
  await k.manager(votes.saveRule, { community_id: k.w.community_id, ...rule })
  expect(await k.manager(votes.rules, { community_id: k.w.community_id })).toMatchObject({ own: true, now: { proxy_max: 1 } })
})

test('posted for the days of notice, and not changed afterwards', async () => {
  const poll_id = await k.draft({ opens_at: iso('2026-03-16', '08:00:00') })
  expect((await expectRefused(k.manager(votes.announcePoll, { poll_id }), 'votes.notice_short')).message).toContain('2026-03-17')
  const base = await k.manager(votes.poll, { poll_id })
  const again = { poll_id, community_id: k.w.community_id, title: base.title, kind: 'extra' as const, organiser: 'committee' as const, organiser_name: base.organiser_name, intro: '', building_ids: [], opens_at: iso('2026-03-16', '08:00:00'), closes_at: iso('2026-03-26', '18:00:00'), sealed: true, replace_allowed: false, motions: BOTH }
  await expectRefused(k.manager(votes.savePoll, { ...again, closes_at: iso('2026-03-18', '18:00:00') }), 'votes.period')
  await expectRefused(k.manager(votes.savePoll, { ...again, building_ids: [someId()] }), 'votes.building_unknown')
  await expectRefused(k.manager(votes.savePoll, { ...again, motions: [{ ...BOTH[0]!, file_id: someId() }] }), 'votes.no_file')
  // An extraordinary one after seven days.
  await k.manager(votes.savePoll, again)
  await k.manager(votes.announcePoll, { poll_id })
  await expectRefused(k.manager(votes.savePoll, again), 'votes.not_draft')
  await expectRefused(k.manager(votes.openPoll, { poll_id }), 'votes.too_early')
  expect((await zhang(messages.inbox, {})).rows.some((m) => m.title.includes('已公示'))).toBe(true)
  await k.manager(votes.cancelPoll, { poll_id, reason: '议题有误' })
  expect((await zhang(votes.myVote, { poll_id })).cancel_reason).toBe('议题有误')
  await expectRefused(k.manager(votes.openPoll, { poll_id }), 'votes.not_announced')
})

test('the roll: one owner one head with all houses, co-owners one, the developer one, bays not; frozen with its sources', async () => {
  const poll_id = await k.draft()
  const p = await k.manager(votes.rollPreview, { poll_id })
  expect(p).toMatchObject({ house_count: 15, developer_houses: 1, shared_count: 1, many_count: 0 })
  // A second house for 张三: one head, both areas.
  await k.t.as('admin')(people.moveIn, { house_id: k.w.houses['1-1-202']!, delivered_on: '2025-01-01', state: 'vacant', owners: [{ person: { person_id: k.w.persons['张三']! }, share_num: 1, share_den: 1 }] })
  expect(await k.manager(votes.rollPreview, { poll_id })).toMatchObject({ house_count: 15, eligible_count: 14, many_count: 1 })
  await k.manager(votes.announcePoll, { poll_id })
  at('2026-03-17', '08:00:00')
  await tick()
  expect(await k.manager(votes.poll, { poll_id })).toMatchObject({ state: 'open', eligible_count: 14 })
  expect(await voterOf(k.service, poll_id, '张三')).toMatchObject({ area_m2: '174.70', houses: '1-1-101、1-1-202', house_count: 2 })
  expect(await voterOf(k.service, poll_id, '1-1-102')).toMatchObject({ area_m2: '76.20', person_count: 2 })
  expect(await voterOf(k.service, poll_id, '1-2-302')).toMatchObject({ kind: 'developer', name: '安居置业' })
  // Who buys afterwards does not vote: the roll stands, and so does the right of who sold.
  const { voter_id } = await voterOf(k.service, poll_id, '张三')
  await k.t.as('admin')(people.transferHouse, { house_id: k.w.houses['1-1-202']!, on_day: '2026-03-17', owners: [{ person: { person_id: k.w.persons['孙七']! }, share_num: 1, share_den: 1 }], reason: '出售', arrears_to: 'old' })
  expect(await voterOf(k.service, poll_id, '张三')).toMatchObject({ area_m2: '174.70' })
  expect((await zhang(votes.myVote, { poll_id })).rights.map((r) => r.voter_id)).toEqual([voter_id])
  for (const table of ['voter', 'voter_house', 'voter_person', 'ballot', 'ballot_choice', 'listed', 'result']) await expect(k.t.inside((s) => sql`update ${sql.table(`votes.${table}`)} set company_id = company_id`.execute(s.db))).rejects.toThrow(/permission denied/)
  await sound()
  const { sheets } = await readSheets(((await k.service(votes.rollExcel, { poll_id })) as FileAnswer).body as Buffer, '名册.xlsx')
  expect(sheets.map((x) => x.rows.length)).toEqual([15, 16])
  expect(pdfText(((await k.service(votes.ballotPaper, { poll_id, voter_id })) as FileAnswer).body as Buffer)).toContain('1-1-101、1-1-202')
  expect(pdfText(((await k.service(votes.rollPaper, { poll_id })) as FileAnswer).body as Buffer)).toContain('安居置业')
  await k.manager(votes.cancelPoll, { poll_id, reason: '改期' })
})

test('houses unsold without a word of whose they are belong to the one developer: he is one head', async () => {
  const poll_id = await k.draft()
  const before = await k.manager(votes.rollPreview, { poll_id })
  const unsold = (state: string) => k.t.inside((s) => sql`update property.house set state = ${state} where company_id = ${s.company_id} and label in ('1-1-301', '1-1-302')`.execute(s.db))
  await unsold('unsold')
  expect(await k.manager(votes.rollPreview, { poll_id })).toMatchObject({ developer_houses: before.developer_houses + 2, eligible_count: before.eligible_count - 2, eligible_m2: before.eligible_m2 })
  const open_id = await k.opened()
  expect(await voterOf(k.service, open_id, '1-1-301')).toMatchObject({ kind: 'developer', name: '安居置业', house_count: 3 })
  await unsold('vacant')
  await k.manager(votes.cancelPoll, { poll_id: open_id, reason: '改期' })
})

test('by phone, on paper, by proxy: each right once; sealed until the close; published and counted again', { timeout: 60_000 }, async () => {
  const poll_id = await k.opened()
  const [mine] = (await zhang(votes.myVote, { poll_id })).rights
  const voter = { poll_id, voter_id: mine!.voter_id }
  const yes = await marks(k.manager, poll_id, 'agree')
  await expectRefused(zhang(votes.cast, { ...voter, secret_ballot: yes.slice(0, 1) }), 'votes.motion_missing')
  await expectRefused(zhang(votes.cast, { ...voter, secret_ballot: [...yes, { motion_id: someId(), choice: 'agree' }] }), 'votes.motion_unknown')
  const cast = await zhang(votes.cast, { ...voter, secret_ballot: yes, request_id: rid() })
  await expectRefused(zhang(votes.cast, { ...voter, secret_ballot: yes }), 'votes.already_voted')
  const li = await k.t.resident(PHONES.李四)
  await lasting(k.t)
  // Somebody else's right is not there, nor a tenant's.
  await expectRefused(wang(votes.cast, { ...voter, secret_ballot: yes }), 'kernel.not_found')
  expect((await li(votes.myVote, { poll_id })).rights).toEqual([])
  // Co-owners: whoever comes first says that the other agrees; or one was chosen.
  const [shared] = (await wang(votes.myVote, { poll_id })).rights
  const both = { poll_id, voter_id: shared!.voter_id }
  await expectRefused(wang(votes.cast, { ...both, secret_ballot: yes }), 'votes.agree_first')
  await k.service(votes.chooseSpokesman, { ...both, person_id: k.w.persons['赵六']!, note: '共有人推选书' })
  await expectRefused(k.service(votes.chooseSpokesman, { ...both, person_id: k.w.persons['王五']!, note: '又改' }), 'votes.spokesman_set')
  await expectRefused(wang(votes.cast, { ...both, secret_ballot: yes, agreed: true }), 'votes.spokesman_only')
  await zhao(votes.cast, { ...both, secret_ballot: await marks(k.manager, poll_id, 'agree', 'oppose') })
  await expectRefused(k.service(votes.chooseSpokesman, { ...both, person_id: k.w.persons['王五']!, note: '再改' }), 'votes.already_voted')

  // On paper: with its scan; what was typed wrongly is put right with a reason, what was done by phone is not.
  const sun = (await voterOf(k.service, poll_id, '1-1-201')).voter_id
  const paper = { poll_id, voter_id: sun, way: 'paper' as const, proof: '身份证原件', scan_file_id: await k.scan(k.service) }
  await expectRefused(k.service(votes.enterBallot, { ...paper, scan_file_id: await k.scan(k.manager), secret_ballot: yes }), 'votes.no_file')
  await expectRefused(k.service(votes.enterBallot, { ...paper, secret_ballot: yes, correct_reason: '看错' }), 'votes.not_to_correct')
  await k.service(votes.enterBallot, { ...paper, secret_ballot: await marks(k.manager, poll_id, 'oppose') })
  await expectRefused(k.service(votes.enterBallot, { ...paper, secret_ballot: yes }), 'votes.already_voted')
  await k.service(votes.enterBallot, { ...paper, secret_ballot: (await marks(k.manager, poll_id, 'agree')).slice(0, 1), correct_reason: '看错一行,第二项未填' })
  await expectRefused(k.service(votes.enterBallot, { ...paper, voter_id: mine!.voter_id, secret_ballot: yes, correct_reason: '改' }), 'votes.not_to_correct')

  // By proxy: a mandate, nobody of the staff, no more than the rule says (one).
  const zhou = (await voterOf(k.service, poll_id, '2-1-101')).voter_id
  const proxy = { ...paper, voter_id: zhou, way: 'proxy' as const, secret_ballot: yes, agent_name: '钱八', agent_phone: '13900000001' }
  await expectRefused(k.service(votes.enterBallot, proxy), 'votes.mandate_needed')
  const mandate_file_id = await k.scan(k.service)
  await k.t.app.d.pool.query(`update identity.account set phone = '13900000009' where account_id = $1`, [k.manager.account_id])
  await expectRefused(k.service(votes.enterBallot, { ...proxy, mandate_file_id, agent_phone: '13900000009' }), 'votes.agent_is_staff')
  await k.service(votes.enterBallot, { ...proxy, mandate_file_id })
  const shop = (await voterOf(k.service, poll_id, 'S-01')).voter_id
  await expectRefused(k.service(votes.enterBallot, { ...proxy, voter_id: shop, mandate_file_id }), 'votes.proxy_many')
  await expectRefused(k.t.as('finance')(votes.enterBallot, { ...proxy, voter_id: shop, mandate_file_id }), 'kernel.forbidden')

  // Sealed: who has come is known, how nobody says, the audit neither.
  expect(await k.manager(votes.turnout, { poll_id })).toMatchObject({ voted: { count: 4, m2: '469.40' }, ways: { app: 2, paper: 1, proxy: 1 } })
  expect(await k.manager(votes.results, { poll_id })).toEqual({ hidden: true, live: false, rows: [] })
  await expectRefused(k.manager(votes.revealBallot, { poll_id, voter_id: sun, reason: '核对' }), 'votes.still_sealed')
  const trail = await k.t.as('admin')(identity.audit, { page_size: 100 })
  for (const row of trail.rows.filter((r) => r.call.startsWith('votes.'))) expect(JSON.stringify(row.detail)).not.toMatch(/"(agree|oppose|abstain)"/)

  await expectRefused(k.manager(votes.closePoll, { poll_id }), 'votes.still_open')
  await expectRefused(k.manager(votes.extendPoll, { poll_id, closes_at: iso('2026-05-20', '18:00:00'), reason: '参加的人少' }), 'votes.period')
  await k.manager(votes.extendPoll, { poll_id, closes_at: iso('2026-03-30', '18:00:00'), reason: '参加的人少' })
  at('2026-03-30', '18:00:00')
  await expectRefused(k.service(votes.enterBallot, { ...paper, voter_id: shop, secret_ballot: yes }), 'votes.not_open')
  await tick()
  const { rows } = await k.manager(votes.results, { poll_id })
  // 孙七 bought 1-1-202 meanwhile in the test before: 98.50 + 76.20.
  expect(rows.map((r) => [r.agree, r.oppose, r.quorum_met, r.passed])).toEqual([[{ count: 4, m2: '469.40' }, { count: 0, m2: '0.00' }, false, false], [{ count: 2, m2: '218.50' }, { count: 1, m2: '76.20' }, false, false]])
  await expectRefused(k.t.as('service')(votes.publishPoll, { poll_id }), 'kernel.forbidden')
  expect((await k.manager(votes.publishPoll, { poll_id })).listed_count).toBe(4)
  await expectRefused(k.manager(votes.publishPoll, { poll_id }), 'votes.not_closed')

  // The owner finds his line and works the code out himself.
  const after = (await zhang(votes.myVote, { poll_id })).rights[0]!
  const found = await zhang(votes.publicList, { poll_id, code: cast.receipt_code.toLowerCase().replaceAll('-', '').slice(0, 9) })
  expect(found.rows).toEqual([{ receipt_code: cast.receipt_code, area_m2: '98.50', choices: { 1: 'agree', 2: 'agree' } }])
  expect(receiptCode({ poll_id, ballot_id: after.ballot_id!, area_m2: found.rows[0]!.area_m2, chosen: found.rows[0]!.choices, salt: after.secret_salt! })).toBe(after.receipt_code)
  const [sheet] = (await readSheets(((await zhang(votes.publicListExcel, { poll_id })) as FileAnswer).body as Buffer, '名单.xlsx')).sheets
  expect(sheet!.rows).toHaveLength(5)
  for (const [who, pair] of [[k.service, { name: 'votes.rollExcel', read: votes.roll, excel: votes.rollExcel }], [zhang, { name: 'votes.publicListExcel', read: votes.publicList, excel: votes.publicListExcel }]] as const) {
    const x = await compare(who as never, pair, { poll_id })
    expect([x.strange, x.texts > 0, x.rows > 0], pair.name).toEqual([[], true, true])
  }
  const notice = pdfText(((await k.manager(votes.resultPaper, { poll_id })) as FileAnswer).body as Buffer)
  expect(notice).toContain('表决结果公告')
  expect(notice).toContain('未通过')
  const seen = await k.manager(votes.revealBallot, { poll_id, voter_id: sun, reason: '业主申请查票' })
  expect(seen.rows.map((r) => [r.round_no, r.reason, r.choices])).toEqual([[2, '看错一行,第二项未填', [{ motion_no: 1, choice: 'agree' }]], [1, null, [{ motion_no: 1, choice: 'oppose' }, { motion_no: 2, choice: 'oppose' }]]])
  await sound()
})

test('another company, another community, another building', async () => {
  const poll_id = await k.draft()
  await expectRefused(k.t.as('other_admin')(votes.poll, { poll_id }), 'kernel.not_found')
  const elsewhere = await k.t.hire('manager', { scope_kind: 'community', scope_ids: [someId()] })
  await expectRefused(elsewhere(votes.poll, { poll_id }), 'kernel.not_found')
  const steward = await k.t.hire('steward', { scope_kind: 'building', scope_ids: [k.w.buildings['2']!] })
  await lasting(k.t)
  await expectRefused(steward(votes.announcePoll, { poll_id }), 'kernel.forbidden')
  await k.manager(votes.announcePoll, { poll_id })
  at('2026-03-17', '08:00:00')
  await k.manager(votes.openPoll, { poll_id })
  expect((await steward(votes.roll, { poll_id })).rows.map((r) => r.houses)).toEqual(['2-1-101', '2-1-102'])
  const far = (await voterOf(k.service, poll_id, '1-1-101')).voter_id
  await expectRefused(steward(votes.persons, { poll_id, voter_id: far }), 'kernel.not_found')
  await expectRefused(zhang(votes.myVote, { poll_id: await k.draft() }), 'kernel.not_found')
  setClock(undefined)
})
