import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import xlsx from '@e965/xlsx'
import { writeXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findHeader, listSheets, pickSheet, readSheets, streamRows, type Row } from './index.ts'
import { firstCell, firstSheet, gbk, rawXlsx, texts } from './test_kit.ts'
import { lookOf, plainNumber, serialDay } from './values.ts'

const collect = async (rows: AsyncIterable<Row[]>): Promise<Row[]> => {
  const all: Row[] = []
  for await (const batch of rows) all.push(...batch)
  return all
}
const row = (cells: string, n = 1): string => `<sheetData><row r="${n}">${cells}</row></sheetData>`
const stylesFor = (format: string): string => `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="${format}"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>`

describe('numbers and dates', () => {
  test.each([[13800138000, '13800138000'], [0.1 + 0.2, '0.3'], [1e20, '100000000000000000000'], [1.5e-7, '0.00000015'], [-98.5, '-98.5'], [0, '0'], [-0, '0'], [123456.789, '123456.789'], [100, '100']])(
    '%d is shown as %s', (value, text) => expect(plainNumber(value)).toBe(text))

  test.each<[number, string]>([[0, '1900-01-00'], [1, '1900-01-01'], [59, '1900-02-28'], [60, '1900-02-29'], [61, '1900-03-01'], [366, '1900-12-31'], [45296, '2024-01-05'], [2958465, '9999-12-31']])(
    'serial %d is %s', (serial, day) => expect(serialDay(serial, false)).toBe(day))

  test.each<[number, string | undefined, unknown]>([
    [14, undefined, 'date'], [31, undefined, 'date'], [57, undefined, 'date'], [32, undefined, 'time'], [0, undefined, 'number'], [4, undefined, 'number'],
    [200, 'yyyy"年"m"月"d"日"', 'date'], [200, '[$-804]yyyy/m/d;@', 'date'], [200, '[h]:mm', 'time'], [200, '[Red]#,##0.00', 'number'], [200, 'G/通用格式', 'number'], [200, '0.00"元/日"', 'number'],
    [200, '0000', { zeros: 4 }], [200, '0.00E+00', 'number'], [200, 'General', 'number'], [200, 'mm-dd', 'date'], [200, '@', 'number'], [200, '#,##0.00\\ "d"', 'number'],
  ])('format %d %s is %j', (id, code, look) => expect(lookOf(id, code)).toEqual(look))

  test('a date cell, a time, a house number with zeros, a long number', async () => {
    const styles = '<styleSheet><numFmts><numFmt numFmtId="200" formatCode="yyyy/m/d"/><numFmt numFmtId="201" formatCode="0000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/><xf numFmtId="201"/><xf numFmtId="20"/></cellXfs></styleSheet>'
    const sheet = row('<c r="A1" s="1"><v>45296</v></c><c r="B1" s="1"><v>45296.5</v></c><c r="C1" s="2"><v>301</v></c><c r="D1" s="3"><v>0.5</v></c><c r="E1"><v>1.1010519491231002E17</v></c><c r="F1"><v>13800138000</v></c><c r="G1" s="1"><v>0</v></c>')
    const [first] = (await firstSheet(rawXlsx({ sheet, styles }))).rows
    expect(first?.cells.map((cell) => [cell.kind, cell.text, cell.lost_digits ?? false])).toEqual([
      ['date', '2024-01-05', false], ['date', '2024-01-05 12:00:00', false], ['number', '0301', false], ['date', '12:00:00', false],
      ['number', '110105194912310000', true], ['number', '13800138000', false], ['date', '1900-01-00', false],
    ])
  })

  test('the 1904 system', async () => {
    const workbook = '<workbook><workbookPr date1904="1"/><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
    const file = rawXlsx({ workbook, sheet: row(`<c r="A1" s="1"><v>${45296 - 1462}</v></c>`), styles: stylesFor('yyyy-mm-dd') })
    expect((await firstCell(file)).text).toBe('2024-01-05')
    expect((await readSheets(file, 'x')).date1904).toBe(true)
  })
})

