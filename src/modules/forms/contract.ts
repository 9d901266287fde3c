// Templates of papers (单据模板): a layout is chosen from typed lists, never written as code.
import { z } from 'zod'
import { contract, read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Needed, Repeatable, Text } from '../../kernel/shapes.ts'

export const PAPERS = ['a4', 'a5', 'half', 'third', 'roll'] as const
export const Paper = z.enum(PAPERS).meta({ zh: '纸张' })
export type Paper = z.output<typeof Paper>

const mm = (least: number, most: number, zh: string) => z.number(`${zh}应为数字`).min(least, `${zh}最小 ${least} 毫米`).max(most, `${zh}最大 ${most} 毫米`).meta({ zh })
const pt = (least: number, most: number, zh: string) => z.number(`${zh}应为数字`).min(least, `${zh}最小 ${least} 磅`).max(most, `${zh}最大 ${most} 磅`).meta({ zh })
export const Design = z.object({
  title: Text(20).meta({ zh: '标题' }),
  header: Text(100).meta({ zh: '页眉文字' }),
  footer: Text(200).meta({ zh: '脚注' }),
  text_pt: pt(6, 16, '字号'),
  title_pt: pt(8, 36, '标题字号'),
  row_pt: pt(0, 20, '行距'),
  margin_mm: z.object({ top: mm(0, 60, '上边距'), right: mm(0, 60, '右边距'), bottom: mm(0, 60, '下边距'), left: mm(0, 60, '左边距') }),
  offset_mm: z.object({ x: mm(-20, 20, '右移'), y: mm(-20, 20, '下移') }),
  preprinted: z.boolean().meta({ zh: '套打' }),
  logo_file_id: Id.nullable().meta({ zh: '标志图片' }),
  logo_mm: mm(4, 40, '标志高度'),
  seal_file_id: Id.nullable().meta({ zh: '印章图片' }),
  seal_mm: mm(10, 50, '印章宽度'),
  qr_mm: mm(12, 50, '二维码宽度'),
  copies: z.array(Needed(12)).max(6, '最多 6 联').meta({ zh: '联次' }),
  columns: z.array(z.object({ key: z.string().max(20), title: Text(12) })).max(12).meta({ zh: '列' }),
  blocks: z.array(z.string().max(20)).max(30).meta({ zh: '内容' }),
  paragraphs: z.array(Needed(500)).max(6, '最多 6 段').meta({ zh: '正文' }),
  pay_ways: z.array(Needed(100)).max(6, '最多 6 条').meta({ zh: '缴费方式' }),
})
export type Design = z.output<typeof Design>

const Part = z.object({ key: z.string(), zh: z.string(), must: z.boolean() })
export const KindRow = z.object({
  kind: z.string(),
  zh: z.string(),
  note: z.string(),
  papers: z.array(z.object({ paper: Paper, design: Design })),
  columns: z.array(Part),
  blocks: z.array(Part),
  /** What may stand in braces in a paragraph; empty: the kind has no paragraphs. */
  params: z.array(z.object({ key: z.string(), zh: z.string(), example: z.string() })),
})
export type KindRow = z.output<typeof KindRow>

export const TemplateRow = z.object({
  template_id: Id,
  kind: z.string(),
  kind_zh: z.string().meta({ zh: '单据' }),
  paper: Paper,
  community_id: Id.nullable(),
  community_name: z.string().nullable().meta({ zh: '适用范围' }),
  name: z.string().meta({ zh: '名称' }),
  /** In force today. */
  version_no: z.int().nullable().meta({ zh: '现用版本' }),
  from_on: Day.nullable().meta({ zh: '生效日' }),
  state: z.enum(['live', 'coming', 'none', 'ended']).meta({ zh: '状态' }),
  draft: z.enum(['none', 'open', 'asked']).meta({ zh: '草稿' }),
  created_by_name: z.string().meta({ zh: '建立人' }),
  created_at: Instant.meta({ zh: '建立时间' }),
})
export type TemplateRow = z.output<typeof TemplateRow>

const Version = z.object({
  version_no: z.int().meta({ zh: '版本' }),
  from_on: Day.meta({ zh: '生效日' }),
  note: z.string().nullable().meta({ zh: '说明' }),
  made_by_name: z.string().meta({ zh: '修改人' }),
  published_by_name: z.string().meta({ zh: '发布人' }),
  published_at: Instant.meta({ zh: '发布时间' }),
  design: Design,
})
export type Version = z.output<typeof Version>

