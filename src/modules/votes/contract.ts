// Votes of the owners' assembly (业主大会表决, 民法典 278): dated rules, polls with motions, the roll frozen at opening, ballots by phone, paper and proxy, the count, the published list.
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { committeeCalls } from './committee_contract.ts'
import { Choice, Listed, Motion, MotionIn, PollFields, PollRow, Result, Rule, RuleFields, Side, POLL_STATES, VoterRow, Way } from './shapes.ts'

export * from './shapes.ts'
export { COMMITTEE_KINDS, MEMBER_POSTS, type Committee, type CommitteeMember } from './committee_contract.ts'
const One = z.object({ poll_id: Id })
const Step = Repeatable.extend({ poll_id: Id })
const done = z.object({ poll_id: Id })
/** What somebody chose. The name of the field keeps it out of the audit (kernel/serve.ts scrubs `secret`): before the close nobody reads there how somebody voted. */
const Marks = z.array(z.object({ motion_id: Id, choice: Choice })).min(1, '至少选一个议题').max(50).meta({ zh: '选择' })
export const MyVote = z.object({ poll_id: Id, title: z.string(), community_name: z.string(), state: z.enum(POLL_STATES), opens_at: Instant, closes_at: Instant, rights: z.int(), voted: z.int(), over: z.boolean() })
export type MyVote = z.output<typeof MyVote>
export const MyRight = z.object({
  voter_id: Id, voter_no: z.int(), name: z.string(), houses: z.array(z.string()), area_m2: z.string(), shared: z.boolean(), spokesman: z.string().nullable(), voted_way: Way.nullable(), voted_at: Instant.nullable(), receipt_code: z.string().nullable(), secret_salt: z.string().nullable(), ballot_id: Id.nullable(), choices: z.array(z.object({ motion_no: z.int(), choice: Choice })), can: Can('vote'),
})
export type MyRight = z.output<typeof MyRight>
const CAST = ['votes.not_open', 'votes.already_voted', 'votes.motion_unknown', 'votes.motion_missing'] as const

