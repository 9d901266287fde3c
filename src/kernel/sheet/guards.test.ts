import xlsx from '@e965/xlsx'
import { writeXlsx } from 'hucre/xlsx'
import { describe, expect, test } from 'vitest'
import { SheetRefusal, explain, readSheets, streamRows, words, type SheetLimits } from './index.ts'
import { makeZip, rawXlsx, type RawBook } from './test_kit.ts'

const refusal = async (file: Buffer, limits: Partial<SheetLimits> = {}): Promise<SheetRefusal> => {
  const error: unknown = await readSheets(file, '坏文件.xlsx', limits).then(() => new Error('was read'), (reason: unknown) => reason)
  if (!(error instanceof SheetRefusal)) throw error
  return error
}
const code = async (file: Buffer, limits?: Partial<SheetLimits>): Promise<string> => (await refusal(file, limits)).code
const raw = (book: RawBook, limits?: Partial<SheetLimits>): Promise<string> => code(rawXlsx(book), limits)
const rows = (count: number): string => `<sheetData>${Array.from({ length: count }, (_, i) => `<row r="${i + 1}"><c r="A${i + 1}"><v>${i}</v></c></row>`).join('')}</sheetData>`

describe('zip', () => {
  const zeros = Buffer.alloc(50 * 1024 * 1024)
  test('a part of zeros is refused by its ratio before it is inflated', async () => {
    // Only the directory check knows a ratio; and a picture is never inflated at all.
    expect(await refusal(rawXlsx({ more: [{ name: 'xl/media/a.bin', data: zeros }] }))).toMatchObject({ code: 'sheet.zip_bomb', params: { ratio: expect.any(Number) as number } })
  })
  test('the sum over all parts is bounded', async () => {
    expect(await raw({ more: Array.from({ length: 20 }, (_, i) => ({ name: `xl/p${i}.xml`, data: Buffer.alloc(900_000) })) }, { max_inflated_bytes: 10_000_000 })).toBe('sheet.zip_bomb')
  })
  test('a part that is larger than declared stops at the declared size', async () => {
    const data = `<sst><si><t>${'0'.repeat(80 * 1024 * 1024)}</t></si></sst>`
    const file = makeZip([
      { name: '[Content_Types].xml', data: '<Types/>' },
      { name: 'xl/workbook.xml', data, declared: 1000 },
    ])
    const before = process.memoryUsage().rss
    expect(await code(file)).toBe('sheet.zip_bomb')
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024)
  })
  test('a part that is smaller than declared, or altered, is damaged', async () => {
    expect(await code(makeZip([{ name: '[Content_Types].xml', data: '<Types/>', declared: 9 }]))).toBe('sheet.damaged')
    const file = rawXlsx({ sheet: rows(3) })
    const flipped = Buffer.from(file)
    const at = file.indexOf('xl/worksheets/sheet1.xml') + 30
    flipped[at] = (flipped[at] ?? 0) ^ 0xff
    expect(await code(flipped)).toBe('sheet.damaged')
    expect(await code(file.subarray(0, file.length - 40))).toBe('sheet.damaged')
    expect(await code(file.subarray(0, 4))).toBe('sheet.damaged')
  })
  test('too many entries', async () => {
    expect(await raw({ more: Array.from({ length: 50 }, (_, i) => ({ name: `x${i}`, data: '' })) }, { max_entries: 40 })).toBe('sheet.zip_bomb')
  })
  test.each(['../../etc/passwd', 'xl/../../x', '/etc/passwd', 'C:/x', 'xl\\..\\..\\x', 'inner.zip', 'xl/a.7z'])('the name %s', async (name) => {
    expect(await raw({ more: [{ name, data: 'x' }] })).toBe('sheet.zip_unsafe')
  })
  test('an archive inside xl/embeddings is legal and not opened', async () => {
    await readSheets(rawXlsx({ sheet: rows(1), more: [{ name: 'xl/embeddings/o.zip', data: zeros.subarray(0, 1000) }] }), 'x')
  })
  test('links, overlapping parts, repeated names, encrypted entries', async () => {
    expect(await raw({ more: [{ name: 'xl/link', data: '/etc/passwd', mode: 0xa1ff }] })).toBe('sheet.zip_unsafe')
    expect(await raw({ more: [{ name: 'xl/a', data: 'x'.repeat(100) }, { name: 'xl/b', data: 'x'.repeat(100), overlap: true }] })).toBe('sheet.zip_unsafe')
    expect(await raw({ more: [{ name: 'xl/styles.xml', data: 'x' }] })).toBe('sheet.zip_unsafe')
    expect(await raw({ more: [{ name: 'xl/a', data: 'x', flags: 1 }] })).toBe('sheet.encrypted')
  })
})

