// The register of the owners' committee, and a published vote that a use of the maintenance fund takes as its vote.
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, someId } from '../../../../tests/harness.ts'
import { PHONES } from '../../../../tests/tiny_world.ts'
import { at, lasting, marks, votesKit, type VotesKit } from '../../../../tests/votes_kit.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { funds } from '../../funds/contract.ts'
import { messages } from '../../messages/contract.ts'
import { votes } from '../contract.ts'
import { sweepVotes } from './sweep.ts'

let k: VotesKit
beforeAll(async () => {
  at('2026-03-01')
  k = await votesKit()
}, 120_000)

test('terms with their members: odd seats, one head, no two terms at once; the re-election is reminded of once', async () => {
  await lasting(k.t)
  const term = { community_id: k.w.community_id, kind: 'committee' as const, term_no: 2, from_on: '2024-09-01', to_on: '2026-08-31', seats_count: 5, remind_months: 6, filed_no: '眉街业备 2024-3', filed_on: '2024-09-20' }
  await expectRefused(k.manager(votes.saveCommittee, { ...term, seats_count: 6 }), 'votes.seats_even')
  await expectRefused(k.manager(votes.saveCommittee, { ...term, to_on: '2029-09-01' }), 'votes.term_long')
  await expectRefused(k.manager(votes.saveCommittee, { ...term, to_on: '2024-08-31' }), 'votes.term_order')
  await expectRefused(k.manager(votes.saveCommittee, { ...term, filed_on: null }), 'votes.filed_half')
  await expectRefused(k.manager(votes.saveCommittee, { ...term, poll_id: someId() }), 'kernel.not_found')
  await expectRefused(k.service(votes.saveCommittee, term), 'kernel.forbidden')
  const { committee_id } = await k.manager(votes.saveCommittee, term)
  await expectRefused(k.manager(votes.saveCommittee, { ...term, term_no: 3, from_on: '2026-06-01', to_on: '2028-05-31' }), 'votes.term_twice')
  const member = { committee_id, name: '张三', post: 'head' as const, houses: '1-1-101', from_on: '2024-09-01' }
  const { member_id } = await k.manager(votes.addCommitteeMember, member)
  await expectRefused(k.manager(votes.addCommitteeMember, { ...member, name: '孙七' }), 'votes.head_twice')
  await expectRefused(k.manager(votes.addCommitteeMember, { ...member, from_on: '2024-08-31' }), 'votes.outside_term')
  for (const name of ['王五', '孙七', '周八', '赵六']) await k.manager(votes.addCommitteeMember, { ...member, name, post: 'member' })
  await expectRefused(k.manager(votes.addCommitteeMember, { ...member, name: '吴九', post: 'member' }), 'votes.seats_full')
  await k.manager(votes.addCommitteeMember, { ...member, name: '吴九', post: 'reserve' })
  await k.manager(votes.endCommitteeMember, { member_id, to_on: '2026-02-28', reason: '搬离小区' })
  await expectRefused(k.manager(votes.endCommitteeMember, { member_id, to_on: '2026-02-28', reason: '再次' }), 'votes.member_over')
  await k.manager(votes.addCommitteeMember, { ...member, name: '吴九', post: 'head', from_on: '2026-03-01' })
  const { rows } = await k.service(votes.committees, { community_id: k.w.community_id })
  // Six months before 31 August is the last of February.
  expect(rows[0]).toMatchObject({ state: 'serving', renew_on: '2026-02-28', due: true })
  const zhang = await k.t.resident(PHONES.张三)
  expect((await zhang(votes.myCommittee, {})).rows[0]!.members[0]).toEqual({ name: '吴九', post: 'head' })
  const tick = () => runSchedule(k.t.app, k.t.app.modules.find((m) => m.name === 'votes')!.schedules!.find((s) => s.name === 'votes.renewal')!)
  await tick()
  await tick()
  expect((await k.manager(messages.inbox, {})).rows.filter((m) => m.title.includes('换届'))).toHaveLength(1)
  await expectRefused(k.t.as('other_admin')(votes.saveCommittee, { ...term, committee_id }), 'kernel.not_found')
})