export const votes = contract('votes', {
  rules: read({ zh: '表决规则', may: 'votes.poll.read', takes: z.object({ community_id: Id }), gives: z.object({ now: Rule, next: Rule.nullable(), own: z.boolean(), can_write: z.boolean() }) }),
  saveRule: write({ zh: '设定表决规则', may: 'votes.rule.write', takes: Repeatable.extend({ community_id: Id, ...RuleFields }), gives: z.object({ from_on: Day }), refuses: ['votes.from_past', 'votes.below_law', 'votes.days_order', 'votes.matter_twice'] }),

  polls: read({ zh: '表决列表', may: 'votes.poll.read', takes: Paging.extend({ community_id: Id.optional(), state: z.enum(POLL_STATES).optional() }), gives: pageOf(PollRow) }),
  poll: read({ zh: '表决', may: 'votes.poll.read', takes: One, gives: PollRow.extend({ ...PollFields, opens_at: Instant, closes_at: Instant, organiser: z.string(), building_names: z.array(z.string()), rule: Rule.nullable(), announced_on: Day.nullable(), opened_at: Instant.nullable(), closed_at: Instant.nullable(), published_at: Instant.nullable(), posted_until: Day.nullable(), cancel_reason: z.string().nullable(), eligible_m2: z.string().nullable(), roll_hash: z.string().nullable(), list_hash: z.string().nullable(), motions: z.array(Motion), extensions: z.array(z.object({ extension_no: z.int(), before_at: Instant, after_at: Instant, reason: z.string(), created_by_name: z.string() })), can: Can('edit', 'announce', 'open', 'extend', 'close', 'publish', 'cancel', 'enter') }) }),
  savePoll: write({ zh: '保存表决', may: 'votes.poll.write', takes: Repeatable.extend({ poll_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), ...PollFields, motions: z.array(MotionIn).min(1, '至少一个议题').max(50, '最多 50 个议题').meta({ zh: '议题' }) }), gives: done, refuses: ['votes.not_draft', 'votes.period', 'votes.no_file', 'votes.building_unknown'] }),
  announcePoll: write({ zh: '公示表决', may: 'votes.poll.write', takes: Step, gives: done, refuses: ['votes.not_draft', 'votes.notice_short', 'votes.period'] }),
  openPoll: write({ zh: '开启表决', may: 'votes.poll.write', takes: Step, gives: done.extend({ eligible_count: z.int() }), refuses: ['votes.not_announced', 'votes.too_early', 'votes.over', 'votes.nobody'] }),
  extendPoll: write({ zh: '延长表决', may: 'votes.poll.write', takes: Step.extend({ closes_at: z.iso.datetime().meta({ zh: '新的截止' }), reason: Reason }), gives: done, refuses: ['votes.not_open', 'votes.period', 'votes.not_later'] }),
  closePoll: write({ zh: '截止计票', may: 'votes.poll.write', takes: Step, gives: done, refuses: ['votes.not_open', 'votes.still_open'] }),
  publishPoll: write({ zh: '公布表决结果', may: 'votes.poll.write', takes: Step, gives: done.extend({ listed_count: z.int() }), refuses: ['votes.not_closed'] }),
  cancelPoll: write({ zh: '取消表决', may: 'votes.poll.write', takes: Step.extend({ reason: Reason }), gives: done, refuses: ['votes.not_cancelled'] }),
  motionFile: download({ zh: '查看议题附件', may: 'votes.poll.read', takes: z.object({ motion_id: Id }) }),

  rollPreview: read({ zh: '核对表决名册', may: 'votes.roll.open', takes: One, gives: z.object({ eligible_count: z.int(), eligible_m2: z.string(), house_count: z.int(), developer_houses: z.int(), unknown_houses: z.int(), zero_area_houses: z.int(), shared_count: z.int(), many_count: z.int() }) }),
  roll: read({ zh: '表决名册', may: 'votes.roll.open', takes: Paging.extend({ poll_id: Id, q: Text(30).optional(), voted: z.boolean().optional(), building_id: Id.optional() }), gives: pageOf(VoterRow) }),
  rollPaper: download({ zh: '打印表决名册', may: 'votes.roll.open', takes: One, refuses: ['votes.no_roll'] }),
  rollExcel: download({ zh: '导出表决名册', may: 'votes.roll.open', takes: One, refuses: ['votes.no_roll'] }),
  ballotPaper: download({ zh: '打印纸质票', may: 'votes.roll.open', takes: z.object({ poll_id: Id, building_id: Id.optional(), voter_id: Id.optional() }), refuses: ['votes.no_roll', 'votes.print_many'] }),
  turnout: read({ zh: '投票进度', may: 'votes.poll.read', takes: One, gives: z.object({ eligible: Side, voted: Side, ways: z.object({ app: z.int(), paper: z.int(), proxy: z.int() }), quorum: z.array(z.object({ text: z.string(), met: z.boolean() })), buildings: z.array(z.object({ building_id: Id, name: z.string().meta({ zh: '楼栋' }), eligible_count: z.int().meta({ zh: '应参加' }), voted_count: z.int().meta({ zh: '已投' }) })) }) }),

  persons: read({ zh: '表决权人有哪些人', may: 'votes.ballot.enter', takes: z.object({ poll_id: Id, voter_id: Id }), gives: z.object({ rows: z.array(z.object({ person_id: Id, name: z.string() })), houses: z.array(z.object({ label: z.string(), kind: z.string(), area_m2: z.string(), source: z.string() })) }) }),
  chooseSpokesman: write({ zh: '登记推选的投票人', may: 'votes.ballot.enter', takes: Step.extend({ voter_id: Id, person_id: Id, note: Needed(100).meta({ zh: '推选依据' }) }), gives: done, refuses: ['votes.not_open', 'votes.already_voted', 'votes.spokesman_set'] }),
  enterBallot: write({
    zh: '录入选票', may: 'votes.ballot.enter',
    takes: Step.extend({ voter_id: Id, way: z.enum(['paper', 'proxy']).meta({ zh: '方式' }), secret_ballot: Marks, proof: Needed(100).meta({ zh: '身份核对' }), scan_file_id: Id.meta({ zh: '选票照片或扫描件' }), agent_name: Text(30).nullable().default(null).meta({ zh: '受托人' }), agent_phone: z.string().trim().regex(/^1[3-9]\d{9}$/, '应为 11 位手机号').nullable().default(null).meta({ zh: '受托人手机号' }), mandate_file_id: Id.nullable().default(null).meta({ zh: '委托书' }), correct_reason: Text(200).nullable().default(null).meta({ zh: '更正原因' }) }),
    gives: z.object({ ballot_id: Id, receipt_code: z.string(), voter_no: z.int() }), refuses: [...CAST, 'votes.no_file', 'votes.mandate_needed', 'votes.agent_is_staff', 'votes.proxy_many', 'votes.not_to_correct'],
  }),
  /** A write, because who looked at whose ballot is kept in the audit. */
  revealBallot: write({ zh: '查看选票', may: 'votes.ballot.reveal', takes: Step.extend({ voter_id: Id, reason: Reason }), gives: z.object({ rows: z.array(z.object({ ballot_id: Id, round_no: z.int(), way: Way, cast_at: Instant, entered_by_name: z.string(), proof: z.string(), agent_name: z.string().nullable(), reason: z.string().nullable(), receipt_code: z.string(), has_scan: z.boolean(), has_mandate: z.boolean(), choices: z.array(z.object({ motion_no: z.int(), choice: Choice })) })) }), refuses: ['votes.still_sealed'] }),
  ballotScan: download({ zh: '查看选票影像', may: 'votes.ballot.reveal', takes: z.object({ ballot_id: Id, what: z.enum(['scan', 'mandate']) }), refuses: ['votes.still_sealed'] }),
  results: read({ zh: '计票结果', may: 'votes.poll.read', takes: One, gives: z.object({ hidden: z.boolean(), live: z.boolean(), rows: z.array(Result) }) }),
  list: read({ zh: '公布名单', may: 'votes.poll.read', takes: Paging.extend({ poll_id: Id, code: Text(40).optional() }), gives: pageOf(Listed) }),
  listExcel: download({ zh: '导出公布名单', may: 'votes.poll.read', takes: One, refuses: ['votes.not_published'] }),
  resultPaper: download({ zh: '打印结果公告', may: 'votes.poll.read', takes: One, refuses: ['votes.not_closed'] }),

  ...committeeCalls,
  /** Published motions on using the fund that no use has taken yet, for a use that waits for its vote. */
  fundMotions: read({ zh: '可选用的表决结果', may: 'funds.use.write', takes: z.object({ use_id: Id }), gives: z.object({ rows: z.array(z.object({ motion_id: Id, poll_id: Id, title: z.string(), motion_title: z.string().meta({ zh: '议题' }), voted_on: Day.meta({ zh: '表决日' }), passed: z.boolean().meta({ zh: '结果' }), sentence: z.string().meta({ zh: '怎样算出' }) })) }) }),
  recordInFund: write({ zh: '维修资金选用表决结果', may: 'funds.use.write', takes: Repeatable.extend({ use_id: Id, motion_id: Id }), gives: z.object({ use_id: Id, passed: z.boolean() }), refuses: ['votes.motion_used', 'votes.fund_differs', 'funds.use_state', 'funds.future', 'funds.posting_days', 'funds.vote_numbers', 'funds.no_policy'] }),

  myVotes: read({ zh: '我的表决', may: 'resident', takes: z.object({}), gives: z.object({ rows: z.array(MyVote) }) }),
  myVote: read({ zh: '我的表决详情', may: 'resident', takes: One, gives: z.object({ poll_id: Id, title: z.string(), intro: z.string(), community_name: z.string(), scope: z.string(), organiser_name: z.string(), state: z.enum(POLL_STATES), opens_at: Instant, closes_at: Instant, replace_allowed: z.boolean(), sealed: z.boolean(), motions: z.array(Motion), rights: z.array(MyRight), results: z.array(Result), listed_count: z.int(), list_hash: z.string().nullable(), posted_until: Day.nullable(), cancel_reason: z.string().nullable() }) }),
  myMotionFile: download({ zh: '业主查看议题附件', may: 'resident', takes: z.object({ motion_id: Id }) }),
  cast: write({ zh: '业主投票', may: 'resident', takes: Step.extend({ voter_id: Id, secret_ballot: Marks, agreed: z.boolean().default(false).meta({ zh: '其他共有人同意' }) }), gives: z.object({ ballot_id: Id, receipt_code: z.string() }), refuses: [...CAST, 'votes.agree_first', 'votes.spokesman_only'] }),
  publicList: read({ zh: '业主查看公布名单', may: 'resident', takes: Paging.extend({ poll_id: Id, code: Text(40).optional() }), gives: pageOf(Listed) }),
  publicListExcel: download({ zh: '业主下载公布名单', may: 'resident', takes: One, refuses: ['votes.not_published'] }),
})