describe('xml', () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`
  test.each<[string, RawBook]>([
    ['sheet', { sheet: `${bomb}<sheetData/>` }], ['strings', { strings: `${bomb}<sst><si><t>&b;</t></si></sst>` }], ['workbook', { workbook: `${bomb}<workbook/>` }],
    ['styles', { styles: `${bomb}<styleSheet/>` }], ['content types', { types: `${bomb}<Types/>` }], ['external entity', { strings: '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><sst/>' }],
    ['unknown entity', { strings: '<sst><si><t>&b;</t></si></sst>' }], ['impossible character', { strings: '<sst><si><t>&#x110000;</t></si></sst>' }], ['split declaration', { sheet: `${' '.repeat(65_522)}<!ENTITY>` }],
  ])('a declaration or entity in %s', async (_, book) => expect(await raw({ sheet: rows(1), ...book })).toBe('sheet.xml_entity'))

  test('a tag without end is bounded', async () => {
    expect(await raw({ strings: `<sst a="${'x'.repeat(3_000_000)}` }, { max_ratio: 1e9 })).toBe('sheet.damaged')
    // Well-formed, but nothing that may be held in memory to find its end.
    expect(await raw({ strings: `<sst><!--${'x'.repeat(3_000_000)}--></sst>` }, { max_ratio: 1e9 })).toBe('sheet.damaged')
  })
  test('a million quoted > cost no more than other text', async () => {
    const start = performance.now()
    expect(await raw({ strings: `<sst a="${'>'.repeat(1_000_000)}` }, { max_ratio: 1e9 })).toBe('sheet.damaged')
    expect(performance.now() - start).toBeLessThan(3_000)
  })
})

describe('shape', () => {
  test('dimensions are not believed', async () => {
    for (const ref of ['A1:XFD1048576', 'A1:A1', 'nonsense']) {
      const book = await readSheets(rawXlsx({ sheet: `<dimension ref="${ref}"/>${rows(3)}` }), 'x')
      expect(book.sheets[0]?.rows).toHaveLength(3)
    }
  })
  test('rows, columns, cells, strings, sheets, bytes', async () => {
    expect(await raw({ sheet: rows(11) }, { max_rows: 10 })).toBe('sheet.too_many_rows')
    expect(await raw({ sheet: '<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>' })).toBe('sheet.too_many_columns')
    expect(await raw({ sheet: '<sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData>' })).toBe('sheet.damaged')
    expect(await raw({ sheet: rows(11) }, { max_cells: 10 })).toBe('sheet.too_many_cells')
    expect(await raw({ strings: `<sst>${'<si><t>a</t></si>'.repeat(11)}</sst>` }, { max_shared_strings: 10 })).toBe('sheet.too_many_strings')
    const sheets = '<workbook><sheets>' + '<sheet name="a" r:id="rId1"/>'.repeat(5) + '</sheets></workbook>'
    expect(await raw({ workbook: sheets }, { max_sheets: 4 })).toBe('sheet.too_many_sheets')
    expect(await code(Buffer.from('a,b\n'.repeat(11)), { max_rows: 10 })).toBe('sheet.too_many_rows')
    expect(await code(Buffer.from('a,'.repeat(2000) + 'b\n'))).toBe('sheet.too_many_columns')
    expect(await code(Buffer.alloc(2000, 'a'), { max_file_bytes: 1999 })).toBe('sheet.too_large')
  })
  test('empty formatted cells far to the right are no columns', async () => {
    const book = await readSheets(rawXlsx({ sheet: '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row></sheetData>' }), 'x')
    expect(book.sheets[0]?.rows[0]?.cells).toHaveLength(1)
  })
  test('rows out of order, and a merge over everything', async () => {
    expect(await raw({ sheet: '<sheetData><row r="2"><c r="A2"><v>1</v></c></row><row r="1"/></sheetData>' })).toBe('sheet.damaged')
    const merges = `<mergeCells>${'<mergeCell ref="A1:XFD1048576"/>'.repeat(5_000)}</mergeCells>`
    const start = performance.now()
    const book = await readSheets(rawXlsx({ sheet: rows(2_000) + merges }), 'x')
    expect(book.sheets[0]?.rows[1]?.cells).toHaveLength(256)
    expect(performance.now() - start).toBeLessThan(3_000)
  })
})

