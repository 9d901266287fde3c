import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { ApprovalDetail, ApprovalFilter, ApprovalFlow, ApprovalRow, ApprovalState, ApprovalTiers, StepPreview } from './approval_shapes.ts'

export * from './approval_shapes.ts'

export const ImportState = z.enum(['uploaded', 'reading', 'previewed', 'applying', 'applied', 'undoing', 'undone', 'cancelled', 'failed'])
export const ImportEffect = z.enum(['new', 'change', 'same'])
/** skipped: titles, totals and notes that stand between or below the data. */
export const ImportCounts = z.object({ new: z.int().default(0), change: z.int().default(0), same: z.int().default(0), skipped: z.int().default(0) })

/** One column of the uploaded sheet and the field it was taken for. */
export const ImportColumn = z.object({ index: z.int(), title: z.string(), field: z.string().nullable(), samples: z.array(z.string()) })
export const ImportField = z.object({ key: z.string(), zh: z.string(), required: z.boolean(), note: z.string().nullable() })
export const ImportMapping = z.array(z.object({ index: z.int().min(0).max(1023), field: z.string().max(60) })).max(200)
export const ImportLayout = z.object({
  sheets: z.array(z.object({ name: z.string(), hidden: z.boolean(), empty: z.boolean() })),
  sheet_name: z.string(),
  header_row: z.int(),
  /** False: no row looked like a header; the person has to say which it is. */
  header_found: z.boolean(),
  columns: z.array(ImportColumn),
})
export type ImportLayout = z.output<typeof ImportLayout>
const CanOr = z.union([z.literal(true), z.string()])

export const ImportBatch = z.object({
  import_id: Id,
  kind: z.string(),
  kind_zh: z.string().meta({ zh: '导入内容' }),
  /** Where the result can be looked at. */
  page: z.string(),
  community_id: Id.nullable(),
  community_name: z.string().nullable().meta({ zh: '小区' }),
  file_name: z.string().meta({ zh: '文件' }),
  sheet_name: z.string().nullable(),
  state: ImportState.meta({ zh: '状态' }),
  row_count: z.int().meta({ zh: '行数' }),
  bad_count: z.int().meta({ zh: '有错行数' }),
  counts: ImportCounts,
  /** Of the running job; `total_count` is not known while the file is being read. */
  done_count: z.int(),
  total_count: z.int().nullable(),
  cancel_asked: z.boolean(),
  error: z.string().nullable(),
  created_by_name: z.string().meta({ zh: '操作人' }),
  created_at: Instant.meta({ zh: '上传时间' }),
  applied_at: Instant.nullable().meta({ zh: '入库时间' }),
  undone_at: Instant.nullable().meta({ zh: '撤销时间' }),
  can: z.object({ preview: CanOr, apply: CanOr, undo: CanOr, cancel: CanOr }),
})
export type ImportBatch = z.output<typeof ImportBatch>
/** One batch whole: what a closed browser needs to come back to where it was. */
export const ImportDetail = ImportBatch.extend({
  layout: ImportLayout,
  mapping: ImportMapping,
  fields: z.array(ImportField),
  /** Sentences about the file as a whole: '将新建楼栋 3、5'. */
  summary: z.array(z.string()),
})
export type ImportDetail = z.output<typeof ImportDetail>

export const ImportRow = z.object({
  row_no: z.int().meta({ zh: '行号' }),
  raw: z.record(z.string(), z.string()),
  problems: z.array(z.object({ field: z.string(), zh: z.string(), cell: z.string(), reason: z.string() })),
  effect: ImportEffect.nullable().meta({ zh: '将要' }),
  changes: z.array(z.object({ zh: z.string(), before: z.string(), after: z.string() })),
})
export type ImportRow = z.output<typeof ImportRow>

const may = 'system.import.use'
const OneImport = Repeatable.extend({ import_id: Id })
const Given = z.object({ import_id: Id })

/** Saved filters of one person for one list. */
export const FILTERS_MAX = 30
export const FilterQuery = z.array(z.object({ name: z.string().max(40), value: z.string().max(200) })).min(1, '还没有填任何条件').max(40)
export type FilterQuery = z.output<typeof FilterQuery>
export const SavedFilter = z.object({ filter_id: Id, name: z.string(), query: FilterQuery, is_default: z.boolean() })
export type SavedFilter = z.output<typeof SavedFilter>

export const SettingRow = z.object({
  key: z.string(),
  zh: z.string(),
  note: z.string(),
  max: z.int(),
  /** When not empty: one of these. */
  choices: z.array(z.string()),
  /** In force today; where it comes from stands in `source`. */
  value: z.string(),
  source: z.enum(['community', 'company', 'otherwise']),
  /** Newest first, the coming ones too. */
  versions: z.array(z.object({ value: z.string(), from_on: Day, created_at: Instant, created_by_name: z.string().nullable() })),
})
export type SettingRow = z.output<typeof SettingRow>