describe('xlsx', () => {
  test('formulas carry their value and are marked; errors are errors', async () => {
    const sheet = row('<c r="A1"><f>B1*2</f><v>6</v></c><c r="B1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c><c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D1"><f t="shared" si="0"/><v>7</v></c><c r="E1"><f>A1</f></c><c r="F1" t="e"><v>#N/A</v></c><c r="G1" t="b"><v>1</v></c>')
    const cells = (await firstSheet(rawXlsx({ sheet }))).rows[0]?.cells ?? []
    expect(cells.map((cell) => [cell.kind, cell.text, cell.formula])).toEqual([
      ['formula', '6', 'B1*2'], ['formula', 'ab', '"a"&"b"'], ['error', '#DIV/0!', '1/0'], ['formula', '7', ''], ['formula', '', 'A1'], ['error', '#N/A', undefined], ['bool', 'TRUE', undefined],
    ])
  })

  test('shared, rich and phonetic strings, escapes, spaces', async () => {
    const strings = '<sst><si><t>甲 </t></si><si><r><t>富</t></r><r><rPr><b/></rPr><t>文本</t></r><rPh sb="0" eb="1"><t>fu</t></rPh></si><si><t xml:space="preserve"> a_x000D_b &amp;&#x4E2D;&#20013; </t></si><si><t><![CDATA[<&>]]></t></si></sst>'
    const sheet = row('<c r="A1" t="s"><v>0</v></c><c t="s"><v>1</v></c><c r="D1" t="s"><v>2</v></c><c t="s"><v>3</v></c><c t="inlineStr"><is><t>张\u3000</t></is></c>')
    const cells = (await firstSheet(rawXlsx({ sheet, strings }))).rows[0]?.cells ?? []
    expect(cells.map((cell) => cell.raw)).toEqual(['甲 ', '富文本', null, ' a\rb &中中 ', '<&>', '张\u3000'])
    expect(cells.map((cell) => cell.text)).toEqual(['甲', '富文本', '', 'a\rb &中中', '<&>', '张'])
  })

  test('merged ranges repeat their value, in both directions', async () => {
    const sheet = '<sheetData><row r="1"><c r="A1" t="str"><v>题</v></c></row><row r="2"><c r="A2" t="str"><v>1栋</v></c><c r="B2"><v>1</v></c></row><row r="3"><c r="B3"><v>2</v></c></row><row r="5"><c r="B5"><v>3</v></c></row></sheetData><mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="A2:A4"/></mergeCells>'
    const { rows } = await firstSheet(rawXlsx({ sheet }))
    expect(rows.map((one) => [one.row_no, ...one.cells.map((cell) => cell.text + (cell.merged === true ? '*' : ''))])).toEqual([
      [1, '题*', '题*', '题*'], [2, '1栋*', '1'], [3, '1栋*', '2'], [5, '', '3'],
    ])
  })

  test('hidden sheets, rows and columns; the first visible sheet with data is picked', async () => {
    const file = Buffer.from(await writeXlsx({
      sheets: [
        { name: '隐藏', hidden: true, rows: [['x']] }, { name: '空白', rows: [] },
        { name: '数据', rows: [['姓名', '电话'], ['张三', 13800138000]], columns: [{}, { hidden: true }], rowDefs: new Map([[1, { hidden: true }]]) },
      ],
    }))
    const book = await readSheets(file, 'x.xlsx')
    expect(book.sheets.map((sheet) => [sheet.name, sheet.hidden])).toEqual([['隐藏', true], ['空白', false], ['数据', false]])
    expect(pickSheet(book)).toMatchObject({ name: '数据', hidden_columns: [1] })
    expect(pickSheet(book).rows[1]).toMatchObject({ row_no: 2, hidden: true })
    expect(texts(await collect(streamRows(file, 'x.xlsx')))).toEqual([['姓名', '电话'], ['张三', '13800138000']])
    expect(texts(await collect(streamRows(file, 'x.xlsx', { sheet: '隐藏' })))).toEqual([['x']])
    expect((await listSheets(file, 'x.xlsx')).map((sheet) => sheet.empty)).toEqual([false, true, false])
    await expect(collect(streamRows(file, 'x.xlsx', { sheet: '没有' }))).rejects.toMatchObject({ code: 'sheet.no_sheet', params: { name: 'x.xlsx', sheet: '没有' } })
  })

  test('what hucre writes is read alike: dates, bools, merges, formulas', async () => {
    const file = Buffer.from(await writeXlsx({
      sheets: [{
        name: 'S', rows: [['业主', null, '日期'], ['张三 ', true, new Date(Date.UTC(2024, 0, 5))], [98.5, '', null]], merges: [{ startRow: 0, startCol: 0, endRow: 0, endCol: 1 }],
        cells: new Map([['2,2', { formula: 'A3*2', formulaResult: 197 }]]),
      }],
    }))
    expect((await firstSheet(file)).rows.map((one) => one.cells.map((cell) => [cell.kind, cell.text]))).toEqual([
      [['text', '业主'], ['text', '业主'], ['text', '日期']], [['text', '张三'], ['bool', 'TRUE'], ['date', '2024-01-05']], [['number', '98.5'], ['empty', ''], ['formula', '197']],
    ])
  })

  test('prefixed names, single quotes, UTF-16 parts and a > inside an attribute', async () => {
    const workbook = `<x:workbook xmlns:x='m'><x:sheets><x:sheet name='a&gt;b > c' sheetId='1' r:id = 'rId1'/></x:sheets></x:workbook>`
    const sheet = `<x:sheetData><x:row r='1'><x:c r='A1' t='str'><x:v>值</x:v></x:c></x:row></x:sheetData>`
    const book = await readSheets(rawXlsx({ workbook, sheet }), 'x')
    expect(book.sheets[0]).toMatchObject({ name: 'a>b > c', rows: [{ cells: [{ text: '值' }] }] })
  })

  test('macros are ignored and reported', async () => {
    const file = rawXlsx({ sheet: row('<c r="A1"><v>1</v></c>'), more: [{ name: 'xl/vbaProject.bin', data: 'x' }] })
    expect((await readSheets(file, 'x.xlsm')).macros_ignored).toBe(true)
  })
})

