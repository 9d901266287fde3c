import { crc32, deflateRawSync } from 'node:zlib'
import { readSheets, type Cell, type Row, type Sheet } from './index.ts'

/** Builders for test files that no well-behaved program writes. */

let gbkTable: Map<string, number[]> | undefined

/** Node decodes GBK but cannot encode it; the table is the decoder run over every two-byte code. */
export function gbk(text: string): Buffer {
  if (gbkTable === undefined) {
    gbkTable = new Map()
    const decoder = new TextDecoder('gb18030')
    for (let high = 0x81; high <= 0xfe; high++) {
      for (let low = 0x40; low <= 0xfe; low++) {
        const c = low === 0x7f ? '' : decoder.decode(Uint8Array.of(high, low))
        if (c.length === 1 && c !== '\ufffd' && !gbkTable.has(c)) gbkTable.set(c, [high, low])
      }
    }
  }
  return Buffer.from([...text].flatMap((c) => (c.charCodeAt(0) < 0x80 ? [c.charCodeAt(0)] : gbkTable?.get(c) ?? [0x3f])))
}

export interface RawEntry {
  readonly name: string
  readonly data: string | Buffer
  /** What the directory claims instead of the truth. */
  readonly declared?: number
  readonly flags?: number
  readonly mode?: number
  /** Points at the packed bytes of the entry before. */
  readonly overlap?: boolean
}

export function makeZip(entries: readonly RawEntry[]): Buffer {
  const body: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  let previous = 0
  for (const entry of entries) {
    const data = Buffer.from(entry.data)
    const packed = deflateRawSync(data, { level: 9 })
    const name = Buffer.from(entry.name)
    const size = entry.declared ?? data.length
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(8, 8)
    head.writeUInt32LE(crc32(data), 14)
    head.writeUInt32LE(packed.length, 18)
    head.writeUInt32LE(size, 22)
    head.writeUInt16LE(name.length, 26)
    const item = Buffer.alloc(46)
    item.writeUInt32LE(0x02014b50, 0)
    item.writeUInt16LE(entry.flags ?? 0, 8)
    item.writeUInt16LE(8, 10)
    item.writeUInt32LE(crc32(data), 16)
    item.writeUInt32LE(packed.length, 20)
    item.writeUInt32LE(size, 24)
    item.writeUInt16LE(name.length, 28)
    item.writeUInt16LE(entry.mode ?? 0, 40)
    item.writeUInt32LE(entry.overlap === true ? previous : offset, 42)
    directory.push(item, name)
    previous = offset
    body.push(head, name, packed)
    offset += head.length + name.length + packed.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...body, list, end])
}

const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export interface RawBook {
  readonly sheet?: string
  readonly workbook?: string
  readonly strings?: string
  readonly styles?: string
  readonly types?: string
  readonly more?: readonly RawEntry[]
}

/** A minimal .xlsx from raw XML; `sheet` is what stands inside `<worksheet>`. */
export function rawXlsx(book: RawBook): Buffer {
  return makeZip([
    { name: '[Content_Types].xml', data: book.types ?? '<Types/>' },
    { name: '_rels/.rels', data: `<Relationships><Relationship Id="r" Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>` },
    { name: 'xl/workbook.xml', data: book.workbook ?? '<workbook><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>' },
    {
      name: 'xl/_rels/workbook.xml.rels',
      data: `<Relationships><Relationship Id="rId1" Type="${REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${REL}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="${REL}/styles" Target="styles.xml"/></Relationships>`,
    },
    { name: 'xl/worksheets/sheet1.xml', data: `<worksheet>${book.sheet ?? '<sheetData/>'}</worksheet>` },
    { name: 'xl/sharedStrings.xml', data: book.strings ?? '<sst/>' },
    { name: 'xl/styles.xml', data: book.styles ?? '<styleSheet/>' },
    ...(book.more ?? []),
  ])
}

export const texts = (rows: readonly Row[]): string[][] => rows.map((row) => row.cells.map((cell) => cell.text))

export async function firstSheet(file: Buffer | string, name = '测试.xlsx'): Promise<Sheet> {
  const sheet = (await readSheets(file, name)).sheets[0]
  if (sheet === undefined) throw new Error('no sheet')
  return sheet
}

export async function firstCell(file: Buffer): Promise<Cell> {
  const cell = (await firstSheet(file)).rows[0]?.cells[0]
  if (cell === undefined) throw new Error('no cell')
  return cell
}

/** Rows of texts as if read from a file. */
export const rowsOf = (lines: readonly (readonly string[])[]): Row[] => lines.map((line, i) => ({
  row_no: i + 1,
  cells: line.map((text) => (text === '' ? { text: '', kind: 'empty', raw: null } as const : { text, kind: 'text', raw: text } as const)),
}))
