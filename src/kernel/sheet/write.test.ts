import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import xlsx from '@e965/xlsx'
import fc from 'fast-check'
import { readXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REASON_TITLE, annotateErrors, findHeader, isExampleRow, listSheets, readSheets, writeCsv, writeSheet, writeSheetTo, type ColumnSpec, type OutValue } from './index.ts'
import { csvEncoding } from './csv.ts'
import { firstSheet, texts } from './test_kit.ts'
import { trimText } from './text.ts'
import { inflate, openZip } from './zip.ts'
import { LIMITS } from './types.ts'

const part = async (file: Buffer, name: string): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of inflate(openZip(file, LIMITS), name)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
const one = (column: ColumnSpec, ...values: OutValue[]): Promise<Buffer> => writeSheet({ sheets: [{ name: '表', columns: [column], rows: values.map((value) => [value]) }] })
const DANGERS = ['=cmd|\'/c calc\'!A1', '+1', '-1', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠x', "'=1", '=HYPERLINK("http://x")', "''-x", "'普通"]

describe('values', () => {
  test('fen are written digit for digit', async () => {
    const file = await one({ title: '金额', kind: 'money_fen' }, 123450, 1n, -5, '900719925474099199'.slice(0, 15), 0, null)
    expect(await part(file, 'xl/worksheets/sheet1.xml')).toMatch(/<v>1234.50<\/v>.*<v>0.01<\/v>.*<v>-0.05<\/v>.*<v>9007199254740.99<\/v>.*<v>0.00<\/v>/)
    expect(texts((await firstSheet(file)).rows).flat()).toEqual(['金额', '1234.5', '0.01', '-0.05', '9007199254740.99', '0'])
  })
  test('money, days, numbers and texts carry their formats', async () => {
    const columns: ColumnSpec[] = [{ title: '钱', kind: 'money_fen' }, { title: '日', kind: 'day' }, { title: '数', kind: 'number' }, { title: '整', kind: 'int' }, { title: '房号', kind: 'text' }]
    const file = await writeSheet({ sheets: [{ name: 'S', columns, rows: [[100, '2024-01-05', '98.50', 3, '0301'], [null, '1900-01-01', 1.25, '4', 13800138000]] }] })
    const theirs = await readXlsx(file, { readStyles: true })
    const cells = theirs.sheets[0]?.cells
    expect(['1,0', '1,1', '1,2', '1,4'].map((at) => cells?.get(at)?.style?.numFmt)).toEqual(['#,##0.00', 'yyyy\\-mm\\-dd', '0.00', '@'])
    const { rows } = await firstSheet(file)
    expect(rows[1]?.cells.map((cell) => [cell.kind, cell.text])).toEqual([['number', '1'], ['date', '2024-01-05'], ['number', '98.5'], ['number', '3'], ['text', '0301']])
    expect(rows[2]?.cells.map((cell) => [cell.kind, cell.text])).toEqual([['empty', ''], ['text', '1900-01-01'], ['number', '1.25'], ['number', '4'], ['text', '13800138000']])
  })
  test.each<[ColumnSpec['kind'], OutValue]>([['money_fen', 1.5], ['money_fen', '1.50'], ['int', '1e5'], ['int', 1.5], ['number', 'abc'], ['number', NaN], ['number', '=1'], ['day', '2024/1/5'], ['money_fen', true]])(
    'a %s that is %j is a fault', async (kind, value) => { await expect(one({ title: 'x', kind }, value)).rejects.toThrow() })

  test('any text comes back as it was, also by the eyes of hucre', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.constantFrom(...DANGERS, '_x0041_', '_x005F_', 'a\r\nb', '\ud800', '<&>"\'', ' x ')), { minLength: 1, maxLength: 8 }), async (values) => {
      const file = await one({ title: 't', kind: 'text' }, ...values)
      const { rows } = await firstSheet(file)
      const raw = new Map(rows.map((row) => [row.row_no, row.cells[0]?.raw]))
      for (const [i, value] of values.entries()) expect(raw.get(i + 2) ?? '').toBe(readable(value) ? value : '')
    }), { numRuns: 150 })
  })
  /** A text of nothing but spaces reads as an empty cell. */
  const readable = (value: string): boolean => trimText(value) !== ''

  test('a text past the limit of a cell is cut and says so', async () => {
    const text = (await firstSheet(await one({ title: 't', kind: 'text' }, 'x'.repeat(40_000)))).rows[1]?.cells[0]?.text ?? ''
    expect(text).toHaveLength(32_767)
    expect(text).toMatch(/已截断）$/)
  })
})

