import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanText, compareDecimals, idCheckDigit, pairPhones, splitNames, splitPhones, toDay, toDecimal, toHalfWidth, toIdNumber, toPhone, type Cell, type Cleaned } from './index.ts'
import { errorCell, formulaCell, numberCell, textCell } from './values.ts'

/** The value, or the part of the reason that matters. */
const got = <T>(result: Cleaned<T>): T | string => (result.ok ? result.value : `× ${result.reason_zh}`)
const number = (n: number): Cell => numberCell(n, 'number', false)

test('half width and clean text', () => {
  expect(toHalfWidth('９８．５（ＡＢｃ）　￥＝，')).toBe('98.5(ABc) ¥=,')
  expect(toHalfWidth('、。《》中')).toBe('、。《》中')
  expect(cleanText('\u3000张\u200b三\u00a0 \ufeff\t')).toBe('张三')
  expect(cleanText('a \r\n\r\n  b\rc')).toBe('a\nb\nc')
  expect(cleanText(' '.repeat(30_000) + 'x' + ' '.repeat(30_000))).toBe('x')
})

describe('toDecimal', () => {
  test.each<[string | Cell, string]>([
    ['98.5', '98.50'], ['98.5㎡', '98.50'], ['９８．５', '98.50'], ['1,234.50', '1234.50'], ['1，234.5', '1234.50'], [' 007 ', '7.00'],
    ['.5', '0.50'], ['5.', '5.00'], ['-3', '-3.00'], ['－３', '-3.00'], ['(5.20)', '-5.20'], ['（5.2）', '-5.20'], ['-0', '0.00'], ['-0.00', '0.00'],
    ['¥1,000', '1000.00'], ['￥12元', '12.00'], ['2.5元/㎡·月', '2.50'], ['89.12 平方米', '89.12'], ["'88", '88.00'], ['98.50\u00a0', '98.50'],
    ['1.2300', '1.23'], ['+8', '8.00'], ['9007199254740993.01', '9007199254740993.01'],
    [number(98.5), '98.50'], [number(0.1 + 0.2), '0.30'], [number(1e6), '1000000.00'], [formulaCell(number(3), 'A1+1'), '3.00'],
  ])('%j → %s', (cell, value) => expect(got(toDecimal(cell, { scale: 2 }))).toBe(value))

  test.each<[string | Cell, string]>([
    ['1,23', '「1,23」不是数字'], ['abc', '「abc」不是数字'], ['1/2', '「1/2」不是数字'], ['1.2.3', '不是数字'], ['12 34', '不是数字'], ['--1', '不是数字'],
    ['1.234', '「1.234」的小数超过 2 位'], ['5%', '百分数'], ['1.2E+10', '科学计数法'], ['', '空的'], ['\u3000', '空的'], ['㎡', '不是数字'],
    [errorCell('#N/A'), '公式错误「#N/A」'], [formulaCell(textCell(''), 'A1'), '没有计算结果'], [number(1234567890123456), '超过 15 位'],
    [numberCell(45296, 'date', false), '「2024-01-05」不是数字'], ['十', '不是数字'], ['9'.repeat(30), '不是数字'], [`1${' '.repeat(3)}`.repeat(900), '内容过长'],
  ])('%j is refused: %s', (cell, reason) => expect(got(toDecimal(cell, { scale: 2 }))).toContain(reason))

  test('bounds and rounding', () => {
    expect(got(toDecimal('0.5', { scale: 2, min: '1' }))).toContain('小于最小值 1')
    expect(got(toDecimal('1', { scale: 2, min: '1', max: '1.00' }))).toBe('1.00')
    expect(got(toDecimal('-5', { scale: 0, max: '-6' }))).toContain('大于最大值 -6')
    expect(got(toDecimal('1.005', { scale: 2, round: true }))).toBe('1.01')
    expect(got(toDecimal('-1.005', { scale: 2, round: true }))).toBe('-1.01')
    expect(got(toDecimal('0.994', { scale: 2, round: true }))).toBe('0.99')
    expect(got(toDecimal('9.5', { scale: 0, round: true }))).toBe('10')
  })

  test('only a blank is marked empty', () => {
    expect(toDecimal('', { scale: 2 })).toMatchObject({ ok: false, empty: true })
    expect(toDecimal('x', { scale: 2 })).not.toHaveProperty('empty')
  })

  test('any way of writing a decimal comes back as the same decimal', () => {
    const styles = fc.constantFrom(
      (s: string) => s,
      (s: string) => s.replace(/^(-?)(\d+)/, (_, sign: string, whole: string) => sign + whole.replace(/\B(?=(\d{3})+$)/g, ',')),
      (s: string) => s.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
      (s: string) => `${s}㎡`, (s: string) => `\u3000${s}元 `, (s: string) => `¥${s}`.replace('¥-', '-'),
    )
    fc.assert(fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.integer({ min: 0, max: 6 }), styles, (units, scale, style) => {
      const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
      const text = (units < 0n ? '-' : '') + (scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`)
      expect(toDecimal(style(text), { scale })).toEqual({ ok: true, value: text })
      expect(compareDecimals(text, text)).toBe(0)
    }))
  })
})

describe('toDay', () => {
  test.each<[string | Cell, string]>([
    ['2024/1/5', '2024-01-05'], ['2024.01.05', '2024-01-05'], ['2024年1月5日', '2024-01-05'], ['2024 年 1 月 5 日', '2024-01-05'], ['20240105', '2024-01-05'],
    ['45296', '2024-01-05'], ['２０２４－１－５', '2024-01-05'], ['2024-01-05 00:00:00', '2024-01-05'], ['2024-01-05T08:00:00Z', '2024-01-05'],
    ['2024/1/5 星期五', '2024-01-05'], ['2024-02-29', '2024-02-29'], [number(45296), '2024-01-05'], [number(45296.5), '2024-01-05'], [number(20240105), '2024-01-05'],
    [numberCell(45296, 'date', false), '2024-01-05'], [numberCell(45296.75, 'date', false), '2024-01-05'], ['1957/5/1', '1957-05-01'],
  ])('%j → %s', (cell, value) => expect(got(toDay(cell))).toBe(value))

  test.each<[string | Cell, string]>([
    ['2023-02-29', '「2023-02-29」不存在'], ['2024/13/1', '不存在'], ['20241301', '不存在'], ['2024-04-31', '不存在'],
    ['0', '疑似为空值 1900 年'], ['366', '1900 年'], ['1900-01-00', '1900 年'], ['1900/1/0', '1900 年'], ['1900-01-01', '1900 年'],
    [numberCell(0, 'date', false), '1900 年'], [numberCell(60, 'date', false), '1900 年'], [number(1), '1900 年'],
    ['2024年1月', '只有年月'], ['2024-01', '只有年月'], ['1月5日', '没有年份'], ['1/5/2024', '分不清'], ['24/1/5', '分不清'], ['明天', '「明天」不是日期'], ['999999', '不是日期'],
    ['', '空的'], ['0202-01-01', '年份不对'], ['2999-01-01', '年份不对'], [errorCell('#REF!'), '公式错误'],
  ])('%j is refused: %s', (cell, reason) => expect(got(toDay(cell))).toContain(reason))

  test('bounds and the 1904 system', () => {
    expect(got(toDay('2024-01-05', { min: '2024-01-06' }))).toContain('早于 2024-01-06')
    expect(got(toDay('2024-01-05', { max: '2024-01-04' }))).toContain('晚于')
    expect(got(toDay(number(45296 - 1462), { date1904: true }))).toBe('2024-01-05')
  })
})

describe('toPhone', () => {
  test.each<[string | Cell, string]>([
    ['13800138000', '13800138000'], ['+86 138-0013-8000', '13800138000'], ['008613800138000', '13800138000'], ['86 13800138000', '13800138000'],
    ['１３８００１３８０００', '13800138000'], ['13800138000.0', '13800138000'], ['手机：13800138000', '13800138000'], ["'13800138000\t", '13800138000'], [number(13800138000), '13800138000'],
    ['010-12345678', '010-12345678'], ['(0755)1234567', '0755-1234567'], ['0571 87654321', '0571-87654321'], ['010-12345678-801', '010-12345678-801'],
    ['021-87654321转12', '021-87654321-12'], ['400 123 4567', '400-123-4567'], ['87654321', '87654321'],
  ])('%j → %s', (cell, value) => expect(got(toPhone(cell))).toBe(value))

  test.each<[string | Cell, string]>([
    ['1.38E+10', '科学计数法，末尾的数字已丢失'], ['1.38001E10', '科学计数法'], ['138****8000', '星号'], ['1380013800', '是 10 位'], ['138001380001', '是 12 位'], ['12800138000', '号段'],
    ['13800138000/13900139000', '多个电话'], ['1380013800013900139000', '多个电话'], ['1012345678', '10 位'], ['7551234567', '丢了区号开头的 0'], ['无', '「无」不是电话'], ['', '空的'],
  ])('%j is refused: %s', (cell, reason) => expect(got(toPhone(cell))).toContain(reason))
})

describe('toIdNumber', () => {
  test.each<[string | Cell, string]>([
    ['11010519491231002X', '11010519491231002X'], ['11010519491231002x', '11010519491231002X'], ['１１０１０５１９４９１２３１００２Ｘ', '11010519491231002X'],
    ['110105 19491231 002X', '11010519491231002X'], ["'440524188001010014", '440524188001010014'], ['110105491231002', '110105491231002'], [number(110105491231002), '110105491231002'],
  ])('%j → %s', (cell, value) => expect(got(toIdNumber(cell))).toBe(value))

  test.each<[string | Cell, string]>([
    [number(110105194912310020), 'Excel 只保留前 15 位'], ['1.10105E+17', '科学计数法'], ['110105194912310000', '末三位是 000'], ['110105194912310021', '校验不通过'],
    ['11010519491231', '是 14 位'], ['1101051949123100200', '是 19 位'], ['护照E1234', '不是身份证号'], ['110105491331002', '出生日期不存在'], ['110105********002X', '星号'], ['', '空的'],
  ])('%j is refused: %s', (cell, reason) => expect(got(toIdNumber(cell))).toContain(reason))

  test('one wrong digit never passes', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (n, at, by) => {
      const first = `110105198503${String(n).padStart(5, '0')}`.replace(/^(.{12})../, '$115')
      const whole = first + idCheckDigit(first)
      expect(toIdNumber(whole).ok).toBe(true)
      const bad = whole.slice(0, at) + ((Number(whole[at]) + by) % 10) + whole.slice(at + 1)
      expect(toIdNumber(bad).ok).toBe(false)
    }))
  })
})

describe('people in one cell', () => {
  const names = (cell: string): string => {
    const result = splitNames(cell)
    return result.ok ? result.value.map((person) => person.name + (person.note === null ? '' : `<${person.note}>`)).join('+') : result.reason_zh
  }
  test.each([
    ['张三', '张三'], ['张三、李四', '张三+李四'], ['张三/李四', '张三+李四'], ['张三 李四(配偶)', '张三+李四<配偶>'], ['张三,李四', '张三+李四'], ['张三，李四；王五', '张三+李四+王五'],
    ['张 三', '张三'], ['张　三、李　四', '张三+李四'], ['张三（配偶）李四', '张三<配偶>+李四'], ['张三 (业主) 李四', '张三<业主>+李四'], ['张三\n李四', '张三+李四'],
    ['买买提·艾山', '买买提·艾山'], ['John Smith', 'John Smith'], ['John Smith / 张三', 'John Smith+张三'], ['李四(配偶、共有)', '李四<配偶、共有>'], ['张三、', '张三'], ['某某有限公司', '某某有限公司'],
    ['欧阳 三', '欧阳三'], ['张三13800138000', '姓名「张三13800138000」里混有数字，请把电话或证件号放到单独的列'], ['(配偶)', '姓名「(配偶)」里括号前没有名字，请核对'], ['/', '姓名「/」里没有名字，请填写姓名，没有则留空'], ['', '单元格是空的，请填写'],
  ])('%j → %s', (cell, expected) => expect(names(cell)).toBe(expected))

  const phones = (cell: string | Cell): string => {
    const result = splitPhones(cell)
    return result.ok ? result.value.map((one) => one.phone + (one.note === null ? '' : `<${one.note}>`)).join('+') : result.reason_zh
  }
  test.each<[string | Cell, string]>([
    ['13800138000', '13800138000'], ['13800138000、13900139000', '13800138000+13900139000'], ['13800138000/13900139000', '13800138000+13900139000'], ['13800138000 13900139000', '13800138000+13900139000'],
    ['138 0013 8000', '13800138000'], ['1380013800013900139000', '13800138000+13900139000'], ['13800138000(张三)，13900139000（李四）', '13800138000<张三>+13900139000<李四>'],
    ['010-12345678；13800138000', '010-12345678+13800138000'], [number(13800138000), '13800138000'],
  ])('phones %j → %s', (cell, expected) => expect(phones(cell)).toBe(expected))

  test('pairs by position and refuses more phones than people', () => {
    const people = [{ name: '张三', note: null }, { name: '李四', note: '配偶' }]
    expect(got(pairPhones(people, [{ phone: '13800138000', note: null }]))).toEqual([{ ...people[0], phone: '13800138000' }, { ...people[1], phone: null }])
    expect(got(pairPhones([], [{ phone: '13800138000', note: null }]))).toContain('1 个电话但只有 0 个姓名')
  })

  test('no cleaner throws, and every refusal is a sentence with a way out', () => {
    const piece = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('138', '0013', '8000', '(', ')', '（', '、', '年', '.', 'E+10', '１', '张', '-', '\n', ' ', '/', '㎡'))
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      for (const result of [toDecimal(text, { scale: 2 }), toDay(text), toPhone(text), toIdNumber(text), splitNames(text), splitPhones(text)] as Cleaned<unknown>[]) {
        if (!result.ok) expect(result.reason_zh).toMatch(/请/)
      }
    }), { numRuns: 2_000 })
  })
})
