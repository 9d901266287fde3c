// What a module gives to make one of its things importable. The engine (imports.ts) reads files, keeps rows, reports errors,
// runs the job; the kind knows the trade. All database work of a kind is set-based over a batch of rows.
import type { Row } from '../../../kernel/sheet/index.ts'
import type { Scope } from '../../../kernel/scope.ts'

export interface Problem {
  field: string
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
}
/** A cell of the mapped field; absent when the column is not mapped. */
export type Mapped = Partial<Record<string, Row['cells'][number]>>

export interface ParsedRow<T> {
  row_no: number
  data: T
}
export interface ImportKind<T = Record<string, unknown>> {
  kind: string
  zh: string
  /** Besides 'system.import.use'. */
  may: string
  needs_community: boolean
  fields: readonly ImportFieldSpec[]
  /** Pure: cleans one row. `data` null when it cannot even be keyed. An empty row gives null altogether. */
  parse: (row: Mapped) => { data: T | null; problems: Problem[] } | null
  /** The natural key inside the file; two rows of one key are both reported. */
  keyOf: (data: T) => string
  /** Set-based look into the database: problems by row and what will happen. */
  check: (scope: Scope, batch: { community_id: string | null; rows: ParsedRow<T>[] }) => Promise<Map<number, { problems: Problem[]; effect: 'new' | 'change' | 'same' }>>
  /** Set-based write of a batch; gives for each row what is needed to undo it. Runs inside one transaction for the whole file. */
  apply: (scope: Scope, batch: { import_id: string; community_id: string | null; rows: ParsedRow<T>[] }) => Promise<Map<number, unknown>>
  /** After the last batch, same transaction: what is computed over the whole file. */
  finish?: (scope: Scope, o: { import_id: string; community_id: string | null }) => Promise<void>
  /** Set-based undo, newest batch first; refuses when something else already stands on a row. */
  undo: (scope: Scope, batch: { import_id: string; community_id: string | null; rows: { row_no: number; undo: unknown }[] }) => Promise<void>
}
