// What companies really send, through the whole engine: uploaded, mapped by itself, previewed with exact problems, applied.
import xlsx from '@e965/xlsx'
import { beforeAll, describe, expect, test } from 'vitest'
import { applied, community, digest, previewed, problemsOf, rowsOf, startIt, table, upload } from '../../../../tests/import_kit.ts'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { gbk, makeZip } from '../../../kernel/sheet/test_kit.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { property } from '../../property/contract.ts'
import { people } from '../../people/contract.ts'
import { system } from '../contract.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
let n = 0
const place = (): Promise<string> => community(t.as('admin'), `乱小区${++n}`)

type Cell = string | number | null | { f?: string; v?: string | number; z?: string; t?: 'n' | 's' | 'e' }
interface Page {
  name: string
  rows: Cell[][]
  merges?: string[]
  hidden?: boolean
}
function book(pages: Page[], type: 'xlsx' | 'biff8' = 'xlsx'): Buffer {
  const wb = xlsx.utils.book_new()
  wb.Workbook = { Sheets: pages.map((p) => ({ name: p.name, Hidden: p.hidden ? (1 as const) : (0 as const) })) }
  for (const p of pages) {
    const ws = xlsx.utils.aoa_to_sheet(p.rows.map((r) => r.map((c) => (c !== null && typeof c === 'object' ? { t: 'n', ...c } : c))))
    if (p.merges) ws['!merges'] = p.merges.map((m) => xlsx.utils.decode_range(m))
    xlsx.utils.book_append_sheet(wb, ws, p.name)
  }
  return xlsx.write(wb, { type: 'buffer', bookType: type }) as Buffer
}

/** Titles above, a two-line header with merges, a merged building, texts as numbers and back, a total below, a hidden sheet before. */
const MESSY: Page[] = [
  { name: '旧数据', hidden: true, rows: [['房号', '面积'], ['9-9-999', 1]] },
  {
    name: '业主台账',
    rows: [
      ['花园小区业主信息登记表', null, null, null, null, null, null, null],
      ['填表日期:2024年3月1日', null, null, null, null, null, null, null],
      ['栋号', '房间号', '面积(㎡)', '业主信息', null, null, '入伙日期', '房屋类型'],
      [null, null, null, '姓名', '联系电话', '身份证号码', null, null],
      ['1号楼', '１单元１０１ ', '９８．５㎡', '张 三、李四', 13800138000, '11010519491231002X', { v: 45296, t: 'n', z: 'yyyy/m/d' }, '住宅'],
      [null, '1-2-301', 98.50000001, ' 王五 ', '137-0013-7000', null, '2024年1月5日', '高层'],
      [null, '2单元302室', { f: 'B1+20', v: 88.25, t: 'n' }, '赵六;钱七', '13600136000 / 13500135000', null, 45296, null],
      ['地下室', 'B-012', null, '张 三', '13800138000', null, null, '车位'],
      ['合计', '4 户', 285.25, null, null, null, null, null],
    ],
    merges: ['A1:H1', 'A2:H2', 'A3:A4', 'B3:B4', 'C3:C4', 'D3:F3', 'G3:G4', 'H3:H4', 'A5:A7'],
  },
]