describe('xls', () => {
  const sheet = xlsx.utils.aoa_to_sheet([['房号', '姓名', '面积', '日期', '公式', '空'], ['1-101', '张三 ', 98.5, 45296, 0, null], ['0301', '李四', 13800138000, 0, null, '尾']])
  sheet['D2'] = { t: 'n', v: 45296, z: 'yyyy/m/d' }
  sheet['E2'] = { t: 'n', v: 197, f: 'C2*2' }
  sheet['!merges'] = [{ s: { r: 1, c: 5 }, e: { r: 2, c: 5 } }]
  sheet['F2'] = { t: 's', v: '合' }
  delete sheet['F3']
  const book = xlsx.utils.book_new()
  xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet([['藏']]), '隐藏页')
  xlsx.utils.book_append_sheet(book, sheet, '业主')
  book.Workbook = { Sheets: [{ Hidden: 1 }, { Hidden: 0 }] }
  const file = xlsx.write(book, { type: 'buffer', bookType: 'biff8' }) as Buffer

  test('is read in a worker, by its bytes, whatever its name', async () => {
    const workbook = await readSheets(file, '名单.xlsx')
    expect(workbook.kind).toBe('xls')
    expect(workbook.sheets[0]).toMatchObject({ name: '隐藏页', hidden: true })
    const { rows } = pickSheet(workbook)
    expect(rows.map((one) => [one.row_no, ...one.cells.map((cell) => cell.text)])).toEqual([
      [1, '房号', '姓名', '面积', '日期', '公式', '空'], [2, '1-101', '张三', '98.5', '2024-01-05', '197', '合'], [3, '0301', '李四', '13800138000', '0', '', '合'],
    ])
    // SheetJS writes no formulas to .xls, only their values, so none can come back.
    expect(rows[1]?.cells.map((cell) => cell.kind)).toEqual(['text', 'text', 'number', 'date', 'number', 'text'])
    expect(rows[2]?.cells[5]?.merged).toBe(true)
  })

  test('streams in batches', async () => {
    const many = xlsx.utils.book_new()
    xlsx.utils.book_append_sheet(many, xlsx.utils.aoa_to_sheet(Array.from({ length: 2_500 }, (_, i) => [`行${i}`])), 'S')
    const sizes: number[] = []
    for await (const batch of streamRows(xlsx.write(many, { type: 'buffer', bookType: 'biff8' }) as Buffer, 'x.xls')) sizes.push(batch.length)
    expect(sizes).toEqual([1000, 1000, 500])
  })
})

