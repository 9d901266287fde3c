/** What a spreadsheet cell was, as far as an import needs to know. `formula` and `error` win over the type of the value shown. */
export type CellKind = 'text' | 'number' | 'date' | 'bool' | 'formula' | 'empty' | 'error'

export interface Cell {
  /**
   * Trimmed text. Numbers are plain digits at Excel's own 15 significant digits (0.1+0.2 is '0.3'), never exponents and never
   * rounded to the display format; dates are 'YYYY-MM-DD' or 'YYYY-MM-DD HH:mm:ss'; bools TRUE/FALSE.
   */
  readonly text: string
  readonly kind: CellKind
  /** Untrimmed text, the number (for a date the serial), the bool, or null. */
  readonly raw: string | number | boolean | null
  /** Without the leading '='; '' when the file shares the formula of another cell. */
  readonly formula?: string
  /** The cell is covered by a merged range; the value is that of its upper left cell. */
  readonly merged?: true
  /** A number of 16 digits or more: Excel kept only 15, the rest are zeros that nobody typed. */
  readonly lost_digits?: true
}

export interface Row {
  /** 1-based, as Excel shows it at the left. Rows without content are left out. */
  readonly row_no: number
  /** Dense from column A; cells after the last one with content are left out. */
  readonly cells: readonly Cell[]
  readonly hidden?: true
}

export interface SheetInfo {
  readonly name: string
  readonly index: number
  readonly hidden: boolean
}

export interface Sheet extends SheetInfo {
  readonly rows: readonly Row[]
  /** 0-based. */
  readonly hidden_columns: readonly number[]
}

export type WorkbookKind = 'xlsx' | 'xls' | 'csv'

export interface Workbook {
  readonly name: string
  readonly kind: WorkbookKind
  readonly sheets: readonly Sheet[]
  /** Serials count from 1904-01-01 (old Mac files). Dates are already converted; only bare numbers still need it. */
  readonly date1904: boolean
  /** The file carries macros. They are never run nor kept. */
  readonly macros_ignored: boolean
  /** CSV only. */
  readonly encoding?: string
}

export interface SheetLimits {
  /** Bytes of the uploaded file. */
  readonly max_file_bytes: number
  /** Bytes of an old .xls, which has to be parsed in one piece. */
  readonly max_xls_bytes: number
  /** Milliseconds the .xls worker may take. */
  readonly xls_timeout_ms: number
  /** Megabytes of heap the .xls worker may take. */
  readonly xls_heap_mb: number
  readonly max_entries: number
  /** Sum over all zip entries, declared and actual. */
  readonly max_inflated_bytes: number
  readonly max_ratio: number
  /** Rows with content per sheet. */
  readonly max_rows: number
  /** Rightmost column with content, 1-based. Excel's own end is 16,384. */
  readonly max_columns: number
  /** Cells of the whole workbook that `readSheets` holds in memory. */
  readonly max_cells: number
  readonly max_shared_strings: number
  readonly max_sheets: number
}

export const LIMITS: SheetLimits = {
  max_file_bytes: 30 * 1024 * 1024,
  max_xls_bytes: 20 * 1024 * 1024,
  xls_timeout_ms: 30_000,
  xls_heap_mb: 768,
  max_entries: 2_000,
  max_inflated_bytes: 600 * 1024 * 1024,
  // Zeros reach 1,000:1, the most repetitive real sheet measured here 40:1.
  max_ratio: 200,
  max_rows: 200_000,
  max_columns: 1_024,
  max_cells: 2_000_000,
  max_shared_strings: 1_000_000,
  max_sheets: 200,
}

export const EMPTY_CELL: Cell = Object.freeze({ text: '', kind: 'empty', raw: null })
