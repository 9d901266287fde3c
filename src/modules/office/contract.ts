// Rules and SOPs: written in versions, approved by a second person, in force from a day, read by whom they concern, opened from the work they are for.
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Audience, DiffLine, DraftFields, LINKS_MAX, Link, MyRule, MyRuleText, Policy, PolicyFields, PolicyVersion, READS, ReaderRow, RuleClass, RuleDetail, RuleRow, State, Target, VersionRow, VersionText, WORKS } from './shapes.ts'

export { ALL_ID, FILES_MAX, LINKS, READS, STATES, TARGETS, type Audience, type DiffLine, type Link, type MyRule, type Policy, type PolicyVersion, type ReaderRow, type RuleClass, type RuleDetail, type RuleRow, type Target, type VersionRow, type VersionText } from './shapes.ts'
const RuleFilter = z.object({ q: Text(40).optional(), class_id: Id.optional(), state: State.optional(), community_id: Id.optional() })
export type RuleFilter = z.output<typeof RuleFilter>
const ReaderFilter = z.object({ version_id: Id, state: z.enum(READS).optional(), q: Text(20).optional() })
export type ReaderFilter = z.output<typeof ReaderFilter>
const One = Repeatable.extend({ doc_id: Id })
const Done = z.object({ doc_id: Id })
const WRONG = ['office.wrong_state', 'office.approval_open'] as const

export const office = contract('office', {
  classes: read({ zh: '制度分类', may: 'signed_in', takes: z.object({ with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(RuleClass) }) }),
  saveClass: write({ zh: '保存制度分类', may: 'office.setup.write', takes: Repeatable.extend({ ...RuleClass.partial({ class_id: true }).shape }), gives: z.object({ class_id: Id }), refuses: ['office.class_taken', 'office.too_many'] }),
  addUsualClasses: write({ zh: '加入常用制度分类', may: 'office.setup.write', takes: Repeatable, gives: z.object({ count: z.int() }) }),
  policy: read({ zh: '制度阅读规则', may: 'office.rule.read', takes: z.object({}), gives: z.object({ now: Policy, rows: z.array(PolicyVersion) }) }),
  savePolicy: write({ zh: '设定制度阅读规则', may: 'office.setup.write', takes: Repeatable.extend(PolicyFields), gives: z.object({ from_on: Day }), refuses: ['office.from_past'] }),

  /** What the editor chooses from. */
  choices: read({ zh: '制度可选的阅读对象与工作', may: 'office.rule.write', takes: z.object({ community_id: Id.nullable() }), gives: z.object({ targets: z.array(Target.extend({ name: z.string() })), links: z.array(Link.extend({ name: z.string() })) }) }),
  /** How many would have to read it. */
  audience: read({ zh: '制度应读人数', may: 'office.rule.write', takes: Audience, gives: z.object({ person_count: z.int() }), refuses: ['office.target_unknown'] }),
  rules: read({ zh: '制度与 SOP', may: 'office.rule.read', takes: Paging.extend(RuleFilter.shape), gives: pageOf(RuleRow) }),
  rulesExcel: download({ zh: '导出制度目录', may: 'office.rule.export', takes: RuleFilter, refuses: ['office.too_many_rows'] }),
  rule: read({ zh: '制度详情', may: 'office.rule.read', takes: z.object({ doc_id: Id }), gives: RuleDetail }),
  version: read({ zh: '制度版本', may: 'office.rule.read', takes: z.object({ version_id: Id }), gives: VersionText }),
  compare: read({ zh: '对比制度版本', may: 'office.rule.read', takes: z.object({ older_id: Id, newer_id: Id }), gives: z.object({ older: VersionRow, newer: VersionRow, lines: z.array(DiffLine), changed_count: z.int() }), refuses: ['office.not_one_doc'] }),
  /** Without a document: a new one. With one: its open draft, or the next version. */
  saveDraft: write({ zh: '保存制度草稿', may: 'office.rule.write', takes: Repeatable.extend({ doc_id: Id.optional(), ...DraftFields }), gives: z.object({ doc_id: Id, version_id: Id }), refuses: [...WRONG, 'office.target_unknown', 'office.class_gone', 'office.no_file', 'office.from_past', 'office.from_before', 'office.title_taken', 'office.place_fixed'] }),
  dropDraft: write({ zh: '删除制度草稿', may: 'office.rule.write', takes: One, gives: Done, refuses: [...WRONG] }),
  submitDraft: write({ zh: '提交制度审批', may: 'office.rule.write', takes: One, gives: Done.extend({ approval_id: Id }), refuses: [...WRONG, 'office.nobody', 'system.approval_pending', 'system.approval_nobody'] }),
  askEnd: write({ zh: '申请废止制度', may: 'office.rule.write', takes: One.extend({ ended_on: Day.meta({ zh: '废止日' }), reason: Reason }), gives: Done.extend({ approval_id: Id }), refuses: [...WRONG, 'office.from_past', 'system.approval_pending', 'system.approval_nobody'] }),
  saveLinks: write({ zh: '关联制度与工作', may: 'office.rule.write', takes: One.extend({ links: z.array(Link).max(LINKS_MAX, `最多 ${LINKS_MAX} 项`).meta({ zh: '用于哪些工作' }) }), gives: Done, refuses: ['office.link_unknown', 'office.wrong_state'] }),
  readers: read({ zh: '制度阅读情况', may: 'office.rule.read', takes: Paging.extend(ReaderFilter.shape), gives: pageOf(ReaderRow) }),
  readersExcel: download({ zh: '导出制度阅读情况', may: 'office.rule.export', takes: ReaderFilter, refuses: ['office.too_many_rows'] }),
  remindUnread: write({ zh: '提醒未读制度的员工', may: 'office.rule.write', takes: One, gives: z.object({ person_count: z.int() }), refuses: [...WRONG, 'office.all_read', 'office.reminded_today'] }),
  rulePdf: download({ zh: '打印制度', may: 'signed_in', takes: z.object({ version_id: Id }) }),
  ruleFile: download({ zh: '制度附件', may: 'signed_in', takes: z.object({ version_id: Id, file_id: Id }) }),

  /** What concerns whoever asks: unread first. Without `q` what he must read and what his work uses; with it all that he may open. */
  myRules: read({ zh: '我的制度', may: 'signed_in', takes: Paging.extend({ q: Text(40).optional(), unread: z.boolean().optional() }), gives: pageOf(MyRule).extend({ unread_count: z.int() }) }),
  myRule: read({ zh: '阅读制度', may: 'signed_in', takes: z.object({ doc_id: Id }), gives: MyRuleText }),
  seeRule: write({ zh: '确认阅读制度', may: 'signed_in', takes: Repeatable.extend({ version_id: Id, confirm: z.boolean().optional() }), gives: z.object({ version_id: Id }), refuses: ['office.not_to_confirm'] }),
  /** The versions in force for the work somebody stands before. */
  sops: read({ zh: '本项工作的 SOP', may: 'signed_in', takes: z.object({ at: z.enum(WORKS), id: Id, on_day: Day.optional() }), gives: z.object({ rows: z.array(MyRule.pick({ doc_id: true, version_id: true, no: true, title: true, class_name: true, version_no: true, from_on: true }).extend({ why: z.string() })) }) }),
})
