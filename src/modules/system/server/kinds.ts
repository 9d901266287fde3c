// What a module gives to make one of its things importable. The engine reads files, keeps rows, reports errors, runs the jobs;
// the kind knows the trade. All database work of a kind is set-based over a batch of rows.
import type { Row } from '../../../kernel/sheet/index.ts'
import type { OutValue } from '../../../kernel/sheet/index.ts'
import type { Scope } from '../../../kernel/scope.ts'

export interface Problem {
  field: string
  /** Why, and the way out, in Chinese; the engine adds row, column title and the cell's content. */
  reason: string
}
export interface ImportFieldSpec {
  key: string
  zh: string
  required: boolean
  /** Titles seen in companies' files for this field, besides `zh`. */
  aliases: readonly string[]
  note?: string
  choices?: readonly string[]
  example: string
  width?: number
  kind?: 'text' | 'number' | 'day'
  /** What the kept original of the cell looks like; for personal numbers that must not lie about in the open. */
  mask?: (text: string) => string
}
/** A cell of the mapped field; absent when the column is not mapped or the cell has no content. */
export type Mapped = Partial<Record<string, Row['cells'][number]>>

export interface ParsedRow<T> {
  row_no: number
  data: T
}
export type Effect = 'new' | 'change' | 'same'
export interface Checked {
  problems: Problem[]
  effect: Effect
  /** For 'change': what will be another. */
  changes?: { zh: string; before: string; after: string }[]
}
export interface ImportBatchOf<T> {
  import_id: string
  community_id: string | null
  rows: ParsedRow<T>[]
}
export interface ImportKind<T = Record<string, unknown>> {
  kind: string
  zh: string
  /** All of these besides 'system.import.use', over the community. */
  may: readonly string[]
  needs_community: boolean
  /** For companies of this kind only: an authority's register is nothing that a property company imports. */
  of?: 'property' | 'authority'
  fields: readonly ImportFieldSpec[]
  /** How to fill in the template, one sentence each; also shown at the upload. */
  notes: readonly string[]
  /** Where the result can be looked at: '/property/houses'. */
  page: string
  /** Tables that an import fills, for the planner: 'property.house'. */
  grows: readonly string[]
  /** Rows the template already holds, values by field key: the meters to be read. */
  prefill?: (scope: Scope, o: { community_id: string | null }) => Promise<Record<string, OutValue>[]>
  /** Pure: cleans one row. `data` null when it cannot even be keyed. A row without content gives null altogether. */
  parse: (row: Mapped) => { data: T | null; problems: Problem[] } | null
  /** The natural key inside the file; rows of one key are all reported, on `key_field`, naming each other. */
  keyOf: (data: T) => string
  key_field: string
  /** What only the whole file shows besides repeated keys: one plate in two rows, one identity number with two names. Reads system.import_row. */
  across?: (scope: Scope, o: { import_id: string; community_id: string | null }) => Promise<(Problem & { row_no: number })[]>
  /** Set-based look into the database: problems by row and what will happen. Runs at the preview and again before writing. */
  check: (scope: Scope, batch: ImportBatchOf<T>) => Promise<Map<number, Checked>>
  /** Sentences about the whole file after the preview: '将新建楼栋 3、5'. Reads system.import_row. */
  summary?: (scope: Scope, o: { import_id: string; community_id: string | null }) => Promise<string[]>
  /** Set-based write of a batch; gives for each row what is needed to undo it. Runs inside one transaction for the whole file. */
  apply: (scope: Scope, batch: ImportBatchOf<T>) => Promise<Map<number, unknown>>
  /** After the last batch, same transaction: what is computed over the whole file. */
  finish?: (scope: Scope, o: { import_id: string; community_id: string | null }) => Promise<void>
  /** Set-based undo, newest rows first. Throws UndoBlocked when something else already stands on a row. */
  undo: (scope: Scope, batch: { import_id: string; community_id: string | null; applied_at: string; rows: { row_no: number; undo: unknown }[] }) => Promise<void>
  /** After the last batch of an undo, same transaction: removes what the whole import made, such as buildings. */
  undone?: (scope: Scope, o: { import_id: string; community_id: string | null }) => Promise<void>
}

/** Something stands on a row that was to be undone: bills, payments, later changes. */
export class UndoBlocked extends Error {
  readonly row_no: number
  readonly what: string
  readonly reason: string
  constructor(row_no: number, what: string, reason: string) {
    super(`row ${row_no}: ${reason}`)
    this.row_no = row_no
    this.what = what
    this.reason = reason
  }
}

/** A kind of any row; the engine never looks into the data. */
export const importKind = <T>(k: ImportKind<T>): ImportKind => k as unknown as ImportKind

/** Names of communities of the company, from the module that owns them. */
export type CommunityNames = (scope: Scope, community_ids: readonly string[]) => Promise<Map<string, string>>