describe('files as companies have them', () => {
  test('a page of notes before the list is not taken for the list', async () => {
    const notes: Page = { name: '填表说明', rows: [['说明'], ['本表由前台维护,每月核对']] }
    const d = await previewed(t, { community_id: await place(), name: '带说明.xlsx', bytes: book([notes, MESSY[1]!]) })
    expect(d.start).toMatchObject({ sheet_name: '业主台账', header_row: 4 })
    expect(d.view).toMatchObject({ row_count: 4, bad_count: 0 })
  })
  test.each([['xlsx', '业主台账.xlsx'], ['biff8', '业主台账.xls']] as const)('%s with titles, merges, full-width digits, formulas, a hidden sheet', async (type, name) => {
    const community_id = await place()
    const d = await previewed(t, { community_id, name, bytes: book(MESSY, type) })
    expect(d.start).toMatchObject({ sheet_name: '业主台账', header_row: 4, header_found: true })
    expect(d.start.columns.map((c) => [c.title, c.field])).toEqual([
      ['栋号', 'building'], ['房间号', 'room'], ['面积(㎡)', 'built_area_m2'], ['业主信息/姓名', 'owner'], ['业主信息/联系电话', 'owner_phone'], ['业主信息/身份证号码', 'owner_id'], ['入伙日期', 'delivered_on'], ['房屋类型', 'kind'],
    ])
    expect(await problemsOf(t, d.import_id)).toEqual([])
    expect(d.view).toMatchObject({ state: 'previewed', row_count: 4, bad_count: 0, counts: { new: 4, skipped: 1 } })
    await t.as('admin')(system.applyImport, { import_id: d.import_id })
    await t.drain()
    const { rows } = await t.as('admin')(property.houses, { community_id })
    expect(rows.map((r) => [r.label, r.kind, r.built_area_m2, r.delivered_on, r.owner_names]).sort()).toEqual([
      ['1-1-101', 'dwelling', '98.50', '2024-01-05', '张三、李四'],
      ['1-2-301', 'dwelling', '98.50', '2024-01-05', '王五'],
      ['1-2-302', 'dwelling', '88.25', '2024-01-05', '赵六、钱七'],
      ['地下室-B-012', 'bay', '0.00', null, '张三'],
    ])
    // The owner of the dwelling and of the bay is one person.
    expect((await t.as('admin')(people.persons, { q: '13800138000' })).total).toBe(1)
  })

  test('CSV in GBK, with semicolons and the room in three spellings', async () => {
    const community_id = await place()
    const text = '房号;建筑面积;业主\r\n1-2-301;98.5;张三\r\n1栋2单元302;98.5;李四\r\n1号楼2单元303室;98.5;王五\r\n'
    const d = await applied(t, { community_id, name: '台账.csv', bytes: gbk(text) })
    expect(d.view.state).toBe('applied')
    expect((await t.as('admin')(property.houses, { community_id })).rows.map((r) => r.label)).toEqual(['1-2-301', '1-2-302', '1-2-303'])
  })

  test('every bad cell is named: row, column, content, reason, way out', async () => {
    const community_id = await place()
    const before = await digest(t)
    const bytes = book([{
      name: '户主表',
      rows: [
        ['房号', '建筑面积', '业主', '电话', '身份证', '交付日期', '状态', '份额', '车牌'],
        ['1-1-101', '约90', '张三', '1380013800', null, { v: 1, t: 'n', z: 'yyyy/m/d' }, '住人', null, null],
        ['301', 90, null, null, null, null, null, null, null],
        ['1-1-102', 90, '李四', '1.38E+10', 110105194912310000, '2024-02-30', null, null, '陕C1'],
        ['1-1-103', 90, '王五、赵六', '13800138001', null, null, null, '60%、50%', '陕C11111'],
        ['1-1-104', { f: '1/0', v: 7, t: 'e' }, null, '13900139000', '110105194912310021', null, null, null, '陕C11111'],
        ['1-1-105', 90, '钱七', '13700137000,13700137001', null, null, null, null, null],
        ['1栋1单元105', 91, null, null, null, null, null, null, null],
        [{ v: 45296, t: 'n', z: 'm-d' }, 90, null, null, null, null, null, null, null],
        ['1-106', null, null, null, null, null, null, null, null],
      ],
    }])
    const d = await previewed(t, { community_id, bytes })
    expect(await problemsOf(t, d.import_id)).toEqual([
      '2 建筑面积: 「约90」不是数字，请只填数字，例如 98.50',
      '2 电话: 手机号「1380013800」是 10 位，应为 11 位，请核对',
      '2 交付日期: 「1900-01-01」的日期疑似为空值 1900 年，请填写实际日期，没有则留空',
      '2 状态: 「住人」不在可选范围,请改为:未售、空置、已住、出租、装修、停用',
      '3 房号: 「301」看不出是哪一栋:请写全,如 1-2-301 或 1栋2单元301,或另设「楼栋」列',
      '4 电话: 电话「1.38E+10」是科学计数法，末尾的数字已丢失，请把单元格设为文本后重新填写',
      '4 身份证: 证件号「110105194912310000」被当作数字保存,Excel 只保留前 15 位,后面的已变成 0,请把该列设为文本格式后重新填写',
      '4 交付日期: 日期「2024-02-30」不存在，请核对月份和日期',
      '4 车牌: 「陕C1」不是车牌号,请写成 陕C12345 这样;多辆用顿号隔开',
      '5 份额: 「60%、50%」的份额合计不是 100%(合计 11/10),请核对;均等请留空',
      '6 建筑面积: 单元格是公式错误「#DIV/0!」，请在 Excel 中改正公式，或直接填写结果',
      '6 电话: 有电话「13900139000」但没有姓名,请补上姓名或删去电话',
      '6 身份证: 有证件号但没有业主姓名,请补上姓名或删去证件号',
      '6 车牌: 陕C11111 在第 5 行已登记给 1-1-103,一辆车只能登记在一处,请删去一处',
      '7 电话: 有 2 个电话但只有 1 个姓名，分不清归谁，请一一对应填写',
      '7 房号: 与第 8 行重复,请合并成一行或删去多余的',
      '8 房号: 与第 7 行重复,请合并成一行或删去多余的',
      '9 房号: 「2024-01-05」被 Excel 当成了日期,请把该列设为文本后重新填写,如 1-2-301',
      '10 建筑面积: 1-106 没有建筑面积:除车位外都要填大于 0 的数,按面积计费以此为准',
    ])
    expect(await digest(t)).toBe(before)
  })
})

