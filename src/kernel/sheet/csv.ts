import { SheetRefusal } from './refusal.ts'
import { textBom } from './sniff.ts'
import type { Cell, Row, SheetLimits } from './types.ts'
import { textCell } from './values.ts'

const STEP = 65_536
// Excel's own limit for a cell; past it a quote was left open and swallows the file.
const MAX_FIELD = 32_767
const decodes = (file: Buffer, encoding: string): boolean => {
  const decoder = new TextDecoder(encoding, { fatal: true })
  try {
    for (let at = 0; at < file.length; at += STEP) decoder.decode(file.subarray(at, at + STEP), { stream: true })
    decoder.decode()
    return true
  } catch {
    return false
  }
}

/** Strict UTF-8 fails on practically every GBK text of more than a few characters, so failing is the test. */
export function csvEncoding(file: Buffer): string {
  const encoding = textBom(file) ?? (decodes(file, 'utf-8') ? 'utf-8' : 'gb18030')
  if (encoding !== 'utf-8' || textBom(file) !== undefined) {
    if (!decodes(file, encoding)) throw new SheetRefusal('sheet.encoding')
  }
  return encoding
}

/** Splits text fed in chunks into records (RFC 4180, with the leniencies of Excel: a quote inside a plain field is a letter). */
export class CsvScan {
  readonly records: string[][] = []
  readonly #delimiter: number
  #record: string[] = []
  #field = ''
  #state: 'start' | 'plain' | 'quoted' | 'quote' = 'start'
  #afterCr = false
  #done = 0

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0)
  }

  push(text: string): void {
    let from = 0
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (this.#afterCr) {
        this.#afterCr = false
        if (code === 0x0a) { from = i + 1; continue }
      }
      if (this.#state === 'quoted') {
        if (code !== 0x22) continue
        this.#take(text.slice(from, i))
        this.#state = 'quote'
        from = i + 1
      } else if (code === 0x22 && this.#state !== 'plain') {
        // A doubled quote is one quote; at the start it opens.
        if (this.#state === 'quote') this.#take('"')
        this.#state = 'quoted'
        from = i + 1
      } else if (code === this.#delimiter || code === 0x0a || code === 0x0d) {
        this.#take(text.slice(from, i))
        this.#endField()
        if (code !== this.#delimiter) this.#endRecord()
        this.#afterCr = code === 0x0d
        from = i + 1
      } else {
        this.#state = 'plain'
      }
    }
    this.#take(text.slice(from))
  }

  end(): void {
    if (this.#state === 'quoted') throw this.#open()
    if (this.#state === 'start' && this.#record.length === 0) return
    this.#endField()
    this.#endRecord()
  }

  #take(piece: string): void {
    this.#field += piece
    if (this.#field.length > MAX_FIELD) throw this.#open()
  }

  #endField(): void {
    this.#record.push(this.#field)
    this.#field = ''
    this.#state = 'start'
  }

  #endRecord(): void {
    this.records.push(this.#record)
    this.#record = []
    this.#done++
  }

  #open(): SheetRefusal {
    return new SheetRefusal('sheet.csv_quotes', { row_no: this.#done + 1 })
  }
}

/** The delimiter under which most of the first records have the same number of fields; `sep=;` in the first line decides by itself. */
export function sniffDelimiter(head: string): { delimiter: string; skip: number } {
  const told = /^sep=(.)\r?\n/i.exec(head)
  if (told !== null) return { delimiter: told[1] ?? ',', skip: told[0].length }
  let best = { delimiter: ',', score: 0 }
  for (const delimiter of [',', '\t', ';', '|']) {
    const scan = new CsvScan(delimiter)
    try {
      scan.push(head)
    } catch {
      continue
    }
    const widths = scan.records.length > 0 ? scan.records : head.split(/\r?\n/).map((line) => line.split(delimiter))
    const seen = new Map<number, number>()
    for (const { length } of widths.slice(0, 50)) if (length > 1) seen.set(length, (seen.get(length) ?? 0) + 1)
    for (const [width, times] of seen) {
      const score = times * 100 + Math.min(width, 99)
      if (score > best.score) best = { delimiter, score }
    }
  }
  return { delimiter: best.delimiter, skip: 0 }
}

/** A CSV field as a cell. Always text: what looks like a number is for the cleaners, which know what the column should be. */
function csvCell(field: string): Cell {
  // ="0755" is how systems keep Excel from eating a zero; '=x is how exports keep it from calculating (see write_csv.ts).
  const kept = /^="([^"]*)"$/.exec(field)
  if (kept !== null) return textCell(kept[1] ?? '')
  return textCell(/^''*[=+\-@\t\r＝＋－＠]/.test(field) ? field.slice(1) : field)
}

export async function* csvRows(file: Buffer, encoding: string, limits: SheetLimits, batch: number): AsyncGenerator<Row[]> {
  const decoder = new TextDecoder(encoding)
  const head = new TextDecoder(encoding).decode(file.subarray(0, STEP), { stream: true })
  const { delimiter, skip } = sniffDelimiter(head)
  const scan = new CsvScan(delimiter)
  let row_no = skip > 0 ? 1 : 0
  let count = 0
  let ready: Row[] = []
  let cut = skip
  for (let at = 0; at <= file.length; at += STEP) {
    const last = at + STEP > file.length
    const text = decoder.decode(file.subarray(at, at + STEP), { stream: !last })
    scan.push(cut > 0 ? text.slice(cut) : text)
    cut = 0
    if (last) scan.end()
    for (const record of scan.records.splice(0)) {
      row_no++
      const row = csvRow(record, row_no, limits)
      if (row === undefined) continue
      if (++count > limits.max_rows) throw new SheetRefusal('sheet.too_many_rows', { sheet: 'CSV', max: limits.max_rows })
      ready.push(row)
    }
    while (ready.length >= batch) {
      yield ready.slice(0, batch)
      ready = ready.slice(batch)
    }
    // Decoding is synchronous; other requests get their turn between chunks.
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (ready.length > 0) yield ready
}

function csvRow(record: readonly string[], row_no: number, limits: SheetLimits): Row | undefined {
  let width = record.length
  while (width > 0 && csvCell(record[width - 1] ?? '').kind === 'empty') width--
  if (width === 0) return undefined
  if (width > limits.max_columns) throw new SheetRefusal('sheet.too_many_columns', { sheet: 'CSV', row_no, column: width, max: limits.max_columns })
  return { row_no, cells: record.slice(0, width).map(csvCell) }
}