const Note = Text(100).nullable().optional().meta({ zh: '修改说明' })
const NO_PRINT = ['forms.column_missing', 'forms.part_unknown', 'forms.param_unknown', 'forms.picture_bad', 'forms.cannot_print'] as const

export const forms = contract('forms', {
  kinds: read({ zh: '单据种类', may: 'forms.template.read', takes: z.object({}), gives: z.object({ rows: z.array(KindRow), second_person: z.boolean() }) }),
  templates: read({
    zh: '单据模板',
    may: 'forms.template.read',
    takes: z.object({ kind: z.string().max(40).optional(), community_id: Id.optional(), with_ended: z.boolean().optional() }),
    gives: z.object({ rows: z.array(TemplateRow) }),
  }),
  template: read({ zh: '单据模板详情', may: 'forms.template.read', takes: z.object({ template_id: Id }), gives: TemplateRow.extend({ versions: z.array(Version), draft_design: Design.nullable(), draft_note: z.string().nullable(), draft_by_name: z.string().nullable() }) }),
  /** Begins with the built-in layout of the paper as its draft. */
  addTemplate: write({
    zh: '新增单据模板',
    may: 'forms.template.write',
    takes: Repeatable.extend({ kind: z.string().max(40).meta({ zh: '单据' }), paper: Paper, community_id: Id.nullable().meta({ zh: '适用范围' }), name: Needed(30).meta({ zh: '名称' }) }),
    gives: z.object({ template_id: Id }),
    refuses: ['forms.paper_unknown', 'forms.one_only', 'forms.name_taken'],
  }),
  saveDraft: write({
    zh: '保存版式草稿',
    may: 'forms.template.write',
    takes: Repeatable.extend({ template_id: Id, design: Design, note: Note }),
    gives: z.object({ template_id: Id }),
    refuses: ['forms.ended', 'forms.asked', ...NO_PRINT],
  }),
  dropDraft: write({ zh: '放弃版式草稿', may: 'forms.template.write', takes: Repeatable.extend({ template_id: Id }), gives: z.object({ template_id: Id }), refuses: ['forms.no_draft', 'forms.asked'] }),
  /** The layout of an earlier version as the draft. */
  restoreVersion: write({ zh: '恢复版式', may: 'forms.template.write', takes: Repeatable.extend({ template_id: Id, version_no: z.int().min(1) }), gives: z.object({ template_id: Id }), refuses: ['forms.ended', 'forms.asked'] }),
  /** At once, or after a second person's yes, as the setting says. */
  publish: write({
    zh: '发布版式',
    may: 'forms.template.write',
    takes: Repeatable.extend({ template_id: Id, from_on: Day.meta({ zh: '生效日' }), reason: Text(100).optional().meta({ zh: '发布说明' }) }),
    gives: z.object({ version_no: z.int().nullable(), approval_id: Id.nullable() }),
    refuses: ['forms.no_draft', 'forms.ended', 'forms.asked', 'forms.in_past', 'system.approval_pending', 'system.approval_nobody', ...NO_PRINT],
  }),
  endTemplate: write({ zh: '停用单据模板', may: 'forms.template.write', takes: Repeatable.extend({ template_id: Id }), gives: z.object({ template_id: Id }), refuses: ['forms.ended', 'forms.asked'] }),
  /** Real papers to look at a layout with. */
  subjects: read({
    zh: '预览用的单据',
    may: 'forms.template.write',
    takes: z.object({ kind: z.string().max(40), community_id: Id.optional() }),
    gives: z.object({ rows: z.array(z.object({ subject_id: Id, label: z.string() })) }),
  }),
  /** The PDF itself, base64. Without a subject: the latest one; where there is none, words that say so. */
  preview: read({
    zh: '预览单据',
    may: 'forms.template.write',
    takes: z.object({ kind: z.string().max(40), paper: Paper, design: Design, community_id: Id.optional(), subject_id: Id.optional() }),
    gives: z.object({ pdf: z.string(), subject: z.string().nullable() }),
    refuses: [...NO_PRINT],
  }),
})
