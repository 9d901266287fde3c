// Public order (秩序问题): what a finding is about, reported from a round, at the desk or on a phone; handed on; counted.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Needed, Repeatable, Text } from '../../kernel/shapes.ts'

const SubjectRule = { department: Needed(20).meta({ zh: '责任部门' }), fix_hours: z.int().min(1, '1 至 2160 小时').max(2160, '1 至 2160 小时').meta({ zh: '几小时内处理好' }), authority: Text(60).meta({ zh: '制止不了时报告' }), basis: Text(120).meta({ zh: '依据' }) }
export const Subject = z.object({ subject_id: Id, name: z.string().meta({ zh: '种类' }), sort_no: z.int().meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }), rule: z.object({ ...SubjectRule, from_on: Day.meta({ zh: '生效日' }) }).nullable(), next_from_on: Day.nullable() })
export type Subject = z.output<typeof Subject>
export const Source = z.enum(['round', 'desk', 'phone']).meta({ zh: '来源' })
export const Way = z.enum(['fixed', 'order', 'deadline']).meta({ zh: '处理' })
export const FindingState = z.enum(['open', 'mended', 'closed']).meta({ zh: '状态' })

/** What is counted of findings (server/finding_facts.ts); a figure opens the list with the same. */
export const FINDING_FACTS = ['counted', 'open', 'closed', 'fixed', 'handed', 'told', 'due', 'in_time', 'late', 'open_late', 'back'] as const
export type FindingFact = (typeof FINDING_FACTS)[number]
export const FindingFilter = z.object({
  community_id: Id.optional(), building_id: Id.optional(), department: Text(20).optional(), way: Way.optional(), state: FindingState.optional(), late: z.boolean().optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(40).optional(),
  /** Only those with a subject: public order. */
  public: z.boolean().optional(), subject_id: Id.optional(), source: Source.optional(), fact: z.enum(FINDING_FACTS).optional(), place: Text(120).optional(), found_by: Id.optional(), finding_id: Id.optional(),
})
export type FindingFilter = z.output<typeof FindingFilter>
export const FindingStatsFilter = z.object({ by: z.enum(['subject', 'place', 'building', 'community', 'month', 'person', 'source']), from_on: Day.meta({ zh: '发现日起' }), to_on: Day.meta({ zh: '发现日止' }), community_id: Id.optional(), subject_id: Id.optional() })
export type FindingStatsFilter = z.output<typeof FindingStatsFilter>
export const FindingStat = z.object({ key: z.string().nullable(), name: z.string().meta({ zh: '分组' }), counts: z.record(z.enum(FINDING_FACTS), z.int()), in_time_bp: z.int().nullable().meta({ zh: '按时处理率' }) })
export type FindingStat = z.output<typeof FindingStat>

const One = Repeatable.extend({ finding_id: Id })
const ORDER_REFUSES = ['rounds.category_needed', 'orders.category_unknown', 'orders.house_needed', 'orders.place_needed', 'orders.wish_past'] as const
export const orderCalls = {
  subjects: read({ zh: '秩序问题种类', may: 'signed_in', takes: z.object({}), gives: z.object({ rows: z.array(Subject) }) }),
  saveSubject: write({ zh: '保存秩序问题种类', may: 'rounds.setup.write', takes: Repeatable.extend({ subject_id: Id.optional(), name: Needed(20).meta({ zh: '种类' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ subject_id: Id }), refuses: ['rounds.name_taken'] }),
  publishSubjectRule: write({ zh: '设定秩序问题时限', may: 'rounds.setup.write', takes: Repeatable.extend({ subject_id: Id, from_on: Day.meta({ zh: '生效日' }), ...SubjectRule }), gives: z.object({ rule_id: Id }), refuses: ['rounds.from_past'] }),
  /** Where whoever asks may report one. */
  findingPlaces: read({ zh: '可上报秩序问题的位置', may: 'rounds.finding.report', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ community_id: Id, name: z.string(), buildings: z.array(z.object({ building_id: Id, name: z.string() })) })) }) }),
  reportFinding: write({
    zh: '上报秩序问题', may: 'rounds.finding.report',
    takes: Repeatable.extend({
      subject_id: Id.meta({ zh: '种类' }), community_id: Id.meta({ zh: '小区' }), building_id: Id.nullable().optional().meta({ zh: '楼栋' }), place: Needed(60).meta({ zh: '地点' }), words: Text(300).default('').meta({ zh: '情况' }), found_at: z.iso.datetime({ offset: true }).optional().meta({ zh: '发现时间' }), source: Source.exclude(['round']).default('desk'),
      way: Way, done_words: Text(300).optional().meta({ zh: '怎样处理的' }), category_id: Id.optional().meta({ zh: '报修分类' }), photos: z.array(z.object({ file_id: Id, part: z.enum(['before', 'after']) })).max(9, '最多 9 张照片').default([]).meta({ zh: '照片' }),
    }),
    gives: z.object({ finding_id: Id, state: FindingState, due_at: Instant.nullable(), order_no: z.string().nullable() }),
    refuses: ['rounds.subject_unknown', 'rounds.building_elsewhere', 'rounds.found_when', 'rounds.done_needed', 'rounds.no_photo', ...ORDER_REFUSES],
  }),
  /** What is still open becomes a repair order. */
  handFinding: write({ zh: '秩序问题转报修工单', may: 'rounds.task.review', takes: One.extend({ category_id: Id.meta({ zh: '报修分类' }) }), gives: z.object({ finding_id: Id, state: FindingState, order_no: z.string() }), refuses: ['rounds.finding_state', 'rounds.own_work', ...ORDER_REFUSES] }),
  /** Where staff may stop somebody but not punish: told to whom the law gives that. */
  tellFinding: write({ zh: '登记报告主管部门', may: 'signed_in', takes: One.extend({ told_to: Needed(60).meta({ zh: '报告给谁' }), told_no: Text(60).optional().meta({ zh: '回执或受理号' }) }), gives: z.object({ finding_id: Id, state: FindingState }), refuses: ['rounds.finding_state', 'rounds.own_work'] }),
  findingPhoto: download({ zh: '问题照片', may: 'signed_in', takes: z.object({ finding_id: Id, file_id: Id }) }),
  findingStats: read({ zh: '秩序问题统计', may: 'rounds.task.read', takes: FindingStatsFilter, gives: z.object({ rows: z.array(FindingStat), all: FindingStat, more: z.int() }) }),
  findingStatsExcel: download({ zh: '导出秩序问题统计', may: 'rounds.task.export', takes: FindingStatsFilter }),
}