describe('files that are refused', () => {
  const start = async (name: string, bytes: Buffer) => startIt(t, { community_id: await place(), name, bytes })
  test('a zip bomb, a text file, an empty book: said in a sentence, nothing kept', async () => {
    const bomb = makeZip([{ name: '[Content_Types].xml', data: '<Types/>' }, { name: 'xl/workbook.xml', data: Buffer.alloc(64 * 1024 * 1024) }])
    expect((await expectRefused(start('炸弹.xlsx', bomb), 'system.unreadable_file')).message).toContain('解压后异常庞大')
    expect((await expectRefused(start('照片.xlsx', Buffer.from('%PDF-1.7 ...')), 'system.unreadable_file')).message).toContain('是 PDF 格式,暂不支持')
    await expectRefused(start('空.xlsx', book([{ name: '空', rows: [] }])), 'system.no_header')
  })
  test('31 MB is cut off while it is sent', async () => {
    await expect(upload(t, t.tokens.get('admin')!, '大.xlsx', Buffer.alloc(31 * 1024 * 1024, 'x'))).rejects.toMatchObject({ code: 'kernel.too_large', params: { max: '30 MB' } })
  })
  test('a file without a header can still be mapped by hand', async () => {
    const community_id = await place()
    const s = await startIt(t, { community_id, bytes: book([{ name: 'S', rows: [['甲', '乙', '丙'], ['1-1-101', 90, '张三'], ['1-1-102', 91, '李四']] }]) })
    expect(s).toMatchObject({ header_found: false, header_row: 1 })
    const as = t.as('admin')
    const ask = { import_id: s.import_id, sheet_name: 'S', header_row: 1 }
    await expectRefused(as(system.previewImport, { ...ask, mapping: [{ index: 1, field: 'built_area_m2' }] }), 'system.field_missing')
    await expectRefused(as(system.previewImport, { ...ask, mapping: [{ index: 0, field: 'room' }, { index: 1, field: 'room' }] }), 'system.field_twice')
    await expectRefused(as(system.previewImport, { ...ask, header_row: 2, mapping: [{ index: 0, field: 'room' }] }), 'system.layout_changed')
    await as(system.previewImport, { ...ask, mapping: [{ index: 0, field: 'room' }, { index: 1, field: 'built_area_m2' }, { index: 2, field: 'owner' }] })
    await t.drain()
    expect(await as(system.import, { import_id: s.import_id })).toMatchObject({ state: 'previewed', row_count: 2, bad_count: 0 })
    const other = await as(system.relayImport, { import_id: s.import_id, sheet_name: 'S', header_row: 2 })
    expect(other.columns.map((c) => c.title)).toEqual(['1-1-101', '90', '张三'])
  })
  test('a damaged sheet is told by the preview, and the batch can be tried again', async () => {
    const good = await table(['房号', '建筑面积'], Array.from({ length: 3000 }, (_, i) => [`1-1-${i}`, '90']))
    const community_id = await place()
    const s = await startIt(t, { community_id, bytes: good })
    const { asOwner } = await import('../../../kernel/db.ts')
    const { pathOf } = await import('../../../kernel/files.ts')
    const { writeFile } = await import('node:fs/promises')
    const sha = await asOwner(t.url, async (c) => (await c.query<{ sha256: string }>('select f.sha256 from kernel.file f join system.import_batch b on b.file_id = f.file_id where b.import_id = $1', [s.import_id])).rows[0]!.sha256)
    await writeFile(pathOf(t.data_dir, sha), good.subarray(0, good.length / 2))
    await t.as('admin')(system.previewImport, { import_id: s.import_id, sheet_name: s.sheet_name, header_row: s.header_row, mapping: [{ index: 0, field: 'room' }] })
    await t.drain()
    const view = await t.as('admin')(system.import, { import_id: s.import_id })
    expect(view).toMatchObject({ state: 'failed', can: { preview: true, apply: 'system.wrong_import_state' } })
    expect(view.error).toContain('已损坏')
  })
})