describe('csv', () => {
  const lines = '房号,姓名,备注\r\n1-101,张三,"一,二\r\n三""四"""\r\n0301,李四,\r\n'
  const expected = [['房号', '姓名', '备注'], ['1-101', '张三', '一,二\r\n三"四"'], ['0301', '李四']]
  test.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from(lines), 'utf-8'], ['UTF-8 with a mark', Buffer.from(`\ufeff${lines}`), 'utf-8'], ['UTF-16LE', Buffer.from(`\ufeff${lines}`, 'utf16le'), 'utf-16le'],
    ['UTF-16BE', Buffer.from(`\ufeff${lines}`, 'utf16le').swap16(), 'utf-16be'], ['GBK', gbk(lines), 'gb18030'],
    ['tabs', Buffer.from(lines.replaceAll('房号,姓名,备注', '房号\t姓名\t备注').replaceAll('1-101,张三,', '1-101\t张三\t').replace('0301,李四,', '0301\t李四\t')), 'utf-8'],
    ['semicolons', Buffer.from(lines.replaceAll('房号,姓名,备注', '房号;姓名;备注').replaceAll('1-101,张三,', '1-101;张三;').replace('0301,李四,', '0301;李四;')), 'utf-8'],
    ['sep= line', Buffer.from(`sep=,\r\n${lines}`), 'utf-8'], ['lone CR', Buffer.from(lines.replace(/\r\n(?=0301)|\r\n$/g, '\r')), 'utf-8'],
  ])('%s', async (_, file, encoding) => {
    const book = await readSheets(file, 'x.csv')
    expect(book).toMatchObject({ kind: 'csv', encoding })
    expect(texts(book.sheets[0]?.rows ?? [])).toEqual(expected)
  })

  test('row numbers count records; blank lines are passed over', async () => {
    const { rows } = await firstSheet(Buffer.from('a,b\n\n,\n"x\ny",z\n1,2'))
    expect(rows.map((one) => [one.row_no, ...one.cells.map((cell) => cell.text)])).toEqual([[1, 'a', 'b'], [4, 'x\ny', 'z'], [5, '1', '2']])
  })

  test('="0301" and a quote inside a plain field', async () => {
    expect(texts((await firstSheet(Buffer.from('a,b\n="0301",5" 管'))).rows)[1]).toEqual(['0301', '5" 管'])
  })

  test('a GBK character cut by a chunk', async () => {
    const text = Array.from({ length: 30_000 }, (_, i) => `${'x'.repeat(i % 3)}张三李四`).join('\n')
    expect((await firstSheet(gbk(text))).rows.map((one) => one.cells[0]?.text).join('\n')).toBe(text)
  })
})

test('one messy book with everything at once goes through header and cleaners', async () => {
  const file = Buffer.from(await writeXlsx({
    sheets: [
      { name: '说明', hidden: true, rows: [['请勿修改']] },
      {
        name: '业主', merges: [{ startRow: 0, startCol: 0, endRow: 0, endCol: 4 }],
        rows: [['阳光花园业主信息表', null, null, null, null], ['制表：王五  2024年'], ['房号 ', '业主姓名', '建筑面积（㎡）', '联系电话', '入住日期'], ['1-101', '张三、李四', '９８．５', '13800138000 ', '2024.1.5'], ['1-101', '张三、李四', '９８．５', '13800138000 ', '2024.1.5'], [1102, '王五', 98.5, 13900139000, 45296], ['1-103', null, '89㎡', '1.39E+10', 0]],
      },
    ],
  }))
  const sheet = pickSheet(await readSheets(file, 'x.xlsx'))
  const header = findHeader(sheet.rows, { house: ['房号'], owner: ['姓名', '业主姓名'], area_m2: ['建筑面积'], phone: ['电话'], on: ['入住日期'] })
  expect(header?.header_row_no).toBe(3)
  expect(header?.columns.map((column) => column.field)).toEqual(['house', 'owner', 'area_m2', 'phone', 'on'])
})

describe('from a path', () => {
  let folder = ''
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'sheet-')) })
  afterAll(() => rm(folder, { recursive: true }))

  test('reads and streams a file', async () => {
    const path = join(folder, 'a.csv')
    await writeFile(path, 'a,b\n1,2\n')
    expect(texts((await firstSheet(path)).rows)).toEqual([['a', 'b'], ['1', '2']])
    expect(await collect(streamRows(path, 'a.csv'))).toHaveLength(2)
  })
})