describe('formula injection', () => {
  test('xlsx: text cells with quotePrefix, never <f>', async () => {
    const file = await one({ title: '姓名', kind: 'text' }, ...DANGERS, '\t=1', '\r=1', 'plain')
    const xml = await part(file, 'xl/worksheets/sheet1.xml')
    expect(xml).not.toContain('<f>')
    const styles = [...xml.matchAll(/<c r="A\d+" s="(\d+)"/g)].map((match) => Number(match[1])).slice(1)
    const formats = [...(await part(file, 'xl/styles.xml')).split('<cellXfs')[1]?.matchAll(/<xf [^>]*>/g) ?? []].map((match) => match[0].includes('quotePrefix="1"'))
    expect(styles.map((style) => formats[style])).toEqual([true, true, true, true, true, true, true, true, false, true, false, false, true, true, false])
    const { rows } = await firstSheet(file)
    expect(rows.slice(1).map((row) => row.cells[0]?.raw)).toEqual([...DANGERS, '\t=1', '\r=1', 'plain'])
    expect(rows.slice(1).every((row) => row.cells[0]?.kind === 'text')).toBe(true)
    // An independent reader sees texts, too.
    const theirs = xlsx.read(file, { type: 'buffer' }).Sheets['表'] ?? {}
    expect(theirs['A2']).toMatchObject({ t: 's', v: DANGERS[0] })
    expect(theirs['A2'].f).toBeUndefined()
  })
  test('csv: no field begins like a formula; numbers stay numbers', () => {
    const lines = writeCsv([...DANGERS.map((text) => [text]), ['\t=1'], ['\r=1'], [-5], ['-5']]).toString().slice(1).split('\r\n')
    expect(lines[0]).toBe(`"'=cmd|'/c calc'!A1"`)
    expect(lines.filter((line) => /^"?[=+@\t\r＝＋－＠]/.test(line))).toEqual([])
    expect(lines).toContain('-5')
    expect(lines).toContain(`"'-5"`)
  })
  test('csv round trip of any text', async () => {
    const field = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...DANGERS, 'a,b', 'a"b', '"', 'a\r\nb', '\n', ';', '\t', '="1"', 'sep=;'))
    await fc.assert(fc.asyncProperty(fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }), async (values) => {
      const file = writeCsv([['头一', '头二', '头三'], ...values])
      expect(csvEncoding(file)).toBe('utf-8')
      const { rows } = await firstSheet(file)
      const raw = new Map(rows.map((row) => [row.row_no, row.cells.map((cell) => cell.raw)]))
      for (const [i, value] of values.entries()) {
        const back = raw.get(i + 2) ?? []
        for (const [c, text] of value.entries()) expect(back[c] ?? '').toBe(text.trim() === '' || !readableText(text) ? back[c] ?? '' : text)
      }
    }), { numRuns: 200 })
  })
  const readableText = (text: string): boolean => /[!-~\u3040-\u9fff]/.test(text)
})

