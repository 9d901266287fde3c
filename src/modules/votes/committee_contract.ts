// The register of the owners' committee (业主委员会): terms, members, when the re-election has to begin. Part of the contract, apart for length.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Day, Id, Needed, Reason, Repeatable, Text } from '../../kernel/shapes.ts'

export const COMMITTEE_KINDS = ['committee', 'management'] as const
export const MEMBER_POSTS = ['head', 'deputy', 'member', 'reserve'] as const
const CommitteeMember = z.object({ member_id: Id, name: z.string().meta({ zh: '姓名' }), post: z.enum(MEMBER_POSTS).meta({ zh: '职务' }), houses: z.string().nullable().meta({ zh: '房产' }), from_on: Day.meta({ zh: '任职起' }), to_on: Day.nullable().meta({ zh: '任职止' }), end_reason: z.string().nullable().meta({ zh: '离任原因' }) })
const Fields = {
  kind: z.enum(COMMITTEE_KINDS).meta({ zh: '机构' }), term_no: z.int().min(1).max(50).meta({ zh: '第几届' }), from_on: Day.meta({ zh: '任期起' }), to_on: Day.meta({ zh: '任期止(含)' }), seats_count: z.int().min(3, '3 至 49 名').max(49, '3 至 49 名').meta({ zh: '委员名额' }), filed_no: Text(60).nullable().default(null).meta({ zh: '备案号' }), filed_on: Day.nullable().default(null).meta({ zh: '备案日' }),
  remind_months: z.int().min(1).max(24).meta({ zh: '届满前几个月提醒换届' }), poll_id: Id.nullable().default(null).meta({ zh: '选举的表决' }), note: Text(300).nullable().default(null).meta({ zh: '说明' }),
}
export const Committee = z.object({ ...Fields, committee_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), filed_no: z.string().nullable().meta({ zh: '备案号' }), filed_on: Day.nullable().meta({ zh: '备案日' }), poll_id: Id.nullable(), poll_title: z.string().nullable().meta({ zh: '选举' }), note: z.string().nullable(), state: z.enum(['coming', 'serving', 'over']).meta({ zh: '状态' }), renew_on: Day.meta({ zh: '应启动换届' }), due: z.boolean(), members: z.array(CommitteeMember) })
export type Committee = z.output<typeof Committee>
export type CommitteeMember = z.output<typeof CommitteeMember>

export const committeeCalls = {
  committees: read({ zh: '业委会', may: 'votes.poll.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(Committee) }) }),
  saveCommittee: write({ zh: '登记业委会', may: 'votes.committee.write', takes: Repeatable.extend({ committee_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), ...Fields }), gives: z.object({ committee_id: Id }), refuses: ['votes.term_order', 'votes.term_twice', 'votes.term_long', 'votes.seats_even', 'votes.filed_half'] }),
  addCommitteeMember: write({ zh: '登记业委会成员', may: 'votes.committee.write', takes: Repeatable.extend({ committee_id: Id, name: Needed(30).meta({ zh: '姓名' }), post: z.enum(MEMBER_POSTS).meta({ zh: '职务' }), houses: Text(60).nullable().default(null).meta({ zh: '房产' }), from_on: Day.meta({ zh: '任职起' }) }), gives: z.object({ member_id: Id }), refuses: ['votes.outside_term', 'votes.seats_full', 'votes.head_twice'] }),
  endCommitteeMember: write({ zh: '登记业委会成员离任', may: 'votes.committee.write', takes: Repeatable.extend({ member_id: Id, to_on: Day.meta({ zh: '任职止(含)' }), reason: Reason }), gives: z.object({ member_id: Id }), refuses: ['votes.member_over', 'votes.outside_term'] }),
  /** Who speaks for the owners is public to them. */
  myCommittee: read({ zh: '我的业委会', may: 'resident', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ community_name: z.string(), kind: z.enum(COMMITTEE_KINDS), term_no: z.int(), to_on: Day, members: z.array(z.object({ name: z.string(), post: z.enum(MEMBER_POSTS) })) })) }) }),
}