test('a use of the fund takes the figures of a published vote, each motion once', async () => {
  at('2026-03-01')
  const fin = k.t.as('finance')
  await fin(funds.savePolicy, {
    posting_days: 5, share_posting_days: 7, vote_method: 'majority', quorum_num: 2, quorum_den: 3, pass_num: 1, pass_den: 2, objection_num: 1, objection_den: 3, raise_quorum_num: 2, raise_quorum_den: 3, raise_num: 3, raise_den: 4, topup_target_bp: 10_000, over_budget_bp: 1000, audit_limit_fen: 3_000_000, threshold_bp: 3000, topup_days: 30,
    current_rate: '0.05', term_rate: '0.95', day_base: 360, settle_day: '06-30', dangers: '屋面、外墙渗漏', from_on: '2020-01-01', basis: '165 号令与本市办法',
  })
  await lasting(k.t)
  const use = async (title: string, building = '2'): Promise<string> => {
    const { use_id } = await fin(funds.saveUse, { community_id: k.w.community_id, path: 'ordinary', title, plan: '翻修屋面防水层', scope_kind: 'building', scope_ids: [k.w.buildings[building]!], budget_fen: 1_000_000 })
    await fin(funds.postUse, { use_id, on_day: '2026-03-01' })
    return use_id
  }
  const [roof, again] = [await use('屋面防水'), await use('屋面防水二期')]
  expect((await fin(votes.fundMotions, { use_id: roof })).rows).toEqual([])
  const poll_id = await k.opened({ building_ids: [k.w.buildings['2']!], motions: [{ matter: 'fund_use', title: '翻修屋面', body: '十万元以内', file_id: null }] })
  const scan_file_id = await k.scan(k.service)
  for (const n of (await k.service(votes.roll, { poll_id })).rows) await k.service(votes.enterBallot, { poll_id, voter_id: n.voter_id, way: 'paper', proof: '身份证', scan_file_id, secret_ballot: await marks(k.manager, poll_id, 'agree') })
  at('2026-03-27', '18:00:00')
  await k.manager(votes.closePoll, { poll_id })
  expect((await fin(votes.fundMotions, { use_id: roof })).rows).toEqual([])
  await k.manager(votes.publishPoll, { poll_id })
  const [m] = (await fin(votes.fundMotions, { use_id: roof })).rows
  expect(m).toMatchObject({ motion_title: '翻修屋面', passed: true, voted_on: '2026-03-27' })
  // Owners of another building did not vote on this.
  const elsewhere = await use('外墙', '1')
  expect((await fin(votes.fundMotions, { use_id: elsewhere })).rows).toEqual([])
  await expectRefused(fin(votes.recordInFund, { use_id: elsewhere, motion_id: m!.motion_id }), 'kernel.not_found')
  expect(await fin(votes.recordInFund, { use_id: roof, motion_id: m!.motion_id })).toEqual({ use_id: roof, passed: true })
  expect(await fin(funds.use, { use_id: roof })).toMatchObject({ state: 'passed', vote: { base_count: 2, base_m2: '240.00', joined_count: 2, yes_count: 2, yes_m2: '240.00', objected_count: 0, passed: true } })
  expect((await fin(votes.fundMotions, { use_id: again })).rows).toEqual([])
  await expectRefused(fin(votes.recordInFund, { use_id: again, motion_id: m!.motion_id }), 'votes.motion_used')
  await expectRefused(fin(votes.recordInFund, { use_id: again, motion_id: someId() }), 'kernel.not_found')
  await expectRefused(k.service(votes.recordInFund, { use_id: again, motion_id: m!.motion_id }), 'kernel.forbidden')
  expect((await k.t.inside(sweepVotes)).filter((x) => !x.ok)).toEqual([])
})
