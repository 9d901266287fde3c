// The fire-safety file of a community (消防安全档案): one page with the chapters that 公安部令 61 号 art. 41 to 43 want, each figure with its lines.
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Needed, Reason, Repeatable, Text } from '../../kernel/shapes.ts'

export const PAPER_KINDS = ['approval', 'inspect', 'order', 'penalty', 'rule', 'training', 'contract', 'insurance', 'other'] as const
export type PaperKind = (typeof PAPER_KINDS)[number]
const ProfileFields = { responsible: Needed(30).meta({ zh: '消防安全责任人' }), manager: Needed(30).meta({ zh: '消防安全管理人' }), phone: z.string().trim().regex(/^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$/, '应为 11 位手机号,或带区号的座机').meta({ zh: '管理人电话' }), use_words: Needed(300).meta({ zh: '使用性质与规模' }), organisation: Needed(300).meta({ zh: '管理组织与志愿消防队' }), note: Text(300).nullable().default(null).meta({ zh: '说明' }) }
export const Profile = z.object({ ...ProfileFields, from_on: Day.meta({ zh: '生效日' }), note: z.string().nullable(), made_by_name: z.string().meta({ zh: '登记人' }), made_at: Instant })
export const Part = z.object({ part_id: Id, name: z.string().meta({ zh: '重点部位' }), place: z.string().meta({ zh: '位置' }), reason: z.string().meta({ zh: '为何是重点' }), keeper: z.string().meta({ zh: '责任人' }), measures: z.string().meta({ zh: '防火措施' }), retired: z.boolean() })
export type Part = z.output<typeof Part>
export const Paper = z.object({ paper_id: Id, kind: z.enum(PAPER_KINDS).meta({ zh: '种类' }), title: z.string().meta({ zh: '名称' }), no: z.string().nullable().meta({ zh: '文号' }), issuer: z.string().meta({ zh: '出具单位' }), on_day: Day.meta({ zh: '日期' }), people_count: z.int().nullable().meta({ zh: '人数' }), due_on: Day.nullable().meta({ zh: '到期日' }), done_on: Day.nullable().meta({ zh: '办结日' }), done_words: z.string().nullable().meta({ zh: '办结情况' }), words: z.string().nullable().meta({ zh: '摘要' }), has_file: z.boolean(), late: z.boolean(), ended: z.string().nullable(), made_by_name: z.string().meta({ zh: '登记人' }) })
export type Paper = z.output<typeof Paper>
const RuleFields = { from_on: Day.meta({ zh: '生效日' }), drill_months: z.int().min(1, '1 至 60 个月').max(60, '1 至 60 个月').meta({ zh: '几个月内至少一次演练' }), training_months: z.int().min(1, '1 至 60 个月').max(60, '1 至 60 个月').meta({ zh: '几个月内至少一次培训' }), patrol_days: z.int().min(1, '1 至 366 天').max(366, '1 至 366 天').meta({ zh: '几天内至少一次防火巡查' }), fire_words: z.array(Needed(12)).min(1, '至少一个词').max(30, '最多 30 个词').meta({ zh: '归入消防的词' }), basis: Needed(200).meta({ zh: '依据' }) }
export const Rule = z.object(RuleFields)
export type Rule = z.output<typeof Rule>

