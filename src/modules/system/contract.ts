import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Id, Instant, Needed, Paging, Repeatable, pageOf } from '../../kernel/shapes.ts'

export const ImportState = z.enum(['uploaded', 'reading', 'previewed', 'applying', 'applied', 'undoing', 'undone', 'cancelled', 'failed'])
export const ImportCounts = z.object({ new: z.int().default(0), change: z.int().default(0), same: z.int().default(0) })

/** One column of the uploaded sheet and the field it was taken for. */
export const ImportColumn = z.object({ index: z.int(), title: z.string(), field: z.string().nullable(), samples: z.array(z.string()) })
export const ImportField = z.object({ key: z.string(), zh: z.string(), required: z.boolean(), note: z.string().nullable() })

export const ImportBatch = z.object({
  import_id: Id,
  kind: z.string(),
  kind_zh: z.string().meta({ zh: '导入内容' }),
  community_id: Id.nullable(),
  file_name: z.string().meta({ zh: '文件' }),
  sheet_name: z.string().nullable(),
  state: ImportState.meta({ zh: '状态' }),
  row_count: z.int().meta({ zh: '行数' }),
  bad_count: z.int().meta({ zh: '有错行数' }),
  counts: ImportCounts,
  /** Of the running job. */
  done_count: z.int(),
  total_count: z.int().nullable(),
  error: z.string().nullable(),
  created_by_name: z.string().meta({ zh: '操作人' }),
  created_at: Instant.meta({ zh: '上传时间' }),
  applied_at: Instant.nullable().meta({ zh: '入库时间' }),
  can: z.object({ apply: z.union([z.literal(true), z.string()]), undo: z.union([z.literal(true), z.string()]), cancel: z.union([z.literal(true), z.string()]) }),
})
export type ImportBatch = z.output<typeof ImportBatch>

export const ImportRow = z.object({
  row_no: z.int().meta({ zh: 'Excel 行号' }),
  raw: z.record(z.string(), z.string()),
  problems: z.array(z.object({ field: z.string(), zh: z.string(), reason: z.string() })),
  effect: z.string().nullable(),
})

export const system = contract('system', {
  importKinds: read({ zh: '可导入的内容', may: 'system.import.use', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ kind: z.string(), zh: z.string(), needs_community: z.boolean(), fields: z.array(ImportField) })) }) }),
  importTemplate: download({ zh: '下载导入模板', may: 'system.import.use', takes: z.object({ kind: z.string().max(60), community_id: Id.optional() }) }),
  /** Looks at the uploaded file: sheets, header row, columns with the field each was taken for. Nothing is stored but the batch. */
  startImport: write({
    zh: '开始导入',
    may: 'system.import.use',
    takes: Repeatable.extend({ kind: z.string().max(60), community_id: Id.optional(), file_id: Id, sheet_name: z.string().max(100).optional(), header_row: z.int().min(1).max(200).optional() }),
    gives: z.object({ import_id: Id, sheets: z.array(z.object({ name: z.string(), hidden: z.boolean() })), sheet_name: z.string(), header_row: z.int(), columns: z.array(ImportColumn), fields: z.array(ImportField) }),
    refuses: ['system.file_not_found', 'system.no_header', 'system.unreadable_file', 'system.community_needed'],
  }),
  /** Reads every row with this mapping in the background; the batch goes reading → previewed. */
  previewImport: write({
    zh: '预览导入',
    may: 'system.import.use',
    takes: Repeatable.extend({ import_id: Id, sheet_name: Needed(100), header_row: z.int().min(1).max(200), mapping: z.array(z.object({ index: z.int().min(0).max(500), field: z.string().max(60) })).max(200) }),
    gives: z.object({ import_id: Id }),
    refuses: ['system.wrong_import_state', 'system.field_missing', 'system.field_twice'],
  }),
  import: read({ zh: '导入批次', may: 'system.import.use', takes: z.object({ import_id: Id }), gives: ImportBatch }),
  imports: read({ zh: '导入记录', may: 'system.import.use', takes: Paging.extend({ kind: z.string().max(60).optional(), state: ImportState.optional() }), gives: pageOf(ImportBatch) }),
  importRows: read({ zh: '导入明细', may: 'system.import.use', takes: Paging.extend({ import_id: Id, only_bad: z.boolean().default(false) }), gives: pageOf(ImportRow) }),
  /** The uploaded sheet with each bad cell coloured and the reasons in a last column. */
  importErrors: download({ zh: '下载错误明细', may: 'system.import.use', takes: z.object({ import_id: Id }) }),
  /** All or nothing: refused while one row is bad. */
  applyImport: write({ zh: '确认入库', may: 'system.import.use', takes: Repeatable.extend({ import_id: Id }), gives: z.object({ import_id: Id }), refuses: ['system.wrong_import_state', 'system.import_has_bad_rows', 'system.import_empty'] }),
  undoImport: write({ zh: '撤销导入', may: 'system.import.use', takes: Repeatable.extend({ import_id: Id }), gives: z.object({ import_id: Id }), refuses: ['system.wrong_import_state', 'system.import_not_latest'] }),
  cancelImport: write({ zh: '取消导入', may: 'system.import.use', takes: Repeatable.extend({ import_id: Id }), gives: z.object({ import_id: Id }), refuses: ['system.wrong_import_state'] }),
})
export const events = { 'system.import_applied': z.object({ import_id: Id, kind: z.string() }) }
