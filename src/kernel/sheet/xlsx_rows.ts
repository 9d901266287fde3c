import { SheetRefusal } from './refusal.ts'
import { EMPTY_CELL, type Cell, type Row, type SheetLimits } from './types.ts'
import { boolCell, errorCell, formulaCell, numberCell, textCell } from './values.ts'
import { partText, type Merge, type XlsxBook } from './xlsx_book.ts'
import { XmlScan, attribute, decodeEscapes, flag, type XmlHandler } from './xml.ts'

const LAST_ROW = 1_048_576
const LAST_COLUMN = 16_384
const MAX_MERGES = 200_000
// A title merged over the whole sheet width repeats no further than this.
const MERGE_REACH = 256
const damaged = (detail: string): SheetRefusal => new SheetRefusal('sheet.damaged', { detail })

/** 0-based column and 1-based row of 'AB12'. */
export function parseRef(ref: string): { column: number; row_no: number } {
  let column = 0
  let i = 0
  for (; i < ref.length; i++) {
    const code = ref.charCodeAt(i) & 0xdf
    if (code < 65 || code > 90) break
    column = column * 26 + code - 64
    if (column > LAST_COLUMN) throw damaged('列号越界')
  }
  return { column: column - 1, row_no: Number(ref.slice(i)) }
}

/** 0-based column to letters: 27 → 'AB'. */
export function columnName(column: number): string {
  let name = ''
  for (let n = column + 1; n > 0; n = Math.floor((n - 1) / 26)) name = String.fromCharCode(65 + ((n - 1) % 26)) + name
  return name
}

/**
 * Rows of one sheet in batches, pulled: nothing is inflated before the last batch is consumed. `<dimension>` is not looked at. Merged
 * ranges stand after the cells in the file, so it is inflated twice; the first pass only searches.
 */
export async function* xlsxRows(
  book: XlsxBook,
  sheet: { readonly name: string; readonly part: string },
  limits: SheetLimits,
  batch: number,
  hiddenColumns?: number[],
): AsyncGenerator<Row[]> {
  const merges = await readMerges(book, sheet.part)
  const reader = new RowReader(book, sheet.name, limits, merges, hiddenColumns)
  const scan = new XmlScan(reader)
  for await (const text of partText(book.zip, sheet.part)) {
    scan.push(text)
    while (reader.ready.length >= batch) yield reader.ready.splice(0, batch)
  }
  scan.end()
  if (reader.ready.length > 0) yield reader.ready
}

async function readMerges(book: XlsxBook, part: string): Promise<readonly Merge[]> {
  const known = book.merges.get(part)
  if (known !== undefined) return known
  const merges: Merge[] = []
  const scan = new XmlScan({
    wants_text: false,
    close: () => undefined,
    text: () => undefined,
    open(name, attributes) {
      if (name !== 'mergeCell') return
      if (merges.length >= MAX_MERGES) throw damaged('合并单元格过多')
      const [from = '', to = from] = (attribute(attributes, 'ref') ?? '').split(':')
      const a = parseRef(from)
      const b = parseRef(to)
      if (a.column < 0 || b.column < a.column || !(b.row_no >= a.row_no)) return
      merges.push({ top: a.row_no, bottom: b.row_no, left: a.column, right: b.column })
    },
  })
  let tail = ''
  let found = false
  for await (const text of partText(book.zip, part)) {
    if (found) {
      scan.push(text)
      continue
    }
    const joined = tail + text
    // indexOf is ten times the speed of the pattern and nearly always says no.
    const at = joined.includes('mergeCells') ? joined.search(/<(?:\w+:)?mergeCells[\s>]/) : -1
    if (at >= 0) {
      found = true
      scan.push(joined.slice(at))
    } else {
      tail = joined.slice(-40)
    }
  }
  merges.sort((a, b) => a.top - b.top)
  book.merges.set(part, merges)
  return merges
}

class RowReader implements XmlHandler {
  readonly ready: Row[] = []
  wants_text = false
  readonly #book: XlsxBook
  readonly #sheet: string
  readonly #limits: SheetLimits
  readonly #merges: readonly Merge[]
  readonly #hiddenColumns: number[] | undefined
  #nextMerge = 0
  #live: { merge: Merge; cell: Cell }[] = []
  #count = 0
  #inside = false
  #row_no = 0
  #rowHidden = false
  #cells: (Cell | undefined)[] = []
  #column = 0
  #type = ''
  #style = -1
  #value = ''
  #inline = ''
  #formula: string | undefined
  #into: 'value' | 'inline' | 'formula' | undefined
  #phonetic = false

  constructor(book: XlsxBook, sheet: string, limits: SheetLimits, merges: readonly Merge[], hiddenColumns?: number[]) {
    this.#book = book
    this.#sheet = sheet
    this.#limits = limits
    this.#merges = merges
    this.#hiddenColumns = hiddenColumns
  }