export const Backups = z.object({
  /** False: the database is an outside one, and its keeper makes the backups. */
  ours: z.boolean(),
  /** Its folder was named by the installation; else it lies beside the data. */
  other_disk: z.boolean(),
  /** 'HH:MM' of the daily one; null: none. */
  at: z.string().nullable(),
  keep_days: z.int(),
  running: z.boolean(),
  failure: z.object({ at: Instant, message: z.string() }).nullable(),
  /** From here to `log_at` every moment can be brought back. */
  earliest_at: Instant.nullable(),
  log_at: Instant.nullable(),
  log_failed_at: Instant.nullable(),
  rows: z.array(z.object({
    name: z.string().meta({ zh: '名称' }), ended_at: Instant.meta({ zh: '完成时间' }), seconds: z.int().meta({ zh: '用时(秒)' }), size_bytes: z.int().meta({ zh: '大小' }), database_bytes: z.int().meta({ zh: '数据库' }), kept_count: z.int().meta({ zh: '上传的文件' }), heyuan_version: z.string().meta({ zh: '版本' }),
  })),
  can: z.object({ take: CanOr }),
})
export type Backups = z.output<typeof Backups>

export const system = contract('system', {
  backups: read({ zh: '数据备份', may: 'system.backup.read', takes: z.object({}), gives: Backups }),
  takeBackup: write({ zh: '立即备份', may: 'system.backup.take', takes: Repeatable, gives: z.object({}), refuses: ['system.backup_outside', 'system.backup_running', 'system.backup_recent'] }),
  settings: read({ zh: '参数设置', may: 'system.setting.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(SettingRow) }) }),
  saveSetting: write({
    zh: '修改参数',
    may: 'system.setting.write',
    takes: Repeatable.extend({ key: z.string().max(60), community_id: Id.optional(), value: z.string().trim().max(500).default('').meta({ zh: '内容' }), from_on: Day.meta({ zh: '生效日' }) }),
    gives: z.object({ setting_id: Id }),
    refuses: ['system.setting_choice', 'system.setting_too_long', 'system.setting_in_past', 'system.setting_too_far'],
  }),
  filters: read({ zh: '常用查询', may: 'signed_in', takes: z.object({ page: z.string().max(60) }), gives: z.object({ rows: z.array(SavedFilter) }) }),
  saveFilter: write({
    zh: '保存常用查询',
    may: 'signed_in',
    takes: Repeatable.extend({ filter_id: Id.optional(), page: z.string().max(60), name: Needed(20).meta({ zh: '名称' }), query: FilterQuery, is_default: z.boolean().meta({ zh: '打开列表时自动套用' }) }),
    gives: z.object({ filter_id: Id }),
    refuses: ['system.filter_name_taken', 'system.filters_many'],
  }),
  removeFilter: write({ zh: '删除常用查询', may: 'signed_in', takes: Repeatable.extend({ filter_id: Id }), gives: z.object({ done: z.literal(true) }) }),

  importKinds: read({ zh: '可导入的内容', may, takes: z.object({}), gives: z.object({ rows: z.array(z.object({ kind: z.string(), zh: z.string(), needs_community: z.boolean(), notes: z.array(z.string()), fields: z.array(ImportField) })) }) }),
  importTemplate: download({ zh: '下载导入模板', may, takes: z.object({ kind: z.string().max(60), community_id: Id.optional() }), refuses: ['system.community_needed', 'system.unknown_kind'] }),
  /** Looks at the uploaded file: sheets, header row, columns with the field each was taken for. Nothing is stored but the batch. */
  startImport: write({
    zh: '开始导入',
    may,
    takes: Repeatable.extend({ kind: z.string().max(60), community_id: Id.optional(), file_id: Id, sheet_name: z.string().max(100).optional(), header_row: z.int().min(1).max(1000).optional() }),
    gives: ImportLayout.extend({ import_id: Id, fields: z.array(ImportField) }),
    refuses: ['system.file_not_found', 'system.no_header', 'system.unreadable_file', 'system.community_needed', 'system.unknown_kind', 'system.import_files_many'],
  }),
  /** Another sheet, or another row as the header, of the file already uploaded. */
  relayImport: write({
    zh: '重选工作表或表头',
    may,
    takes: OneImport.extend({ sheet_name: Needed(100), header_row: z.int().min(1).max(1000).optional() }),
    gives: ImportLayout.extend({ import_id: Id, fields: z.array(ImportField) }),
    refuses: ['system.wrong_import_state', 'system.file_not_found', 'system.no_header', 'system.unreadable_file'],
  }),
  /** Reads every row with this mapping in the background; the batch goes reading → previewed. */
  previewImport: write({
    zh: '预览导入',
    may,
    takes: OneImport.extend({ sheet_name: Needed(100), header_row: z.int().min(1).max(1000), mapping: ImportMapping }),
    gives: Given,
    refuses: ['system.wrong_import_state', 'system.layout_changed', 'system.field_missing', 'system.field_twice', 'system.unknown_field', 'system.file_not_found'],
  }),
  import: read({ zh: '导入批次', may, takes: z.object({ import_id: Id }), gives: ImportDetail }),
  imports: read({ zh: '导入记录', may, takes: Paging.extend({ kind: z.string().max(60).optional(), community_id: Id.optional(), state: ImportState.optional() }), gives: pageOf(ImportBatch) }),
  importRows: read({ zh: '导入明细', may, takes: Paging.extend({ import_id: Id, only_bad: z.boolean().default(false), effect: ImportEffect.optional() }), gives: pageOf(ImportRow) }),
  /** The uploaded sheet with each bad cell coloured and the reasons in a last column. */
  importErrors: download({ zh: '下载错误明细', may, takes: z.object({ import_id: Id }), refuses: ['system.import_no_errors', 'system.file_not_found', 'system.unreadable_file'] }),
  /** All or nothing: refused while one row is bad. */
  applyImport: write({ zh: '确认入库', may, takes: OneImport, gives: Given, refuses: ['system.wrong_import_state', 'system.import_has_bad_rows', 'system.import_empty', 'system.import_expired'] }),
  undoImport: write({ zh: '撤销导入', may, takes: OneImport, gives: Given, refuses: ['system.wrong_import_state', 'system.import_not_latest', 'system.import_expired'] }),
  /** While a job runs: it stops and leaves nothing. Otherwise: the batch is given up. */
  cancelImport: write({ zh: '取消导入', may, takes: OneImport, gives: Given, refuses: ['system.wrong_import_state'] }),

  // Rows decide who sees and decides an approval: a step may name any role or permission, so no permission of its own stands at the door.
  approvals: read({ zh: '审批列表', may: 'signed_in', takes: ApprovalFilter, gives: pageOf(ApprovalRow).extend({ todo_count: z.int(), kinds: z.array(z.object({ kind: z.string(), zh: z.string() })) }) }),
  approval: read({ zh: '审批详情', may: 'signed_in', takes: z.object({ approval_id: Id }), gives: ApprovalDetail }),
  /** The last yes does what was asked for, in the same transaction; what that refuses (a bill paid meanwhile) is refused here. */
  decideApproval: write({
    zh: '审批',
    may: 'signed_in',
    takes: Repeatable.extend({ approval_id: Id, decision: z.enum(['agree', 'refuse']), note: Text(200).optional().meta({ zh: '意见' }), /** What the person saw: a step decided meanwhile is not decided again by accident. */ step_no: z.int().min(1).max(9) }),
    gives: z.object({ approval_id: Id, state: ApprovalState, step_no: z.int() }),
    refuses: ['system.approval_own', 'system.approval_closed', 'system.approval_not_yours', 'system.approval_again', 'system.approval_moved', 'system.approval_note_needed'],
  }),
  withdrawApproval: write({ zh: '撤回申请', may: 'signed_in', takes: Repeatable.extend({ approval_id: Id, reason: Reason }), gives: z.object({ approval_id: Id }), refuses: ['system.approval_closed', 'system.approval_not_asked'] }),
  approvalFile: download({ zh: '审批附件', may: 'signed_in', takes: z.object({ approval_id: Id, file_id: Id }) }),
  approvalFlows: read({ zh: '审批流', may: 'system.flow.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(ApprovalFlow), roles: z.array(z.object({ code: z.string(), name: z.string() })) }) }),
  /** Who would decide this amount: with the tiers given here, or with those in force. */
  previewApprovalFlow: read({
    zh: '审批流试算',
    may: 'system.flow.read',
    takes: z.object({ kind: z.string().max(60), community_id: Id.optional(), amount_fen: FenShape.min(0).optional(), tiers: ApprovalTiers.optional() }),
    gives: z.object({ steps: z.array(StepPreview) }),
    refuses: ['system.flow_kind_unknown', 'system.flow_tiers_bad', 'system.flow_role_unknown'],
  }),
  /** A new version from a day on. What has been asked for keeps its steps. */
  saveApprovalFlow: write({
    zh: '保存审批流',
    may: 'system.flow.write',
    takes: Repeatable.extend({ kind: z.string().max(60), community_id: Id.nullable(), from_on: Day.meta({ zh: '生效日' }), tiers: ApprovalTiers, note: Text(100).nullable().optional().meta({ zh: '修改说明' }) }),
    gives: z.object({ flow_id: Id }),
    refuses: ['system.flow_kind_unknown', 'system.flow_tiers_bad', 'system.flow_role_unknown', 'system.flow_past'],
  }),
})
export const events = {
  'system.approval_asked': z.object({ approval_id: Id, kind: z.string(), community_id: Id.nullable() }),
  'system.approval_closed': z.object({ approval_id: Id, kind: z.string(), state: ApprovalState }),
  'system.import_applied': z.object({ import_id: Id, kind: z.string() }),
  'system.import_undone': z.object({ import_id: Id, kind: z.string() }),
}
