import { describe, expect, test } from 'vitest'
import { findHeader, normaliseTitle, readSheets } from './index.ts'
import { rawXlsx, rowsOf } from './test_kit.ts'

const aliases = { house: ['房号', '房间号'], owner: ['业主姓名', '姓名'], phone: ['联系电话', '手机号'], area_m2: ['建筑面积'], tenant: ['租客姓名'] }
const map = (lines: readonly (readonly string[])[]): unknown => {
  const header = findHeader(rowsOf(lines), aliases)
  return header === null ? null : [header.first_row_no, header.header_row_no, ...header.columns.map((column) => `${column.title}=${column.field ?? '-'}`)]
}

test.each([
  ['建筑面积（㎡）*', '建筑面积m2', '建筑面积'], ['建筑面积(m²)', '建筑面积m2', '建筑面积'], ['　姓 名：', '姓名', '姓名'], ['联系电话【必填】', '联系电话必填', '联系电话'], ['（空）', '空', '空'], ['ＩＤ', 'id', 'id'],
])('%s is %s', (title, whole, bare) => expect(normaliseTitle(title)).toEqual({ whole, bare }))

describe('findHeader', () => {
  test('in the first row, with marks and units', () => {
    expect(map([['*房号', '姓 名', '建筑面积（㎡）', '手机号', '备注'], ['1-101', '张三', '98.5', '138', '']])).toEqual([1, 1, '*房号=house', '姓 名=owner', '建筑面积（㎡）=area_m2', '手机号=phone', '备注=-'])
  })
  test('below titles and notes, whatever they talk about', () => {
    expect(map([['阳光花园业主信息登记表'], ['填表说明：房号必须与系统一致，联系电话填手机'], [], ['序号', '房间号', '业主姓名', '联系电话'], ['1', '1-101', '张三', '138']])).toEqual([4, 4, '序号=-', '房间号=house', '业主姓名=owner', '联系电话=phone'])
  })
  test('partial titles', () => {
    expect(map([['房屋房号', '业主电话', '房屋建筑面积', '业主姓名'], []])).toEqual([1, 1, '房屋房号=house', '业主电话=-', '房屋建筑面积=area_m2', '业主姓名=owner'])
  })
  test('a field goes to the best column only', () => {
    expect(map([['姓名', '业主姓名', '房号'], []])).toEqual([1, 1, '姓名=-', '业主姓名=owner', '房号=house'])
  })
  test('no header', () => {
    expect(map([['a', 'b'], ['1', '2']])).toBeNull()
    expect(map([['房号'], ['x', 'y']])).toEqual([1, 1, '房号=house'])
    expect(findHeader([], aliases)).toBeNull()
  })
  test('two lines, merged', async () => {
    const cell = (ref: string, text: string): string => `<c r="${ref}" t="str"><v>${text}</v></c>`
    const sheet = `<sheetData><row r="1">${cell('A1', '登记表')}</row><row r="2">${cell('A2', '房号')}${cell('B2', '业主')}${cell('D2', '租客')}</row><row r="3">${cell('B3', '姓名')}${cell('C3', '联系电话')}${cell('D3', '姓名')}</row><row r="4">${cell('A4', '1-101')}${cell('B4', '张三')}${cell('C4', '138')}${cell('D4', '王五')}</row></sheetData>`
      + '<mergeCells><mergeCell ref="A1:D1"/><mergeCell ref="A2:A3"/><mergeCell ref="B2:C2"/></mergeCells>'
    const rows = (await readSheets(rawXlsx({ sheet }), 'x')).sheets[0]?.rows ?? []
    const header = findHeader(rows, aliases)
    expect(header).toMatchObject({ first_row_no: 2, header_row_no: 3 })
    expect(header?.columns.map((column) => [column.title, column.field])).toEqual([['房号', 'house'], ['业主/姓名', 'owner'], ['业主/联系电话', 'phone'], ['租客/姓名', 'tenant']])
  })
  test('two lines without merges, as a CSV has them', () => {
    expect(map([['房号', '业主', '', '租客'], ['', '姓名', '手机号', '姓名'], ['1-101', '张三', '138', '李四']])).toEqual([1, 2, '房号=house', '业主/姓名=owner', '业主/手机号=phone', '租客/姓名=tenant'])
  })
  test('a header with blanks above data stays one line', () => {
    expect(map([['房号', '业主姓名', '', '联系电话'], ['1-101', '张三', 'x', '138']])).toEqual([1, 1, '房号=house', '业主姓名=owner', '联系电话=phone'])
  })
})