describe('files that come back', () => {
  test('the error workbook keeps the rows, marks the cells and can be uploaded again', async () => {
    const community_id = await place()
    const d = await previewed(t, { community_id, name: '=cmd.xlsx', bytes: await table(['房号', '建筑面积', '业主'], [['1-1-101', '九十', '=HYPERLINK("http://x")'], ['1-1-102', '90', '@张三']]) })
    const file = (await t.as('admin')(system.importErrors, { import_id: d.import_id })) as { name: string; body: Buffer }
    expect(file.name).toBe('错误明细-=cmd.xlsx')
    const sheet = (await readSheets(file.body, 'x.xlsx')).sheets[0]!
    expect(sheet.rows.map((r) => r.cells.map((c) => [c.kind, c.text]))).toMatchObject([
      [['text', '房号'], ['text', '建筑面积'], ['text', '业主'], ['text', '错误原因']],
      [['text', '1-1-101'], ['text', '九十'], ['text', '=HYPERLINK("http://x")'], ['text', '建筑面积:「九十」不是数字，请只填数字，例如 98.50']],
      [['text', '1-1-102'], ['text', '90'], ['text', '@张三']],
    ])
    const again = await previewed(t, { community_id, bytes: file.body })
    expect(again.view).toMatchObject({ row_count: 2, bad_count: 1 })
  })
  test('the template has drop-downs and its example row is passed over', async () => {
    const community_id = await place()
    const file = (await t.as('admin')(system.importTemplate, { kind: 'people.houses', community_id })) as { name: string; body: Buffer }
    expect(file.name).toBe(`房产与业主导入模板-乱小区${n}.xlsx`)
    const d = await previewed(t, { community_id, bytes: file.body })
    expect(d.view).toMatchObject({ row_count: 0, counts: { skipped: 1 }, error: '表头下面没有数据行,请检查工作表和表头行' })
    expect(d.start.columns.every((c) => c.field !== null)).toBe(true)
  })
  test('identity numbers are kept covered, here and in the table', async () => {
    const community_id = await place()
    const d = await previewed(t, { community_id, bytes: await table(['房号', '建筑面积', '业主', '身份证'], [['1-1-101', '90', '张三', '11010519491231002X']]) })
    expect((await rowsOf(t, d.import_id))[0]!.raw['owner_id']).toBe('1101**********002X')
    const { asOwner } = await import('../../../kernel/db.ts')
    const found = await asOwner(t.url, async (c) => (await c.query(`select 1 from system.import_row where data::text || raw::text like '%11010519491231002X%' union select 1 from system.import_batch where layout::text like '%11010519491231002X%'`)).rowCount)
    expect(found).toBe(0)
  })
})