/** A chapter: figures, the lines they count, and the registers these are read from. `to` is an address of the admin face, `needs` the right to open it. */
const Link = { to: z.string().nullable(), needs: z.string().nullable() }
export const Figure = z.object({ label: z.string(), value: z.string(), bad: z.boolean() })
export const Line = z.object({ cells: z.array(z.string()), bad: z.boolean(), ...Link })
export const Chapter = z.object({ key: z.string(), title: z.string().meta({ zh: '章节' }), basis: z.string().meta({ zh: '依据' }), figures: z.array(Figure), columns: z.array(z.string()), lines: z.array(Line), total: z.int(), missing: z.array(z.string()).meta({ zh: '缺什么' }), registers: z.array(z.object({ label: z.string(), to: z.string(), needs: z.string() })) })
export type Chapter = z.output<typeof Chapter>
export const Asked = z.object({ community_id: Id, from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(含)' }) })
export type Asked = z.output<typeof Asked>

export const firefile = contract('firefile', {
  file: read({ zh: '消防安全档案', may: 'firefile.file.read', takes: Asked, gives: z.object({ community_name: z.string(), chapters: z.array(Chapter), profile: Profile.nullable(), parts: z.array(Part), papers: z.array(Paper), can_write: z.boolean() }), refuses: ['firefile.span'] }),
  filePaper: download({ zh: '打印消防安全档案', may: 'firefile.file.read', takes: Asked, refuses: ['firefile.span'] }),
  fileSheet: download({ zh: '导出消防安全档案', may: 'firefile.file.read', takes: Asked, refuses: ['firefile.span'] }),
  saveProfile: write({ zh: '登记消防安全基本情况', may: 'firefile.file.write', takes: Repeatable.extend({ community_id: Id, from_on: Day.meta({ zh: '生效日' }), ...ProfileFields }), gives: z.object({ profile_id: Id }) }),
  savePart: write({ zh: '保存消防重点部位', may: 'firefile.file.write', takes: Repeatable.extend({ part_id: Id.optional(), community_id: Id, name: Needed(40).meta({ zh: '重点部位' }), place: Needed(60).meta({ zh: '位置' }), reason: Needed(200).meta({ zh: '为何是重点' }), keeper: Needed(30).meta({ zh: '责任人' }), measures: Needed(300).meta({ zh: '防火措施' }), retired: z.boolean().default(false).meta({ zh: '不再是重点' }) }), gives: z.object({ part_id: Id }), refuses: ['firefile.name_taken'] }),
  addPaper: write({ zh: '登记消防文书与培训', may: 'firefile.file.write', takes: Repeatable.extend({ community_id: Id, kind: z.enum(PAPER_KINDS).meta({ zh: '种类' }), title: Needed(80).meta({ zh: '名称' }), no: Text(60).nullable().default(null).meta({ zh: '文号' }), issuer: Needed(60).meta({ zh: '出具或组织单位' }), on_day: Day.meta({ zh: '日期' }), people_count: z.int().min(1).max(9999).nullable().default(null).meta({ zh: '参加人数' }), due_on: Day.nullable().default(null).meta({ zh: '应办结日或到期日' }), words: Text(500).nullable().default(null).meta({ zh: '内容摘要' }), file_id: Id.nullable().default(null).meta({ zh: '原件' }) }), gives: z.object({ paper_id: Id }), refuses: ['firefile.day_future', 'firefile.no_file', 'firefile.people_needed', 'firefile.due_before'] }),
  donePaper: write({ zh: '办结消防文书', may: 'firefile.file.write', takes: Repeatable.extend({ paper_id: Id, done_on: Day.meta({ zh: '办结日' }), done_words: Needed(300).meta({ zh: '办结情况' }) }), gives: z.object({ paper_id: Id }), refuses: ['firefile.paper_over', 'firefile.day_future'] }),
  endPaper: write({ zh: '作废消防文书登记', may: 'firefile.file.write', takes: Repeatable.extend({ paper_id: Id, reason: Reason }), gives: z.object({ paper_id: Id }), refuses: ['firefile.paper_over'] }),
  paperFile: download({ zh: '查看消防文书原件', may: 'firefile.file.read', takes: z.object({ paper_id: Id }) }),
  rule: read({ zh: '消防档案规则', may: 'firefile.file.read', takes: z.object({}), gives: z.object({ now: Rule, next_from_on: Day.nullable() }) }),
  saveRule: write({ zh: '设定消防档案规则', may: 'firefile.rule.write', takes: Repeatable.extend(RuleFields), gives: z.object({ from_on: Day }), refuses: ['firefile.from_past'] }),
})
