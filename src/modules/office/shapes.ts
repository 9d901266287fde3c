import { z } from 'zod'
import { Can, Day, Id, Instant, Needed } from '../../kernel/shapes.ts'

/** `coming`: approved, its day has not come; `replaced` and `withdrawn` are told by the day. */
export const STATES = ['draft', 'asked', 'coming', 'in_force', 'replaced', 'withdrawn'] as const
export const TARGETS = ['all', 'post', 'department', 'community', 'role'] as const
/** The work that a rule is for; where that work is done, its version in force is opened. */
export const LINKS = ['order_category', 'round_kind', 'round_plan', 'equipment_category'] as const
/** What somebody stands before: an order, a round, a device. */
export const WORKS = ['order', 'task', 'device'] as const
export const READS = ['unread', 'read', 'confirmed', 'late'] as const
export const FILES_MAX = 10
export const TARGETS_MAX = 50
export const LINKS_MAX = 60
const BODY_MAX = 20_000
/** What the paper holds (`letter_a4`). */
const LINES_MAX = 400
const LINE_MAX = 1500
export const ALL_ID = '00000000-0000-0000-0000-000000000000'

export const State = z.enum(STATES).meta({ zh: '状态' })
export const RuleClass = z.object({ class_id: Id, name: Needed(20).meta({ zh: '分类' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) })
export type RuleClass = z.output<typeof RuleClass>
export const PolicyFields = {
  from_on: Day.meta({ zh: '生效日' }), read_days: z.int().min(1, '1 至 90 天').max(90, '1 至 90 天').meta({ zh: '几天内读完' }), remind_days: z.int().min(1, '1 至 30 天').max(30, '1 至 30 天').meta({ zh: '过期后几天提醒一次' }),
  keep_days: z.int().min(365, '至少 365 天').max(36_500, '最多 36500 天').meta({ zh: '失效后阅读记录保留' }), basis: Needed(200).meta({ zh: '依据' }),
}
export const Policy = z.object(PolicyFields)
export type Policy = z.output<typeof Policy>
export const PolicyVersion = Policy.extend({ made_by_name: z.string(), made_at: Instant, state: z.enum(['now', 'future', 'past']) })
export type PolicyVersion = z.output<typeof PolicyVersion>

export const Target = z.object({ kind: z.enum(TARGETS), target_id: Id })
export type Target = z.output<typeof Target>
export const Audience = z.object({ community_id: Id.nullable().meta({ zh: '适用小区' }), targets: z.array(Target).min(1, '至少选一种').max(TARGETS_MAX, `最多选 ${TARGETS_MAX} 个`).meta({ zh: '谁必须读' }) })
export type Audience = z.output<typeof Audience>
const Body = Needed(BODY_MAX).refine((v) => v.split('\n').filter((l) => l.trim()).length <= LINES_MAX, `最多 ${LINES_MAX} 段`).refine((v) => v.split('\n').every((l) => l.length <= LINE_MAX), `一段最多 ${LINE_MAX} 字,请分段`)
export const DraftFields = {
  ...Audience.shape, class_id: Id.meta({ zh: '分类' }), title: Needed(30).meta({ zh: '名称' }), body: Body.meta({ zh: '正文' }), change_note: Needed(300).meta({ zh: '修订说明' }), from_on: Day.meta({ zh: '生效日' }), must_confirm: z.boolean().meta({ zh: '要求确认「已读并遵守」' }),
  file_ids: z.array(Id).max(FILES_MAX, `最多 ${FILES_MAX} 个`).default([]).meta({ zh: '附件' }),
}
export const FileRow = z.object({ file_id: Id, name: z.string() })
/** Of the version in force, or else of the newest: how many must read, and have. */
const Counts = { reader_count: z.int().meta({ zh: '应读' }), read_count: z.int().meta({ zh: '已读' }), confirmed_count: z.int().meta({ zh: '已确认' }) }
export const RuleRow = z.object({
  doc_id: Id, no: z.string().meta({ zh: '制度编号' }), title: z.string().meta({ zh: '名称' }), class_id: Id, class_name: z.string().meta({ zh: '分类' }), community_id: Id.nullable(), community_name: z.string().meta({ zh: '适用范围' }), version_id: Id, version_no: z.int().meta({ zh: '版次' }), state: State, from_on: Day.meta({ zh: '生效日' }),
  open_state: State.nullable().meta({ zh: '在办版本' }), open_no: z.int().nullable(), must_confirm: z.boolean(), link_count: z.int().meta({ zh: '用于工作' }), excerpt: z.string().nullable().meta({ zh: '命中内容' }), ...Counts,
})
export type RuleRow = z.output<typeof RuleRow>
export const VersionRow = z.object({ version_id: Id, version_no: z.int().meta({ zh: '版次' }), title: z.string().meta({ zh: '名称' }), state: State, from_on: Day.meta({ zh: '生效日' }), change_note: z.string().meta({ zh: '修订说明' }), made_by_name: z.string().meta({ zh: '拟稿人' }), made_at: Instant, agreed_by_name: z.string().nullable().meta({ zh: '批准人' }), agreed_at: Instant.nullable().meta({ zh: '批准时间' }) })
export type VersionRow = z.output<typeof VersionRow>
export const Link = z.object({ at: z.enum(LINKS), target_id: Id })
export type Link = z.output<typeof Link>
export const RuleDetail = z.object({
  doc_id: Id, no: z.string(), class_id: Id, class_name: z.string(), community_id: Id.nullable(), community_name: z.string(), made_by_name: z.string(), made_at: Instant, ended_on: Day.nullable(), ended_reason: z.string().nullable(), ended_by_name: z.string().nullable(), approval_id: Id.nullable(),
  versions: z.array(VersionRow), current_id: Id.nullable(), open_id: Id.nullable(), links: z.array(Link.extend({ name: z.string() })), can: Can('revise', 'edit', 'submit', 'drop', 'end', 'link', 'remind'),
})
export type RuleDetail = z.output<typeof RuleDetail>
export const VersionText = VersionRow.extend({ doc_id: Id, no: z.string(), class_name: z.string(), community_name: z.string(), body: z.string(), must_confirm: z.boolean(), targets: z.array(Target.extend({ name: z.string() })), files: z.array(FileRow), kept: z.boolean(), ...Counts })
export type VersionText = z.output<typeof VersionText>
/** `-` only in the older version, `+` only in the newer one. */
export const DiffLine = z.object({ sign: z.enum([' ', '-', '+']), text: z.string() })
export type DiffLine = z.output<typeof DiffLine>
export const ReaderRow = z.object({ account_id: Id, name: z.string().meta({ zh: '姓名' }), post_name: z.string().nullable().meta({ zh: '岗位' }), department_name: z.string().nullable().meta({ zh: '部门' }), place_name: z.string().meta({ zh: '工作地点' }), told_at: Instant.nullable().meta({ zh: '告知时间' }), read_at: Instant.nullable().meta({ zh: '阅读时间' }), confirmed_at: Instant.nullable().meta({ zh: '确认时间' }), reminded_at: Instant.nullable().meta({ zh: '提醒时间' }), due_on: Day.nullable().meta({ zh: '应读完' }), late: z.boolean().meta({ zh: '逾期' }) })
export type ReaderRow = z.output<typeof ReaderRow>
export const MyRule = z.object({ doc_id: Id, version_id: Id, no: z.string(), title: z.string(), class_name: z.string(), community_name: z.string(), version_no: z.int(), state: State, from_on: Day, must_confirm: z.boolean(), required: z.boolean(), read_at: Instant.nullable(), confirmed_at: Instant.nullable(), due_on: Day.nullable(), late: z.boolean(), excerpt: z.string().nullable() })
export type MyRule = z.output<typeof MyRule>
export const MyRuleText = MyRule.extend({ body: z.string(), files: z.array(FileRow), change_note: z.string(), agreed_by_name: z.string().nullable(), previous_id: Id.nullable(), can: Can('confirm') })