describe('sheets', () => {
  const columns: ColumnSpec[] = [
    { title: '房号', kind: 'text', required: true, note: '如 1-101' }, { title: '类型', kind: 'text', choices: ['住宅', '商铺'] },
    { title: '楼栋', kind: 'text', choices: Array.from({ length: 200 }, (_, i) => `${i + 1}号楼，东`) }, { title: '金额', kind: 'money_fen' },
  ]
  test('titles, freeze, filter, totals, drop-downs, notes, instructions, hidden choices', async () => {
    const file = await writeSheet({
      sheets: [{ name: '房屋', columns, rows: [['1-101', '住宅', '1号楼，东', 100], ['1-102', '商铺', null, 250]], totals: ['合计', null, null, 350], title_rows: ['阳光花园房屋表', '2024 年'], example: ['1-101', '住宅', '1号楼，东', 100] }],
      instructions: ['一、请勿修改表头', '=二'],
    })
    expect((await listSheets(file, 'x')).map((sheet) => [sheet.name, sheet.hidden])).toEqual([['房屋', false], ['填写说明', false], ['选项', true]])
    const { rows } = await firstSheet(file)
    expect(rows.map((row) => row.cells[0]?.text)).toEqual(['阳光花园房屋表', '2024 年', '房号', '示例：1-101', '1-101', '1-102', '合计'])
    expect(rows.map(isExampleRow)).toEqual([false, false, false, true, false, false, false])
    expect(findHeader(rows, { house: ['房号'], amount: ['金额'] })?.header_row_no).toBe(3)
    const theirs = (await readXlsx(file, { readStyles: true })).sheets[0]
    expect(theirs?.freezePane).toMatchObject({ rows: 3 })
    expect(theirs?.autoFilter?.range).toBe('A3:D6')
    expect(theirs?.merges).toHaveLength(2)
    expect(theirs?.dataValidations?.map((rule) => [rule.range, rule.values ?? rule.formula1])).toEqual([['B4:B5006', ['住宅', '商铺']], ['C4:C5006', "'选项'!$A$1:$A$200"]])
    expect(theirs?.cells?.get('2,0')?.comment?.text).toBe('必填。如 1-101')
    expect(await part(file, 'xl/drawings/vmlDrawing1.vml')).toContain('<x:Row>2</x:Row><x:Column>0</x:Column>')
  })
  test('widths count a Chinese character as two', async () => {
    const xml = await part(await one({ title: '名', kind: 'text' }, '阳光花园小区'), 'xl/worksheets/sheet1.xml')
    expect(xml).toContain('<col min="1" max="1" width="14" customWidth="1"/>')
  })
  test('sheet names that Excel would refuse', async () => {
    const file = await writeSheet({ sheets: ['a/b:c', 'a/b:c', '', '选项', 'x'.repeat(40)].map((name) => ({ name, columns: [{ title: 't', kind: 'text' as const }], rows: [['v']] })) })
    expect((await listSheets(file, 'x')).map((sheet) => sheet.name)).toEqual(['a b c', 'a b c_2', 'Sheet', '选项_2', 'x'.repeat(31)])
  })
  test('SheetJS opens it, and equal content gives equal bytes', async () => {
    const book = { sheets: [{ name: 'S', columns, rows: [['1', '住宅', null, 1]] as OutValue[][] }] }
    const file = await writeSheet(book)
    expect(xlsx.utils.sheet_to_json(xlsx.read(file, { type: 'buffer' }).Sheets['S'] ?? {}, { header: 1 })).toEqual([['房号', '类型', '楼栋', '金额'], ['1', '住宅', undefined, 0.01]])
    expect((await writeSheet(book)).equals(file)).toBe(true)
  })
})

describe('annotateErrors', () => {
  const original = (): Promise<Buffer> => writeSheet({
    sheets: [{ name: '业主', title_rows: ['业主表'], columns: [{ title: '房号', kind: 'text' }, { title: '电话', kind: 'text' }, { title: '面积', kind: 'number' }, { title: '日期', kind: 'day' }], rows: [['1-101', '12', '98.5', '2024-01-05'], ['=x', null, '1', null], ['1-103', '13800138000', null, null]] }],
  })
  const errors = [{ row_no: 3, col_index: 1, reason_zh: '电话不对，请核对' }, { row_no: 3, col_index: 2, reason_zh: '面积过大，请核对' }, { row_no: 4, col_index: 1, reason_zh: '请填写' }, { row_no: 5, col_index: -1, reason_zh: '重复' }]
  test('colours the cells, adds the reasons, keeps rows and values', async () => {
    const file = await annotateErrors(await original(), 'x.xlsx', errors, { header_row_no: 2 })
    const { rows } = await firstSheet(file)
    expect(rows.map((row) => [row.row_no, ...row.cells.map((cell) => cell.text)])).toEqual([
      [1, '业主表', '业主表', '业主表', '业主表'], [2, '房号', '电话', '面积', '日期', REASON_TITLE], [3, '1-101', '12', '98.5', '2024-01-05', '电话不对，请核对；面积过大，请核对'],
      [4, '=x', '', '1', '', '请填写'], [5, '1-103', '13800138000', '', '', '重复'],
    ])
    const cells = (await readXlsx(file, { readStyles: true })).sheets[0]?.cells
    const fill = (at: string): unknown => (cells?.get(at)?.style?.fill as { fgColor?: { rgb?: string } } | undefined)?.fgColor?.rgb
    expect(['2,0', '2,1', '2,2', '3,1', '4,1'].map((at) => fill(at))).toEqual([undefined, 'FFC7CE', 'FFC7CE', 'FFC7CE', undefined].map((rgb) => (rgb === undefined ? rgb : expect.stringContaining(rgb))))
  })
  test('a second round replaces the column', async () => {
    const once = await annotateErrors(await original(), 'x.xlsx', errors, { header_row_no: 2 })
    const { rows } = await firstSheet(await annotateErrors(once, 'x.xlsx', [{ row_no: 4, col_index: 0, reason_zh: '新' }], { header_row_no: 2 }))
    expect(rows.map((row) => row.cells[4]?.text)).toEqual(['', REASON_TITLE, undefined, '新', undefined].map((text, i) => (i === 0 ? rows[0]?.cells[4]?.text : text)))
    expect(rows.flatMap((row) => row.cells).filter((cell) => cell.text === REASON_TITLE)).toHaveLength(1)
  })
  test('takes a CSV as well', async () => {
    const { rows } = await firstSheet(await annotateErrors(Buffer.from('a,b\n0301,\n'), 'x.csv', [{ row_no: 2, col_index: 1, reason_zh: '请填写' }]))
    expect(texts(rows)).toEqual([['a', 'b', REASON_TITLE], ['0301', '', '请填写']])
  })
})