describe('formats', () => {
  const text = (content: string): Promise<string> => code(Buffer.from(content))
  test('web pages and XML named .xls', async () => {
    expect(await text('<html><table><tr><td>1</td></tr></table></html>')).toBe('sheet.html_table')
    expect(await text('\ufeff \r\n<meta charset="gbk"><table>')).toBe('sheet.html_table')
    expect(await text('MIME-Version: 1.0\r\nContent-Type: multipart/related')).toBe('sheet.html_table')
    expect(await text('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">')).toBe('sheet.xml_table')
    expect(await code(Buffer.from('\ufeff<html><table>', 'utf16le'))).toBe('sheet.html_table')
  })
  test('other files', async () => {
    expect(await code(Buffer.alloc(0))).toBe('sheet.empty')
    expect(await code(Buffer.from('%PDF-1.7'))).toBe('sheet.other_spreadsheet')
    expect(await code(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]))).toBe('sheet.unknown_format')
    expect(await code(makeZip([{ name: 'word/document.xml', data: 'x' }]))).toBe('sheet.unknown_format')
    expect(await code(makeZip([{ name: 'mimetype', data: 'x' }, { name: 'content.xml', data: 'x' }]))).toBe('sheet.other_spreadsheet')
    expect(await code(makeZip([{ name: 'xl/workbook.bin', data: 'x' }]))).toBe('sheet.other_spreadsheet')
    expect(await code(Buffer.from('a,\xff\xff\xff', 'latin1'))).toBe('sheet.encoding')
  })
  test('an open quote names its row instead of swallowing the file', async () => {
    expect((await refusal(Buffer.from(`a,b\n1,"${'2\n'.repeat(40_000)}`))).params['row_no']).toBe(2)
    expect((await refusal(Buffer.from(`a,b\n1,"${'2\n'.repeat(40_000)}",3\n`))).code).toBe('sheet.csv_quotes')
    expect(await text('a,b\n1,"2')).toBe('sheet.csv_quotes')
  })
  test('encrypted .xlsx and .xls', async () => {
    const locked = Buffer.from(await writeXlsx({ sheets: [{ name: 'S', rows: [['a']] }], encryption: { password: '1', spinCount: 10 } }))
    const error = await refusal(locked)
    expect(error.code).toBe('sheet.encrypted')
    expect(explain(error)).toContain('「坏文件.xlsx」设置了打开密码')
  })
})

describe('.xls worker', () => {
  const book = xlsx.utils.book_new()
  // Wide rather than long: SheetJS writes .xls in time quadratic to the rows.
  xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet(Array.from({ length: 120 }, (_, i) => Array.from({ length: 250 }, (_cell, c) => i * c + 0.5))), 'S')
  const file = xlsx.write(book, { type: 'buffer', bookType: 'biff8' }) as Buffer
  test('size, time, heap and damage', async () => {
    expect(await code(file, { max_xls_bytes: 1000 })).toBe('sheet.too_large')
    expect(await code(file, { xls_timeout_ms: 20 })).toBe('sheet.timeout')
    expect(await code(file, { xls_heap_mb: 8 })).toBe('sheet.timeout')
    expect(await code(file, { max_rows: 10 })).toBe('sheet.too_many_rows')
    expect(await code(file.subarray(0, 2000))).toMatch(/sheet\.(damaged|unknown_format)/)
  })
})

test('every code has a sentence with a way out and no param is left unfilled', async () => {
  for (const sentence of Object.values(words)) expect(sentence).toMatch(/请/)
  expect(explain(await refusal(rawXlsx({ sheet: rows(11) }), { max_rows: 10 }))).toBe('工作表「S」的数据超过 10 行。请拆成几个文件分别上传。')
  expect(explain(await refusal(Buffer.alloc(3_000_000, 'a'), { max_file_bytes: 1024 * 1024 }))).toContain('太大(2.9 MB),上限为 1.0 MB')
})

test('a consumer that stops early ends the reading', async () => {
  let batches = 0
  for await (const batch of streamRows(rawXlsx({ sheet: rows(5_000) }), 'x')) {
    expect(batch).toHaveLength(1_000)
    if (++batches === 2) break
  }
  expect(batches).toBe(2)
})