  open(name: string, attributes: string): void {
    if (!this.#inside) {
      if (name === 'sheetData') this.#inside = true
      else if (name === 'col' && this.#hiddenColumns !== undefined && flag(attributes, 'hidden')) this.#hide(attributes)
      return
    }
    switch (name) {
      case 'c': return this.#openCell(attributes)
      case 'v': return this.#collect('value')
      case 't': return this.#phonetic ? undefined : this.#collect('inline')
      case 'f':
        this.#formula = ''
        return this.#collect('formula')
      case 'rPh':
        this.#phonetic = true
        return
      case 'row': return this.#openRow(attributes)
      default:
    }
  }

  text(text: string): void {
    if (this.#into === 'value') this.#value += text
    else if (this.#into === 'inline') this.#inline += text
    else if (this.#into === 'formula') this.#formula += text
  }

  close(name: string): void {
    if (!this.#inside) return
    switch (name) {
      case 'c': return this.#closeCell()
      case 'v':
      case 't':
      case 'f':
        this.wants_text = false
        this.#into = undefined
        return
      case 'rPh':
        this.#phonetic = false
        return
      case 'row': return this.#closeRow()
      case 'sheetData':
        this.#inside = false
        return
      default:
    }
  }

  #collect(into: 'value' | 'inline' | 'formula'): void {
    this.#into = into
    this.wants_text = true
  }

  #hide(attributes: string): void {
    const from = Number(attribute(attributes, 'min'))
    const to = Math.min(Number(attribute(attributes, 'max')), this.#limits.max_columns)
    for (let column = from; column <= to; column++) this.#hiddenColumns?.push(column - 1)
  }

  #openRow(attributes: string): void {
    const given = attribute(attributes, 'r')
    const row_no = given === undefined ? this.#row_no + 1 : Number(given)
    if (!Number.isInteger(row_no) || row_no <= this.#row_no || row_no > LAST_ROW) throw damaged(`第 ${this.#row_no} 行之后的行号错误`)
    this.#row_no = row_no
    this.#rowHidden = flag(attributes, 'hidden')
    this.#cells = []
    this.#column = -1
  }

  #openCell(attributes: string): void {
    const ref = attribute(attributes, 'r')
    this.#column = ref === undefined ? this.#column + 1 : parseRef(ref).column
    if (this.#column < 0) throw damaged('单元格地址错误')
    this.#type = attribute(attributes, 't') ?? 'n'
    this.#style = Number(attribute(attributes, 's') ?? '-1')
    this.#value = ''
    this.#inline = ''
    this.#formula = undefined
  }

  #closeCell(): void {
    const value = this.#plainCell()
    const cell = this.#formula === undefined ? value : formulaCell(value, decodeEscapes(this.#formula))
    if (cell.kind === 'empty') return
    if (this.#column >= this.#limits.max_columns) {
      throw new SheetRefusal('sheet.too_many_columns', {
        sheet: this.#sheet, row_no: this.#row_no, column: columnName(this.#column), max: this.#limits.max_columns,
      })
    }
    this.#cells[this.#column] = cell
  }

  #plainCell(): Cell {
    const value = this.#value
    switch (this.#type) {
      case 's': return textCell(this.#book.strings[Number(value)] ?? '')
      case 'inlineStr': return textCell(decodeEscapes(this.#inline))
      case 'str': return textCell(decodeEscapes(value))
      case 'b': return value === '' ? EMPTY_CELL : boolCell(value === '1' || value === 'true')
      case 'e': return errorCell(value === '' ? '#N/A' : value)
      // ISO dates, written by some non-Microsoft programs.
      case 'd': return value === '' ? EMPTY_CELL : { text: value.replace('T', ' ').replace(/( 00:00:00)?(\.0+)?Z?$/, ''), kind: 'date', raw: value }
      default: {
        if (value.trim() === '') return EMPTY_CELL
        const number = Number(value)
        return Number.isFinite(number) ? numberCell(number, this.#book.looks[this.#style] ?? 'number', this.#book.date1904) : textCell(value)
      }
    }
  }

  #closeRow(): void {
    this.#applyMerges()
    const { length } = this.#cells
    if (length === 0) return
    this.#count++
    if (this.#count > this.#limits.max_rows) throw new SheetRefusal('sheet.too_many_rows', { sheet: this.#sheet, max: this.#limits.max_rows })
    const cells = Array.from({ length }, (_, i) => this.#cells[i] ?? EMPTY_CELL)
    this.ready.push(this.#rowHidden ? { row_no: this.#row_no, cells, hidden: true } : { row_no: this.#row_no, cells })
  }

  #applyMerges(): void {
    const row_no = this.#row_no
    if (this.#live.length > 0) this.#live = this.#live.filter(({ merge }) => merge.bottom >= row_no)
    let next = this.#merges[this.#nextMerge]
    while (next !== undefined && next.top <= row_no) {
      this.#startMerge(next)
      next = this.#merges[++this.#nextMerge]
    }
    for (const { merge, cell } of this.#live) {
      const right = Math.min(merge.right, Math.max(merge.left + MERGE_REACH - 1, this.#cells.length - 1), this.#limits.max_columns - 1)
      for (let column = merge.left; column <= right; column++) this.#cells[column] = cell
    }
  }

  #startMerge(merge: Merge): void {
    // When the row of the upper left corner is missing, the range is empty.
    const cell = merge.top === this.#row_no ? this.#cells[merge.left] : undefined
    if (cell === undefined) return
    // Excel allows no overlap; without this check a file of stacked ranges would be refilled for every row.
    if (this.#live.some((other) => other.merge.left <= merge.right && merge.left <= other.merge.right)) return
    this.#live.push({ merge, cell: { ...cell, merged: true } })
  }
}