describe('large', () => {
  let folder = ''
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'sheet-')) })
  afterAll(() => rm(folder, { recursive: true }))

  test('a failed export leaves no file', async () => {
    const rows = (function* () { yield ['a']; throw new Error('database gone') })()
    await expect(writeSheetTo(join(folder, 'a.xlsx'), { sheets: [{ name: 'S', columns: [{ title: 't', kind: 'text' }], rows }] })).rejects.toThrow('database gone')
    expect(await readdir(folder)).toEqual([])
  })

  /** Runs in its own process with a heap of 48 MB, in which 100,000 rows held at once do not fit; how much of it the collector leaves
   *  unused for a while is its own affair, so the resident size is bounded only loosely. */
  const run = (rows: number, task: string): { mb: number; ms: number; rows: number } => {
    const script = `
      import { writeSheetTo, streamRows } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
      const path = ${JSON.stringify(join(folder, `${rows}.xlsx`))}
      const start = performance.now()
      let count = ${rows}
      if (${JSON.stringify(task)} === 'write') {
        const columns = ['房号', '业主', '电话', '类型', '金额', '日期', '面积', '备注'].map((title, i) => ({ title, kind: ['text', 'text', 'text', 'text', 'money_fen', 'day', 'number', 'text'][i] }))
        async function* rows() { for (let i = 0; i < ${rows}; i++) yield ['1-' + i, '张三' + i, 13800000000 + i, '住宅', i * 37, '2024-01-05', '98.5', '备注文字第' + i + '行'] }
        await writeSheetTo(path, { sheets: [{ name: 'S', columns, rows: rows() }] })
      } else {
        count = 0
        for await (const batch of streamRows(path, 'x')) { count += batch.length; await new Promise((done) => setTimeout(done, 1)) }
      }
      console.log(JSON.stringify({ mb: process.resourceUsage().maxRSS / 1024, ms: performance.now() - start, rows: count }))`
    return JSON.parse(execFileSync(process.execPath, ['--max-old-space-size=48', '--input-type=module', '-e', script], { encoding: 'utf8' })) as { mb: number; ms: number; rows: number }
  }

  test('100,000 rows are written and read in memory that does not grow with them', async () => {
    const written = [run(10_000, 'write'), run(100_000, 'write')] as const
    const read = [run(10_000, 'read'), run(100_000, 'read')] as const
    expect(read[1].rows).toBe(100_001)
    expect(written[1].mb - written[0].mb).toBeLessThan(150)
    expect(read[1].mb - read[0].mb).toBeLessThan(150)
  }, 120_000)
})

test('readSheets and hucre agree on what was written', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => [`1-${i}`, `张三${i}`, i * 3])
  const file = await writeSheet({ sheets: [{ name: 'S', columns: [{ title: 'a', kind: 'text' }, { title: 'b', kind: 'text' }, { title: 'c', kind: 'int' }], rows }] })
  const ours = (await readSheets(file, 'x')).sheets[0]?.rows.map((row) => row.cells.map((cell) => cell.raw))
  expect((await readXlsx(file)).sheets[0]?.rows).toEqual(ours)
})
